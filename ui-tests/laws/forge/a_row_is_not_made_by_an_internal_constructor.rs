//! The constructor of a row is the library's own.

use tenancy::Scoped;
use tenancy_ui_tests::User;
use uuid::Uuid;

fn forge<'t>(model: User, key: Uuid) -> Scoped<'t, User> {
    Scoped::new(model, key, ())
}

fn main() {}
