//! `policies!`: who may do what.
//!
//! Text becomes rules ([`syntax`]), whose conditions are one tree for every use ([`condition`]). The
//! tree is folded for each answer that the actor's side of it may have ([`fold`]), so that what is
//! left for the database is known to the compiler.

mod condition;
mod fold;
#[cfg(test)]
mod fold_tests;
mod syntax;
