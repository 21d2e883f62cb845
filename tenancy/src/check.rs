//! Obligations that the derives put on the types of a struct, so that rustc checks them.

use crate::model::{Model, TenantRoot};

/// The field is of the type that identifies tenants of `R`.
pub const fn tenant_column<T: TenantColumnOf<R>, R: TenantRoot>() {}

/// The type of the tenant column of a model with root `R`.
#[diagnostic::on_unimplemented(
    message = "the tenant column must be of the type of `{R}`'s primary key, not `{Self}`",
    label = "not the type of `{R}`'s primary key"
)]
pub trait TenantColumnOf<R> {}

impl<R: TenantRoot> TenantColumnOf<R> for <R as Model>::Key {}

/// The field is of the type of `R`'s primary key.
pub const fn foreign_key<T: ForeignKeyTo<R>, R: Model>() {}

/// The type of a foreign key to `R`.
#[diagnostic::on_unimplemented(
    message = "a foreign key to `{R}` must be of the type of its primary key, not `{Self}`",
    label = "not the type of `{R}`'s primary key"
)]
pub trait ForeignKeyTo<R> {}

impl<R: Model> ForeignKeyTo<R> for <R as Model>::Key {}

/// Both models have the same tenants.
pub const fn same_root<M: Model, R: Model + OfRoot<M::Root>>() {}

/// A model with the root `R`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not belong to the tenants of `{R}`, so it cannot be referred to",
    label = "a model of another tenant root"
)]
pub trait OfRoot<R> {}

impl<M: Model> OfRoot<<M as Model>::Root> for M {}
