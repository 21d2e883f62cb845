//! A new row gets its tenant from the token.

use tenancy_ui_tests::NewUser;
use uuid::Uuid;

fn create(elsewhere: Uuid) -> NewUser {
    NewUser {
        tenant_id: elsewhere,
        email: String::new(),
        age: 0,
        nickname: None,
    }
}

fn main() {}
