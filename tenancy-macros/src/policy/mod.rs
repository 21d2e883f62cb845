//! `policies!`: who may do what.
//!
//! Text becomes rules ([`syntax`]), whose conditions are one tree for every use ([`condition`]). The
//! tree is folded for each answer that the actor's side of it may have ([`fold`]), so that what is
//! left for the database is known to the compiler ([`emit`]).

mod condition;
mod dynamic;
mod emit;
mod fold;
#[cfg(test)]
mod fold_tests;
mod resolve;
mod syntax;

pub(crate) use emit::expand;
pub(crate) use syntax::Policies;
