//! An id proves nothing, also in a new row.

use tenancy_ui_tests::NewDocument;
use uuid::Uuid;

fn create(owner: Uuid) -> NewDocument<'static> {
    NewDocument {
        owner_id: owner,
        reviewer_id: None,
        title: String::new(),
        views: 0,
    }
}

fn main() {}
