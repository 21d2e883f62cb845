//! The futures of statements: named, so that they are `Send` wherever they are awaited.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll, ready};

use futures_core::Stream;
use futures_core::future::BoxFuture;
use sqlx::Either;
use tracing::Span;

use super::operation::Operation;
use super::statement::{Context, Many, Pending, Statement};
use crate::backend::Backend;
use crate::backend::sealed::Backend as _;
use crate::binder::Binder;
use crate::db::Db;
use crate::id::{Id as _, Repr as _};
use crate::model::{DatabaseOf, KeyOf, Model, RowOf, TenantIdOf, TenantRoot};
use crate::policy::Denial;
use crate::sql::render::Rendered;
use crate::sql::{Dialect, Text, statement};
use crate::tenant::{Brand, Decoded, Scoped, VerifiedTenant};
use crate::{Error, Result};

/// What it means if a statement on one row met none.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Zero {
    /// There is no such row.
    NotFound,
    /// There is no such row in the version that was read.
    Stale,
    /// A reference that the statement had to prove does not exist.
    InvalidReference,
    /// The actor may not.
    Forbidden(Denial),
}

impl Zero {
    pub(crate) fn error(self) -> Error {
        match self {
            Self::NotFound => Error::NotFound,
            Self::Stale => Error::Stale,
            Self::InvalidReference => Error::InvalidReference,
            Self::Forbidden(denial) => Error::Forbidden(denial),
        }
    }
}

macro_rules! debug {
    ($($name:ident <$($parameter:tt),*> : $bound:ident;)*) => {$(
        debug!(@ $name [$($parameter),*] $bound);
    )*};
    (@ $name:ident [$e:lifetime, $t:lifetime, M] $bound:ident) => {
        impl<M: $bound> fmt::Debug for $name<'_, '_, M> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
    (@ $name:ident [$e:lifetime, DB] $bound:ident) => {
        impl<DB: $bound> fmt::Debug for $name<'_, DB> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}

debug! {
    FetchOptional<'e, 't, M>: Model;
    FetchOne<'e, 't, M>: Model;
    FetchAll<'e, 't, M>: Model;
    Rows<'e, 't, M>: Model;
    Execute<'e, DB>: Backend;
    ExecuteOne<'e, DB>: Backend;
    Count<'e, DB>: Backend;
    Exists<'e, DB>: Backend;
}

/// The future of `fetch_optional`.
#[must_use = "futures do nothing unless awaited"]
pub struct FetchOptional<'e, 't, M: Model> {
    row: Pending<'e, Option<RowOf<M>>>,
    span: Span,
    brand: PhantomData<(Brand<'t>, fn() -> M)>,
}

impl<'e, M: Model> FetchOptional<'e, '_, M> {
    pub(crate) fn new(
        context: Context<'e, M::Root>,
        operation: Operation,
        statement: Result<Statement<DatabaseOf<M>>>,
    ) -> Self {
        Self {
            row: context.one(operation, statement),
            span: context.span::<M>(operation),
            brand: PhantomData,
        }
    }
}

impl<'e, M: Model> FetchOptional<'e, '_, M> {
    /// The row that a statement wrote, whose key it gives, if another one finds it.
    pub(crate) fn decided(
        context: Context<'e, M::Root>,
        operation: Operation,
        statement: Result<Statement<DatabaseOf<M>>>,
        ask: impl Fn(&[KeyOf<M>]) -> Result<Statement<DatabaseOf<M>>> + Send + 'e,
    ) -> Self {
        let keep = |found: &mut Option<_>, row| {
            *found = Some(row);
            Ok(())
        };
        Self {
            row: context.decided::<M, _>(operation, statement, ask, None, keep),
            span: context.span::<M>(operation),
            brand: PhantomData,
        }
    }
}

impl<M: Model> FetchOptional<'_, '_, M> {
    /// No row, without asking the database.
    pub(crate) fn nothing() -> Self {
        Self {
            row: Pending::Settled(Some(Ok(None))),
            span: Span::none(),
            brand: PhantomData,
        }
    }
}

impl<'t, M: Model> Future for FetchOptional<'_, 't, M> {
    type Output = Result<Option<Scoped<'t, M>>>;

    fn poll(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let _entered = this.span.enter();
        let row = ready!(this.row.poll(task))?;
        Poll::Ready(row.map(|row| Scoped::decode(&row)).transpose())
    }
}

/// The future of `fetch_one`.
#[must_use = "futures do nothing unless awaited"]
pub struct FetchOne<'e, 't, M: Model> {
    row: FetchOptional<'e, 't, M>,
    zero: Zero,
    /// Why the row was not met, if it has to be found out.
    denial: Option<BoxFuture<'e, Error>>,
    missed: bool,
}

impl<'e, 't, M: Model> FetchOne<'e, 't, M> {
    pub(crate) fn new(row: FetchOptional<'e, 't, M>, zero: Zero) -> Self {
        Self {
            row,
            zero,
            denial: None,
            missed: false,
        }
    }

    /// Why the row was not met.
    pub(crate) fn because(mut self, denial: Option<BoxFuture<'e, Error>>) -> Self {
        self.denial = denial;
        self
    }
}

impl<'t, M: Model> Future for FetchOne<'_, 't, M> {
    type Output = Result<Scoped<'t, M>>;

    fn poll(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if !this.missed {
            if let Some(row) = ready!(Pin::new(&mut this.row).poll(task))? {
                return Poll::Ready(Ok(row));
            }
            this.missed = true;
        }
        Poll::Ready(Err(ready!(missed(&mut this.denial, this.zero, task))))
    }
}

/// The stream of `fetch`.
///
/// On a transaction it keeps the connection until it is dropped; other statements on the same
/// transaction meanwhile fail with [`Error::TransactionInUse`].
#[must_use = "streams do nothing unless polled"]
pub struct Rows<'e, 't, M: Model> {
    steps: Many<'e, DatabaseOf<M>>,
    span: Span,
    brand: PhantomData<(Brand<'t>, fn() -> M)>,
}

impl<'e, M: Model> Rows<'e, '_, M> {
    pub(crate) fn new(
        context: Context<'e, M::Root>,
        operation: Operation,
        statement: Result<Statement<DatabaseOf<M>>>,
    ) -> Self {
        Self {
            steps: context.many(operation, statement),
            span: context.span::<M>(operation),
            brand: PhantomData,
        }
    }
}

impl<M: Model> Rows<'_, '_, M> {
    /// No rows, without asking the database.
    pub(crate) fn nothing() -> Self {
        Self {
            steps: Many::Failed(None),
            span: Span::none(),
            brand: PhantomData,
        }
    }
}

impl<'t, M: Model> Stream for Rows<'_, 't, M> {
    type Item = Result<Scoped<'t, M>>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let _entered = this.span.enter();
        loop {
            match ready!(this.steps.poll(task)).transpose()? {
                Some(Either::Left(_)) => {}
                Some(Either::Right(row)) => return Poll::Ready(Some(Scoped::decode(&row))),
                None => return Poll::Ready(None),
            }
        }
    }
}

/// The future of `fetch_all`.
#[must_use = "futures do nothing unless awaited"]
pub struct FetchAll<'e, 't, M: Model> {
    rows: Pending<'e, Vec<Decoded<M>>>,
    span: Span,
    zero: Option<Zero>,
    /// Whether the database gives the rows in an order of its own.
    unordered: bool,
    _brand: Brand<'t>,
}

impl<'e, M: Model> FetchAll<'e, '_, M> {
    pub(crate) fn new(
        context: Context<'e, M::Root>,
        operation: Operation,
        statement: Result<Statement<DatabaseOf<M>>>,
    ) -> Self {
        let collect = |rows: &mut Vec<_>, step| {
            if let Either::Right(row) = step {
                rows.push(Decoded::new(&row)?);
            }
            Ok(())
        };
        Self {
            rows: context.all(operation, statement, Vec::new(), collect),
            span: context.span::<M>(operation),
            zero: None,
            unordered: operation != Operation::Read,
            _brand: Brand::new(),
        }
    }

    /// The rows that a statement wrote, whose keys it gives, if others find all of them.
    pub(crate) fn decided(
        context: Context<'e, M::Root>,
        operation: Operation,
        statement: Result<Statement<DatabaseOf<M>>>,
        ask: impl Fn(&[KeyOf<M>]) -> Result<Statement<DatabaseOf<M>>> + Send + 'e,
    ) -> Self {
        let collect = |rows: &mut Vec<_>, row| {
            rows.push(Decoded::new(&row)?);
            Ok(())
        };
        Self {
            rows: context.decided::<M, _>(operation, statement, ask, Vec::new(), collect),
            span: context.span::<M>(operation),
            zero: None,
            unordered: true,
            _brand: Brand::new(),
        }
    }

    /// No rows, without asking the database.
    pub(crate) fn nothing() -> Self {
        Self {
            rows: Pending::Settled(Some(Ok(Vec::new()))),
            span: Span::none(),
            zero: None,
            unordered: false,
            _brand: Brand::new(),
        }
    }

    /// What it means if there is no row.
    pub(crate) fn or(mut self, zero: Zero) -> Self {
        self.zero = Some(zero);
        self
    }
}

impl<'t, M: Model> Future for FetchAll<'_, 't, M> {
    type Output = Result<Vec<Scoped<'t, M>>>;

    fn poll(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let _entered = this.span.enter();
        let mut rows = ready!(this.rows.poll(task))?;
        if M::GUARDED && this.unordered {
            // That order may be the one of an index on a column that the actor does not see.
            rows.sort_by(|one, other| one.key().cmp(other.key()));
        }
        match this.zero {
            Some(zero) if rows.is_empty() => Poll::Ready(Err(zero.error())),
            // In place: a brand has no size.
            _ => Poll::Ready(Ok(rows.into_iter().map(Scoped::from_decoded).collect())),
        }
    }
}

/// The future of an `execute` that reports how many rows it touched.
#[must_use = "futures do nothing unless awaited"]
pub struct Execute<'e, DB: Backend> {
    affected: Pending<'e, u64>,
    span: Span,
    zero: Option<Zero>,
    database: PhantomData<fn() -> DB>,
}

impl<'e, DB: Backend> Execute<'e, DB> {
    pub(crate) fn new<M: Model>(
        context: Context<'e, M::Root>,
        operation: Operation,
        statement: Result<Statement<DB>>,
    ) -> Self
    where
        M::Root: TenantRoot<Database = DB>,
    {
        let add = |affected: &mut u64, step| {
            if let Either::Left(result) = step {
                *affected += DB::affected(&result);
            }
            Ok(())
        };
        Self {
            affected: context.all(operation, statement, 0, add),
            span: context.span::<M>(operation),
            zero: None,
            database: PhantomData,
        }
    }

    /// A write that lasts if all of the rows that it wrote, whose keys it gives, are found afterwards.
    pub(crate) fn decided<M: Model>(
        context: Context<'e, M::Root>,
        operation: Operation,
        statement: Result<Statement<DB>>,
        ask: impl Fn(&[KeyOf<M>]) -> Result<Statement<DB>> + Send + 'e,
    ) -> Self
    where
        M::Root: TenantRoot<Database = DB>,
    {
        let add = |affected: &mut u64, _| {
            *affected += 1;
            Ok(())
        };
        Self {
            affected: context.decided::<M, _>(operation, statement, ask, 0, add),
            span: context.span::<M>(operation),
            zero: None,
            database: PhantomData,
        }
    }

    /// Nothing, without asking the database.
    pub(crate) fn nothing() -> Self {
        Self {
            affected: Pending::Settled(Some(Ok(0))),
            span: Span::none(),
            zero: None,
            database: PhantomData,
        }
    }

    /// What it means if no row was touched.
    pub(crate) fn or(mut self, zero: Zero) -> Self {
        self.zero = Some(zero);
        self
    }
}

impl<DB: Backend> Future for Execute<'_, DB> {
    type Output = Result<u64>;

    fn poll(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let _entered = this.span.enter();
        let affected = ready!(this.affected.poll(task))?;
        match this.zero {
            Some(zero) if affected == 0 => Poll::Ready(Err(zero.error())),
            _ => Poll::Ready(Ok(affected)),
        }
    }
}

/// Why a statement on one row met none.
fn missed(
    denial: &mut Option<BoxFuture<'_, Error>>,
    zero: Zero,
    task: &mut TaskContext<'_>,
) -> Poll<Error> {
    match denial {
        Some(denial) => denial.as_mut().poll(task),
        None => Poll::Ready(zero.error()),
    }
}

/// The future of an `execute` on one row.
#[must_use = "futures do nothing unless awaited"]
pub struct ExecuteOne<'e, DB: Backend> {
    execute: Execute<'e, DB>,
    zero: Zero,
    /// Why the row was not met, if it has to be found out.
    denial: Option<BoxFuture<'e, Error>>,
    met: Option<bool>,
}

impl<'e, DB: Backend> ExecuteOne<'e, DB> {
    pub(crate) fn new(execute: Execute<'e, DB>, zero: Zero) -> Self {
        Self {
            execute,
            zero,
            denial: None,
            met: None,
        }
    }

    /// Why the row was not met.
    pub(crate) fn because(mut self, denial: Option<BoxFuture<'e, Error>>) -> Self {
        self.denial = denial;
        self
    }
}

impl<DB: Backend> Future for ExecuteOne<'_, DB> {
    type Output = Result<()>;

    fn poll(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if this.met.is_none() {
            this.met = Some(ready!(Pin::new(&mut this.execute).poll(task))? > 0);
        }
        if this.met == Some(true) {
            return Poll::Ready(Ok(()));
        }
        Poll::Ready(Err(ready!(missed(&mut this.denial, this.zero, task))))
    }
}

/// The future of `count`.
#[must_use = "futures do nothing unless awaited"]
pub struct Count<'e, DB: Backend> {
    row: Pending<'e, Option<DB::Row>>,
    span: Span,
}

/// The future of `exists`.
#[must_use = "futures do nothing unless awaited"]
pub struct Exists<'e, DB: Backend> {
    row: Pending<'e, Option<DB::Row>>,
    span: Span,
}

macro_rules! scalar {
    ($name:ident, $output:ty, |$row:ident| $value:expr) => {
        impl<'e, DB: Backend> $name<'e, DB> {
            pub(crate) fn new<M: Model>(
                context: Context<'e, M::Root>,
                operation: Operation,
                statement: Result<Statement<DB>>,
            ) -> Self
            where
                M::Root: TenantRoot<Database = DB>,
            {
                Self {
                    row: context.one(operation, statement),
                    span: context.span::<M>(operation),
                }
            }

            /// The answer if there are no rows, without asking the database.
            pub(crate) fn nothing() -> Self {
                Self {
                    row: Pending::Settled(Some(Ok(None))),
                    span: Span::none(),
                }
            }
        }

        impl<DB: Backend> Future for $name<'_, DB> {
            type Output = Result<$output>;

            fn poll(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Self::Output> {
                let this = &mut *self;
                let _entered = this.span.enter();
                let $row = ready!(this.row.poll(task))?;
                Poll::Ready($value)
            }
        }
    };
}

scalar!(Count, u64, |row| {
    let count = row.map_or(Ok(0), |row| DB::get_i64(&row, 0))?;
    Ok(u64::try_from(count).unwrap_or_default())
});
scalar!(Exists, bool, |row| Ok(row.is_some()));

/// The future of a tenant's verification.
#[must_use = "futures do nothing unless awaited"]
pub struct Verify<'e, R: TenantRoot> {
    row: Pending<'e, Option<RowOf<R>>>,
    span: Span,
    expected: Option<TenantIdOf<R>>,
    db: &'e Db<R::Database>,
}

impl<'e, R: TenantRoot> Verify<'e, R> {
    pub(crate) fn new(db: &'e Db<R::Database>, id: R::Key) -> Self {
        let id = id.repr().clone();
        let context = Context::<R> {
            db,
            slot: None,
            tenant: Some(&id),
            guarded: false,
        };
        let mut binder = Binder::<R::Database>::new(1);
        binder.id(Some(&id));
        let statement = binder.finish().map(|arguments| Statement::<R::Database> {
            sql: sqlx::SqlStr::from_static(VerifyText::<R>::SQL),
            arguments,
        });
        let span = context.span::<R>(Operation::Verify);
        Self {
            row: Context::<R> {
                db,
                slot: None,
                tenant: None,
                guarded: false,
            }
            .one(Operation::Verify, statement),
            span,
            expected: Some(id),
            db,
        }
    }

    /// The creation of a tenant: its row is what comes back.
    pub(crate) fn created(
        db: &'e Db<R::Database>,
        statement: Result<Statement<R::Database>>,
    ) -> Self {
        let context = Context::<R> {
            db,
            slot: None,
            tenant: None,
            guarded: false,
        };
        Self {
            row: context.one(Operation::Create, statement),
            span: context.span::<R>(Operation::Create),
            expected: None,
            db,
        }
    }
}

impl<R: TenantRoot> Future for Verify<'_, R> {
    type Output = Result<VerifiedTenant<R>>;

    fn poll(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let _entered = this.span.enter();
        let row = ready!(this.row.poll(task))?.ok_or(Error::TenantUnavailable)?;
        let id = match this.expected.take() {
            // The database may take other ids for equal: by a collation, or by the column's type.
            Some(id) => match TenantIdOf::<R>::get::<R::Database>(&row, 0)? == id {
                true => id,
                false => return Poll::Ready(Err(Error::TenantUnavailable)),
            },
            None => TenantIdOf::<R>::get::<R::Database>(&row, R::KEY)?,
        };
        Poll::Ready(Ok(VerifiedTenant::new(this.db.clone(), id)))
    }
}

impl<R: TenantRoot> fmt::Debug for Verify<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verify").finish_non_exhaustive()
    }
}

struct VerifyText<R>(PhantomData<R>);

impl<R: TenantRoot> Rendered for VerifyText<R> {
    const DIALECT: Dialect = <R::Database>::DIALECT;
    const TEMPLATE: &'static Text = &statement::verify::<R>();
}
