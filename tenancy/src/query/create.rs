//! Creation.

use crate::error::Error;
use crate::execute::context::Context;
use crate::execute::fetch::FetchOne;
use crate::execute::operation::Operation;
use crate::execute::write::ExecuteOne;
use crate::execute::zero::Zero;
use crate::expr::assign::Assignments;
use crate::model::brand::Brand;
use crate::model::contract::{DatabaseOf, Insert, KeyOf, Model, Owned};
use crate::model::identity::Identity;
use crate::model::params::{Binder, References};
use crate::policy::action;
use crate::policy::permit::Permits;
use crate::policy::place::Writes;
use crate::query::creating::Creating;
use crate::query::prepared::Prepared;
use crate::query::unmet::unmet;
use crate::query::write::{Returning, ReturningKey, finish};
use crate::sealed::INSIDE;
use crate::sql::render::{Dialect, Fixed, Rendered, Stored};
use crate::sql::text::{Text, text};
use crate::sql::trusted;
use crate::stmt::statement;
use crate::tenant::scope::Scope;
use futures_core::future::BoxFuture;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use crate::backend::sealed::Backend as _;
use crate::model::contract::Id as _;

/// The creation of one row on the tenant branded `'t`.
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
/// # fn f<'t>(owner: Scoped<'t, User>) {
/// let new = NewDocument { title: "Q3".into(), owner_id: (&owner).into() };
/// assert_eq!(
///     Document::create(new).set(|d| d.views.to(1)).sql(),
///     r#"INSERT INTO "documents" ("title", "views", "id", "owner_id", "tenant_id") VALUES (?, ?, ?, ?, ?)"#
/// );
/// # }
/// # fn main() {}
/// ```
#[must_use = "a creation does nothing until it is executed on a tenant"]
pub struct Create<'t, M: Owned, S = ()> {
    pub(crate) new: M::New<'t>,
    pub(crate) key: Option<KeyOf<M>>,
    pub(crate) assignments: S,
    brand: Brand<'t>,
}

impl<'t, M: Owned> Create<'t, M> {
    pub(crate) fn new(new: M::New<'t>) -> Self {
        Self {
            new,
            key: None,
            assignments: (),
            brand: Brand::new(),
        }
    }
}

impl<'t, M: Owned, S: Assignments<'t, M>> Create<'t, M, S> {
    /// Assigns columns that have a default (`#[tenancy(default)]`), instead of the default.
    ///
    /// A column that is among the values of the new row is not assigned again, or the program does not
    /// build (`cargo check` alone does not see it):
    ///
    /// ```compile_fail,E0080
    /// # use tenancy::{Tenant, TenantRoot, TenantScoped, Scoped};
    /// # #[derive(Debug, TenantRoot)]
    /// # #[tenancy(database = tenancy::sqlx::Sqlite)]
    /// # struct Organization { id: uuid::Uuid }
    /// # #[derive(Debug, TenantScoped)]
    /// # #[tenancy(root = Organization)]
    /// # struct User { id: uuid::Uuid, email: String }
    /// # fn f<'t>(tenant: &Tenant<'t, Organization>) {
    /// let new = NewUser { email: "a".to_owned() };
    /// User::create(new).set(|u| u.email.to("b")).execute(tenant);
    /// # }
    /// # let _: for<'t> fn(&Tenant<'t, Organization>) = f;
    /// ```
    ///
    /// Nor is it computed from old values, of which a new row has none:
    ///
    /// ```compile_fail,E0080
    /// # use tenancy::{Tenant, TenantRoot, TenantScoped, Scoped};
    /// # #[derive(Debug, TenantRoot)]
    /// # #[tenancy(database = tenancy::sqlx::Sqlite)]
    /// # struct Organization { id: uuid::Uuid }
    /// # #[derive(Debug, TenantScoped)]
    /// # #[tenancy(root = Organization)]
    /// # struct User { id: uuid::Uuid, #[tenancy(default)] visits: i64 }
    /// # fn f<'t>(tenant: &Tenant<'t, Organization>) {
    /// User::create(NewUser {}).set(|u| u.visits.to(u.visits.plus(1))).execute(tenant);
    /// # }
    /// # let _: for<'t> fn(&Tenant<'t, Organization>) = f;
    /// ```
    pub fn set<A: Assignments<'t, M>>(
        self,
        assignments: impl FnOnce(M::Columns) -> A,
    ) -> Create<'t, M, (S, A)> {
        Create {
            new: self.new,
            key: self.key,
            assignments: (self.assignments, assignments(M::COLUMNS)),
            brand: self.brand,
        }
    }

    /// Creates the row under this primary key instead of a random one: for imports, and for
    /// requests that must have their effect once.
    ///
    /// Does not build for a model whose key comes from the database or is among its values.
    pub fn with_key(mut self, key: M::Key) -> Self {
        const {
            assert!(
                <M::New<'t> as Insert<M>>::RANDOM_KEY,
                "the primary key of this model is not random: \
                 it comes from the database or is among the values of the new row"
            );
        }
        self.key = Some(key.repr().clone());
        self
    }

    /// The text of the statement that [`execute`](Self::execute) runs.
    pub fn sql(&self) -> Cow<'static, str> {
        trusted::shown(Cow::Borrowed(
            CreateText::<'t, M, M::New<'t>, S, false>::SQL,
        ))
    }

    pub(crate) fn statement<'e, const RETURNING: bool>(
        self,
        context: Context<'e, M::Root>,
    ) -> Prepared<'e, M> {
        let fixed = CreateText::<'t, M, M::New<'t>, S, RETURNING>::FIXED;
        let returning = if RETURNING {
            Returning::<M>::STORED
        } else {
            ""
        };
        self.finished(context, Some(fixed), returning)
    }

    /// The statement that gives the key of the new row.
    pub(crate) fn keyed<'e>(self, context: Context<'e, M::Root>) -> Prepared<'e, M> {
        self.finished(context, None, ReturningKey::<M>::STORED)
    }

    /// The statement that ends in `returning`; `fixed` is its text if there are no checks.
    fn finished<'e>(
        self,
        context: Context<'e, M::Root>,
        fixed: Option<Fixed>,
        returning: &'static str,
    ) -> Prepared<'e, M> {
        let Bound {
            binder,
            checks,
            keys,
            ..
        } = bind_row::<M, _, _, false>(
            context.db.identity(),
            self.new,
            self.key,
            self.assignments,
            |_| (),
        );
        let denial = checks.is_some().then(|| {
            let denial = unmet::<M>(context, None, Some(Box::new(keys)));
            Box::pin(denial) as BoxFuture<'e, Error>
        });
        let sql = match (fixed, checks) {
            (Some(fixed), None) => context.fixed(fixed),
            (_, checks) => {
                let mut template = match checks {
                    None => InsertRow::<'t, M, M::New<'t>, S>::STORED
                        .as_bytes()
                        .to_vec(),
                    Some(checks) => CreateText::<'t, M, M::New<'t>, S, false>::checked(&checks),
                };
                template.extend_from_slice(returning.as_bytes());
                context.rendered(&template)
            }
        };
        Prepared::new(finish::<M>(context, binder, sql), Zero::Skipped).because(denial)
    }

    /// Creates the row.
    ///
    /// # Errors
    ///
    /// [`Conflict`](crate::Error::Conflict) if it would violate a unique constraint;
    /// [`InvalidReference`](crate::Error::InvalidReference) if a foreign key names no row of this
    /// tenant; [`InvalidValue`](crate::Error::InvalidValue) if the table refuses a value;
    /// [`Skipped`](crate::Error::Skipped) if a trigger refuses the row silently.
    pub fn execute<'e, E>(self, on: &'e E) -> ExecuteOne<'e, DatabaseOf<M>>
    where
        E: Scope<'t, M, Actor: Writes<M>>,
        M::Policies: Permits<M, E::Actor, action::Create>,
    {
        let creating = Creating::<M, E::Actor, action::Create, _, false>::new(self, on);
        let permitted = M::Policies::permit(on.by(INSIDE), creating);
        permitted.execute_one(on.context(), Operation::Create)
    }

    /// Creates the row and reads it back, with what the database filled in.
    ///
    /// # Errors
    ///
    /// As for [`execute`](Self::execute).
    pub fn fetch_one<'e, E>(self, on: &'e E) -> FetchOne<'e, 't, M>
    where
        E: Scope<'t, M, Actor: Writes<M>>,
        M::Policies: Permits<M, E::Actor, action::Create>,
    {
        let creating = Creating::<M, E::Actor, action::Create, _, true>::new(self, on);
        let permitted = M::Policies::returned(on.by(INSIDE), creating);
        permitted.fetch_one(on.context(), Operation::Create)
    }
}

/// One row, bound; with the text of the checks if it has any.
pub(crate) struct Bound<DB: crate::backend::Backend, R> {
    pub(crate) binder: Binder<DB>,
    pub(crate) checks: Option<Vec<u8>>,
    /// The values alone, to ask about the row.
    pub(crate) values: Option<Binder<DB>>,
    pub(crate) keys: R,
}

/// The keys of a new row.
pub(crate) type Keys<'t, M, N, S> = (
    <S as Assignments<'t, M>>::References,
    <N as Insert<M>>::References,
);

/// Binds a row's values, what a policy asks of it, and its keys: all but the tenant. With `KEEP`, keeps
/// what it takes to ask about it.
pub(crate) fn bind_row<'t, M, N, S, const KEEP: bool>(
    database: Identity,
    new: N,
    key: Option<KeyOf<M>>,
    assignments: S,
    policy: impl FnOnce(&mut Binder<DatabaseOf<M>>),
) -> Bound<DatabaseOf<M>, Keys<'t, M, N, S>>
where
    M: Model,
    N: Insert<M>,
    S: Assignments<'t, M>,
{
    let parameters = N::VALUES.len() + N::REFERENCES.len() + const { S::VALUES.users() } + 2;
    let mut binder = Binder::new(parameters);
    let keys = new.bind(key, &mut binder);
    let assigned = assignments.bind(&mut binder);
    let values = KEEP.then(|| binder.snapshot());
    policy(&mut binder);
    binder.seal();
    let mut keys = (assigned, keys);
    keys.settle(database);
    keys.bind_keys(&mut binder);
    let checks = keys.has_checks().then(|| {
        let mut checks = Vec::new();
        keys.render_checks(&mut checks);
        keys.bind_checks(&mut binder);
        checks
    });
    Bound {
        binder,
        checks,
        values,
        keys,
    }
}

/// The text of an insert of one row.
pub(crate) struct CreateText<'t, M, N, S, const RETURNING: bool>(PhantomData<(Brand<'t>, M, N, S)>);

impl<'t, M, N, S, const RETURNING: bool> CreateText<'t, M, N, S, RETURNING>
where
    M: Model,
    N: Insert<M>,
    S: Assignments<'t, M>,
{
    pub(crate) const HEAD: &'static Text = &{
        assert!(
            S::CONSTANT,
            "a new row has no old values to compute with: assign plain values"
        );
        assert!(
            S::MASK & (statement::mask(N::VALUES) | statement::mask(N::REFERENCES)) == 0,
            "a column is assigned that is among the values of the new row already"
        );
        statement::insert::<M, N>(S::NAMES)
    };
    const ROW: &'static Text = &statement::row::<M, N>(S::VALUES);
    pub(crate) const INSERT: &'static Text = &text!(
        append(Self::HEAD),
        push("VALUES ("),
        append(Self::ROW),
        push(")")
    );

    /// The insert of a row whose references the statement proves.
    pub(crate) fn checked(checks: &[u8]) -> Vec<u8> {
        let mut template = CreateSelect::<'t, M, N, S>::STORED.as_bytes().to_vec();
        template.extend_from_slice(checks);
        template
    }
}

impl<'t, M, N, S, const RETURNING: bool> Rendered for CreateText<'t, M, N, S, RETURNING>
where
    M: Model,
    N: Insert<M>,
    S: Assignments<'t, M>,
{
    const DIALECT: Dialect = <DatabaseOf<M>>::DIALECT;
    const TEMPLATE: &'static Text = if RETURNING {
        &{
            let mut text = text!(append(Self::INSERT));
            statement::returning::<M>(&mut text);
            text
        }
    } else {
        Self::INSERT
    };
}

/// `INSERT INTO "table" (columns) VALUES (…)`.
pub(crate) struct InsertRow<'t, M, N, S>(PhantomData<(Brand<'t>, M, N, S)>);

impl<'t, M, N, S> Stored for InsertRow<'t, M, N, S>
where
    M: Model,
    N: Insert<M>,
    S: Assignments<'t, M>,
{
    const TEXT: &'static Text = CreateText::<'t, M, N, S, false>::INSERT;
}

/// The text of an insert of one row, if nothing speaks against it.
struct CreateSelect<'t, M, N, S>(PhantomData<(Brand<'t>, M, N, S)>);

impl<'t, M, N, S> Stored for CreateSelect<'t, M, N, S>
where
    M: Model,
    N: Insert<M>,
    S: Assignments<'t, M>,
{
    const TEXT: &'static Text = &text!(
        append(CreateText::<'t, M, N, S, false>::HEAD),
        push("SELECT "),
        append(CreateText::<'t, M, N, S, false>::ROW),
        push(" WHERE TRUE"),
    );
}

impl<M: Owned, S> fmt::Debug for Create<'_, M, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Create({})", M::TABLE)
    }
}
