//! What all models have in common for a random program.

use sqlx::{Encode, Type};
use tenancy::policy::Cascades;
use tenancy::policy::Unpolicied;
use tenancy::query::Create;
use tenancy::query::Query;
use tenancy::query::Update;
use tenancy::{Changes, Model, NoActor, Root, Scoped, TenantScoped};
use uuid::Uuid;

use super::handles::Handles;
use super::models::{Comment, Database, Document, Note, Organization, Plan, Role, Setting, User};
use crate::schema::{Table, Val};
use crate::statement::Assigns;

/// A model whose rows can be read and updated.
pub(super) trait Subject: Model<Root = Organization, Policies = Unpolicied> {
    const SUBJECT: Table;

    fn values(&self) -> Vec<Val>;

    /// Describes a read of all rows.
    fn all() -> Query<Self>;

    /// Describes an update of a row that was read.
    fn change<'t>(row: &Scoped<'t, Self>) -> Update<'t, Self>;

    /// Changes collected at run time.
    fn collected<'t>(assigns: &Assigns, handles: &Handles<'t>) -> Changes<'t, Self>;

    /// The same from a struct with `#[derive(Changes)]`.
    fn derived<'t>(assigns: &Assigns) -> Changes<'t, Self>;

    /// The rows of this model that a session has read.
    fn of<'a, 't>(handles: &'a Handles<'t>) -> &'a [Scoped<'t, Self>];
    fn of_mut<'a, 't>(handles: &'a mut Handles<'t>) -> &'a mut Vec<Scoped<'t, Self>>;
}

/// A model whose rows can be created and removed as well.
pub(super) trait Stored:
    Subject
    + Cascades<NoActor>
    + TenantScoped<Key: FromVal + Clone + Type<Database> + for<'q> Encode<'q, Database>>
{
    /// The values of a new row.
    fn new<'t>(row: &Assigns, handles: &Handles<'t>) -> Self::New<'t>;

    /// Creates the row under a key of the caller's choice, in models that have a random one.
    fn with_key(create: Create<'_, Self>, _: Self::Key) -> Create<'_, Self> {
        create
    }
}

/// A value of a column.
pub(super) trait FromVal {
    fn from_val(value: &Val) -> Self;
}

macro_rules! subjects {
    ($($model:ident $table:ident $handles:ident
        { $($field:ident)* } $all:expr, $change:expr;)*) => {$(
        impl Subject for $model {
            const SUBJECT: Table = Table::$table;

            fn values(&self) -> Vec<Val> {
                vec![$( Val::from(self.$field.clone()) ),*]
            }

            fn all() -> Query<Self> {
                $all()
            }

            fn change<'t>(row: &Scoped<'t, Self>) -> Update<'t, Self> {
                $change(row)
            }

            fn collected<'t>(assigns: &Assigns, handles: &Handles<'t>) -> Changes<'t, Self> {
                super::changes::$handles(assigns, handles)
            }

            fn derived<'t>(assigns: &Assigns) -> Changes<'t, Self> {
                super::changes::derived::$handles(assigns)
            }

            fn of<'a, 't>(handles: &'a Handles<'t>) -> &'a [Scoped<'t, Self>] {
                &handles.$handles
            }

            fn of_mut<'a, 't>(handles: &'a mut Handles<'t>) -> &'a mut Vec<Scoped<'t, Self>> {
                &mut handles.$handles
            }
        }
    )*};
}

subjects! {
    Organization Organizations organizations { id name active }
        <Organization as Root>::query, <Organization as Root>::update;
    User Users users { id tenant_id email role nickname }
        User::query, User::update;
    Document Documents documents { id owner_id reviewer_id title views archived version }
        Document::query, Document::update;
    Comment Comments comments { id document_id author_id role body }
        Comment::query, Comment::update;
    Note Notes notes { id tenant_id body priority }
        Note::query, Note::update;
    Setting Settings settings { key tenant_id value }
        Setting::query, Setting::update;
    Plan Plans plans { key value }
        Plan::query, Plan::update;
}

impl From<Role> for Val {
    fn from(role: Role) -> Self {
        Self::from(match role {
            Role::Admin => "admin",
            Role::Member => "member",
        })
    }
}

impl FromVal for Role {
    fn from_val(value: &Val) -> Self {
        match value {
            Val::Text(text) if text == "admin" => Self::Admin,
            Val::Text(text) if text == "member" => Self::Member,
            _ => unreachable!("{value:?} is not a role"),
        }
    }
}

macro_rules! use_from_val {
    ($($ty:ty: $variant:ident;)*) => {$(
        impl FromVal for $ty {
            fn from_val(value: &Val) -> Self {
                match value {
                    Val::$variant(value) => value.clone(),
                    _ => unreachable!("{value:?} is not a {}", stringify!($variant)),
                }
            }
        }
    )*};
}

use_from_val! {
    bool: Bool;
    i64: Int;
    String: Text;
    Uuid: Uuid;
}

impl<T: FromVal> FromVal for Option<T> {
    fn from_val(value: &Val) -> Self {
        match value {
            Val::Null => None,
            value => Some(T::from_val(value)),
        }
    }
}
