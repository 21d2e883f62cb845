//! `enter!(tenant = verified, &db)`.
//!
//! The place whose borrow is the brand is declared under the user's own identifier, so that
//! rustc's messages speak of it, and is then shadowed by the token.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Expr, Ident, Path, Token, parenthesized};

struct Enter {
    krate: Path,
    mutable: Option<Token![mut]>,
    name: Ident,
    verified: Expr,
    db: Expr,
}

impl Parse for Enter {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let path;
        parenthesized!(path in input);
        let krate = path.call(Path::parse_mod_style)?;
        let mutable = input.parse()?;
        let name = input.parse()?;
        input.parse::<Token![=]>()?;
        let verified = input.parse()?;
        input.parse::<Token![,]>()?;
        let db = input.parse()?;
        input.parse::<Option<Token![,]>>()?;
        Ok(Self {
            krate,
            mutable,
            name,
            verified,
            db,
        })
    }
}

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let Enter {
        krate,
        mutable,
        name,
        verified,
        db,
    } = match syn::parse2(input) {
        Ok(enter) => enter,
        Err(error) => {
            let error = syn::Error::new(
                error.span(),
                format_args!("{error}; write `enter!(tenant = verified, &db)`"),
            );
            return error.to_compile_error();
        }
    };
    let verified_ident = Ident::new("verified", Span::mixed_site());
    let guard = Ident::new("guard", Span::mixed_site());
    let db_ident = Ident::new("db", Span::mixed_site());
    quote! {
        // Evaluated first, so that they may mention what the token shadows.
        let (#verified_ident, #db_ident) = (#verified, #krate::Db::clone(#db));
        let #name = unsafe { #krate::__private::RowsOfTwoTenantsWereMixed::new() };
        let #guard = unsafe { #name.guard() };
        #[allow(unused_mut)]
        let #mutable #name = #guard.enter(#verified_ident, &#db_ident);
    }
}
