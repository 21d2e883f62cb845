//! The place whose borrow is a brand, and the guard that keeps brands apart.
#![allow(unsafe_code)]

use crate::model::brand::Brand;
use crate::model::contract::TenantRoot;
use crate::tenant::token::Tenant;
use crate::tenant::verified::VerifiedTenant;
use std::marker::PhantomData;

/// The place whose borrow is a brand; [`enter!`](crate::enter) declares it.
#[doc(hidden)]
#[derive(Debug)]
pub struct Place(());

impl Place {
    /// A new place.
    ///
    /// # Safety
    ///
    /// It must be declared by [`enter!`](crate::enter): a place that is leaked, or that two brands
    /// share, would let two tenants share a brand.
    #[must_use]
    pub const unsafe fn declared_by_enter() -> Self {
        Self(())
    }
}

// Dropping the place ends every borrow of it, on every path out of the function, also on those
// that only unwinding takes. Without this impl two brands unify in functions that never return.
impl Drop for Place {
    fn drop(&mut self) {}
}

/// Keeps the brands of two [`enter!`](crate::enter)s apart.
///
/// Nothing is to be done with it: its name is what the compiler says where rows, keys or transactions
/// of two tenants meet.
///
/// ```text
/// error[E0597]: `globex` does not live long enough
///    | …
///    | borrow might be used here, when `acme` is dropped and runs the `Drop` code for type `RowsOfTwoTenantsWereMixedOrATokenWasBorrowedForItsOwnBrand`
/// ```
///
/// It names the two tenants, not the place where they meet: look for a line that uses what was read
/// on one of them together with the other. If there is but one tenant, look for a reference to the token whose
/// lifetime is that of the brand: `&'t Tenant<'t, _>` borrows the token until after it is gone, and
/// `&'a Tenant<'t, _>` does not.
#[derive(Debug)]
pub struct RowsOfTwoTenantsWereMixedOrATokenWasBorrowedForItsOwnBrand<'t>(PhantomData<Brand<'t>>);

impl<'t> RowsOfTwoTenantsWereMixedOrATokenWasBorrowedForItsOwnBrand<'t> {
    /// The guard that keeps the brand `'t` apart from all others.
    ///
    /// # Safety
    ///
    /// As for [`Place::declared_by_enter`]: once for each place, and the guard must be dropped where it was
    /// declared.
    #[doc(hidden)]
    #[must_use]
    pub const unsafe fn guarded_by_enter(_: &'t Place) -> Self {
        Self(PhantomData)
    }

    /// The tenant under this guard's brand.
    ///
    /// # Safety
    ///
    /// Once for each guard: two tenants under one guard would share a brand.
    #[doc(hidden)]
    pub unsafe fn entered_by_enter<T: TenantRoot>(
        &self,
        verified: VerifiedTenant<T>,
    ) -> Tenant<'t, T> {
        Tenant::enter(verified)
    }
}

// A guard that is dropped after the place of a later one uses its brand there, so the two brands
// cannot be the same.
impl Drop for RowsOfTwoTenantsWereMixedOrATokenWasBorrowedForItsOwnBrand<'_> {
    fn drop(&mut self) {}
}
