//! The assignments of a creation do not name the tenant either.

use tenancy::TenantScoped;
use tenancy_ui_tests::{NewUser, User};
use uuid::Uuid;

fn create(new: NewUser, elsewhere: Uuid) {
    let _ = User::create(new).set(|u| u.tenant_id.to(elsewhere));
}

fn main() {}
