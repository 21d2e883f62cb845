//! A reference by id is spelled out: the statement has to prove it.

use tenancy::Ref;
use tenancy_ui_tests::User;
use uuid::Uuid;

fn refer<'t>(owner: Uuid) -> Ref<'t, User> {
    owner.into()
}

fn main() {}
