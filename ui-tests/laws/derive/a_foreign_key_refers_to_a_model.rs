//! Only a model is referred to.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

struct Person;

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Invoice {
    id: Uuid,
    #[tenancy(belongs_to = Person)]
    owner_id: Uuid,
}

fn main() {}
