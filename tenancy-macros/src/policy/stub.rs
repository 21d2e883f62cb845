//! What a model gets when its rules are wrong: enough that nothing else complains.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::parse::{ParseStream, Parser as _};
use syn::{Path, Token};

/// An error in rules that could not be read, of which the beginning may still say what they are about.
pub(crate) fn failed(input: &TokenStream, error: &syn::Error) -> TokenStream {
    let messages = error.to_compile_error();
    let about = |input: ParseStream<'_>| {
        while input.peek(Token![@]) || input.peek(Token![~]) {
            if input.parse::<Option<Token![~]>>()?.is_some() {
                continue;
            }
            // The mark of shared checks, the checks, and where they are from.
            for _ in 0..3 {
                input.parse::<TokenTree>()?;
            }
        }
        let path;
        syn::parenthesized!(path in input);
        let krate = path.call(Path::parse_mod_style)?;
        let model = input.call(Path::parse_mod_style)?;
        input.parse::<Token![,]>()?;
        input.parse::<syn::Ident>()?;
        input.parse::<Token![:]>()?;
        let actor = input.call(Path::parse_mod_style)?;
        if input.peek(Token![<]) {
            // Without its parameters it would be a mistake of its own.
            return Err(input.error("an actor without parameters"));
        }
        input.parse::<TokenStream>()?;
        Ok(stub(&krate, &model, &actor))
    };
    let stub = about.parse2(input.clone()).unwrap_or_default();
    quote!(#messages #stub)
}

/// Rules that cover every action, so that the mistakes in the real ones are the only messages.
pub(super) fn stub(krate: &Path, model: &Path, actor: &Path) -> TokenStream {
    let private = quote!(#krate::__private);
    quote! {
        const _: () = {
            #[automatically_derived]
            unsafe impl #private::Judged<#actor> for #model {
                fn ask<Q: #private::Questions<Self>>(
                    _: #private::By<'_, #actor>,
                    _: ::core::option::Option<&Self>,
                    _: &mut Q,
                ) {}
            }

            #[automatically_derived]
            unsafe impl<Act> #private::Policy<#actor, Act> for #model {
                const NAMED: ::core::primitive::u128 = 0;
                const PARTS: &'static [&'static #private::Rules] = &[];

                fn decide<V: #private::Visit<Self>>(
                    _: #private::By<'_, #actor>,
                    visit: V,
                ) -> V::Output {
                    visit.none()
                }
            }
        };
    }
}
