//! A field that is not seen is hidden: nothing is denied, so no code would be told.

use tenancy::{Masked, TenantScoped};
use tenancy_ui_tests::{Document, Organization, User};
use uuid::Uuid;

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
struct Page {
    id: Uuid,
    number: i64,
    #[tenancy(guarded)]
    price: Masked<i64>,
}

tenancy::policies! {
    Page, actor: User {
        read { authorize_if always; }
        field price { forbid_if number == 1 => "one"; authorize_if always; }
    }
}

tenancy::policies! {
    Page, actor: Document {
        read { authorize_if always; }
        field price => "expensive" { authorize_if number == 1; }
    }
}

fn main() {}
