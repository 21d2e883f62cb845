//! What the database fills in is not given.

use tenancy::Ref;
use tenancy_ui_tests::{NewDocument, User};

fn create<'t>(owner: Ref<'t, User>) -> NewDocument<'t> {
    NewDocument {
        owner_id: owner,
        reviewer_id: None,
        title: String::new(),
        views: 0,
        search: String::new(),
    }
}

fn main() {}
