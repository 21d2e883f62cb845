//! `#[derive(Id)]`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Data, DeriveInput, Fields};

use crate::attr::StructAttributes;
use crate::errors::Errors;
use crate::expand::stub::mention;

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
    let repr = quote_spanned! {ty.span()=> <#ty as #tenancy::Id>::Repr };
    let sqlx = quote!(#tenancy::__private::sqlx);
    quote! {
        #[automatically_derived]
        unsafe impl #tenancy::Id for #ident {
            type Repr = #repr;

            fn repr(&self) -> &Self::Repr {
                #tenancy::Id::repr(&self.0)
            }

            fn from_repr(repr: Self::Repr) -> Self {
                Self(#tenancy::Id::from_repr(repr))
            }
        }

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
