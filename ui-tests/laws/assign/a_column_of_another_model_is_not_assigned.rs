//! An update assigns columns of its own table.

use tenancy::{Scoped, TenantScoped};
use tenancy_ui_tests::{Document, User};

async fn update(user: Scoped<'_, User>) {
    let document = <Document as tenancy::Model>::COLUMNS;
    let _ = User::update(&user).set(|_| document.title.to("Q3"));
}

fn main() {}
