//! A key that is no id is a mistake of its model, and of no other.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Invoice {
    id: bool,
}

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Line {
    id: Uuid,
    #[tenancy(belongs_to = Invoice)]
    invoice_id: bool,
}

fn main() {
    let _ = Line::query().filter(|l| l.invoice_id.eq(true));
}
