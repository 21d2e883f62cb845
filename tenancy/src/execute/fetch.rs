//! The futures of rows: named, so that they are `Send` wherever they are awaited.

use crate::error::{Error, Result};
use crate::execute::context::Context;
use crate::execute::debug::debug;
use crate::execute::operation::Operation;
use crate::execute::reading::Reading;
use crate::execute::statement::{Many, Pending, Statement};
use crate::execute::zero::{Zero, missed};
use crate::model::brand::Brand;
use crate::model::contract::{DatabaseOf, KeyOf, Model, RowOf};
use crate::row::scoped::{Decoded, Scoped};
use futures_core::Stream;
use futures_core::future::BoxFuture;
use sqlx::Either;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::Context as TaskContext;
use std::task::{Poll, ready};
use tracing::Span;

debug! {
    FetchOptional<'e, 't, M>: Model;
    FetchOne<'e, 't, M>: Model;
    FetchAll<'e, 't, M>: Model;
    Rows<'e, 't, M>: Model;
}

/// The future of `fetch_optional`.
#[must_use = "futures do nothing unless awaited"]
pub struct FetchOptional<'e, 't, M: Model> {
    row: Pending<'e, Option<RowOf<M>>>,
    reading: Reading,
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
            reading: context.reading(operation),
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
            reading: context.reading(operation),
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
            reading: Reading::nothing(),
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
        Poll::Ready(row.map(|row| this.reading.decode(&row)).transpose())
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
    reading: Reading,
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
            reading: context.reading(operation),
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
            reading: Reading::nothing(),
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
                Some(Either::Right(row)) => {
                    return Poll::Ready(Some(this.reading.decode(&row)));
                }
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
    /// Why there is no row, if it has to be found out.
    denial: Option<BoxFuture<'e, Error>>,
    missed: bool,
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
        let database = context.db.identity();
        let collect = move |rows: &mut Vec<_>, step| {
            if let Either::Right(row) = step {
                rows.push(Decoded::new(&row, database)?);
            }
            Ok(())
        };
        Self {
            rows: context.all(operation, statement, Vec::new(), collect),
            span: context.span::<M>(operation),
            zero: None,
            denial: None,
            missed: false,
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
        let database = context.db.identity();
        let collect = move |rows: &mut Vec<_>, row| {
            rows.push(Decoded::new(&row, database)?);
            Ok(())
        };
        Self {
            rows: context.decided::<M, _>(operation, statement, ask, Vec::new(), collect),
            span: context.span::<M>(operation),
            zero: None,
            denial: None,
            missed: false,
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
            denial: None,
            missed: false,
            unordered: false,
            _brand: Brand::new(),
        }
    }

    /// What it means if there is no row, unless it is found out.
    pub(crate) fn or(mut self, zero: Zero, denial: Option<BoxFuture<'e, Error>>) -> Self {
        self.zero = Some(zero);
        self.denial = denial;
        self
    }
}

impl<'t, M: Model> Future for FetchAll<'_, 't, M> {
    type Output = Result<Vec<Scoped<'t, M>>>;

    fn poll(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let _entered = this.span.enter();
        let mut rows = match this.missed {
            true => Vec::new(),
            false => ready!(this.rows.poll(task))?,
        };
        if M::GUARDED && this.unordered {
            // That order may be the one of an index on a column that the actor does not see.
            rows.sort_by(|one, other| one.key().cmp(other.key()));
        }
        match this.zero {
            Some(zero) if rows.is_empty() => {
                this.missed = true;
                Poll::Ready(Err(ready!(missed(&mut this.denial, zero, task))))
            }
            // In place: a brand has no size.
            _ => Poll::Ready(Ok(rows.into_iter().map(Scoped::from_decoded).collect())),
        }
    }
}
