//! What goes with a row that is removed.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;

use crate::attr::ColumnOf;
use crate::model::Model;

/// `unsafe impl Cascades`, for every actor that the policies of what goes along cover.
pub(super) fn cascades(model: &Model<'_>) -> TokenStream {
    let tenancy = model.krate();
    let private = quote!(#tenancy::__private);
    let ident = model.ident();
    let keys: Vec<_> = model.attributes.destroyed().collect();
    if keys.is_empty() {
        return quote! {
            #[automatically_derived]
            unsafe impl<__A: #private::Actor> #private::Cascades<__A> for #ident {}
        };
    }
    let bounds = keys.iter().map(|key| {
        let to = &key.model;
        if model.is_self(to) {
            // That it is a dependant of itself follows from this very implementation.
            quote!(<#ident as #tenancy::Model>::Policies: #private::Perishes<#ident, __A>,)
        } else {
            quote_spanned!(to.span()=> #to: #private::Dependant<#ident, __A>,)
        }
    });
    let asks = keys.iter().map(|key| {
        let to = &key.model;
        if model.is_self(to) {
            quote!(<Self as #tenancy::Model>::POLICIED)
        } else {
            quote!(<#to as #private::Dependant<Self, __A>>::ASKS)
        }
    });
    let told = told(model, &keys);
    quote! {
        #[automatically_derived]
        unsafe impl<__A: #private::Actor> #private::Cascades<__A> for #ident
        where
            #(#bounds)*
        {
            const ASKS: ::core::primitive::bool = false #(|| #asks)*;

            fn leaves_none(by: #private::By<'_, __A>, tell: #private::Tell<'_, Self>) {
                #told
            }

            fn removed<__R: #private::Removal<Self>>(
                by: #private::By<'_, __A>,
                removal: __R,
            ) -> __R::Output {
                #private::removed::<Self, __A, __R>(by, removal)
            }
        }
    }
}

/// Asks key by key, each inside of the one before, and tells what all of them say.
fn told(model: &Model<'_>, keys: &[&ColumnOf]) -> TokenStream {
    let tenancy = model.krate();
    let private = quote!(#tenancy::__private);
    let names: Vec<_> = (0..keys.len())
        .map(|index| format_ident!("__rows{index}"))
        .collect();
    let mut all = names.iter();
    let first = all.next();
    let innermost = quote!(tell(#first.clone()#(.with(#all.clone()))*));
    keys.iter().zip(&names).rev().fold(innermost, |inner, (key, name)| {
        let ColumnOf { model: to, column } = key;
        let column = quote_spanned!(column.span()=> COLUMNS.#column.__leaves_none);
        quote! {
            <#to as #tenancy::Model>::#column(#private::of::<Self>(), by, &mut |#name| { #inner })
        }
    })
}
