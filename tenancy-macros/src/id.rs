//! `#[derive(Id)]`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Fields};

use crate::attr::StructAttributes;
use crate::errors::Errors;
use crate::expand::obligations::demand;
use crate::expand::stub::mention;
use crate::expand::types::fit;

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::new();
    let attributes = StructAttributes::parse(&input.attrs, &mut errors);
    let inner = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => fields.unnamed.first(),
            _ => None,
        },
        _ => None,
    };
    if inner.is_none() {
        errors.at(
            &input.ident,
            "expected a struct with one unnamed field: `struct UserId(Uuid);`",
        );
    }
    let model = attributes.model.as_ref().map(|given| &given.name);
    for name in attributes.of_tables().chain(model) {
        errors.at(
            name,
            format_args!("`{name}` has no place on an id type; there is `crate`"),
        );
    }
    for attribute in inner.into_iter().flat_map(|field| &field.attrs) {
        if attribute.path().is_ident("tenancy") {
            errors.at(attribute, "the field of an id type has no attributes");
        }
    }
    if !input.generics.params.is_empty() {
        errors.at(&input.generics, "an id type has no generic parameters");
    }
    if let Some(messages) = errors.finish() {
        let mentioned = mention(attributes.paths());
        return quote!(#messages #mentioned);
    }
    let Some(inner) = inner else {
        return TokenStream::new();
    };
    let tenancy = attributes.krate();
    let ident = &input.ident;
    let ty = &inner.ty;
    let private = quote!(#tenancy::__private);
    let sqlx = quote!(#private::sqlx);
    let obligation = demand(ty, &quote!(__Inner), &quote!(#tenancy::Id));
    let fit = fit(
        &tenancy,
        &format_ident!("__InnerFit"),
        &quote!(__Inner),
        "ID",
    );
    let used = quote!(<__InnerFit as #private::Or<__Inner, #private::NoId<__Inner>>>);
    quote! {
        const _: () = {
            #[allow(unused_imports)]
            use #private::Otherwise as _;
            type __Inner = #ty;
            #fit
            const _: () = { #obligation };

            #[automatically_derived]
            unsafe impl #tenancy::Id for #ident {
                type Repr = <#used::Type as #tenancy::Id>::Repr;

                fn repr(&self) -> &Self::Repr {
                    #tenancy::Id::repr(#used::used(&self.0))
                }

                fn from_repr(repr: Self::Repr) -> Self {
                    Self(#used::named(#tenancy::Id::from_repr(repr)))
                }
            }
        };

        #[automatically_derived]
        impl<DB: #sqlx::Database> #sqlx::Type<DB> for #ident
        where
            #ty: #sqlx::Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <#ty as #sqlx::Type<DB>>::type_info()
            }

            fn compatible(ty: &DB::TypeInfo) -> ::core::primitive::bool {
                <#ty as #sqlx::Type<DB>>::compatible(ty)
            }
        }

        #[automatically_derived]
        impl<'q, DB: #sqlx::Database> #sqlx::Encode<'q, DB> for #ident
        where
            #ty: #sqlx::Encode<'q, DB>,
        {
            fn encode_by_ref(
                &self,
                buffer: &mut DB::ArgumentBuffer,
            ) -> ::core::result::Result<#sqlx::encode::IsNull, #sqlx::error::BoxDynError> {
                <#ty as #sqlx::Encode<'q, DB>>::encode_by_ref(&self.0, buffer)
            }

            fn produces(&self) -> ::core::option::Option<DB::TypeInfo> {
                <#ty as #sqlx::Encode<'q, DB>>::produces(&self.0)
            }

            fn size_hint(&self) -> ::core::primitive::usize {
                <#ty as #sqlx::Encode<'q, DB>>::size_hint(&self.0)
            }
        }

        #[automatically_derived]
        impl<'r, DB: #sqlx::Database> #sqlx::Decode<'r, DB> for #ident
        where
            #ty: #sqlx::Decode<'r, DB>,
        {
            fn decode(
                value: DB::ValueRef<'r>,
            ) -> ::core::result::Result<Self, #sqlx::error::BoxDynError> {
                ::core::result::Result::map(<#ty as #sqlx::Decode<'r, DB>>::decode(value), Self)
            }
        }
    }
}
