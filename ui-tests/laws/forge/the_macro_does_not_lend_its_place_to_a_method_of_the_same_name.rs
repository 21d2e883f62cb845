//! A trait with a method of the same name does not come between `enter!` and the place of its brand: it
//! could leak it.

#![forbid(unsafe_code)]

use tenancy::__private::Place;
use tenancy::{VerifiedTenant};
use tenancy_ui_tests::Organization;

trait Steal: Sized {
    fn guard(self) -> Self;
}

impl Steal for Place {
    fn guard(self) -> Self {
        self
    }
}

fn steal(one: VerifiedTenant<Organization>) -> Place {
    tenancy::enter!(acme = one);
    acme
}

fn main() {}
