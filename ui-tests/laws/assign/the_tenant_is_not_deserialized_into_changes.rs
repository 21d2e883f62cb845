//! A partial update from a client does not move the row.

use tenancy_ui_tests::User;
use uuid::Uuid;

#[derive(tenancy::Changes)]
#[tenancy(model = User)]
struct UserPatch {
    tenant_id: Option<Uuid>,
}

fn main() {}
