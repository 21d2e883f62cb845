//! Where a column and a constant have the same name, it is said which of them is meant.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

#[allow(non_snake_case)]
#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
struct Page {
    id: Uuid,
    number: i64,
    URGENT: i64,
}

const URGENT: i64 = 99;

tenancy::policies! {
    Page, actor: User {
        read { authorize_if number == URGENT; }
        update { authorize_if URGENT == 1; }
    }
}

fn main() {}
