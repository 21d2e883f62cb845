//! `policies!`: who may do what.
//!
//! Text becomes rules ([`syntax`], [`reader`]), whose conditions are one tree for every use
//! ([`condition`]). The rules of an action are folded ([`fold`]) for each answer that the actor may give
//! ([`tree`]), so that what is left for the database is known to the compiler ([`emit`]); with too many
//! answers the code folds them at run time ([`dynamic`]). So it does with the rules for guarded fields
//! ([`fields`]). Rules that make no sense are found on the way ([`analyse`](mod@analyse)).

mod analyse;
mod condition;
mod data;
mod dynamic;
mod emit;
mod fields;
mod fold;
#[cfg(test)]
mod fold_tests;
mod reader;
mod relate;
mod resolve;
mod shared;
mod syntax;
mod tree;
mod written;

pub(crate) use emit::expand;
pub(crate) use shared::{Shared, expand as share, included};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// The input with parentheses where a `$e:expr` of a `macro_rules!` was put into the rules: its
/// invisible ones do not survive, and `$e * 2` would mean something else.
pub(crate) fn parenthesized(input: TokenStream) -> TokenStream {
    fn inside(tokens: TokenStream) -> TokenStream {
        tokens
            .into_iter()
            .map(|token| match token {
                TokenTree::Group(group) => {
                    let delimiter = match group.delimiter() {
                        Delimiter::None => Delimiter::Parenthesis,
                        delimiter => delimiter,
                    };
                    let mut new = Group::new(delimiter, inside(group.stream()));
                    new.set_span(group.span());
                    TokenTree::Group(new)
                }
                token => token,
            })
            .collect()
    }
    // Around the rules there are paths, which have no parentheses.
    input
        .into_iter()
        .map(|token| match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                let mut new = Group::new(Delimiter::Brace, inside(group.stream()));
                new.set_span(group.span());
                TokenTree::Group(new)
            }
            token => token,
        })
        .collect()
}
pub(crate) use syntax::Policies;
