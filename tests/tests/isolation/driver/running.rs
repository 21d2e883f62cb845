//! Statements that run.

use std::future::poll_fn;
use std::pin::Pin;

use futures_util::Stream as _;
use tenancy::execute::{
    Count, Execute, ExecuteOne, Exists, FetchAll, FetchOne, FetchOptional, Rows,
};
use tenancy::{Error, Scoped};

use super::models::Database;
use super::subject::Subject;
use crate::statement::{Failure, Outcome};

/// A statement on the model `M`, started by a call whose type knows its text.
pub(super) enum Running<'e, 't, M: Subject> {
    All(FetchAll<'e, 't, M>),
    One(FetchOne<'e, 't, M>),
    Optional(FetchOptional<'e, 't, M>),
    /// A stream, and after how many rows it is dropped.
    Stream(Rows<'e, 't, M>, Option<usize>),
    Count(Count<'e, Database>),
    Exists(Exists<'e, Database>),
    Execute(Execute<'e, Database>),
    ExecuteOne(ExecuteOne<'e, Database>),
}

impl<'t, M: Subject> Running<'_, 't, M> {
    /// Waits for the end: what the statement gave, and the rows for later use.
    pub(super) async fn finish(self) -> (Outcome, Vec<Scoped<'t, M>>) {
        let rows = match self {
            Self::All(rows) => rows.await,
            Self::One(row) => row.await.map(|row| vec![row]),
            Self::Optional(row) => row.await.map(|row| row.into_iter().collect()),
            Self::Stream(rows, limit) => stream(rows, limit).await,
            Self::Count(number) => return scalar(number.await, Outcome::Number),
            Self::Exists(found) => return scalar(found.await, Outcome::Flag),
            Self::Execute(number) => return scalar(number.await, Outcome::Number),
            Self::ExecuteOne(done) => return scalar(done.await, |()| Outcome::Done),
        };
        match rows {
            Ok(rows) => {
                let values = rows.iter().map(|row| row.values()).collect();
                (Outcome::Rows(values), rows)
            }
            Err(error) => (Outcome::Failed(failure(&error)), Vec::new()),
        }
    }
}

fn scalar<T, R>(
    result: tenancy::Result<T>,
    outcome: impl FnOnce(T) -> Outcome,
) -> (Outcome, Vec<R>) {
    let outcome = match result {
        Ok(value) => outcome(value),
        Err(error) => Outcome::Failed(failure(&error)),
    };
    (outcome, Vec::new())
}

async fn stream<'t, M: Subject>(
    mut stream: Rows<'_, 't, M>,
    limit: Option<usize>,
) -> tenancy::Result<Vec<Scoped<'t, M>>> {
    let mut rows = Vec::new();
    while limit.is_none_or(|limit| rows.len() < limit) {
        match poll_fn(|task| Pin::new(&mut stream).poll_next(task)).await {
            Some(row) => rows.push(row?),
            None => break,
        }
    }
    Ok(rows)
}

/// Which error it is.
pub(super) fn failure(error: &Error) -> Failure {
    match error {
        Error::NotFound => Failure::NotFound,
        Error::Stale => Failure::Stale,
        Error::Conflict(_) => Failure::Conflict,
        Error::InvalidReference => Failure::InvalidReference,
        Error::StillReferenced => Failure::StillReferenced,
        Error::InvalidValue(_) => Failure::InvalidValue,
        Error::TenantUnavailable => Failure::TenantUnavailable,
        Error::TransactionInUse => Failure::TransactionInUse,
        Error::RolledBack => Failure::RolledBack,
        Error::OtherDatabase => Failure::OtherDatabase,
        Error::Database(_) => Failure::Database,
        _ => Failure::Unexpected,
    }
}
