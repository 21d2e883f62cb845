//! A detached row remembers the tenant it came from, out of reach.

use tenancy::Detached;
use tenancy_ui_tests::User;
use uuid::Uuid;

fn forge(model: User, tenant: Uuid) -> Detached<User> {
    Detached {
        key: model.id,
        model,
        tenant,
    }
}

fn main() {}
