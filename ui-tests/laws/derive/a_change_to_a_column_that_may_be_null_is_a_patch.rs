//! An `Option` cannot tell what is left out from what becomes NULL.

use tenancy_ui_tests::User;

#[derive(tenancy::Changes)]
#[tenancy(model = User)]
struct UserPatch {
    nickname: Option<String>,
}

fn main() {}
