//! A model has no proof of whose it is.

use tenancy::Scoped;
use tenancy_ui_tests::User;

fn forge<'t>(model: User) -> Scoped<'t, User> {
    model.into()
}

fn main() {}
