//! A leaked place would be a brand without an end, so safe code cannot guard one.

fn forge(place: tenancy::__private::Place) {
    let place: &'static _ = Box::leak(Box::new(place));
    tenancy::tenant::RowsOfTwoTenantsWereMixedOrATokenWasBorrowedForItsOwnBrand::guarded_by_enter(place);
}

fn main() {}
