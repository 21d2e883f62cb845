//! The futures of writes.

use crate::backend::Backend;
use crate::error::{Error, Result};
use crate::execute::context::Context;
use crate::execute::debug::debug;
use crate::execute::operation::Operation;
use crate::execute::statement::{Pending, Statement};
use crate::execute::zero::{Zero, missed};
use crate::model::contract::{KeyOf, Model, TenantRoot};
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
    Execute<'e, DB>: Backend;
    ExecuteOne<'e, DB>: Backend;
}

/// The future of an `execute` that reports how many rows it touched.
#[must_use = "futures do nothing unless awaited"]
pub struct Execute<'e, DB: Backend> {
    affected: Pending<'e, u64>,
    span: Span,
    zero: Option<Zero>,
    /// Why no row was touched, if it has to be found out.
    denial: Option<BoxFuture<'e, Error>>,
    missed: bool,
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
            denial: None,
            missed: false,
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
            denial: None,
            missed: false,
            database: PhantomData,
        }
    }

    /// Nothing, without asking the database.
    pub(crate) fn nothing() -> Self {
        Self {
            affected: Pending::Settled(Some(Ok(0))),
            span: Span::none(),
            zero: None,
            denial: None,
            missed: false,
            database: PhantomData,
        }
    }

    /// What it means if no row was touched, unless it is found out.
    pub(crate) fn or(mut self, zero: Zero, denial: Option<BoxFuture<'e, Error>>) -> Self {
        self.zero = Some(zero);
        self.denial = denial;
        self
    }
}

impl<DB: Backend> Future for Execute<'_, DB> {
    type Output = Result<u64>;

    fn poll(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let _entered = this.span.enter();
        if !this.missed {
            let affected = ready!(this.affected.poll(task))?;
            if affected > 0 || this.zero.is_none() {
                return Poll::Ready(Ok(affected));
            }
            this.missed = true;
        }
        match this.zero {
            Some(zero) => Poll::Ready(Err(ready!(missed(&mut this.denial, zero, task)))),
            None => Poll::Ready(Ok(0)),
        }
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
