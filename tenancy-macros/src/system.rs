//! `#[derive(SystemActor)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Fields};

use crate::attr::StructAttributes;
use crate::errors::Errors;
use crate::model::snake_case;

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::new();
    let attributes = StructAttributes::parse(&input.attrs, &mut errors);
    let model = attributes.model.as_ref().map(|given| &given.name);
    for name in attributes.of_tables().chain(model) {
        errors.at(
            name,
            format_args!("`{name}` has no place on a system actor; there is `crate`"),
        );
    }
    if !input.generics.params.is_empty() {
        errors.at(&input.generics, "a system actor has no generic parameters");
    }
    let inner = match &input.data {
        Data::Struct(data) => data.fields.iter().flat_map(|field| &field.attrs).collect(),
        Data::Enum(data) => data
            .variants
            .iter()
            .flat_map(|variant| &variant.attrs)
            .collect(),
        Data::Union(_) => Vec::new(),
    };
    for attribute in inner {
        if attribute.path().is_ident("tenancy") {
            errors.at(
                attribute,
                "a part of a system actor has no attributes: it is called as it is named",
            );
        }
    }
    let ident = &input.ident;
    let name = match &input.data {
        Data::Struct(data) if matches!(data.fields, Fields::Unit) => {
            let name = snake_case(&ident.to_string());
            quote!(#name)
        }
        Data::Enum(data) if !data.variants.is_empty() => {
            let arms = data.variants.iter().map(|variant| {
                if !matches!(variant.fields, Fields::Unit) {
                    errors.at(
                        &variant.fields,
                        "a system actor is known by its name alone: its variants hold nothing",
                    );
                }
                let (variant, name) = (&variant.ident, snake_case(&variant.ident.to_string()));
                quote!(Self::#variant => #name,)
            });
            let arms: TokenStream = arms.collect();
            quote!(match self { #arms })
        }
        _ => {
            errors.at(
                ident,
                "expected an enum, whose variants are the parts of the program that act, or a unit struct",
            );
            TokenStream::new()
        }
    };
    let tenancy = attributes.krate();
    // With a mistake in it, it is an actor all the same, so that the mistake is the only message.
    let (messages, name) = match errors.finish() {
        Some(messages) if !input.generics.params.is_empty() => return messages,
        Some(messages) => (Some(messages), quote!(::core::unreachable!())),
        None => (None, name),
    };
    quote! {
        #messages

        #[automatically_derived]
        unsafe impl #tenancy::policy::Actor for #ident {
            type State = #tenancy::__private::SystemState<Self>;
        }

        #[automatically_derived]
        impl #tenancy::SystemActor for #ident {
            fn name(&self) -> &'static ::core::primitive::str {
                #name
            }
        }
    }
}
