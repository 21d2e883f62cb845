//! A partial update may leave every column as it is.

use tenancy_ui_tests::User;

#[derive(tenancy::Changes)]
#[tenancy(model = User)]
struct UserPatch {
    email: String,
}

fn main() {}
