//! A statement that proves an id would tell whether a row exists that may not be read.

use tenancy::Ref;
use tenancy_ui_tests::Letter;
use uuid::Uuid;

fn refer<'t>(id: Uuid) -> Ref<'t, Letter> {
    Ref::by_id(id)
}

fn main() {}
