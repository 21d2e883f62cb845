//! PostgreSQL cuts names off after 63 bytes, and then two of them may be equal.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(
    root = Organization,
    table = "a_name_that_is_so_long_that_the_database_would_cut_it_off_somewhere"
)]
struct Invoice {
    id: Uuid,
    number: String,
}

fn main() {}
