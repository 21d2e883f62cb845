//! Rules for what the program does on the database, outside of tenants, cannot ask rows of a tenant: there is none.

use tenancy::{NoTenant, TenantScoped};
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, global = true, policies, table = "people")]
struct Person {
    id: Uuid,
    email: String,
}

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Member {
    id: Uuid,
    #[tenancy(belongs_to = Person)]
    person_id: Uuid,
    admin: bool,
}

tenancy::policies! {
    Person, actor: NoTenant {
        relation members = Member.person_id;
        read { authorize_if members.any(|member| member.admin); }
    }
}

fn main() {}
