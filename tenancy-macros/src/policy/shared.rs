//! Checks that several models share: `checks!` keeps them in a macro, which `policies!` calls for
//! `use name;` and which calls `policies!` again, with the checks in front.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Path, Visibility, braced, parenthesized};

use super::tokens::items;

/// What `checks!` was given.
pub(crate) struct Shared {
    krate: Path,
    attributes: Vec<Attribute>,
    visibility: Visibility,
    name: Ident,
    checks: TokenStream,
}

impl Parse for Shared {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (path, body);
        parenthesized!(path in input);
        let krate = path.call(Path::parse_mod_style)?;
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility: Visibility = input.parse()?;
        if let Visibility::Public(public) = &visibility {
            return Err(syn::Error::new_spanned(
                public,
                "checks are shared inside of a crate: write `pub(crate)`",
            ));
        }
        let name: Ident = input.parse()?;
        braced!(body in input);
        let checks: TokenStream = body.parse()?;
        // So that a mistake is reported here, and not where they are used.
        let known = syn::parse::Parser::parse2(super::syntax::checks, checks.clone())?;
        if known.is_empty() {
            return Err(syn::Error::new(
                name.span(),
                "there are no checks in here: `check mine = owner_id == actor;`",
            ));
        }
        Ok(Self {
            krate,
            attributes,
            visibility,
            name,
            checks,
        })
    }
}

/// The macro that holds the checks.
pub(crate) fn expand(shared: &Shared) -> TokenStream {
    let Shared {
        krate,
        attributes,
        visibility,
        name,
        checks,
    } = shared;
    let import = match visibility {
        Visibility::Inherited => TokenStream::new(),
        // That nobody uses the checks is said of the macro, once.
        visibility => quote!(#[allow(unused_imports)] #visibility use #name;),
    };
    quote! {
        #(#attributes)*
        macro_rules! #name {
            ($($input:tt)*) => {
                #krate::__private::policies! { @ { #checks } $($input)* }
            };
        }
        #import
    }
}

/// The call of the first macro that `use name;` names in the rules, without these words; `None` if
/// there is none.
pub(crate) fn included(input: &TokenStream) -> Option<TokenStream> {
    let mut tokens: Vec<TokenTree> = input.clone().into_iter().collect();
    let TokenTree::Group(body) = tokens.pop()? else {
        return None;
    };
    if body.delimiter() != Delimiter::Brace {
        return None;
    }
    let rules: Vec<TokenTree> = body.stream().into_iter().collect();
    let is = |token: &TokenTree, word: &str| token.to_string() == word;
    let mut items = items(&rules, true).into_iter();
    let item = items.find(|item| is(&rules[item.bare.start], "use"))?;
    let end = item.bare.end - 1;
    if !is(&rules[end], ";") {
        return None;
    }
    let path: TokenStream = rules[item.bare.start + 1..end].iter().cloned().collect();
    let rest = rules[..item.all.start]
        .iter()
        .chain(&rules[item.all.end..])
        .cloned()
        .collect();
    let mut rest = Group::new(Delimiter::Brace, rest);
    rest.set_span(body.span());
    let before: TokenStream = tokens.into_iter().collect();
    // The checks come in front, and after them where they are from.
    Some(quote!(#path! { [#path] #before #rest }))
}
