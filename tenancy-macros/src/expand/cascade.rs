//! What goes with a row that is removed.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;

use crate::attr::ColumnOf;
use crate::model::Model;

/// `unsafe impl Cascades`, for every actor that the policies of what goes along cover: each model one level further,
/// since models may go with each other.
pub(super) fn cascades(model: &Model<'_>) -> TokenStream {
    let tenancy = model.krate();
    let private = quote!(#tenancy::__private);
    let ident = model.ident();
    let keys: Vec<_> = model.attributes.destroyed().collect();
    if keys.is_empty() {
        return quote! {
            #[automatically_derived]
            unsafe impl<__A: #private::Actor, __L: #private::Level> #private::Cascades<__A, __L> for #ident {}
        };
    }
    let bounds = keys.iter().map(|key| {
        let to = &key.model;
        if model.is_self(to) {
            // That it is a dependant of itself follows from this very implementation.
            quote!(<#ident as #tenancy::Model>::Policies: #private::Perishes<#ident, __A>,)
        } else {
            quote_spanned!(to.span()=> #to: #private::Dependant<#ident, __A> + #private::Cascades<__A, __L>,)
        }
    });
    let asks = keys.iter().map(|key| {
        let to = &key.model;
        if model.is_self(to) {
            quote!(<Self as #tenancy::Model>::POLICIED)
        } else {
            quote! {
                <#to as #tenancy::Model>::POLICIED || <#to as #private::Cascades<__A, __L>>::ASKS
            }
        }
    });
    let told = told(model, &keys);
    quote! {
        #[automatically_derived]
        unsafe impl<__A, __L> #private::Cascades<__A, #private::Before<__L>> for #ident
        where
            __A: #private::Actor,
            __L: #private::Level,
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
                #private::removed::<Self, __A, #private::Before<__L>, __R>(by, removal)
            }
        }

        // Too far to be asked: what would go with a row keeps it.
        #[automatically_derived]
        unsafe impl<__A: #private::Actor> #private::Cascades<__A, #private::Last> for #ident {
            const ASKS: ::core::primitive::bool = true;

            fn leaves_none(_: #private::By<'_, __A>, tell: #private::Tell<'_, Self>) {
                tell(#private::Decided::None)
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
        let level = if model.is_self(to) {
            // Rows of one model are followed by their own rules.
            quote!(#private::Before<__L>)
        } else {
            quote!(__L)
        };
        quote! {
            <#to as #tenancy::Model>::#column(#private::of::<(Self, #level)>(), by, &mut |#name| { #inner })
        }
    })
}
