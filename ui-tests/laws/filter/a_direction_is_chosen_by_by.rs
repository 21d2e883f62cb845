//! Which way to sort is part of a query's type, unless `by` chooses it while the program runs.

use tenancy::TenantScoped;
use tenancy_ui_tests::User;

fn sorted(descending: bool) {
    let _ = User::query().order_by(|u| {
        if descending {
            u.age.desc()
        } else {
            u.age.asc()
        }
    });
}

fn main() {}
