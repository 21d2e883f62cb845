//! A row in the tenant's own database does not refer to one in the database that tenants share, nor the other
//! way round.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Company, Ledger, Person};
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Company, strategy = database)]
struct Receipt {
    id: Uuid,
    #[tenancy(belongs_to = Person)]
    author_id: Uuid,
}

#[derive(TenantScoped)]
#[tenancy(root = Company)]
struct Share {
    id: Uuid,
    #[tenancy(belongs_to = Ledger)]
    ledger_id: Uuid,
}

fn main() {}
