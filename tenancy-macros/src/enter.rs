//! `enter!(tenant = verified)`.
//!
//! The place whose borrow is the brand, and the guard that keeps brands apart, are declared under the
//! user's own identifier, so that rustc's messages speak of it, and are then shadowed by the token.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::{Expr, Ident, Path, Token, parenthesized};

struct Enter {
    krate: Path,
    mutable: Option<Token![mut]>,
    name: Ident,
    verified: Expr,
    /// What follows the proof: a database, if someone thinks that it is wanted.
    excess: Option<TokenStream>,
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
        input.parse::<Option<Token![,]>>()?;
        let excess = (!input.is_empty()).then(|| input.parse()).transpose()?;
        Ok(Self {
            krate,
            mutable,
            name,
            verified,
            excess,
        })
    }
}

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let Enter {
        krate,
        mutable,
        name,
        verified,
        excess,
    } = match syn::parse2(input) {
        Ok(enter) => enter,
        Err(error) => {
            let error = syn::Error::new(
                error.span(),
                format_args!("{error}; write `enter!(tenant = verified)`"),
            );
            return error.to_compile_error();
        }
    };
    let excess = excess.map(|excess| {
        let message = "a verified tenant knows its database: write `enter!(tenant = verified)`";
        let error = syn::Error::new_spanned(excess, message).to_compile_error();
        quote!(#error;)
    });
    let private = quote!(#krate::__private);
    let verified_ident = Ident::new("verified", Span::mixed_site());
    // With the span of the name, so that the message points at it.
    let place = quote_spanned!(name.span()=> &#name);
    // Every call names its function in full: a method call could be answered by a trait of the
    // user's that takes place or guard by value, and keeps it. And every path to an unsafe function
    // goes through a type and ends in a name that only one function has: whoever calls this with a
    // path of their own finds no other to call.
    quote! {
        #excess
        // Evaluated first, so that it may mention what the token shadows.
        let #verified_ident = #verified;
        let #name = unsafe { <#private::Place>::declared_by_enter() };
        let #name = unsafe { <#private::RowsOfTwoTenantsWereMixedOrATokenWasBorrowedForItsOwnBrand<'_>>::guarded_by_enter(#place) };
        #[allow(unused_mut)]
        let #mutable #name = unsafe {
            <#private::RowsOfTwoTenantsWereMixedOrATokenWasBorrowedForItsOwnBrand<'_>>::entered_by_enter(&#name, #verified_ident)
        };
    }
}
