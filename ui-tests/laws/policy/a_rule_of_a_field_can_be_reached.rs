//! Rules for fields are looked at as those of actions are.

use tenancy::{Masked, TenantScoped};
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
struct Page {
    id: Uuid,
    number: i64,
    #[tenancy(guarded)]
    price: Masked<i64>,
}

tenancy::policies! {
    Page, actor: User {
        read { authorize_if always; }
        field price { authorize_if always; forbid_if number == 1; }
    }
}

fn main() {}
