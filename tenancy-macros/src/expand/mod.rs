//! From a checked model to code.

mod cascade;
mod insert;
mod model;
pub(crate) mod obligations;
mod shape;
pub(crate) mod stub;
pub(crate) mod types;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::check;
use crate::errors::Errors;
use crate::model::{Model, Role};

/// How many columns are read or written together: the longest tuples of `tenancy/src/decoded.rs` and
/// `tenancy/src/stored.rs`. One by one, rustc would take longer.
const TOGETHER: usize = 12;

pub(crate) fn derive(input: &DeriveInput, role: Role) -> TokenStream {
    let mut errors = Errors::new();
    let model = Model::parse(input, role, &mut errors);
    if let Some(model) = &model {
        check::check(model, &mut errors);
    }
    if let Some(messages) = errors.finish() {
        let stub = stub::expand(input, model.as_ref(), role);
        return quote!(#messages #stub);
    }
    model.as_ref().map(expand).unwrap_or_default()
}

fn expand(model: &Model<'_>) -> TokenStream {
    let values = insert::values(model);
    let aliases = types::aliases(model);
    let columns = model::columns(model);
    let data = model::data(model);
    let behaviour = model::behaviour(model);
    let insert = insert::insert(model);
    quote! {
        #values

        #[allow(clippy::all, clippy::pedantic, clippy::nursery)]
        const _: () = {
            #aliases
            #columns
            #data
            #behaviour
            #insert
        };
    }
}
