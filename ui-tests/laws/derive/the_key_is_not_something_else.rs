//! A primary key is given, random or generated, and nothing else.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Profile {
    #[tenancy(belongs_to = User)]
    id: Uuid,
    text: String,
}

fn main() {}
