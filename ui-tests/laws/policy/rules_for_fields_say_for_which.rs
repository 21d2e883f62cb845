//! Rules for no field would be of no effect.

use tenancy::{Masked, TenantScoped};
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
struct Employee {
    id: Uuid,
    #[tenancy(belongs_to = User)]
    user_id: Uuid,
    #[tenancy(guarded)]
    salary: Masked<i64>,
}

tenancy::policies! {
    Employee, actor: User {
        read { authorize_if always; }
        field() { authorize_if actor.age > 50; }
    }
}

fn main() {}
