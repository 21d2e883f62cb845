//! A brand does not shrink to fit: one that outlives another is still another tenant's.

use tenancy::Scoped;
use tenancy_ui_tests::User;

fn shrink<'a: 'b, 'b>(row: Scoped<'a, User>) -> Scoped<'b, User> {
    row
}

fn main() {}
