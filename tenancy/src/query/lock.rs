//! Reads that lock.

use std::borrow::Cow;
use std::fmt;

use super::order::Ordering;
use super::page::Page;
use super::read::LockedColumns;
use super::select::Query;
use crate::execute::{FetchAll, FetchOne, FetchOptional, Operation, Zero};
use crate::expr::Bind;
use crate::model::{DatabaseOf, Model};
use crate::tenant::{Scope, TenantTransaction};

/// A read whose rows are locked; it runs in a transaction only, where a lock lasts.
#[must_use = "a query does nothing until it is fetched in a transaction"]
pub struct Locked<M, P, O, L>(pub(super) Query<M, P, O, L>);

impl<M, P, O, L> Locked<M, P, O, L>
where
    M: Model,
    P: Bind<DatabaseOf<M>>,
    O: Ordering<M>,
    L: Page,
{
    /// The text of the statement.
    pub fn sql(&self) -> Cow<'static, str> {
        self.0.text::<LockedColumns>()
    }

    /// Reads and locks all rows.
    ///
    /// # Errors
    ///
    /// If the database reports one.
    pub fn fetch_all<'e, 't>(
        self,
        on: &'e TenantTransaction<'_, 't, M::Root>,
    ) -> FetchAll<'e, 't, M> {
        let context = Scope::<M>::context(on);
        let statement = self.0.statement::<LockedColumns>(context);
        FetchAll::new(context, Operation::Read, statement)
    }

    /// Reads and locks the first row, if there is one.
    ///
    /// # Errors
    ///
    /// If the database reports one.
    pub fn fetch_optional<'e, 't>(
        self,
        on: &'e TenantTransaction<'_, 't, M::Root>,
    ) -> FetchOptional<'e, 't, M> {
        let context = Scope::<M>::context(on);
        let statement = self.0.statement::<LockedColumns>(context);
        FetchOptional::new(context, Operation::Read, statement)
    }

    /// Reads and locks the first row.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) if there is none.
    pub fn fetch_one<'e, 't>(
        self,
        on: &'e TenantTransaction<'_, 't, M::Root>,
    ) -> FetchOne<'e, 't, M> {
        FetchOne::new(self.fetch_optional(on), Zero::NotFound)
    }
}

impl<M: Model, P, O, L> fmt::Debug for Locked<M, P, O, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
