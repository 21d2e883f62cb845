//! The futures of single values.

use crate::backend::Backend;
use crate::error::Result;
use crate::execute::context::Context;
use crate::execute::debug::debug;
use crate::execute::operation::Operation;
use crate::execute::statement::{Pending, Statement};
use crate::model::contract::{Model, TenantRoot};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::Context as TaskContext;
use std::task::{Poll, ready};
use tracing::Span;

debug! {
    Count<'e, DB>: Backend;
    Exists<'e, DB>: Backend;
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
