//! A set of changes names columns of its model.

use tenancy_ui_tests::User;

#[derive(tenancy::Changes)]
#[tenancy(model = User)]
struct UserPatch {
    emial: Option<String>,
}

fn main() {}
