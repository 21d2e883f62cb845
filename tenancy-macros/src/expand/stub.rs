//! What a struct gets when its attributes are wrong: enough that nothing else complains.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Path};

use super::{insert, model as expand, types};
use crate::attr::StructAttributes;
use crate::errors::Errors;
use crate::model::{Model, Role};

/// A model that does nothing. Uses of the struct as a model then compile, so that the mistakes in its
/// attributes are the only messages.
pub(super) fn expand(input: &DeriveInput, model: Option<&Model<'_>>, role: Role) -> TokenStream {
    let Some(model) = model else {
        // Not a struct: its attributes were read, and their mistakes reported, before.
        let mut reported = Errors::new();
        let attributes = StructAttributes::parse(&input.attrs, &mut reported);
        reported.finish();
        return mention(attributes.paths());
    };
    let attributes = &model.attributes;
    let belongs_to = model.fields.iter().filter_map(|field| {
        let belongs_to = field.attributes.belongs_to.as_ref()?;
        Some(&belongs_to.value)
    });
    let rootless = role == Role::TenantScoped && attributes.root.is_none();
    let mentioned = mention(attributes.paths().chain(belongs_to));
    if !input.generics.params.is_empty() || model.fields.is_empty() || rootless {
        return mentioned;
    }
    let tenancy = model.krate();
    let private = quote!(#tenancy::__private);
    let ident = &input.ident;
    let new = model.new_ident();
    let generics = insert::generics(model);
    let key = match model.key() {
        Some(key) => {
            let conversion = types::key_conversion(model, key);
            quote!(#conversion::Type)
        }
        None => quote!(#private::uuid::Uuid),
    };
    let root = types::root(model);
    let aliases = types::aliases(model);
    let values = insert::values(model);
    let columns = expand::columns(model);
    let handles = expand::handles(model);
    let columns_ident = expand::columns_ident(model);
    let fields = expand::fields(model);
    let isolation = expand::isolation(model);
    let schemas = expand::has_schemas(model);
    // Whatever is wrong, it is not that.
    // What is guarded may be the mistake.
    let ruled = expand::ruled(model, |field| !field.guarded());
    let behaviour = match role {
        Role::TenantScoped => quote! {
            unsafe impl #private::Owned for #ident {
                const OWNED: () = ();
                type New<'t> = #new #generics;
            }
            unsafe impl<__A: #private::Actor, __L: #private::Level> #private::Cascades<__A, __L> for #ident {}
            impl #tenancy::TenantScoped for #ident {}
        },
        Role::TenantRoot => quote! {
            unsafe impl #tenancy::TenantRoot for #ident {
                type Database = #private::StubDatabase;
                type Isolation = #isolation;
                type Schemas = #schemas;
                type New = #new;
            }
            impl #tenancy::Root for #ident {}
        },
    };
    quote! {
        #values

        const _: () = {
            #aliases
            #columns

            unsafe impl #tenancy::Model for #ident {
                type Root = #root;
                type Key = #key;
                type Columns = #columns_ident;
                type Scoping = #private::Tenanted;
                type Policies = #private::Unpolicied;
                const COLUMNS: #columns_ident = #handles;
                const TABLE: &'static ::core::primitive::str = "";
                const FIELDS: &'static [#private::Field] = #fields;
                const KEY: ::core::primitive::usize = 0;
                const TENANT: &'static ::core::primitive::str = "";

                fn decode(
                    _: &#private::RowOf<Self>,
                    _: Self::Key,
                ) -> ::core::result::Result<Self, #private::sqlx::Error> {
                    ::core::unreachable!()
                }
            }

            #behaviour
            #ruled

            unsafe impl #generics #tenancy::Insert<#ident> for #new #generics {
                type References = ();
                const VALUES: &'static [::core::primitive::usize] = &[];
                const REFERENCES: &'static [::core::primitive::usize] = &[];
                const BUILTIN: ::core::primitive::bool = true;

                fn bind(
                    self,
                    _: ::core::option::Option<#private::KeyOf<#ident>>,
                    _: &mut #private::Binder<#private::DatabaseOf<#ident>>,
                ) {}
            }
        };

        #mentioned
    }
}

/// Uses what the attributes name, so that its imports do not count as unused.
pub(crate) fn mention<'a>(paths: impl Iterator<Item = &'a Path>) -> TokenStream {
    quote! {
        const _: () = {
            #( const _: () = { type __Mentioned = #paths; }; )*
        };
    }
}
