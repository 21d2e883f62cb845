//! A set of assignments is made of columns, not of text.

use tenancy_ui_tests::User;

struct Evil;

impl<'t> tenancy::expr::Assignments<'t, User> for Evil {
    const MASK: u128 = 0;
    const CONSTANT: bool = true;
    const SET: &'static str = "\"tenant_id\" = 1";
}

fn main() {}
