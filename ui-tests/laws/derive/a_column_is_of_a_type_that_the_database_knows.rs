//! A column is of a type that sqlx can read and write.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

struct Money {
    cents: i64,
}

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Invoice {
    id: Uuid,
    total: Money,
}

fn main() {}
