//! Where rustc shows what it has to say of code that stands for a condition.
//!
//! It underlines an expression from its first token to its last, if both are of the same hygiene, and the whole of
//! `policies!` if not: then nobody knows which condition is meant.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::spanned::Spanned as _;

/// The first and the last token of what somebody wrote.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    first: Span,
    last: Span,
}

impl Place {
    pub(crate) fn of(written: &impl ToTokens) -> Self {
        let first = written.span();
        let last = written.to_token_stream().into_iter().last();
        Self {
            first,
            last: last.map_or(first, |last| last.span()),
        }
    }

    pub(crate) fn at(token: Span) -> Self {
        Self {
            first: token,
            last: token,
        }
    }

    /// A name that is shown here and looked up here: that of a method, or of what is imported.
    pub(crate) fn name(self, name: &str) -> Ident {
        Ident::new(name, self.first)
    }

    /// Code that begins and ends here. What its names mean stays as it is.
    pub(crate) fn show(self, code: TokenStream) -> TokenStream {
        let mut code: Vec<TokenTree> = code.into_iter().collect();
        if let Some(token) = code.first_mut() {
            put(token, self.first);
        }
        if let Some(token) = code.last_mut() {
            put(token, self.last);
        }
        code.into_iter().collect()
    }

    /// Code in braces that are here, whatever is in them: for what begins with a name that has to keep its hygiene.
    pub(crate) fn enclose(self, code: TokenStream) -> TokenStream {
        let mut group = Group::new(Delimiter::Brace, code);
        group.set_span(self.first);
        quote!(#group)
    }
}

fn put(token: &mut TokenTree, span: Span) {
    let span = match token {
        TokenTree::Ident(name) => name.span().located_at(span),
        _ => span,
    };
    token.set_span(span);
}
