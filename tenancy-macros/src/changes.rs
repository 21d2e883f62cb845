//! `#[derive(Changes)]`.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Data, DeriveInput, Fields, GenericParam, Ident, Type};

use crate::attr::StructAttributes;
use crate::errors::Errors;
use crate::expand::stub::mention;
use crate::expand::types::fit;

/// `self.name`, with the span of the field's type: it is what a message is about.
fn under(ty: &Type, name: &Ident) -> TokenStream {
    let mut tokens = ty.to_token_stream().into_iter();
    let first = tokens
        .next()
        .map_or_else(|| ty.span(), |token| token.span());
    let last = tokens.last().map_or(first, |token| token.span());
    let this = Ident::new("self", first);
    let name = if name == &name.unraw() {
        Ident::new(&name.to_string(), last)
    } else {
        Ident::new_raw(&name.unraw().to_string(), last)
    };
    quote!(#this.#name)
}

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::new();
    let attributes = StructAttributes::parse(&input.attrs, &mut errors);
    let fields = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Some(&fields.named),
            _ => None,
        },
        _ => None,
    };
    if fields.is_none() {
        errors.at(
            &input.ident,
            "expected a struct with named fields: each changes the column of its name",
        );
    }
    if attributes.model.is_none() {
        errors.at(
            &input.ident,
            "missing the model: `#[tenancy(model = Document)]`",
        );
    }
    for name in attributes.of_tables() {
        errors.at(
            name,
            format_args!("`{name}` belongs to the model, not to a set of changes to it"),
        );
    }
    let misplaced = fields
        .into_iter()
        .flatten()
        .flat_map(|field| &field.attrs)
        .filter(|attribute| attribute.path().is_ident("tenancy"));
    for attribute in misplaced {
        errors.at(
            attribute,
            "a field of a set of changes has no attributes: it is named after its column",
        );
    }
    for parameter in &input.generics.params {
        if !matches!(parameter, GenericParam::Lifetime(_)) {
            errors.at(
                parameter,
                "a set of changes has no generic parameters but lifetimes, of what it borrows",
            );
        }
    }
    if let Some(messages) = errors.finish() {
        let mentioned = mention(attributes.paths());
        return quote!(#messages #mentioned);
    }
    let (Some(fields), Some(model)) = (fields, &attributes.model) else {
        return TokenStream::new();
    };
    let tenancy = attributes.krate();
    let ident = &input.ident;
    let model = &model.value;
    let patches = fields.iter().filter_map(|field| {
        let name = field.ident.as_ref()?;
        let value = under(&field.ty, name);
        Some(quote! {
            #tenancy::__private::PatchOf::patch(columns.#name, #value, &mut changes);
        })
    });
    let private = quote!(#tenancy::__private);
    let mut generics = input.generics.clone();
    generics.params.insert(0, syn::parse_quote!('__tenant));
    let (borrowed, ..) = generics.split_for_impl();
    let (_, lifetimes, bounds) = input.generics.split_for_impl();
    let fit = fit(
        &tenancy,
        &format_ident!("__ModelFit"),
        &quote!(__Model),
        "MODEL",
    );
    quote! {
        const _: () = {
            #[allow(unused_imports)]
            use #private::Otherwise as _;
            type __Model = #model;
            #fit
            type __UsedModel = <__ModelFit as #private::Or<__Model, #private::Nobody>>::Type;

            #[automatically_derived]
            impl #borrowed #tenancy::IntoChanges<'__tenant, __UsedModel> for #ident #lifetimes #bounds {
                fn into_changes(self) -> #tenancy::Changes<'__tenant, __UsedModel> {
                    // Of the model as it was written, so that the message has its span.
                    let columns = <#model as #tenancy::Model>::COLUMNS;
                    let mut changes = #tenancy::Changes::new();
                    #(#patches)*
                    changes
                }
            }
        };
    }
}
