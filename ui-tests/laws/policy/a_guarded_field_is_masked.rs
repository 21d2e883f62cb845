//! A value that some do not see is of a type that says so.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
struct Employee {
    id: Uuid,
    #[tenancy(guarded)]
    salary: i64,
    #[tenancy(guarded)]
    bonus: Option<i64>,
}

tenancy::policies! {
    Employee, actor: User {
        read { authorize_if always; }
        field(salary, bonus) { authorize_if actor.age > 50; }
    }
}

fn main() {}
