//! A brand is not `'static`, whatever the row is kept in.

use tenancy::Key;
use tenancy_ui_tests::User;

fn grow<'a>(key: Key<'a, User>) -> Key<'static, User> {
    key
}

fn main() {}
