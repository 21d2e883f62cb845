//! A removal of one row takes the row, not its id.

use tenancy::TenantScoped;
use tenancy_ui_tests::User;
use uuid::Uuid;

fn remove(id: Uuid) {
    let _ = User::destroy(id);
}

fn main() {}
