//! Obligations that rustc checks, each a trait with a message.
//!
//! They compare types by a blanket impl for the type itself. An equality of associated types would do
//! as well, but rustc calls its failure a type mismatch and says nothing of what is meant.

use crate::execute::Context;
use crate::model::{Global, Model, TenantRoot, Tenanted};

/// The field is of the type that identifies tenants of `R`.
pub const fn tenant_column<T: TenantColumn<R::Key>, R: TenantRoot>() {}

/// The type of the tenant column, if tenants are identified by `K`.
#[diagnostic::on_unimplemented(
    message = "the tenant column must be of the type of the tenant root's primary key: `{K}`, not `{Self}`",
    label = "not the type of the root's primary key"
)]
pub trait TenantColumn<K> {}

impl<K> TenantColumn<Self> for K {}

/// The field is of the type of `R`'s primary key.
pub const fn foreign_key<T: ForeignKeyOf<R::Key>, R: Model>() {}

/// The type of a foreign key to a model whose primary key is of the type `K`.
#[diagnostic::on_unimplemented(
    message = "a foreign key must be of the type of the primary key that it refers to: `{K}`, not `{Self}`",
    label = "not the type of the primary key that it refers to"
)]
pub trait ForeignKeyOf<K> {}

impl<K> ForeignKeyOf<Self> for K {}

/// Both models have the same tenants.
pub const fn same_root<M: Model, R: Model<Root: IsRoot<M::Root>>>() {}

/// The tenant root `T` itself. Sealed.
#[diagnostic::on_unimplemented(
    message = "rows of a tenant of `{Self}` have nothing to do with a tenant of `{T}`",
    label = "`{Self}` and `{T}` are different tenant roots"
)]
pub trait IsRoot<T: TenantRoot>: TenantRoot {
    /// The same context.
    #[doc(hidden)]
    fn context(context: Context<'_, T>) -> Context<'_, Self>;
}

impl<T: TenantRoot> IsRoot<Self> for T {
    fn context(context: Context<'_, T>) -> Context<'_, T> {
        context
    }
}

/// The number of a version.
pub fn version<T: Version>(version: T) -> i64 {
    version.number()
}

/// A type that counts the versions of a row.
#[diagnostic::on_unimplemented(
    message = "a version counts, so it cannot be of the type `{Self}`",
    label = "expected `i64`, `i32` or `i16`"
)]
pub trait Version: Copy {
    #[doc(hidden)]
    fn number(self) -> i64;
}

macro_rules! versions {
    ($($ty:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Version for $ty {
            fn number(self) -> i64 {
                self.into()
            }
        }
    )*};
}

versions! { i16 i32 i64 }

/// Rows of the scoping `S` may refer to rows of the scoping `R`.
pub const fn referred<R: ReferredFrom<S>, S>() {}

/// A scoping whose rows may be referred to from rows of the scoping `S`.
#[diagnostic::on_unimplemented(
    message = "rows that all tenants share cannot refer to a row of one of them",
    label = "the rows of this model belong to tenants",
    note = "leave out `global = true`, or refer to a model that has it, too"
)]
pub trait ReferredFrom<S> {}

impl ReferredFrom<Self> for Tenanted {}
impl ReferredFrom<Tenanted> for Global {}
impl ReferredFrom<Self> for Global {}
