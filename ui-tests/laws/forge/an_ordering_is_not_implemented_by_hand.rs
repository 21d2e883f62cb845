//! An ordering is made of columns, not of text.

use tenancy_ui_tests::User;

struct Evil;

impl tenancy::query::Ordering<User> for Evil {
    const TEXT: &'static str = "(SELECT 1)";
}

fn main() {}
