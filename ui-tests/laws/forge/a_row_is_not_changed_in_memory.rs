//! A row is what was read: changes go through an update.

use tenancy::Scoped;
use tenancy_ui_tests::User;
use uuid::Uuid;

fn change(mut user: Scoped<'_, User>, elsewhere: Uuid) {
    user.tenant_id = elsewhere;
}

fn main() {}
