//! A row is made of the values of its own model.

use tenancy::TenantScoped;
use tenancy_ui_tests::{NewPlan, User};

fn create(new: NewPlan) {
    let _ = User::create(new);
}

fn main() {}
