//! Checks that several models share: `checks!` keeps them in a macro, which `policies!` calls for
//! `use name;` and which calls `policies!` again, with the checks in front.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Path, Visibility, braced, parenthesized};

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
        let name = input.parse()?;
        braced!(body in input);
        let checks: TokenStream = body.parse()?;
        // So that a mistake is reported here, and not where they are used.
        syn::parse::Parser::parse2(super::syntax::checks, checks.clone())?;
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
        visibility => quote!(#[allow(unused_imports)] #visibility use #name;),
    };
    quote! {
        #(#attributes)*
        #[allow(unused_macros)]
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
    let starts = |at: usize| match at.checked_sub(1).map(|before| &rules[before]) {
        None => true,
        Some(TokenTree::Punct(punct)) => punct.as_char() == ';',
        Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Brace,
        Some(_) => false,
    };
    let is = |token: &TokenTree, word: &str| token.to_string() == word;
    let at = (0..rules.len()).find(|at| is(&rules[*at], "use") && starts(*at))?;
    let end = at + rules[at..].iter().position(|token| is(token, ";"))?;
    let path: TokenStream = rules[at + 1..end].iter().cloned().collect();
    let rest = rules[..at]
        .iter()
        .chain(&rules[end + 1..])
        .cloned()
        .collect();
    let mut rest = Group::new(Delimiter::Brace, rest);
    rest.set_span(body.span());
    let before: TokenStream = tokens.into_iter().collect();
    Some(quote!(#path! { #before #rest }))
}

/// The tokens with the word `actor` as the rules write it: each macro has words of its own.
pub(super) fn speaking_of(word: &Ident, tokens: impl ToTokens) -> TokenStream {
    tokens
        .to_token_stream()
        .into_iter()
        .map(|token| match token {
            TokenTree::Ident(ident) if ident == *word => TokenTree::Ident(word.clone()),
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), speaking_of(word, group.stream()));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            token => token,
        })
        .collect()
}
