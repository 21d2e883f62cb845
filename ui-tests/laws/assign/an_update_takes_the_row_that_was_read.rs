//! An update of one row takes the row, not its id: who passes an id has not read it.

use tenancy::TenantScoped;
use tenancy_ui_tests::User;
use uuid::Uuid;

fn update(id: Uuid) {
    let _ = User::update(id);
}

fn main() {}
