//! `policies!`: who may do what.
//!
//! Text ([`tokens`]) becomes rules ([`syntax`], [`reader`]), in which every name means one thing ([`names`]) and
//! whose conditions are one tree for every use ([`condition`]). The rules of an action are folded ([`fold`]) for each answer that the actor may give
//! ([`tree`]), so that what is left for the database is known to the compiler ([`emit`]); with too many
//! answers the code folds them at run time ([`dynamic`]). So it does with the rules for guarded fields
//! ([`fields`]). What rustc has to say of it all is shown at the condition that it is about ([`located`]). Rules that make no sense are found on the way ([`analyse`](mod@analyse)).

mod analyse;
mod condition;
mod data;
mod dynamic;
mod emit;
mod fields;
mod fold;
#[cfg(test)]
mod fold_tests;
mod idle;
mod located;
mod meaning;
mod names;
mod reader;
mod relate;
mod resolve;
mod shared;
mod stub;
mod syntax;
mod tokens;
mod tree;
mod written;

pub(crate) use emit::expand;
pub(crate) use shared::{Shared, expand as share, included};
pub(crate) use stub::failed;

pub(crate) use tokens::{configured, prepared};
