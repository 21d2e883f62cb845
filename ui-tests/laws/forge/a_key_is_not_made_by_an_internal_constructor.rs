//! The constructor of a key is the library's own.

use tenancy::Key;
use tenancy_ui_tests::User;
use uuid::Uuid;

fn forge<'t>(id: Uuid) -> Key<'t, User> {
    Key::new(id, ())
}

fn main() {}
