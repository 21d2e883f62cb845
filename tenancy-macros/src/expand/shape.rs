//! What a table must look like, beyond the names of its columns.

use proc_macro2::TokenStream;
use quote::quote;

use super::{obligations, types};
use crate::model::{Field, KeySource, Model};

/// `Model::describe`, for the feature `ddl`. Types of keys are known to the library, so that only other columns are
/// named.
pub(super) fn describe(model: &Model<'_>) -> TokenStream {
    if !cfg!(feature = "ddl") {
        return TokenStream::new();
    }
    let tenancy = model.krate();
    let columns = || model.fields.iter().enumerate();
    let types = columns().filter(|(index, field)| {
        model.key() != Some(*index)
            && !model.is_tenant(field)
            && field.attributes.belongs_to.is_none()
    });
    let types: Vec<_> = types
        .map(|(index, field)| {
            let sql_type = obligations::stored(model, index, field, "sql_type");
            quote!((#index, #sql_type))
        })
        .collect();
    let types = (!types.is_empty()).then(|| quote!(shape.types(&[#(#types),*]);));
    let references = columns()
        .filter(|(_, field)| field.attributes.belongs_to.is_some())
        .map(|(index, _)| {
            let target = types::referred(model, index);
            quote!(shape.belongs_to::<#target>(#index);)
        });
    let defaults = columns().filter_map(|(index, field)| {
        let sql = field.attributes.default_sql.as_ref()?;
        Some(quote!(shape.default_sql(#index, #sql);))
    });
    let several = |fields: &[syn::Ident]| {
        let fields = fields.iter().filter_map(|name| model.field(name));
        quote!(&[#(#fields),*])
    };
    let unique = model.attributes.unique.iter().map(|given| {
        let fields = several(&given.value);
        quote!(shape.unique(#fields);)
    });
    let index = model.attributes.index.iter().map(|given| {
        let fields = several(&given.value);
        quote!(shape.index(#fields);)
    });
    let destroys = model.attributes.destroyed().map(|key| {
        let (to, column) = (&key.model, &key.column);
        quote!(shape.destroys(<#to as #tenancy::Model>::COLUMNS.#column);)
    });
    quote! {
        fn describe(shape: &mut #tenancy::__private::Shape) {
            let _ = &shape;
            #types
            #(#references)*
            #(#defaults)*
            #(#unique)*
            #(#index)*
            #(#destroys)*
        }
    }
}

/// Whether the database fills the column of a row that comes without it.
pub(super) fn filled(model: &Model<'_>, index: usize, field: &Field<'_>) -> bool {
    let attributes = &field.attributes;
    if model.key() == Some(index) {
        model.key_source(field) == KeySource::Generated
    } else {
        attributes.default.is_some() || attributes.generated.is_some()
    }
}
