//! A type is not the library's by its name.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

#[derive(Debug)]
struct Masked<T>(T);

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
struct Employee {
    id: Uuid,
    #[tenancy(guarded)]
    salary: Masked<i64>,
}

tenancy::policies! {
    Employee, actor: User {
        read { authorize_if always; }
        field salary { authorize_if actor.age > 50; }
    }
}

fn main() {}
