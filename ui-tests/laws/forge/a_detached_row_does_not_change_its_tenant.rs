//! What a detached row remembers cannot be changed.

use tenancy::Detached;
use tenancy_ui_tests::User;

fn forge(mut row: Detached<User>, other: Detached<User>) -> Detached<User> {
    row.home = other.home;
    row
}

fn main() {}
