//! Rules for a field that everyone sees would be of no effect.

use tenancy::{Masked, TenantScoped};
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
struct Employee {
    id: Uuid,
    name: String,
    #[tenancy(guarded)]
    salary: Masked<i64>,
}

tenancy::policies! {
    Employee, actor: User {
        read { authorize_if always; }
        field(salary, name) { authorize_if actor.age > 50; }
    }
}

fn main() {}
