//! What a detached row remembers cannot be changed.

use tenancy::Detached;
use tenancy_ui_tests::User;
use uuid::Uuid;

fn forge(mut row: Detached<User>, tenant: Uuid) -> Detached<User> {
    row.tenant = tenant;
    row
}

fn main() {}
