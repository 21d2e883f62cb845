//! What rustc has to check: obligations that carry the span of the type in question.
//!
//! An obligation is `<T as Trait>::CHECKED`, and never a bound of a function: rustc quotes the function
//! in its message, and users know nothing of it.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::spanned::Spanned as _;
use syn::{Ident, Type};

use super::{insert, types};
use crate::model::{Field, Model, Role};

/// All that a model owes.
///
/// Where the type that an obligation is about depends on another that is not fit, it is replaced by
/// the one that is demanded.
pub(super) fn all(model: &Model<'_>) -> TokenStream {
    let tenancy = model.krate();
    let private = quote!(#tenancy::__private);
    let key = model.key().map(|index| {
        let at = &model.fields[index].field.ty;
        demand(at, &types::field(index), &quote!(#tenancy::Id))
    });
    let place = match (&model.attributes.root, model.role) {
        (Some(root), Role::TenantScoped) => {
            demand(&root.value, &quote!(__Root), &quote!(#tenancy::TenantRoot))
        }
        (_, Role::TenantScoped) => TokenStream::new(),
        (_, Role::TenantRoot) => {
            let bound = quote!(#private::Known);
            let known = match &model.attributes.database {
                Some(database) => demand(&database.value, &quote!(__Database), &bound),
                None => demand(model.ident(), &quote!(__Database), &bound),
            };
            let rls = model.attributes.rls.as_ref().map(|rls| {
                demand(
                    &rls.name,
                    &quote!(__UsedDatabase),
                    &quote!(#private::HasRowSecurity),
                )
            });
            let schema = model.attributes.schema.as_ref().map(|schema| {
                demand(
                    &schema.name,
                    &quote!(__UsedDatabase),
                    &quote!(#private::HasSchemas),
                )
            });
            quote!(#known #rls #schema)
        }
    };
    let strategy = match &model.attributes.strategy {
        Some(strategy) if model.in_schema() => demand(
            &strategy.value,
            &quote!(<__RootFit as #private::Or<
                <__UsedRoot as #tenancy::TenantRoot>::Database,
                #private::Nobody,
            >>::Type),
            &quote!(#private::HasSchemas),
        ),
        Some(strategy) if model.in_database() => demand(
            &strategy.value,
            &quote!(<__RootFit as #private::Or<
                <__UsedRoot as #tenancy::TenantRoot>::Isolation,
                #private::Nobody,
            >>::Type),
            &quote!(#private::HasDatabases),
        ),
        _ => TokenStream::new(),
    };
    let fields = model.fields.iter().enumerate().map(|(index, field)| {
        if model.is_tenant(field) {
            tenant(model, index, field)
        } else if let Some(belongs_to) = &field.attributes.belongs_to {
            reference(model, index, field, &belongs_to.value)
        } else {
            TokenStream::new()
        }
    });
    quote!(#key #place #strategy #(#fields)*)
}

/// The tenant column is of the type of the root's key.
fn tenant(model: &Model<'_>, index: usize, field: &Field<'_>) -> TokenStream {
    let tenancy = model.krate();
    let private = quote!(#tenancy::__private);
    let ty = types::value(index);
    let key = quote!(<__UsedRoot as #tenancy::Model>::Key);
    demand(
        &field.field.ty,
        &quote!(<__RootFit as #private::Or<#ty, #key>>::Type),
        &quote!(#private::TenantColumn<#key>),
    )
}

/// A foreign key refers to a model of the same root, by its key, and within its tenant.
fn reference(model: &Model<'_>, index: usize, field: &Field<'_>, path: &syn::Path) -> TokenStream {
    let tenancy = model.krate();
    let private = quote!(#tenancy::__private);
    let (ty, target, fit) = (
        types::value(index),
        types::target(index),
        types::target_fit(index),
    );
    let referred = types::referred(model, index);
    let root = types::root(model);
    let ident = model.ident();
    let key = quote!(<#referred as #tenancy::Model>::Key);
    let is_model = demand(path, &target, &quote!(#tenancy::Model));
    let is_key = demand(
        field.value_type(),
        &quote!(<#fit as #private::Or<#ty, #key>>::Type),
        &quote!(#private::ForeignKeyOf<#key>),
    );
    let same_root = demand(
        path,
        &quote!(<__RootFit as #private::Or<<#referred as #tenancy::Model>::Root, #root>>::Type),
        &quote!(#private::IsRoot<#root>),
    );
    let may_refer = demand(path, &referred, &quote!(#private::ReferredBy<#ident>));
    quote!(#is_model #is_key #same_root #may_refer)
}

/// Demands that `ty` implements `bound`, in a message that underlines `at`.
pub(crate) fn demand(at: &impl ToTokens, ty: &impl ToTokens, bound: &TokenStream) -> TokenStream {
    let at = spanned(at, ty.to_token_stream());
    quote!(let _ = <#at as #bound>::CHECKED;)
}

/// `<T as Writable<…>>::item` for the type of a field, or `Readable` if a new row does not hold it.
///
/// Both are named where rows are read and where they are written. rustc drops the second of two
/// messages that are the same.
pub(super) fn stored(
    model: &Model<'_>,
    index: usize,
    field: &Field<'_>,
    item: &str,
) -> TokenStream {
    let tenancy = model.krate();
    let private = quote!(#tenancy::__private);
    let ident = model.ident();
    let item = format_ident!("{item}");
    let ty = under(field.stored_type(), &types::field(index));
    let bound = if insert::is_value(model, index, field) {
        quote!(Writable)
    } else {
        quote!(Readable)
    };
    quote!(<#ty as #private::#bound<#private::DatabaseOf<#ident>>>::#item)
}

/// Reads the value of a field. Of a guarded one the row says at the position `visible` whether it may be seen.
pub(super) fn read(
    model: &Model<'_>,
    index: usize,
    field: &Field<'_>,
    visible: usize,
) -> TokenStream {
    if !field.guarded() {
        let get = stored(model, index, field, "get");
        return quote!(#get(row, #index));
    }
    let get = stored(model, index, field, "get_masked");
    let tenancy = model.krate();
    let private = quote!(#tenancy::__private);
    let ident = model.ident();
    let read = masked(model, index, field, "read");
    quote!(#read::<#private::DatabaseOf<#ident>>(row, #index, #visible, #get))
}

/// A function of `MaskedOf`, which says that the type of a guarded field is tenancy's own.
pub(super) fn masked(
    model: &Model<'_>,
    index: usize,
    field: &Field<'_>,
    item: &str,
) -> TokenStream {
    let tenancy = model.krate();
    let private = quote!(#tenancy::__private);
    let item = format_ident!("{item}");
    let masked = under(&field.field.ty, &types::masked(index));
    let stored = types::field(index);
    quote!(<#masked as #private::MaskedOf<#stored>>::#item)
}

/// `<T as Version>::number`.
pub(super) fn number(model: &Model<'_>, index: usize, ty: &Type) -> TokenStream {
    let tenancy = model.krate();
    let ty = under(ty, &types::field(index));
    quote!(<#ty as #tenancy::__private::Version>::number)
}

/// `<K as RandomKey>::random`.
pub(super) fn random(model: &Model<'_>, field: &Field<'_>) -> TokenStream {
    let tenancy = model.krate();
    let private = quote!(#tenancy::__private);
    let ident = model.ident();
    let key = under(&field.field.ty, &format_ident!("__Random"));
    quote!({
        type __Random = #private::KeyOf<#ident>;
        <#key as #private::RandomKey>::random
    })
}

/// `alias` with a span from the first token of `at` to the last.
fn under(at: &impl ToTokens, alias: &Ident) -> TokenStream {
    spanned(at, alias.to_token_stream())
}

/// The type `ty` with a span from the first token of `at` to the last.
///
/// An identifier has one span, which would underline no more than `sqlx` of `sqlx::Sqlite`. An empty list
/// of parameters takes the other end.
pub(crate) fn spanned(at: &impl ToTokens, ty: TokenStream) -> TokenStream {
    let mut tokens = at.to_token_stream().into_iter();
    let first = tokens
        .next()
        .map_or_else(|| at.span(), |token| token.span());
    let last = tokens.last().map_or(first, |token| token.span());
    let mut ty: Vec<TokenTree> = ty.into_iter().collect();
    if ty.len() == 1 {
        ty.extend(quote!(<>));
    }
    if let Some(token) = ty.first_mut() {
        token.set_span(first);
    }
    if let Some(token) = ty.last_mut() {
        token.set_span(last);
    }
    ty.into_iter().collect()
}
