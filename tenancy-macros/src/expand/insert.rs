//! The values of a new row.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{TOGETHER, obligations, types};
use crate::model::{Field, KeySource, Model, Role};

/// Whether a new row takes a reference for this field.
fn is_reference(model: &Model<'_>, field: &Field<'_>) -> bool {
    model.role == Role::TenantScoped
        && field.attributes.belongs_to.is_some()
        && field.attributes.default.is_none()
}

/// How a field gets its value when a row is created.
enum Source<'m, 'a> {
    /// From the struct of new values, as it is.
    Value(&'m Field<'a>),
    /// From the struct of new values, as a reference.
    Reference(&'m Field<'a>),
    /// From the struct of new values, as the key.
    Key(&'m Field<'a>),
    /// A new UUID.
    Random,
    /// Not from here: the database or the statement sees to it.
    Elsewhere,
}

fn source<'m, 'a>(model: &'m Model<'a>, index: usize, field: &'m Field<'a>) -> Source<'m, 'a> {
    let attributes = &field.attributes;
    if model.key() == Some(index) {
        return match model.key_source(field) {
            KeySource::Given => Source::Key(field),
            KeySource::Random => Source::Random,
            KeySource::Generated => Source::Elsewhere,
        };
    }
    if model.is_tenant(field)
        || attributes.default.is_some()
        || attributes.generated.is_some()
        || attributes.version.is_some()
    {
        Source::Elsewhere
    } else if is_reference(model, field) {
        Source::Reference(field)
    } else {
        Source::Value(field)
    }
}

/// Whether the struct of new values holds this field as it is.
pub(super) fn is_value(model: &Model<'_>, index: usize, field: &Field<'_>) -> bool {
    matches!(source(model, index, field), Source::Value(_))
}

/// `<'t>`, if a new row refers to others.
pub(super) fn generics(model: &Model<'_>) -> Option<TokenStream> {
    let branded = model
        .fields
        .iter()
        .enumerate()
        .any(|(index, field)| matches!(source(model, index, field), Source::Reference(_)));
    branded.then(|| quote!(<'t>))
}

/// `struct New…`.
pub(super) fn values(model: &Model<'_>) -> TokenStream {
    let tenancy = model.krate();
    let vis = model.vis();
    let new = model.new_ident();
    let generics = generics(model);
    let fields = model
        .fields
        .iter()
        .enumerate()
        .filter_map(|(index, field)| {
            let (ident, vis) = (field.ident, &field.field.vis);
            let docs = documentation(field);
            let ty = match source(model, index, field) {
                Source::Value(field) | Source::Key(field) => {
                    let ty = field.stored_type();
                    quote!(#ty)
                }
                Source::Reference(field) => {
                    let target = types::referred(model, index);
                    if field.optional().is_some() {
                        quote!(::core::option::Option<#tenancy::Ref<'t, #target>>)
                    } else {
                        quote!(#tenancy::Ref<'t, #target>)
                    }
                }
                Source::Random | Source::Elsewhere => return None,
            };
            Some(quote!(#docs #vis #ident: #ty))
        });
    let doc = format!("The values of a new [`{}`].", model.ident());
    let name = new.to_string();
    quote! {
        #[doc = #doc]
        #vis struct #new #generics {
            #(#fields),*
        }

        #[automatically_derived]
        impl #generics ::core::fmt::Debug for #new #generics {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(#name)
            }
        }
    }
}

/// The field's own documentation, or its name.
fn documentation(field: &Field<'_>) -> TokenStream {
    let docs: Vec<_> = field
        .field
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"))
        .collect();
    if docs.is_empty() {
        let doc = format!("The new row's `{}`.", field.name());
        quote!(#[doc = #doc])
    } else {
        quote!(#(#docs)*)
    }
}

/// The key of a new tenant, where it is known before the row is there.
fn own_key(model: &Model<'_>) -> Option<TokenStream> {
    let (index, field) = model.key().map(|index| (index, &model.fields[index]))?;
    if model.role != Role::TenantRoot {
        return None;
    }
    let tenancy = model.krate();
    let private = quote!(#tenancy::__private);
    let ident = model.ident();
    let key = match source(model, index, field) {
        Source::Random => {
            let random = obligations::random(model, field);
            quote!(#random())
        }
        Source::Key(_) => {
            let name = field.ident;
            let used = types::key_conversion(model, index);
            quote!(::core::clone::Clone::clone(#tenancy::Id::repr(#used::used(&self.#name))))
        }
        _ => return None,
    };
    Some(quote! {
        fn key(&self) -> ::core::option::Option<#private::KeyOf<#ident>> {
            ::core::option::Option::Some(#key)
        }
    })
}

/// `unsafe impl Insert`.
pub(super) fn insert(model: &Model<'_>) -> TokenStream {
    let tenancy = model.krate();
    let private = quote!(#tenancy::__private);
    let ident = model.ident();
    let new = model.new_ident();
    let generics = generics(model);

    let mut random = false;
    let mut values = Vec::new();
    let mut binds = Vec::new();
    let mut value_types = Vec::new();
    let mut keys = Vec::new();
    let mut key_types = Vec::new();
    let mut key_values = Vec::new();
    for (index, field) in model.fields.iter().enumerate() {
        let name = field.ident;
        match source(model, index, field) {
            Source::Value(_) => {
                values.push(index);
                value_types.push(types::field(index));
                let written = obligations::stored(model, index, field, "written");
                binds.push(quote!(#written(self.#name)));
            }
            Source::Reference(field) => {
                let target = types::referred(model, index);
                keys.push(index);
                key_types.push(quote!(#private::Reference<#target>));
                let from = if field.optional().is_some() {
                    format_ident!("from_option")
                } else {
                    format_ident!("from_ref")
                };
                key_values.push(quote!(#private::Reference::#from(self.#name)));
            }
            Source::Key(_) => {
                keys.push(index);
                let used = types::key_conversion(model, index);
                key_types.push(quote!(#private::NewKey<<#used::Type as #tenancy::Id>::Repr>));
                key_values.push(quote! {
                    unsafe {
                        <#private::NewKey<_>>::chosen_by_derive(::core::clone::Clone::clone(
                            #tenancy::Id::repr(#used::used(&self.#name)),
                        ))
                    }
                });
            }
            Source::Random => {
                keys.push(index);
                random = true;
                key_types.push(quote!(#private::NewKey<#private::KeyOf<#ident>>));
                let random = obligations::random(model, field);
                key_values.push(quote!(unsafe {
                    <#private::NewKey<_>>::chosen_by_derive(::core::option::Option::unwrap_or_else(key, #random))
                }));
            }
            Source::Elsewhere => {}
        }
    }
    let (references, reference_values) = if key_types.is_empty() {
        (quote!(()), TokenStream::new())
    } else {
        (quote!((#(#key_types,)*)), quote!((#(#key_values,)*)))
    };
    // Where no key must be kept from user code, it may be bound in between.
    let builtin = if generics.is_some() {
        quote!(true #( && #private::Probe::<#value_types>::BUILTIN )*)
    } else {
        quote!(true)
    };
    let random_key = random.then(|| {
        quote!(
            const RANDOM_KEY: ::core::primitive::bool = true;
        )
    });
    let own_key = own_key(model);
    let key = if random { quote!(key) } else { quote!(_) };
    // Here because every model has this function, and one function is checked faster than two.
    let obligations = obligations::all(model);
    let binds: Vec<_> = binds
        .chunks(TOGETHER)
        .map(|binds| quote!(#(#binds),*))
        .collect();
    // Nothing to bind, so nothing to use.
    let unused = binds.is_empty().then(|| quote!(let _ = binder;));
    quote! {
        #[automatically_derived]
        unsafe impl #generics #tenancy::Insert<#ident> for #new #generics {
            type References = #references;
            const VALUES: &'static [::core::primitive::usize] = &[#(#values),*];
            const REFERENCES: &'static [::core::primitive::usize] = &[#(#keys),*];
            const BUILTIN: ::core::primitive::bool = #builtin;

            #random_key
            #own_key

            fn bind(
                self,
                #key: ::core::option::Option<#private::KeyOf<#ident>>,
                binder: &mut #private::Binder<#private::DatabaseOf<#ident>>,
            ) -> Self::References {
                #obligations
                #(binder.fields((#binds,));)*
                #unused
                #reference_values
            }
        }
    }
}
