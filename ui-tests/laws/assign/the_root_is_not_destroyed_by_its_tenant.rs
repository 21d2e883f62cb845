//! A tenant reads and updates its own row; it does not remove itself.

use tenancy::Scoped;
use tenancy_ui_tests::Organization;

fn remove(row: Scoped<'_, Organization>) {
    let _ = Organization::destroy(&row);
}

fn main() {}
