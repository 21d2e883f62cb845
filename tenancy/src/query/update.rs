//! Updates.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use super::select::render_scoped;
use crate::Result;
use crate::backend::sealed::Backend as _;
use crate::binder::{Binder, References as _};
use crate::execute::{
    Context, Execute, ExecuteOne, FetchAll, FetchOne, FetchOptional, Operation, Statement, Zero,
};
use crate::expr::{Assignments, Bind, Condition, Node};
use crate::model::{DatabaseOf, KeyOf, Model, tenanted};
use crate::sql::render::{Rendered, Stored, render_dynamic};
use crate::sql::text::{USER, count};
use crate::sql::{Dialect, Text, statement, text, vouch};
use crate::tenant::{Scope, Scoped};

/// An update of one row that was read on the tenant branded `'t`.
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
/// # fn f<'t>(document: Scoped<'t, Document>, owner: Scoped<'t, User>) {
/// assert_eq!(
///     Document::update(&document)
///         .set(|d| (d.owner_id.to(&owner), d.views.to(d.views.plus(1))))
///         .sql(),
///     r#"UPDATE "documents" SET "owner_id" = ?2, "views" = ("documents"."views" + ?1) WHERE ("documents"."id" = ?3) AND "documents"."tenant_id" = ?4"#
/// );
/// # }
/// # fn main() {}
/// ```
///
/// If the model has a version column, the update also requires that the row is still in the version
/// that was read, and counts the version up.
#[must_use = "an update does nothing until it is executed on a tenant"]
pub struct Update<'t, M: Model, S = ()> {
    key: KeyOf<M>,
    version: i64,
    assignments: S,
    model: PhantomData<crate::tenant::Brand<'t>>,
}

impl<'t, M: Model> Update<'t, M> {
    pub(crate) fn new(row: &Scoped<'t, M>) -> Self {
        Self {
            key: row.key_repr().clone(),
            version: row.version(),
            assignments: (),
            model: PhantomData,
        }
    }
}

impl<'t, M: Model, S: Assignments<'t, M>> Update<'t, M, S> {
    /// Assigns columns: `|d| d.title.to("Q4")`, or a tuple of assignments.
    ///
    /// The tenant column and the primary key cannot be assigned
    /// (`ui-tests/laws/assign/`):
    ///
    /// ```compile_fail,E0277
    /// # use tenancy::{TenantRoot, TenantScoped, Scoped};
    /// # #[derive(Debug, TenantRoot)]
    /// # #[tenancy(database = tenancy::sqlx::Sqlite)]
    /// # struct Organization { id: uuid::Uuid }
    /// # #[derive(Debug, TenantScoped)]
    /// # #[tenancy(root = Organization)]
    /// # struct User { id: uuid::Uuid, tenant_id: uuid::Uuid, email: String }
    /// # fn f<'t>(user: Scoped<'t, User>, elsewhere: uuid::Uuid) {
    /// User::update(&user).set(|u| u.tenant_id.to(elsewhere));
    /// # }
    /// ```
    ///
    /// No column is assigned twice:
    ///
    /// ```compile_fail,E0080
    /// # use tenancy::{Tenant, TenantRoot, TenantScoped, Scoped};
    /// # #[derive(Debug, TenantRoot)]
    /// # #[tenancy(database = tenancy::sqlx::Sqlite)]
    /// # struct Organization { id: uuid::Uuid }
    /// # #[derive(Debug, TenantScoped)]
    /// # #[tenancy(root = Organization)]
    /// # struct User { id: uuid::Uuid, email: String }
    /// # fn f<'t>(tenant: &Tenant<'t, Organization>, user: Scoped<'t, User>) {
    /// User::update(&user).set(|u| (u.email.to("a"), u.email.to("b"))).execute(tenant);
    /// # }
    /// # let _: for<'t> fn(&Tenant<'t, Organization>, Scoped<'t, User>) = f;
    /// ```
    pub fn set<A: Assignments<'t, M>>(
        self,
        assignments: impl FnOnce(M::Columns) -> A,
    ) -> Update<'t, M, (S, A)> {
        Update {
            key: self.key,
            version: self.version,
            assignments: (self.assignments, assignments(M::COLUMNS)),
            model: PhantomData,
        }
    }

    /// Assigns the changes of a client: see [`Changes`](struct@crate::Changes).
    pub fn apply(
        self,
        changes: impl crate::IntoChanges<'t, M>,
    ) -> Update<'t, M, (S, crate::Changes<'t, M>)> {
        let changes = changes.into_changes();
        self.set(|_| changes)
    }

    /// The text of the statement that [`execute`](Self::execute) runs.
    pub fn sql(&self) -> Cow<'static, str> {
        if S::DYNAMIC {
            let template = self.template();
            Cow::Owned(render_dynamic(&template, <DatabaseOf<M>>::DIALECT))
        } else {
            Cow::Borrowed(UpdateText::<'t, M, S, false>::SQL)
        }
    }

    fn template(&self) -> Vec<u8> {
        let mut template = render_update::<M>(|set| self.assignments.render_set(set));
        template.extend_from_slice(ThisRow::<M>::STORED.as_bytes());
        template
    }

    /// Whether no row met, as far as the statement can tell.
    fn zero(checked: bool) -> Zero {
        match (checked, M::VERSION) {
            (true, _) => Zero::InvalidReference,
            (false, Some(_)) => Zero::Stale,
            (false, None) => Zero::NotFound,
        }
    }

    fn statement<const RETURNING: bool>(
        self,
        context: Context<'_, M::Root>,
    ) -> (Result<Statement<DatabaseOf<M>>>, Zero) {
        let dynamic = S::DYNAMIC.then(|| self.template());
        let users = match &dynamic {
            Some(template) => count(template, USER),
            None => const { S::SET.users() },
        };
        let mut binder = Binder::new(users + 4);
        let references = self.assignments.bind(&mut binder);
        binder.seal();
        references.bind_keys(&mut binder);
        binder.id(Some(&self.key));
        if M::VERSION.is_some() {
            binder.number(self.version);
        }
        references.bind_checks(&mut binder);

        let checked = references.has_checks();
        let sql = if dynamic.is_none() && !checked {
            sqlx::SqlStr::from_static(UpdateText::<'t, M, S, RETURNING>::SQL)
        } else {
            let mut template = match dynamic {
                Some(template) => template,
                None => UpdateText::<'t, M, S, false>::STORED.as_bytes().to_vec(),
            };
            references.render_checks(&mut template);
            if RETURNING {
                template.extend_from_slice(Returning::<M>::STORED.as_bytes());
            }
            vouch::rendered(&template, <DatabaseOf<M>>::DIALECT)
        };
        (finish::<M>(context, binder, sql), Self::zero(checked))
    }

    /// Updates the row.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if the row is gone; with a version column
    /// [`Stale`](crate::Error::Stale) if it is gone or was changed since it was read;
    /// [`InvalidReference`](crate::Error::InvalidReference) if a
    /// [`Ref::by_id`](crate::Ref::by_id) names no row of this tenant (or the row itself is gone).
    pub fn execute<'e, E: Scope<'t, M>>(self, on: &'e E) -> ExecuteOne<'e, DatabaseOf<M>> {
        let context = on.context();
        let (statement, zero) = self.statement::<false>(context);
        ExecuteOne::new(
            Execute::new::<M>(context, Operation::Update, statement),
            zero,
        )
    }

    /// Updates the row and reads it back.
    ///
    /// # Errors
    ///
    /// As for [`execute`](Self::execute).
    pub fn fetch_one<'e, E: Scope<'t, M>>(self, on: &'e E) -> FetchOne<'e, 't, M> {
        let context = on.context();
        let (statement, zero) = self.statement::<true>(context);
        FetchOne::new(
            FetchOptional::new(context, Operation::Update, statement),
            zero,
        )
    }
}

/// Binds the tenant, which comes last, and ends the statement.
pub(super) fn finish<M: Model>(
    context: Context<'_, M::Root>,
    mut binder: Binder<DatabaseOf<M>>,
    sql: sqlx::SqlStr,
) -> Result<Statement<DatabaseOf<M>>> {
    if const { tenanted::<M>() } {
        context.bind_tenant(&mut binder)?;
    }
    Ok(Statement {
        sql,
        arguments: binder.finish()?,
    })
}

/// `UPDATE "table" SET …`, around assignments that only the running program knows.
fn render_update<M: Model>(render_set: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut set = Vec::new();
    render_set(&mut set);
    if set.is_empty() {
        return UpdateNothing::<M>::STORED.as_bytes().to_vec();
    }
    let whole = UpdateHole::<M>::STORED.as_bytes();
    let hole = whole.iter().position(|&byte| byte == HOLE).unwrap_or(0);
    [&whole[..hole], &set, &whole[hole + 1..]].concat()
}

/// Where the assignments go.
const HOLE: u8 = 0x1f;

struct UpdateHole<M>(PhantomData<M>);

impl<M: Model> Stored for UpdateHole<M> {
    const TEXT: &'static Text = &statement::update::<M>(&text!(mark(HOLE)));
}

struct UpdateNothing<M>(PhantomData<M>);

impl<M: Model> Stored for UpdateNothing<M> {
    const TEXT: &'static Text = &statement::update::<M>(&Text::EMPTY);
}

struct ThisRow<M>(PhantomData<M>);

impl<M: Model> Stored for ThisRow<M> {
    const TEXT: &'static Text = &{
        let mut text = Text::EMPTY;
        statement::scoped::<M>(&mut text, &statement::this_row::<M>());
        text
    };
}

pub(super) struct Returning<M>(PhantomData<M>);

impl<M: Model> Stored for Returning<M> {
    const TEXT: &'static Text = &{
        let mut text = Text::EMPTY;
        statement::returning::<M>(&mut text);
        text
    };
}

struct UpdateText<'t, M, S, const RETURNING: bool>(PhantomData<(crate::tenant::Brand<'t>, M, S)>);

impl<'t, M: Model, S: Assignments<'t, M>, const RETURNING: bool> Stored
    for UpdateText<'t, M, S, RETURNING>
{
    const TEXT: &'static Text = &{
        // Evaluated for its check: no column twice.
        let _ = S::MASK;
        let mut text = Text::EMPTY;
        if !S::DYNAMIC {
            text = statement::update::<M>(S::SET);
            statement::scoped::<M>(&mut text, &statement::this_row::<M>());
            if RETURNING {
                statement::returning::<M>(&mut text);
            }
        }
        text
    };
}

impl<'t, M: Model, S: Assignments<'t, M>, const RETURNING: bool> Rendered
    for UpdateText<'t, M, S, RETURNING>
{
    const DIALECT: Dialect = <DatabaseOf<M>>::DIALECT;
    const TEMPLATE: &'static Text = Self::TEXT;
}

impl<M: Model, S> fmt::Debug for Update<'_, M, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Update({})", M::TABLE)
    }
}

/// An update of all rows that meet a condition.
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
///     Document::update_where(|d| d.views.lt(10)).set(|d| d.title.to("old")).sql(),
///     r#"UPDATE "documents" SET "title" = ? WHERE ("documents"."views" < ?) AND "documents"."tenant_id" = ?"#
/// );
/// # }
/// ```
#[must_use = "an update does nothing until it is executed on a tenant"]
pub struct UpdateWhere<'t, M, P, S = ()> {
    condition: P,
    assignments: S,
    model: PhantomData<(crate::tenant::Brand<'t>, fn() -> M)>,
}

impl<'t, M: Model, P> UpdateWhere<'t, M, P> {
    pub(crate) fn new(condition: Condition<M, P>) -> Self {
        Self {
            condition: condition.into_node(),
            assignments: (),
            model: PhantomData,
        }
    }
}

impl<'t, M, P, S> UpdateWhere<'t, M, P, S>
where
    M: Model,
    P: Bind<DatabaseOf<M>>,
    S: Assignments<'t, M>,
{
    /// Assigns columns: `|d| d.archived.to(true)`, or a tuple of assignments.
    pub fn set<A: Assignments<'t, M>>(
        self,
        assignments: impl FnOnce(M::Columns) -> A,
    ) -> UpdateWhere<'t, M, P, (S, A)> {
        UpdateWhere {
            condition: self.condition,
            assignments: (self.assignments, assignments(M::COLUMNS)),
            model: PhantomData,
        }
    }

    /// The text of the statement that [`execute`](Self::execute) runs.
    pub fn sql(&self) -> Cow<'static, str> {
        if S::DYNAMIC || P::DYNAMIC {
            Cow::Owned(render_dynamic(&self.template(), <DatabaseOf<M>>::DIALECT))
        } else {
            Cow::Borrowed(UpdateWhereText::<'t, M, P, S, false>::SQL)
        }
    }

    fn template(&self) -> Vec<u8> {
        let mut template = render_update::<M>(|set| self.assignments.render_set(set));
        render_scoped::<M>(&self.condition, &mut template);
        template
    }

    fn statement<const RETURNING: bool>(
        self,
        context: Context<'_, M::Root>,
    ) -> Result<Statement<DatabaseOf<M>>> {
        let dynamic = (S::DYNAMIC || P::DYNAMIC).then(|| self.template());
        let users = match &dynamic {
            Some(template) => count(template, USER),
            None => const { S::SET.users() + P::TEXT.users() },
        };
        let mut binder = Binder::new(users + 2);
        let references = self.assignments.bind(&mut binder);
        self.condition.bind(&mut binder);
        binder.seal();
        references.bind_keys(&mut binder);
        references.bind_checks(&mut binder);

        let sql = if dynamic.is_none() && !references.has_checks() {
            sqlx::SqlStr::from_static(UpdateWhereText::<'t, M, P, S, RETURNING>::SQL)
        } else {
            let mut template = match dynamic {
                Some(template) => template,
                None => {
                    let text = UpdateWhereText::<'t, M, P, S, false>::STORED;
                    text.as_bytes().to_vec()
                }
            };
            references.render_checks(&mut template);
            if RETURNING {
                template.extend_from_slice(Returning::<M>::STORED.as_bytes());
            }
            vouch::rendered(&template, <DatabaseOf<M>>::DIALECT)
        };
        finish::<M>(context, binder, sql)
    }

    /// Updates the rows and says how many.
    ///
    /// # Errors
    ///
    /// If the database reports one; then no row was updated.
    pub fn execute<'e, E: Scope<'t, M>>(self, on: &'e E) -> Execute<'e, DatabaseOf<M>> {
        let context = on.context();
        Execute::new::<M>(context, Operation::Update, self.statement::<false>(context))
    }

    /// Updates the rows and reads them back.
    ///
    /// # Errors
    ///
    /// If the database reports one; then no row was updated.
    pub fn fetch_all<'e, E: Scope<'t, M>>(self, on: &'e E) -> FetchAll<'e, 't, M> {
        let context = on.context();
        FetchAll::new(context, Operation::Update, self.statement::<true>(context))
    }
}

struct UpdateWhereText<'t, M, P, S, const RETURNING: bool>(
    PhantomData<(crate::tenant::Brand<'t>, M, P, S)>,
);

impl<'t, M, P, S, const RETURNING: bool> Stored for UpdateWhereText<'t, M, P, S, RETURNING>
where
    M: Model,
    P: Node,
    S: Assignments<'t, M>,
{
    const TEXT: &'static Text = &{
        // Evaluated for its check: no column twice.
        let _ = S::MASK;
        let mut text = Text::EMPTY;
        if !S::DYNAMIC && !P::DYNAMIC {
            text = statement::update::<M>(S::SET);
            statement::scoped::<M>(&mut text, P::TEXT);
            if RETURNING {
                statement::returning::<M>(&mut text);
            }
        }
        text
    };
}

impl<'t, M, P, S, const RETURNING: bool> Rendered for UpdateWhereText<'t, M, P, S, RETURNING>
where
    M: Model,
    P: Node,
    S: Assignments<'t, M>,
{
    const DIALECT: Dialect = <DatabaseOf<M>>::DIALECT;
    const TEMPLATE: &'static Text = Self::TEXT;
}

impl<M: Model, P, S> fmt::Debug for UpdateWhere<'_, M, P, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UpdateWhere({})", M::TABLE)
    }
}
