//! A root that does not exist is one message.

use tenancy::TenantScoped;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organisation)]
struct Invoice {
    id: Uuid,
    number: String,
}

fn main() {}
