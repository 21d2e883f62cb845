//! `#[derive(Changes)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Fields};

use crate::attr::StructAttributes;
use crate::errors::Errors;
use crate::expand::stub::mention;

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
        errors.at(&input.ident, "expected a struct with named fields");
    }
    if attributes.model.is_none() {
        errors.at(
            &input.ident,
            "missing the model: `#[tenancy(model = Document)]`",
        );
    }
    for name in attributes.of_tables() {
        errors.at(name, format_args!("`{name}` belongs to the model"));
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
    if !input.generics.params.is_empty() {
        errors.at(
            &input.generics,
            "a set of changes has no generic parameters",
        );
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
        let ty = &field.ty;
        Some(quote! {
            <#ty as #tenancy::__private::PatchOf<_, _, _>>::patch(
                columns.#name,
                self.#name,
                &mut changes,
            );
        })
    });
    quote! {
        #[automatically_derived]
        impl<'t> #tenancy::IntoChanges<'t, #model> for #ident {
            fn into_changes(self) -> #tenancy::Changes<'t, #model> {
                let columns = <#model as #tenancy::Model>::COLUMNS;
                let mut changes = #tenancy::Changes::new();
                #(#patches)*
                changes
            }
        }
    }
}
