//! Every column without a default has a value in a new row.

use tenancy_ui_tests::NewUser;

fn create() -> NewUser {
    NewUser {
        email: String::new(),
        age: 0,
    }
}

fn main() {}
