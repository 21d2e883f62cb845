//! A detached row remembers the tenant it came from, out of reach.

use tenancy::Detached;
use tenancy_ui_tests::User;

fn forge(model: User) -> Detached<User> {
    Detached {
        key: model.id,
        model,
        home: todo!(),
    }
}

fn main() {}
