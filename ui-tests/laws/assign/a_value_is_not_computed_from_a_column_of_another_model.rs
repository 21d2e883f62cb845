//! An update computes with columns of its own table.

use tenancy::{Scoped, TenantScoped};
use tenancy_ui_tests::{Document, User};

async fn update(user: Scoped<'_, User>) {
    let document = <Document as tenancy::Model>::COLUMNS;
    let _ = User::update(&user).set(|u| u.age.to(document.views.plus(1)));
}

fn main() {}
