//! A condition is made of columns and values; text is never SQL.

use tenancy::Condition;
use tenancy_ui_tests::User;

fn forge(text: String) -> Condition<User, tenancy::expr::All> {
    Condition::new(text)
}

fn main() {}
