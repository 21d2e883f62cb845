//! A tenant does not become another one.

use tenancy::{Root, Scoped};
use tenancy_ui_tests::Organization;
use uuid::Uuid;

fn update(row: Scoped<'_, Organization>, elsewhere: Uuid) {
    let _ = Organization::update(&row).set(|o| o.id.to(elsewhere));
}

fn main() {}
