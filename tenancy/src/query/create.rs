//! Creation.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use super::update::{Returning, finish};
use crate::Result;
use crate::backend::sealed::Backend as _;
use crate::barrier::Insert;
use crate::binder::{Binder, References};
use crate::db::Db;
use crate::execute::{
    Context, Execute, ExecuteOne, FetchAll, FetchOne, FetchOptional, Rows, Statement, Verify, Zero,
};
use crate::expr::Assignments;
use crate::model::{DatabaseOf, Model, Root, Scoping as _, TenantScoped};
use crate::sql::render::{Rendered, render};
use crate::sql::text::{PROOF, TENANT, USER};
use crate::sql::{Dialect, Text, statement, vouch};
use crate::tenant::{Brand, Scope};

/// The creation of one row on the tenant branded `'t`.
#[must_use = "a creation does nothing until it is executed on a tenant"]
pub struct Create<'t, M: TenantScoped, S = ()> {
    new: M::New<'t>,
    assignments: S,
    brand: Brand<'t>,
}

impl<'t, M: TenantScoped> Create<'t, M> {
    pub(crate) fn new(new: M::New<'t>) -> Self {
        Self {
            new,
            assignments: (),
            brand: Brand::new(),
        }
    }
}

impl<'t, M: TenantScoped, S: Assignments<'t, M>> Create<'t, M, S> {
    /// Assigns columns that have a default (`#[tenancy(default)]`), instead of the default.
    ///
    /// A column that is among the values of the new row is not assigned again:
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
    /// ```
    pub fn set<A: Assignments<'t, M>>(
        self,
        assignments: impl FnOnce(M::Columns) -> A,
    ) -> Create<'t, M, (S, A)> {
        Create {
            new: self.new,
            assignments: (self.assignments, assignments(M::COLUMNS)),
            brand: self.brand,
        }
    }

    /// The text of the statement that [`execute`](Self::execute) runs.
    pub fn sql(&self) -> Cow<'static, str> {
        Cow::Borrowed(CreateText::<'t, M, M::New<'t>, S, false>::SQL)
    }

    fn statement<const RETURNING: bool>(
        self,
        context: Context<'_, M::Root>,
    ) -> Result<Statement<DatabaseOf<M>>> {
        let Bound { binder, checks } = bind_row::<M, _, _>(self.new, self.assignments);
        let sql = match checks {
            None => sqlx::SqlStr::from_static(CreateText::<'t, M, M::New<'t>, S, RETURNING>::SQL),
            Some(checks) => {
                let mut template = CreateText::<'t, M, M::New<'t>, S, RETURNING>::checked(&checks);
                if RETURNING {
                    template.extend_from_slice(Returning::<M>::TEXT.as_bytes());
                }
                vouch::rendered(&template, <DatabaseOf<M>>::DIALECT)
            }
        };
        finish::<M>(context, binder, sql)
    }

    /// Creates the row.
    ///
    /// # Errors
    ///
    /// [`Conflict`](crate::Error::Conflict) if it would violate a unique constraint;
    /// [`InvalidReference`](crate::Error::InvalidReference) if a foreign key names no row of this
    /// tenant; [`InvalidValue`](crate::Error::InvalidValue) if the table refuses a value.
    pub fn execute<'e, E: Scope<'t, M>>(self, on: &'e E) -> ExecuteOne<'e, DatabaseOf<M>> {
        let context = on.context();
        let statement = self.statement::<false>(context);
        ExecuteOne::new(
            Execute::new::<M>(context, "create", statement),
            Zero::InvalidReference,
        )
    }

    /// Creates the row and reads it back, with what the database filled in.
    ///
    /// # Errors
    ///
    /// As for [`execute`](Self::execute).
    pub fn fetch_one<'e, E: Scope<'t, M>>(self, on: &'e E) -> FetchOne<'e, 't, M> {
        let context = on.context();
        let statement = self.statement::<true>(context);
        FetchOne::new(
            FetchOptional::new(context, "create", statement),
            Zero::InvalidReference,
        )
    }
}

/// One row, bound; with the text of the checks if it has any.
pub(super) struct Bound<DB: crate::Backend> {
    pub(super) binder: Binder<DB>,
    pub(super) checks: Option<Vec<u8>>,
}

/// Binds a row's values and keys, all but the tenant.
pub(super) fn bind_row<'t, M: Model, N: Insert<M>, S: Assignments<'t, M>>(
    new: N,
    assignments: S,
) -> Bound<DatabaseOf<M>> {
    let parameters = N::VALUES.len() + N::REFERENCES.len() + S::VALUES.count(USER) + 2;
    let mut binder = Binder::new(parameters);
    let keys = new.bind(&mut binder);
    let assigned = assignments.bind(&mut binder);
    binder.seal();
    assigned.bind_keys(&mut binder);
    keys.bind_keys(&mut binder);
    let checks = (assigned.has_checks() || keys.has_checks()).then(|| {
        let mut checks = Vec::new();
        assigned.render_checks(&mut checks);
        keys.render_checks(&mut checks);
        assigned.bind_checks(&mut binder);
        keys.bind_checks(&mut binder);
        checks
    });
    Bound { binder, checks }
}

/// The text of an insert of one row.
pub(super) struct CreateText<'t, M, N, S, const RETURNING: bool>(PhantomData<(Brand<'t>, M, N, S)>);

impl<'t, M, N, S, const RETURNING: bool> CreateText<'t, M, N, S, RETURNING>
where
    M: Model,
    N: Insert<M>,
    S: Assignments<'t, M>,
{
    pub(super) const HEAD: Text = {
        assert!(
            S::CONSTANT,
            "a new row has no old values to compute with: assign plain values"
        );
        assert!(
            S::MASK & (statement::mask(N::VALUES) | statement::mask(N::REFERENCES)) == 0,
            "a column is assigned that is among the values of the new row already"
        );
        statement::insert::<M, N>(&S::NAMES)
    };
    const ROW: Text = statement::row::<M, N>(&S::VALUES);
    pub(super) const INSERT: Text = Self::HEAD.push("VALUES (").append(&Self::ROW).push(")");
    pub(super) const SELECT: Text = Self::HEAD.push("SELECT ").append(&Self::ROW);

    /// The insert of a row whose references the statement proves.
    pub(super) fn checked(checks: &[u8]) -> Vec<u8> {
        let mut template = Self::SELECT.as_bytes().to_vec();
        template.extend_from_slice(b" WHERE TRUE");
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
    const RENDERED: Text = {
        let text = if RETURNING {
            statement::returning::<M>(Self::INSERT)
        } else {
            Self::INSERT
        };
        render(&text, <DatabaseOf<M>>::DIALECT)
    };
}

impl<M: TenantScoped, S> fmt::Debug for Create<'_, M, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Create({})", M::TABLE)
    }
}

/// The creation of many rows in one statement.
#[must_use = "a creation does nothing until it is executed on a tenant"]
pub struct CreateMany<'t, M: TenantScoped> {
    rows: Vec<M::New<'t>>,
}

impl<'t, M: TenantScoped> CreateMany<'t, M> {
    pub(crate) fn new(rows: Vec<M::New<'t>>) -> Self {
        Self { rows }
    }

    /// The columns of a row; the version and the tenant come from the statement.
    const WIDTH: usize =
        <M::New<'t> as Insert<M>>::VALUES.len() + <M::New<'t> as Insert<M>>::REFERENCES.len();

    /// `None` if there are no rows.
    fn statement<const RETURNING: bool>(
        self,
        context: Context<'_, M::Root>,
    ) -> Option<Result<Statement<DatabaseOf<M>>>> {
        if self.rows.is_empty() {
            return None;
        }
        let number = self.rows.len();
        let sequential = <M::New<'t> as Insert<M>>::BUILTIN;
        let mut binder = Binder::new(number * Self::WIDTH + 1);
        let mut waiting = Vec::new();
        let mut checks = Vec::new();
        for row in self.rows {
            let keys = row.bind(&mut binder);
            if sequential {
                keys.bind_keys(&mut binder);
            }
            if !sequential || keys.has_checks() {
                keys.render_checks(&mut checks);
                waiting.push(keys);
            }
        }
        binder.seal();
        if !sequential {
            for keys in &waiting {
                keys.bind_keys(&mut binder);
            }
        }
        for keys in &waiting {
            keys.bind_checks(&mut binder);
        }
        let mut template = Self::template(number, if sequential { USER } else { PROOF }, &checks);
        if RETURNING {
            template.extend_from_slice(Returning::<M>::TEXT.as_bytes());
        }
        let sql = vouch::rendered(&template, <DatabaseOf<M>>::DIALECT);
        Some(finish::<M>(context, binder, sql))
    }

    /// The rows come first in the text, as a common table expression, so that the one parameter
    /// for the tenant can come last; PostgreSQL numbers its parameters and needs no such detour,
    /// unless the rows depend on checks.
    fn template(number: usize, key: u8, checks: &[u8]) -> Vec<u8> {
        let head = const { &statement::insert::<M, M::New<'t>>(&Text::EMPTY) }.as_bytes();
        let plain = <DatabaseOf<M>>::DIALECT == Dialect::Postgres && checks.is_empty();
        let mut template = Vec::with_capacity(head.len() + number * (Self::WIDTH * 3 + 4) + 64);
        if plain {
            template.extend_from_slice(head);
            template.extend_from_slice(b"VALUES ");
        } else {
            template.extend_from_slice(b"WITH \"new\" AS (VALUES ");
        }
        let mut row = Vec::with_capacity(Self::WIDTH * 3 + 8);
        for index in 0..Self::WIDTH {
            if index > 0 {
                row.extend_from_slice(b", ");
            }
            let value = index < <M::New<'t> as Insert<M>>::VALUES.len();
            row.push(if value { USER } else { key });
        }
        if plain {
            row.extend_from_slice(Self::TAIL.as_bytes());
        }
        for index in 0..number {
            template.extend_from_slice(if index > 0 { b", (" } else { b"(" });
            template.extend_from_slice(&row);
            template.push(b')');
        }
        if !plain {
            template.extend_from_slice(b") ");
            template.extend_from_slice(head);
            template.extend_from_slice(b"SELECT \"new\".*");
            template.extend_from_slice(Self::TAIL.as_bytes());
            template.extend_from_slice(b" FROM \"new\" WHERE TRUE");
            template.extend_from_slice(checks);
        }
        template
    }

    /// What every row has besides its own values: the first version, and the tenant.
    const TAIL: Text = {
        let text = if M::VERSION.is_some() {
            Text::EMPTY.push(", 1")
        } else {
            Text::EMPTY
        };
        if M::Scoping::TENANTED {
            text.push(", ").mark(TENANT)
        } else {
            text
        }
    };

    /// Creates the rows and says how many. All of them are created, or none.
    ///
    /// # Errors
    ///
    /// As for [`Create::execute`], and [`TooLarge`](crate::Error::TooLarge) if the rows have more
    /// values than a statement may have parameters.
    pub fn execute<'e, E: Scope<'t, M>>(self, on: &'e E) -> Execute<'e, DatabaseOf<M>> {
        let context = on.context();
        match self.statement::<false>(context) {
            None => Execute::nothing(),
            Some(statement) => {
                Execute::new::<M>(context, "create", statement).or(Zero::InvalidReference)
            }
        }
    }

    /// Creates the rows and reads them back, in no particular order.
    ///
    /// # Errors
    ///
    /// As for [`execute`](Self::execute).
    pub fn fetch_all<'e, E: Scope<'t, M>>(self, on: &'e E) -> FetchAll<'e, 't, M> {
        let context = on.context();
        match self.statement::<true>(context) {
            None => FetchAll::new(Rows::nothing()),
            Some(statement) => {
                FetchAll::new(Rows::new(context, "create", statement)).or(Zero::InvalidReference)
            }
        }
    }
}

impl<M: TenantScoped> fmt::Debug for CreateMany<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CreateMany({}, {} rows)", M::TABLE, self.rows.len())
    }
}

/// The creation of a tenant's row, by whoever runs the whole service.
#[must_use = "a creation does nothing until it is executed"]
pub struct CreateRoot<R: Root> {
    new: R::New,
}

impl<R: Root> CreateRoot<R> {
    pub(crate) fn new(new: R::New) -> Self {
        Self { new }
    }

    /// Creates the tenant's row; the new tenant counts as verified.
    ///
    /// # Errors
    ///
    /// [`Conflict`](crate::Error::Conflict) if it would violate a unique constraint.
    pub fn execute(self, db: &Db<R::Database>) -> Verify<'_, R> {
        let context = Context {
            pool: db.pool(),
            slot: None,
            tenant: None,
        };
        let Bound { mut binder, .. } = bind_row::<R, R::New, ()>(self.new, ());
        binder.seal();
        let sql = sqlx::SqlStr::from_static(RootText::<R, R::New>::SQL);
        let statement = binder
            .finish()
            .map(|arguments| Statement { sql, arguments });
        Verify::created(context, statement)
    }
}

struct RootText<R, N>(PhantomData<(R, N)>);

impl<R: Root, N: Insert<R>> Rendered for RootText<R, N> {
    const RENDERED: Text = {
        let text = statement::insert_root::<R, N>();
        render(&statement::returning::<R>(text), <DatabaseOf<R>>::DIALECT)
    };
}

impl<R: Root> fmt::Debug for CreateRoot<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CreateRoot({})", R::TABLE)
    }
}
