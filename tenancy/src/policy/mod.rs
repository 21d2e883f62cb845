//! Policies: who may do what.
//!
//! A model with `#[tenancy(policies)]` cannot be reached without an actor, and not for an action that
//! no policy covers: neither compiles. [`policies!`](crate::policies) says who may do what; the
//! database decides it, in the statement itself.

pub mod action;
mod actor;
mod decided;
mod given;
mod permit;
mod relation;
mod test;

pub use crate::barrier::{Actor, Policy};
pub use actor::{Acting, By, ModelActor, NoActor, State};
pub(crate) use decided::Piece;
pub use decided::{Decided, RulesOf};
pub use given::{Given, Holds, Ordered, Plain, Wrap, among, compare, equal, is_none, is_true};
pub use permit::{ByPolicies, Decoy, Permission, Permits, PermitsUpsert, Unpolicied, Visit};
pub use relation::{NotTrue, Relates, any_row, not_true};
pub use test::{IsTrue, OfActor, RefersTo};

/// Says who may do what with the rows of a model: see the [guide](crate::guide#say-who-may-do-what).
///
/// The semantics are three-valued: a rule decides only on what is certain, and what is unknown (a
/// comparison with NULL) never permits. What the actor alone answers is decided before the statement is
/// made; the rest is a part of the statement, whose text the compiler knows (with more than eight
/// outcomes it is put together at run time).
#[macro_export]
macro_rules! policies {
    ($($input:tt)*) => {
        $crate::__private::policies! { ($crate) $($input)* }
    };
}
