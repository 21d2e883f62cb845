//! Creation of a row, or update of the one in its place.

use std::fmt;
use std::marker::PhantomData;

use super::create::{Bound, CreateText, bind_row};
use super::narrow::Unfiltered;
use super::write::{Returning, finish};
use crate::Result;
use crate::backend::sealed::Backend as _;
use crate::barrier::Insert;
use crate::column::Column;
use crate::execute::{
    Context, Execute, ExecuteOne, FetchOne, FetchOptional, Operation, Statement, Zero,
};
use crate::model::{DatabaseOf, Model, TenantScoped};
use crate::policy::{Permits, action};
use crate::sql::render::{Rendered, Stored};
use crate::sql::{Dialect, Text, statement, text, vouch};
use crate::tenant::Scope;

/// The creation of a row, or the update of the row of the same tenant that is in its place.
///
/// The tenant is part of what makes two rows the same, and the update carries its predicate:
///
/// ```
/// # use tenancy::{Ref, Scoped, Tenant, TenantRoot, TenantScoped};
/// # use uuid::Uuid;
/// # #[derive(Debug, TenantRoot)] #[tenancy(database = sqlx::Sqlite)]
/// # struct Organization { id: Uuid, name: String }
/// # #[derive(Debug, TenantScoped)] #[tenancy(root = Organization)]
/// # struct User { id: Uuid, email: String }
/// # #[derive(Debug, TenantScoped)] #[tenancy(root = Organization)]
/// # struct Document { id: Uuid, #[tenancy(belongs_to = User)] owner_id: Uuid, title: String, #[tenancy(default)] views: i64 }
/// # fn main() {
/// let new = NewUser { email: "ann@acme.com".into() };
/// assert_eq!(
///     User::upsert(new).on(|u| u.email).sql(),
///     r#"INSERT INTO "users" ("email", "id", "tenant_id") VALUES (?, ?, ?) ON CONFLICT ("tenant_id", "email") DO UPDATE SET "email" = "users"."email" WHERE "users"."tenant_id" = ?3"#
/// );
/// # }
/// ```
///
/// It needs to know which columns make two rows the same: [`on`](Self::on).
#[must_use = "an upsert does nothing until it is executed on a tenant"]
pub struct Upsert<'t, M: TenantScoped, C = Undecided> {
    new: M::New<'t>,
    target: PhantomData<fn() -> C>,
}

/// No columns yet.
#[derive(Debug)]
pub struct Undecided(());

impl<'t, M: TenantScoped> Upsert<'t, M> {
    pub(crate) fn new(new: M::New<'t>) -> Self {
        Self {
            new,
            target: PhantomData,
        }
    }

    /// The columns that make two rows of a tenant the same: `|u| u.email`, or a tuple of columns.
    ///
    /// The table needs a unique index on the tenant column followed by these columns. That the
    /// tenant belongs to it is what keeps the upsert from overwriting a row of another tenant.
    pub fn on<C: Target<M>>(self, columns: impl FnOnce(M::Columns) -> C) -> Upsert<'t, M, C> {
        // Only the type is of use, but it counts only if there is a value of it.
        columns(M::COLUMNS);
        Upsert {
            new: self.new,
            target: PhantomData,
        }
    }
}

impl<'t, M: TenantScoped, C> Upsert<'t, M, C> {
    /// The text of the statement that [`execute`](Self::execute) runs.
    #[must_use]
    pub fn sql(&self) -> &'static str
    where
        C: Target<M>,
    {
        UpsertText::<'t, M, M::New<'t>, C, false>::SQL
    }

    fn statement<const RETURNING: bool>(
        self,
        context: Context<'_, M::Root>,
    ) -> Result<Statement<DatabaseOf<M>>>
    where
        C: Target<M>,
    {
        let Bound { binder, checks, .. } =
            bind_row::<M, _, _, _, false>(self.new, None, (), Unfiltered::new());
        let sql = match checks {
            None => sqlx::SqlStr::from_static(UpsertText::<'t, M, M::New<'t>, C, RETURNING>::SQL),
            Some(checks) => {
                let mut template = CreateText::<'t, M, M::New<'t>, (), false>::checked(&checks);
                template.extend_from_slice(Conflict::<'t, M, M::New<'t>, C>::STORED.as_bytes());
                if RETURNING {
                    template.extend_from_slice(Returning::<M>::STORED.as_bytes());
                }
                vouch::rendered(&template, <DatabaseOf<M>>::DIALECT)
            }
        };
        finish::<M>(context, binder, sql)
    }

    /// Creates or updates the row.
    ///
    /// # Errors
    ///
    /// [`Conflict`](crate::Error::Conflict) if another unique constraint than the named one would be
    /// violated; otherwise as for a creation.
    pub fn execute<'e, E>(self, on: &'e E) -> ExecuteOne<'e, DatabaseOf<M>>
    where
        E: Scope<'t, M>,
        M::Policies: Permits<M, E::Actor, action::Upsert>,
        C: Target<M>,
    {
        let context = on.context();
        let statement = self.statement::<false>(context);
        ExecuteOne::new(
            Execute::new::<M>(context, Operation::Upsert, statement),
            Zero::InvalidReference,
        )
    }

    /// Creates or updates the row and reads it back.
    ///
    /// # Errors
    ///
    /// As for [`execute`](Self::execute).
    pub fn fetch_one<'e, E>(self, on: &'e E) -> FetchOne<'e, 't, M>
    where
        E: Scope<'t, M>,
        M::Policies: Permits<M, E::Actor, action::Upsert>,
        C: Target<M>,
    {
        let context = on.context();
        let statement = self.statement::<true>(context);
        FetchOne::new(
            FetchOptional::new(context, Operation::Upsert, statement),
            Zero::InvalidReference,
        )
    }
}

struct UpsertText<'t, M, N, C, const RETURNING: bool>(
    PhantomData<(crate::tenant::Brand<'t>, M, N, C)>,
);

struct Conflict<'t, M, N, C>(PhantomData<(crate::tenant::Brand<'t>, M, N, C)>);

impl<M: Model, N: Insert<M>, C: Target<M>> Stored for Conflict<'_, M, N, C> {
    const TEXT: &'static Text = &{
        let skip = C::MASK | (1 << M::KEY);
        let mut set = Text::EMPTY;
        statement::take_proposed::<M>(&mut set, N::VALUES, skip);
        statement::take_proposed::<M>(&mut set, N::REFERENCES, skip);
        if set.is_empty() {
            // Nothing besides the target: the row stays as it is, and is there.
            set = statement::same::<M>();
        }
        statement::on_conflict::<M>(C::TEXT, &set)
    };
}

impl<'t, M: Model, N: Insert<M>, C: Target<M>, const RETURNING: bool> Rendered
    for UpsertText<'t, M, N, C, RETURNING>
{
    const DIALECT: Dialect = <DatabaseOf<M>>::DIALECT;
    const TEMPLATE: &'static Text = &{
        let insert = CreateText::<'t, M, N, (), false>::INSERT;
        let mut text = text!(append(insert), append(Conflict::<'t, M, N, C>::TEXT));
        if RETURNING {
            statement::returning::<M>(&mut text);
        }
        text
    };
}

impl<M: TenantScoped, C> fmt::Debug for Upsert<'_, M, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Upsert({})", M::TABLE)
    }
}

/// A column, or a tuple of columns, of a unique index.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name columns of `{M}`",
    label = "expected a column or a tuple of columns",
    note = "an upsert says which columns make two rows the same: `.on(|user| user.email)`"
)]
pub trait Target<M> {
    #[doc(hidden)]
    const MASK: u128;
    /// `, "a", "b"`
    #[doc(hidden)]
    const TEXT: &'static Text;
}

#[diagnostic::do_not_recommend]
impl<M: Model, T, const I: usize, K> Target<M> for Column<M, T, I, K> {
    const MASK: u128 = 1 << I;
    const TEXT: &'static Text = &text!(push(", "), identifier(M::FIELDS[I].name));
}

macro_rules! tuples {
    ($($($name:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<Model_: Model, $($name: Target<Model_>),*> Target<Model_> for ($($name,)*) {
            const MASK: u128 = 0 $( | $name::MASK )*;
            const TEXT: &'static Text = &text!($( append($name::TEXT) ),*);
        }
    )*};
}

tuples! {
    A;
    A B;
    A B C;
    A B C D;
}
