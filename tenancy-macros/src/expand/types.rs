//! The types that the user wrote, under names of ours.
//!
//! Each is written once, as an alias, so that one that does not exist is one message. One that is
//! not fit for its place is reported once, too, by an obligation with its span; everything else
//! names a stand-in then (`tenancy/src/stand_in.rs`).

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{Ident, Path};

use crate::model::{Field, Model, Role};

/// The type of field `index`, without `Masked`.
pub(super) fn field(index: usize) -> Ident {
    format_ident!("__Field{index}")
}

/// The type of field `index` as the struct has it, if that is guarded.
pub(super) fn masked(index: usize) -> Ident {
    format_ident!("__Masked{index}")
}

/// The type of the values of field `index`: without `Option`.
pub(super) fn value(index: usize) -> Ident {
    format_ident!("__Value{index}")
}

/// The model that field `index` refers to, fit or not.
pub(super) fn target(index: usize) -> Ident {
    format_ident!("__Target{index}")
}

/// Whether it is a model.
pub(super) fn target_fit(index: usize) -> Ident {
    format_ident!("__TargetFit{index}")
}

/// The model that field `index` refers to.
pub(super) fn referred(model: &Model<'_>, index: usize) -> TokenStream {
    let tenancy = model.krate();
    let ident = model.ident();
    quote!(<#ident as #tenancy::__private::Refers<#index>>::To)
}

/// Whether the type of the primary key is an id.
pub(super) fn key_fit() -> Ident {
    format_ident!("__KeyFit")
}

/// The conversions between the type of the primary key and the one that is used for it.
pub(super) fn key_conversion(model: &Model<'_>, index: usize) -> TokenStream {
    let tenancy = model.krate();
    let private = quote!(#tenancy::__private);
    let (fit, ty) = (key_fit(), field(index));
    quote!(<#fit as #private::Or<#ty, #private::NoId<#ty>>>)
}

/// The tenant root.
pub(super) fn root(model: &Model<'_>) -> TokenStream {
    match model.role {
        Role::TenantRoot => quote!(Self),
        Role::TenantScoped => quote!(__UsedRoot),
    }
}

/// `Fit<…>`: whether the probe called `question` says so about the type `ty`. The trait
/// `Otherwise` must be in scope.
pub(crate) fn fit(tenancy: &Path, name: &Ident, ty: &impl ToTokens, question: &str) -> TokenStream {
    let private = quote!(#tenancy::__private);
    let question = format_ident!("{question}");
    quote! {
        type #name = #private::Fit<{ #private::Probe::<#ty>::#question }>;
    }
}

/// All aliases, and which models are referred to.
pub(super) fn aliases(model: &Model<'_>) -> TokenStream {
    let tenancy = model.krate();
    let private = quote!(#tenancy::__private);
    let fields = model.fields.iter().enumerate().map(|(index, each)| {
        let (field, value) = (field(index), value(index));
        let inner = each.value_type();
        let outer = if each.optional().is_some() {
            quote!(::core::option::Option<#value>)
        } else {
            quote!(#value)
        };
        let reference = reference(model, index, each);
        let masked = each.guarded().then(|| {
            let (masked, ty) = (masked(index), &each.field.ty);
            quote!(type #masked = #ty;)
        });
        quote! {
            type #value = #inner;
            type #field = #outer;
            #masked
            #reference
        }
    });
    let key = model
        .key()
        .map(|index| fit(&tenancy, &key_fit(), &field(index), "ID"));
    let root = match (&model.attributes.root, model.role) {
        (Some(root), Role::TenantScoped) => {
            let root = &root.value;
            let fit = fit(
                &tenancy,
                &format_ident!("__RootFit"),
                &quote!(__Root),
                "ROOT",
            );
            Some(quote! {
                type __Root = #root;
                #fit
                type __UsedRoot = <__RootFit as #private::Or<__Root, #private::Nobody>>::Type;
            })
        }
        _ => None,
    };
    let database = match (&model.attributes.database, model.role) {
        (Some(database), Role::TenantRoot) => {
            let database = &database.value;
            Some(quote!(type __Database = #database;))
        }
        (None, Role::TenantRoot) => Some(quote!(type __Database = #tenancy::DefaultDatabase;)),
        _ => None,
    };
    let database = database.map(|alias| {
        let fit = fit(
            &tenancy,
            &format_ident!("__DatabaseFit"),
            &quote!(__Database),
            "DATABASE",
        );
        quote! {
            #alias
            #fit
            type __UsedDatabase =
                <__DatabaseFit as #private::Or<__Database, #private::StubDatabase>>::Type;
        }
    });
    quote! {
        #[allow(unused_imports)]
        use #private::Otherwise as _;
        #(#fields)*
        #key
        #root
        #database
    }
}

/// The model that a field refers to. The stand-in is the referring model itself.
fn reference(model: &Model<'_>, index: usize, field: &Field<'_>) -> Option<TokenStream> {
    let tenancy = model.krate();
    let private = quote!(#tenancy::__private);
    let ident = model.ident();
    let path = &field.attributes.belongs_to.as_ref()?.value;
    let (target, target_fit) = (target(index), target_fit(index));
    let fit = fit(&tenancy, &target_fit, &target, "MODEL");
    Some(quote! {
        type #target = #path;
        #fit

        #[automatically_derived]
        impl #private::Refers<#index> for #ident {
            type To = <#target_fit as #private::Or<#target, #ident>>::Type;
        }
    })
}
