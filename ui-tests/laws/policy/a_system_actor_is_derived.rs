//! Only what was derived acts for the program.

use tenancy::Tenant;
use tenancy_ui_tests::Organization;

fn f(acme: Tenant<'_, Organization>) {
    let _ = acme.as_system("billing", "nightly invoices");
}

fn main() {}
