//! A row that counts as a tenant's was read on it.

use tenancy::Scoped;
use tenancy_ui_tests::User;
use uuid::Uuid;

fn forge<'t>(model: User, key: Uuid) -> Scoped<'t, User> {
    Scoped { model, key }
}

fn main() {}
