//! The model itself: names, column handles, decoding.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use syn::Ident;

use super::{TOGETHER, obligations, types};
use crate::model::{Field, Model, Role};

pub(super) fn columns_ident(model: &Model<'_>) -> Ident {
    format_ident!("{}Columns", model.ident())
}

/// The struct of column handles.
pub(super) fn columns(model: &Model<'_>) -> TokenStream {
    let tenancy = model.krate();
    let ident = model.ident();
    let columns = columns_ident(model);
    let handles = model.fields.iter().enumerate().map(|(index, field)| {
        let name = field.ident;
        let ty = types::value(index);
        let kind = kind(model, index, field);
        quote! {
            pub #name: #tenancy::Column<#ident, #ty, #index, #kind>,
        }
    });
    quote! {
        #[doc(hidden)]
        #[allow(non_camel_case_types)]
        pub struct #columns {
            #(#handles)*
        }
        // Derived, the compiler would look at every column a second time.
        #[automatically_derived]
        impl ::core::clone::Clone for #columns {
            fn clone(&self) -> Self {
                *self
            }
        }
        #[automatically_derived]
        impl ::core::marker::Copy for #columns {}
    }
}

/// The kind of a column: what may be assigned to it.
fn kind(model: &Model<'_>, index: usize, field: &Field<'_>) -> TokenStream {
    let tenancy = model.krate();
    let private = quote!(#tenancy::__private);
    let attributes = &field.attributes;
    let kind = if model.key() == Some(index) {
        quote!(#private::PrimaryKey)
    } else if model.is_tenant(field) {
        quote!(#private::TenantKey)
    } else if attributes.generated.is_some() || attributes.version.is_some() {
        quote!(#private::Generated)
    } else if attributes.belongs_to.is_some() {
        let target = types::referred(model, index);
        if field.optional().is_some() {
            quote!(#private::NullableForeignKey<#target>)
        } else {
            quote!(#private::ForeignKey<#target>)
        }
    } else if field.optional().is_some() {
        quote!(#private::Nullable)
    } else {
        quote!(#private::Required)
    };
    if field.guarded() {
        quote!(#private::Guarded<#kind>)
    } else {
        kind
    }
}

/// `unsafe impl Model`.
pub(super) fn data(model: &Model<'_>) -> TokenStream {
    let tenancy = model.krate();
    let private = quote!(#tenancy::__private);
    let ident = model.ident();
    let columns = columns_ident(model);
    let key_index = model.key().unwrap_or_default();
    let key_type = types::key_conversion(model, key_index);
    let table = model.table();
    let tenant = model.tenant_column();
    let root = types::root(model);
    let scoping = scoping(model);
    let policies = policies(model);
    let handles = handles(model);
    let fields = fields(model);
    let decoded = decode(model);
    let guarded = model.fields.iter().any(Field::guarded).then(|| {
        quote!(
            const GUARDED: ::core::primitive::bool = true;
        )
    });
    let policied = model.attributes.policies.as_ref().map(|_| {
        quote!(
            const POLICIED: ::core::primitive::bool = true;
        )
    });
    let read_only = model.read_only().then(|| {
        quote!(
            const READ_ONLY: ::core::primitive::bool = true;
        )
    });
    let in_schema = model.in_schema().then(|| {
        quote!(
            const IN_SCHEMA: ::core::primitive::bool = true;
        )
    });
    let in_database = model.in_database().then(|| {
        quote!(
            const IN_DATABASE: ::core::primitive::bool = true;
        )
    });
    let in_memory = in_memory(model);
    let described = super::shape::describe(model);
    let version = model.version().map(|(index, version)| {
        let column = version.column();
        let name = version.ident;
        let number = obligations::version(model, index, &version.field.ty, "number");
        let last = obligations::version(model, index, &version.field.ty, "LAST");
        quote! {
            const VERSION: ::core::option::Option<&'static ::core::primitive::str> =
                ::core::option::Option::Some(#column);
            const LAST_VERSION: ::core::primitive::u64 = #last;

            fn version(&self) -> ::core::primitive::i64 {
                #number(self.#name)
            }
        }
    });
    quote! {
        #[automatically_derived]
        unsafe impl #tenancy::Model for #ident {
            type Root = #root;
            type Key = #key_type::Type;
            type Columns = #columns;
            type Scoping = #scoping;
            type Policies = #policies;

            const COLUMNS: #columns = #handles;
            const TABLE: &'static ::core::primitive::str = #table;
            const FIELDS: &'static [#private::Field] = #fields;
            const KEY: ::core::primitive::usize = #key_index;
            const TENANT: &'static ::core::primitive::str = #tenant;
            #in_schema
            #in_database

            fn decode(
                row: &#private::RowOf<Self>,
                key: Self::Key,
            ) -> ::core::result::Result<Self, #private::sqlx::Error> {
                #decoded
            }

            #policied
            #read_only
            #guarded
            #version
            #described
        }

        #in_memory
    }
}

/// What rules need of a model with policies.
fn in_memory(model: &Model<'_>) -> TokenStream {
    if model.attributes.policies.is_none() {
        return TokenStream::new();
    }
    ruled(model, |_| true)
}

/// What rules name: the columns, and the values of some of them in a row in memory.
pub(super) fn ruled(model: &Model<'_>, valued: fn(&Field<'_>) -> bool) -> TokenStream {
    let tenancy = model.krate();
    let ident = model.ident();
    let fields = model.fields.iter().enumerate();
    let fields = fields
        .filter(|(_, field)| valued(field))
        .map(|(index, field)| {
            let name = field.ident;
            let (ty, known) = if field.guarded() {
                let hidden = obligations::masked(model, index, field, "hidden");
                let known = quote! {
                    fn known(&self) -> ::core::primitive::bool {
                        !#hidden(&self.#name)
                    }
                };
                (types::masked(index), Some(known))
            } else {
                (types::field(index), None)
            };
            quote! {
                #[automatically_derived]
                impl #tenancy::__private::InMemory<#index> for #ident {
                    type Type = #ty;

                    fn value(&self) -> &#ty {
                        &self.#name
                    }

                    #known
                }
            }
        });
    let declared = declared(model);
    quote!(#declared #(#fields)*)
}

/// That rules for the model have an effect, and what its columns are called in them.
fn declared(model: &Model<'_>) -> TokenStream {
    let tenancy = model.krate();
    let ident = model.ident();
    let columns = columns_ident(model);
    let names = model.fields.iter().map(Field::name);
    quote! {
        #[automatically_derived]
        impl #tenancy::__private::DeclaresPolicies for #ident {
            type Handles = #columns;
            const HANDLES: #columns = <Self as #tenancy::Model>::COLUMNS;
            const NAMES: &'static [&'static ::core::primitive::str] = &[#(#names),*];
        }
    }
}

/// The handles as a value.
pub(super) fn handles(model: &Model<'_>) -> TokenStream {
    let tenancy = model.krate();
    let columns = columns_ident(model);
    let handles = model.fields.iter().map(|field| {
        let name = field.ident;
        quote!(#name: <#tenancy::Column<_, _, _, _>>::declared_by_derive())
    });
    quote!(unsafe { #columns { #(#handles),* } })
}

/// The columns as data.
pub(super) fn fields(model: &Model<'_>) -> TokenStream {
    let tenancy = model.krate();
    let fields = model.fields.iter().enumerate().map(|(index, field)| {
        let name = field.column();
        let nullable = field.optional().is_some();
        let assignable = model.key() != Some(index)
            && !model.is_tenant(field)
            && field.attributes.generated.is_none()
            && field.attributes.version.is_none();
        let reference = assignable && field.attributes.belongs_to.is_some();
        let stored = field.attributes.stored.is_some();
        // As `Field` in `tenancy/src/model.rs` reads them.
        let is = u8::from(nullable)
            | u8::from(reference) << 1
            | u8::from(assignable) << 2
            | u8::from(stored) << 3
            | u8::from(field.guarded()) << 4
            | u8::from(super::shape::filled(model, index, field)) << 5
            | u8::from(field.attributes.unique.is_some()) << 6
            | u8::from(field.attributes.index.is_some()) << 7;
        let is = Literal::u8_unsuffixed(is);
        quote!(#tenancy::__private::Field { name: #name, is: #is })
    });
    quote!(&[#(#fields),*])
}

fn scoping(model: &Model<'_>) -> TokenStream {
    let tenancy = model.krate();
    if model.global() {
        quote!(#tenancy::__private::Global)
    } else if model.in_schema() {
        let column = model.has_tenant_column();
        quote!(#tenancy::__private::InSchema<#column>)
    } else if model.in_database() {
        let column = model.has_tenant_column();
        quote!(#tenancy::__private::InDatabase<#column>)
    } else {
        quote!(#tenancy::__private::Tenanted)
    }
}

fn policies(model: &Model<'_>) -> TokenStream {
    let tenancy = model.krate();
    if model.fields.iter().any(Field::guarded) {
        quote!(#tenancy::__private::ByFieldPolicies)
    } else if model.attributes.policies.is_some() {
        quote!(#tenancy::__private::ByPolicies)
    } else if model.read_only() {
        quote!(#tenancy::__private::ReadByTenants)
    } else {
        quote!(#tenancy::__private::Unpolicied)
    }
}

/// Reads all columns but the key, which the library reads by itself, so that nothing here can invent
/// one.
///
/// A `?` for each column would be as good, but rustc takes long to follow so many ways out.
fn decode(model: &Model<'_>) -> TokenStream {
    let tenancy = model.krate();
    let private = quote!(#tenancy::__private);
    let key_index = model.key().unwrap_or_default();
    // After all columns there may be one for each that is guarded.
    let mut visible = model.fields.len();
    let columns: Vec<_> = model
        .fields
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != key_index)
        .map(|(index, field)| {
            // With the span of the type that must be decodable.
            let read = obligations::read(model, index, field, visible);
            visible += usize::from(field.guarded());
            (format_ident!("__value{index}"), field.ident, read)
        })
        .collect();
    let reads = columns.chunks(TOGETHER).map(|columns| {
        let values = columns.iter().map(|(value, ..)| value);
        let reads = columns.iter().map(|(.., read)| read);
        quote!(let (#(#values,)*) = #private::Decoded::all((#(#reads,)*))?;)
    });
    let values = columns.iter().map(|(value, name, _)| quote!(#name: #value));
    let key = model.fields[key_index].ident;
    let conversion = types::key_conversion(model, key_index);
    quote! {
        #(#reads)*
        let model = Self { #key: #conversion::named(key), #(#values),* };
        // A key is of use even if the program never reads its field.
        let _ = &model.#key;
        ::core::result::Result::Ok(model)
    }
}

/// `impl TenantScoped`, or the traits of a root.
pub(super) fn behaviour(model: &Model<'_>) -> TokenStream {
    let tenancy = model.krate();
    let ident = model.ident();
    let new = model.new_ident();
    match model.role {
        Role::TenantScoped => {
            let generics = super::insert::generics(model);
            let cascades = super::cascade::cascades(model);
            quote! {
                #cascades

                #[automatically_derived]
                unsafe impl #tenancy::__private::Owned for #ident {
                    const OWNED: () = ();
                    type New<'t> = #new #generics;
                }

                #[automatically_derived]
                impl #tenancy::TenantScoped for #ident {}
            }
        }
        Role::TenantRoot => {
            let active = model
                .fields
                .iter()
                .find(|field| field.attributes.active.is_some())
                .map(Field::column)
                .map(|column| quote!(const ACTIVE: &'static ::core::primitive::str = #column;));
            let isolation = isolation(model);
            let rls = model.attributes.rls.as_ref().map(|_| {
                quote!(
                    const RLS: ::core::primitive::bool = true;
                )
            });
            let databases = model.attributes.databases.as_ref().map(|_| {
                quote!(
                    const DATABASES: ::core::primitive::bool = true;
                )
            });
            let mark = model.mark().map(|column| {
                quote!(
                    const MARK: &'static ::core::primitive::str = #column;
                )
            });
            let has_schemas = has_schemas(model);
            let schemas = model.attributes.schemas.as_ref().map(|schemas| {
                let named = schemas.value.as_ref().map(|name| {
                    quote! {
                        fn schema(id: &#tenancy::__private::KeyOf<Self>) -> ::std::string::String {
                            #name(id)
                        }
                    }
                });
                quote! {
                    const SCHEMAS: ::core::primitive::bool = true;
                    #named
                }
            });
            quote! {
                #[automatically_derived]
                unsafe impl #tenancy::TenantRoot for #ident {
                    type Database = __UsedDatabase;
                    type Isolation = #isolation;
                    type Schemas = #has_schemas;
                    type New = #new;
                    #rls
                    #databases
                    #mark
                    #active
                    #schemas
                }

                #[automatically_derived]
                impl #tenancy::Root for #ident {}
            }
        }
    }
}

/// Whether tenants of a root have schemas.
pub(super) fn has_schemas(model: &Model<'_>) -> TokenStream {
    let tenancy = model.krate();
    match model.attributes.schemas {
        Some(_) => quote!(#tenancy::__private::WithSchemas),
        None => quote!(#tenancy::__private::WithoutSchemas),
    }
}

/// What a handle to the database has to do for a root.
pub(super) fn isolation(model: &Model<'_>) -> TokenStream {
    let tenancy = model.krate();
    let private = quote!(#tenancy::__private);
    let shared = if model.attributes.rls.is_some() {
        quote!(#private::Rls)
    } else {
        quote!(#private::PlainDb)
    };
    if model.attributes.databases.is_some() {
        quote!(#private::Databases<Self, #shared>)
    } else {
        shared
    }
}
