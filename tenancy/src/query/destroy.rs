//! Removals.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use super::select::render_scoped;
use super::update::{Returning, finish};
use crate::Result;
use crate::backend::sealed::Backend as _;
use crate::binder::Binder;
use crate::execute::{
    Context, Execute, ExecuteOne, FetchAll, FetchOne, FetchOptional, Operation, Statement, Zero,
};
use crate::expr::{Bind, Condition, Node};
use crate::model::{DatabaseOf, KeyOf, Model};
use crate::sql::render::{Rendered, Stored, render_dynamic};
use crate::sql::text::USER;
use crate::sql::{Dialect, Text, statement, vouch};
use crate::tenant::{Brand, Scope, Scoped};

/// The removal of one row that was read on the tenant branded `'t`.
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
/// # fn f<'t>(user: Scoped<'t, User>) {
/// assert_eq!(
///     User::destroy(&user).sql(),
///     r#"DELETE FROM "users" WHERE ("users"."id" = ?) AND "users"."tenant_id" = ?"#
/// );
/// # }
/// # fn main() {}
/// ```
///
///
/// If the model has a version column, the row must still be in the version that was read.
#[must_use = "a removal does nothing until it is executed on a tenant"]
pub struct Destroy<'t, M: Model> {
    key: KeyOf<M>,
    version: i64,
    _brand: Brand<'t>,
}

impl<'t, M: Model> Destroy<'t, M> {
    pub(crate) fn new(row: &Scoped<'t, M>) -> Self {
        Self {
            key: row.key_repr().clone(),
            version: row.version(),
            _brand: Brand::new(),
        }
    }

    /// The text of the statement that [`execute`](Self::execute) runs.
    #[must_use]
    pub fn sql(&self) -> &'static str {
        DestroyText::<M, false>::SQL
    }

    fn statement<const RETURNING: bool>(
        self,
        context: Context<'_, M::Root>,
    ) -> Result<Statement<DatabaseOf<M>>> {
        let mut binder = Binder::new(3);
        binder.id(Some(&self.key));
        if M::VERSION.is_some() {
            binder.number(self.version);
        }
        let sql = sqlx::SqlStr::from_static(DestroyText::<M, RETURNING>::SQL);
        finish::<M>(context, binder, sql)
    }

    /// Removes the row.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if the row is gone; with a version column
    /// [`Stale`](crate::Error::Stale) if it is gone or was changed since it was read;
    /// [`StillReferenced`](crate::Error::StillReferenced) if other rows refer to it.
    pub fn execute<'e, E: Scope<'t, M>>(self, on: &'e E) -> ExecuteOne<'e, DatabaseOf<M>> {
        let context = on.context();
        let statement = self.statement::<false>(context);
        ExecuteOne::new(
            Execute::new::<M>(context, Operation::Destroy, statement),
            zero::<M>(),
        )
    }

    /// Removes the row and gives it as it last was.
    ///
    /// # Errors
    ///
    /// As for [`execute`](Self::execute).
    pub fn fetch_one<'e, E: Scope<'t, M>>(self, on: &'e E) -> FetchOne<'e, 't, M> {
        let context = on.context();
        let statement = self.statement::<true>(context);
        FetchOne::new(
            FetchOptional::new(context, Operation::Destroy, statement),
            zero::<M>(),
        )
    }
}

fn zero<M: Model>() -> Zero {
    if M::VERSION.is_some() {
        Zero::Stale
    } else {
        Zero::NotFound
    }
}

struct DestroyText<M, const RETURNING: bool>(PhantomData<M>);

impl<M: Model, const RETURNING: bool> Rendered for DestroyText<M, RETURNING> {
    const DIALECT: Dialect = <DatabaseOf<M>>::DIALECT;
    const TEMPLATE: &'static Text = &{
        let mut text = statement::delete::<M>();
        statement::scoped::<M>(&mut text, &statement::this_row::<M>());
        if RETURNING {
            statement::returning::<M>(&mut text);
        }
        text
    };
}

impl<M: Model> fmt::Debug for Destroy<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Destroy({})", M::TABLE)
    }
}

/// The removal of all rows that meet a condition.
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
/// assert_eq!(
///     Document::destroy_where(|d| d.views.eq(0) | d.title.eq("")).sql(),
///     r#"DELETE FROM "documents" WHERE (("documents"."views" = ? OR "documents"."title" = ?)) AND "documents"."tenant_id" = ?"#
/// );
/// # }
/// ```
#[must_use = "a removal does nothing until it is executed on a tenant"]
pub struct DestroyWhere<M, P> {
    condition: P,
    model: PhantomData<fn() -> M>,
}

impl<M: Model, P> DestroyWhere<M, P> {
    pub(crate) fn new(condition: Condition<M, P>) -> Self {
        Self {
            condition: condition.into_node(),
            model: PhantomData,
        }
    }
}

impl<M: Model, P: Bind<DatabaseOf<M>>> DestroyWhere<M, P> {
    /// The text of the statement that [`execute`](Self::execute) runs.
    pub fn sql(&self) -> Cow<'static, str> {
        if P::DYNAMIC {
            Cow::Owned(render_dynamic(&self.template(), <DatabaseOf<M>>::DIALECT))
        } else {
            Cow::Borrowed(DestroyWhereText::<M, P, false>::SQL)
        }
    }

    fn template(&self) -> Vec<u8> {
        let mut template = Delete::<M>::STORED.as_bytes().to_vec();
        render_scoped::<M>(&self.condition, &mut template);
        template
    }

    fn statement<const RETURNING: bool>(
        self,
        context: Context<'_, M::Root>,
    ) -> Result<Statement<DatabaseOf<M>>> {
        let (sql, users) = if P::DYNAMIC {
            let mut template = self.template();
            if RETURNING {
                template.extend_from_slice(Returning::<M>::STORED.as_bytes());
            }
            let users = crate::sql::text::count(&template, USER);
            (vouch::rendered(&template, <DatabaseOf<M>>::DIALECT), users)
        } else {
            let sql = DestroyWhereText::<M, P, RETURNING>::SQL;
            (sqlx::SqlStr::from_static(sql), const { P::TEXT.users() })
        };
        let mut binder = Binder::new(users + 1);
        self.condition.bind(&mut binder);
        binder.seal();
        finish::<M>(context, binder, sql)
    }

    /// Removes the rows and says how many.
    ///
    /// # Errors
    ///
    /// [`StillReferenced`](crate::Error::StillReferenced) if other rows refer to one of them; then
    /// none was removed.
    pub fn execute<'e, 't, E: Scope<'t, M>>(self, on: &'e E) -> Execute<'e, DatabaseOf<M>> {
        let context = on.context();
        Execute::new::<M>(
            context,
            Operation::Destroy,
            self.statement::<false>(context),
        )
    }

    /// Removes the rows and gives them as they last were.
    ///
    /// # Errors
    ///
    /// As for [`execute`](Self::execute).
    pub fn fetch_all<'e, 't, E: Scope<'t, M>>(self, on: &'e E) -> FetchAll<'e, 't, M> {
        let context = on.context();
        FetchAll::new(context, Operation::Destroy, self.statement::<true>(context))
    }
}

struct Delete<M>(PhantomData<M>);

impl<M: Model> Stored for Delete<M> {
    const TEXT: &'static Text = &statement::delete::<M>();
}

struct DestroyWhereText<M, P, const RETURNING: bool>(PhantomData<(M, P)>);

impl<M: Model, P: Node, const RETURNING: bool> Rendered for DestroyWhereText<M, P, RETURNING> {
    const DIALECT: Dialect = <DatabaseOf<M>>::DIALECT;
    const TEMPLATE: &'static Text = &{
        let mut text = Text::EMPTY;
        if !P::DYNAMIC {
            text = statement::delete::<M>();
            statement::scoped::<M>(&mut text, P::TEXT);
            if RETURNING {
                statement::returning::<M>(&mut text);
            }
        }
        text
    };
}

impl<M: Model, P> fmt::Debug for DestroyWhere<M, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DestroyWhere({})", M::TABLE)
    }
}
