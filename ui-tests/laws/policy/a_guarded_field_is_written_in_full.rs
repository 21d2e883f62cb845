//! The derive sees what is written, and does not look through an alias.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

type Money = tenancy::Masked<i64>;

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
struct Employee {
    id: Uuid,
    #[tenancy(guarded)]
    salary: Money,
}

tenancy::policies! {
    Employee, actor: User {
        read { authorize_if always; }
        field salary { authorize_if actor.age > 50; }
    }
}

fn main() {}
