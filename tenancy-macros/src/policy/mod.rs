//! `policies!`: who may do what.
//!
//! Text becomes rules ([`syntax`], [`reader`]), whose conditions are one tree for every use
//! ([`condition`]). The rules of an action are folded ([`fold`]) for each answer that the actor may give
//! ([`tree`]), so that what is left for the database is known to the compiler ([`emit`]); with too many
//! answers the code folds them at run time ([`dynamic`]).

mod condition;
mod dynamic;
mod emit;
mod fold;
#[cfg(test)]
mod fold_tests;
mod reader;
mod resolve;
mod syntax;
mod tree;

pub(crate) use emit::expand;
pub(crate) use syntax::Policies;
