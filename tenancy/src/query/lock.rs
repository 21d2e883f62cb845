//! Reads that lock.

use crate::execute::fetch::{FetchAll, FetchOne, FetchOptional};
use crate::execute::operation::Operation;
use crate::execute::zero::Zero;
use crate::expr::bind::Bind;
use crate::expr::order::Ordering;
use crate::model::contract::{DatabaseOf, Model};
use crate::policy::action;
use crate::policy::permit::Permits;
use crate::policy::place::Writes;
use crate::query::page::Page;
use crate::query::read::LockedColumns;
use crate::query::select::Query;
use crate::tenant::scope::Scope;
use crate::tenant::transaction::{Token, TokenTransaction};
use std::borrow::Cow;
use std::fmt;

/// A read whose rows are locked; it runs in a transaction only, where a lock lasts.
#[must_use = "a query does nothing until it is fetched in a transaction"]
pub struct Locked<M, P, O, L>(pub(crate) Query<M, P, O, L>);

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
    pub fn fetch_all<'e, 't, K>(self, on: &'e TokenTransaction<'_, K>) -> FetchAll<'e, 't, M>
    where
        K: Token + Scope<'t, M, Actor: Writes<M>>,
        M::Policies: Permits<M, K::Actor, action::Read>,
    {
        match self.0.permitted::<LockedColumns, action::Read, _>(on) {
            Some(statement) => FetchAll::new(on.context(), Operation::Read, statement),
            None => FetchAll::nothing(),
        }
    }

    /// Reads and locks the first row, if there is one.
    ///
    /// # Errors
    ///
    /// If the database reports one.
    pub fn fetch_optional<'e, 't, K>(
        self,
        on: &'e TokenTransaction<'_, K>,
    ) -> FetchOptional<'e, 't, M>
    where
        K: Token + Scope<'t, M, Actor: Writes<M>>,
        M::Policies: Permits<M, K::Actor, action::Read>,
    {
        match self.0.permitted::<LockedColumns, action::Read, _>(on) {
            Some(statement) => FetchOptional::new(on.context(), Operation::Read, statement),
            None => FetchOptional::nothing(),
        }
    }

    /// Reads and locks the first row.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) if there is none.
    pub fn fetch_one<'e, 't, K>(self, on: &'e TokenTransaction<'_, K>) -> FetchOne<'e, 't, M>
    where
        K: Token + Scope<'t, M, Actor: Writes<M>>,
        M::Policies: Permits<M, K::Actor, action::Read>,
    {
        FetchOne::new(self.fetch_optional(on), Zero::NotFound)
    }
}

impl<M: Model, P, O, L> fmt::Debug for Locked<M, P, O, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
