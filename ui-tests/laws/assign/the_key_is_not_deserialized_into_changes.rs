//! A partial update from a client does not change which row it is.

use tenancy_ui_tests::User;
use uuid::Uuid;

#[derive(tenancy::Changes)]
#[tenancy(model = User)]
struct UserPatch {
    id: Option<Uuid>,
}

fn main() {}
