//! Creation of a row, or update of the one in its place.

use crate::execute::fetch::{FetchOne, FetchOptional};
use crate::execute::operation::Operation;
use crate::execute::write::{Execute, ExecuteOne};
use crate::execute::zero::Zero;
use crate::model::column::Column;
use crate::model::contract::{DatabaseOf, Model, Owned};
use crate::model::obligations::Telling;
use crate::policy::action;
use crate::policy::permit::{Permits, PermitsUpsert};
use crate::policy::place::Writes;
use crate::query::conflict::Takes;
use crate::query::narrow::Unfiltered;
use crate::query::upserting::{DENIED, UpsertText, Upserting};
use crate::sealed::INSIDE;
use crate::sql::text::{Text, text};
use crate::sql::trusted;
use crate::tenant::scope::Scope;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use crate::sql::render::Rendered as _;

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
pub struct Upsert<'t, M: Owned, C = Undecided> {
    new: M::New<'t>,
    target: PhantomData<fn() -> C>,
}

/// No columns yet.
#[derive(Debug)]
pub struct Undecided(());

impl<'t, M: Owned> Upsert<'t, M> {
    pub(crate) fn new(new: M::New<'t>) -> Self {
        Self {
            new,
            target: PhantomData,
        }
    }

    /// The columns that make two rows of a tenant the same: `|u| u.email`, or a tuple of columns.
    ///
    /// The table needs a unique index on the tenant column followed by these columns: of all rows, and not
    /// deferrable. (Databases do not go by others; the doctor finds them.) That the tenant belongs to it is what keeps
    /// the upsert from overwriting a row of another tenant.
    ///
    /// A guarded field is none of them: the row that is found would tell whose value it is.
    pub fn on<C: Target<M> + Telling>(
        self,
        columns: impl FnOnce(M::Columns) -> C,
    ) -> Upsert<'t, M, C> {
        // Only the type is of use, but it counts only if there is a value of it.
        columns(M::COLUMNS);
        Upsert {
            new: self.new,
            target: PhantomData,
        }
    }
}

impl<'t, M: Owned, C> Upsert<'t, M, C> {
    /// The text of the statement that [`execute`](Self::execute) runs where no policy has a say.
    #[must_use]
    pub fn sql(&self) -> Cow<'static, str>
    where
        C: Target<M>,
    {
        type Taken<'t, M, C> = Takes<'t, M, <M as Owned>::New<'t>, C, Unfiltered>;
        trusted::shown(Cow::Borrowed(
            UpsertText::<'t, M, M::New<'t>, Taken<'t, M, C>, false>::SQL,
        ))
    }

    pub(crate) fn into_new(self) -> M::New<'t> {
        self.new
    }

    /// Creates or updates the row.
    ///
    /// With policies it takes more than one of them. The new row must meet the rules for `create`,
    /// whether there is another one in its place or not. Another one must meet those for `read` and
    /// `update`, as it is and as it will be. Rules that name a column of which only the database knows
    /// what is stored (`default`, `generated`, `version`, `stored`) cannot be asked in this one
    /// statement: it does not build (`cargo check` alone does not see it).
    ///
    /// ```compile_fail,E0080
    /// # use tenancy::{Acting, Tenant, TenantRoot, TenantScoped, Scoped};
    /// # #[derive(Debug, TenantRoot)]
    /// # #[tenancy(database = tenancy::sqlx::Sqlite)]
    /// # struct Organization { id: uuid::Uuid }
    /// # #[derive(Debug, TenantScoped)]
    /// # #[tenancy(root = Organization)]
    /// # struct User { id: uuid::Uuid }
    /// #[derive(Debug, TenantScoped)]
    /// #[tenancy(root = Organization, policies)]
    /// struct Page {
    ///     id: uuid::Uuid,
    ///     title: String,
    ///     #[tenancy(default)]
    ///     draft: bool,
    /// }
    ///
    /// tenancy::policies! {
    ///     Page, actor: User {
    ///         read { authorize_if always; }
    ///         create { authorize_if draft; }
    ///         update { authorize_if always; }
    ///     }
    /// }
    /// # fn f<'t>(acting: &Acting<'t, Organization, User>) {
    /// Page::upsert(NewPage { title: "a".into() }).on(|p| p.title).execute(acting);
    /// # }
    /// # let _: for<'t> fn(&Acting<'t, Organization, User>) = f;
    /// ```
    ///
    /// A rule for `update` may name such a column, if an upsert leaves it as it is: here `draft`.
    ///
    /// # Errors
    ///
    /// [`Conflict`](crate::Error::Conflict) if another unique constraint than the named one would be
    /// violated; [`Forbidden`](crate::Error::Forbidden) if the actor may not do this, and nothing has
    /// happened then: that the row in its place cannot be seen and that it may not be changed are not
    /// told apart, nor that a trigger skipped the row of an actor whom rules narrow. (Why a row was not written is found
    /// out by asking about it again. Here nobody read one, and there may be another in its place by then.) Otherwise
    /// as for a creation; [`Database`](crate::Error::Database), which says so, if the table has no index to go by.
    pub fn execute<'e, E>(self, on: &'e E) -> ExecuteOne<'e, DatabaseOf<M>>
    where
        E: Scope<'t, M, Actor: Writes<M>>,
        M::Policies: PermitsUpsert<M, E::Actor>,
        C: Target<M>,
    {
        let (context, by) = (on.context(), on.by(INSIDE));
        let upserting = Upserting::<M, C, E::Actor, false> {
            context,
            by,
            upsert: self,
        };
        match <M::Policies as Permits<M, E::Actor, action::Create>>::permit(by, upserting) {
            Some(mut prepared) => {
                let (zero, denial) = (prepared.zero, prepared.denial.take());
                let upsert = prepared.execute(context, Operation::Upsert);
                ExecuteOne::new(upsert, zero).because(denial)
            }
            None => ExecuteOne::new(Execute::nothing(), Zero::Forbidden(DENIED)),
        }
    }

    /// Creates or updates the row and reads it back.
    ///
    /// # Errors
    ///
    /// As for [`execute`](Self::execute); [`Forbidden`](crate::Error::Forbidden) also if the actor may
    /// not read the new row as it is proposed.
    pub fn fetch_one<'e, E>(self, on: &'e E) -> FetchOne<'e, 't, M>
    where
        E: Scope<'t, M, Actor: Writes<M>>,
        M::Policies: PermitsUpsert<M, E::Actor>,
        C: Target<M>,
    {
        let (context, by) = (on.context(), on.by(INSIDE));
        let upserting = Upserting::<M, C, E::Actor, true> {
            context,
            by,
            upsert: self,
        };
        match <M::Policies as Permits<M, E::Actor, action::Create>>::returned(by, upserting) {
            Some(mut prepared) => {
                let (zero, denial) = (prepared.zero, prepared.denial.take());
                let upsert = prepared.fetch_optional(context, Operation::Upsert);
                FetchOne::new(upsert, zero).because(denial)
            }
            None => FetchOne::new(FetchOptional::nothing(), Zero::Forbidden(DENIED)),
        }
    }
}

impl<M: Owned, C> fmt::Debug for Upsert<'_, M, C> {
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
    const MASK: u128 = {
        assert!(
            !M::FIELDS[I].guarded(),
            "the kind of this column is not the one that was derived"
        );
        1 << I
    };
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
