//! What the author of the rules does not want to be told: `#![allow(senseless_rules)]` at the top of the
//! rules, or `#[allow(senseless_rules)]` on a block; and how deep they are followed, `#![depth(3)]`.

use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, LitInt, Token};

/// What is not reported.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Allowed {
    /// Rules that make no sense.
    pub(crate) senseless: bool,
    /// Rules that ask too much to be analysed.
    pub(crate) unchecked: bool,
}

/// The attributes in front of a block.
pub(crate) fn outer(input: ParseStream<'_>) -> syn::Result<Allowed> {
    read(&Attribute::parse_outer(input)?)
}

/// The attributes at the top of the rules.
pub(crate) fn inner(input: ParseStream<'_>) -> syn::Result<(Allowed, Option<LitInt>)> {
    let (mut attributes, mut depth) = (Attribute::parse_inner(input)?, None);
    for attribute in attributes.extract_if(.., |attribute| attribute.path().is_ident("depth")) {
        if depth.is_some() {
            return Err(syn::Error::new_spanned(
                attribute.path(),
                "there is a depth already",
            ));
        }
        let number: LitInt = attribute.parse_args()?;
        if !(1..=DEEPEST).contains(&number.base10_parse()?) {
            return Err(syn::Error::new_spanned(
                number,
                format_args!("rules are followed one row at least, and {DEEPEST} at most"),
            ));
        }
        depth = Some(number);
    }
    Ok((read(&attributes)?, depth))
}

/// How many rows away rules are followed at the most, which they are if they say nothing.
const DEEPEST: u8 = 8;

fn read(attributes: &[Attribute]) -> syn::Result<Allowed> {
    let mut allowed = Allowed::default();
    for attribute in attributes {
        if attribute.path().is_ident("doc") {
            continue;
        }
        if !attribute.path().is_ident("allow") {
            return Err(syn::Error::new_spanned(
                attribute.path(),
                "expected documentation, `cfg(…)`, `allow(senseless_rules)` or `allow(unchecked_rules)`",
            ));
        }
        let names = Punctuated::<Ident, Token![,]>::parse_terminated;
        for name in attribute.parse_args_with(names)? {
            match name.to_string().as_str() {
                "senseless_rules" => allowed.senseless = true,
                "unchecked_rules" => allowed.unchecked = true,
                _ => {
                    return Err(syn::Error::new_spanned(
                        name,
                        "expected `senseless_rules` or `unchecked_rules`",
                    ));
                }
            }
        }
    }
    Ok(allowed)
}
