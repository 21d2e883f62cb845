//! What is said about a table is said at its model.

use tenancy_ui_tests::{Organization, User};

#[derive(tenancy::Changes)]
#[tenancy(model = User, root = Organization, table = "users", global = true)]
struct UserPatch {
    #[tenancy(default)]
    email: Option<String>,
}

fn main() {}
