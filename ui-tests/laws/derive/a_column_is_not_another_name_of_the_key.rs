//! SQLite has three more names for an integer key: what must not be assigned could be by one of them.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization)]
struct Setting {
    id: Uuid,
    #[tenancy(default)]
    rowid: i64,
    #[tenancy(column = "_RowId_")]
    number: i64,
}

fn main() {}
