//! What a struct gets when its attributes are wrong: enough that nothing else complains.

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::model::{Model, Role};

/// A model without columns. Uses of the struct as a model then compile, so that the mistakes in its
/// attributes are the only messages, except where columns are named.
pub(super) fn expand(input: &DeriveInput, model: Option<&Model<'_>>, role: Role) -> TokenStream {
    let Some(model) = model else {
        return TokenStream::new();
    };
    if !input.generics.params.is_empty() {
        return TokenStream::new();
    }
    let Some(root) = (match role {
        Role::TenantRoot => Some(quote!(Self)),
        Role::TenantScoped => model.attributes.root.as_ref().map(|root| {
            let path = &root.value;
            quote!(#path)
        }),
    }) else {
        return TokenStream::new();
    };
    let tenancy = model.krate();
    let private = quote!(#tenancy::__private);
    let ident = &input.ident;
    let new = model.new_ident();
    let vis = &input.vis;
    let behaviour = match role {
        Role::TenantScoped => quote! {
            unsafe impl #private::Owned for #ident {}
            impl #tenancy::TenantScoped for #ident {
                type New<'t> = #new;
            }
        },
        Role::TenantRoot => quote! {
            unsafe impl #tenancy::TenantRoot for #ident {
                type Database = #private::StubDatabase;
            }
            impl #tenancy::Root for #ident {
                type New = #new;
            }
        },
    };
    quote! {
        #[doc(hidden)]
        #vis struct #new;

        const _: () = {
            unsafe impl #tenancy::Model for #ident {
                type Root = #root;
                type Key = #private::uuid::Uuid;
                type Columns = ();
                type Scoping = #private::Tenanted;
                const COLUMNS: () = ();
                const TABLE: &'static ::core::primitive::str = "";
                const FIELDS: &'static [#private::Field] = &[#private::Field {
                    name: "",
                    nullable: false,
                    assignable: false,
                }];
                const KEY: ::core::primitive::usize = 0;
                const TENANT: &'static ::core::primitive::str = "";

                fn decode(
                    _: &#private::RowOf<Self>,
                ) -> ::core::result::Result<Self, #private::sqlx::Error> {
                    ::core::unreachable!()
                }

                fn key(&self) -> &Self::Key {
                    ::core::unreachable!()
                }
            }

            #behaviour

            unsafe impl #tenancy::Insert<#ident> for #new {
                type References = ();
                const VALUES: &'static [::core::primitive::usize] = &[];
                const REFERENCES: &'static [::core::primitive::usize] = &[];
                const BUILTIN: ::core::primitive::bool = true;

                fn bind(
                    self,
                    _: ::core::option::Option<#private::uuid::Uuid>,
                    _: &mut #private::Binder<#private::DatabaseOf<#ident>>,
                ) {}
            }
        };
    }
}
