//! Whether a reference is proven is not for the caller to say.

use tenancy::Ref;
use tenancy_ui_tests::User;
use uuid::Uuid;

fn forge<'t>(id: Uuid) -> Ref<'t, User> {
    Ref { id, proof: Some(()) }
}

fn main() {}
