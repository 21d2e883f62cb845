//! A key comes from a row; an id that is not proven yet is a `Ref::by_id`.

use tenancy::Key;
use tenancy_ui_tests::User;
use uuid::Uuid;

fn forge<'t>(id: Uuid) -> Key<'t, User> {
    id.into()
}

fn main() {}
