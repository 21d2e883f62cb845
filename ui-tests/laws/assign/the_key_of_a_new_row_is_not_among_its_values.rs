//! A key that the library makes is not given.

use tenancy_ui_tests::NewUser;
use uuid::Uuid;

fn create(id: Uuid) -> NewUser {
    NewUser {
        id,
        email: String::new(),
        age: 0,
        nickname: None,
    }
}

fn main() {}
