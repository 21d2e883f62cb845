//! A newtype becomes a key by a derive.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(Debug, Clone)]
struct InvoiceId(Uuid);

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Invoice {
    id: InvoiceId,
    number: String,
}

fn main() {}
