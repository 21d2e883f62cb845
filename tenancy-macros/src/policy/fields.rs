//! Rules for guarded fields: who sees them.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::emit::{Emitter, by, columns, wrap};
use super::located::Place;
use super::syntax::Policies;

/// `fn fields`, which tells what the actor sees of the guarded fields, and a check that all of them were
/// thought of.
///
/// One function for all actions. What is left of the rules is put together at run time: each field may be
/// seen or not, and of so many cases the compiler would not make statements.
pub(super) fn fields(policies: &Policies, emitter: &Emitter<'_>) -> TokenStream {
    let resolved = emitter.resolved;
    let krate = &policies.krate;
    let private = quote!(#krate::__private);
    let (model, actor) = (&policies.model, &policies.actor);
    let handles = quote!(<#model as #private::DeclaresPolicies>::HANDLES);
    let bits = resolved.fields.iter().map(|field| {
        let name = &field.name;
        quote!(| #handles.#name.__bit())
    });
    let named = quote!({ 0 #(#bits)* });
    let check = quote_spanned! {model.span()=>
        const _: () = if let ::core::option::Option::Some(missing) =
            #private::FieldsNamed::<#model, #named>::MISSING
        {
            ::core::panic!("{}", missing)
        };
    };
    if resolved.fields.is_empty() {
        return check;
    }
    let rules: Vec<_> = resolved.fields.iter().map(|field| &field.rules).collect();
    let asked = emitter.asked(&rules);
    let (word, row, by, wrap) = (&policies.word, columns(0), by(), wrap(&private));
    let masks = resolved.fields.iter().map(|field| {
        let (name, visible) = (&field.name, resolved.atoms.allowed(&field.rules, emitter));
        let place = Place::of(name);
        let (field, guarded) = (place.enclose(quote!(#row.#name)), place.name("__guarded"));
        let position = place.show(quote!(#field.#guarded()));
        quote!((#position, #visible))
    });
    let told = quote! {
        #asked
        // One expression: what it borrows from lives until its end.
        with(#private::Masks::<'_, #model>::new([#(#masks),*]))
    };
    let told = emitter.looking(emitter.row_atoms(&rules), told);
    quote! {
        #check

        fn fields<R>(
            #by: #private::By<'_, #actor>,
            with: impl ::core::ops::FnOnce(#private::Masks<'_, #model>) -> R,
        ) -> R {
            #wrap
            let #word = #by.actor();
            let #row = #handles;
            #told
        }
    }
}
