//! A change has a value of the column's type.

use tenancy_ui_tests::User;

#[derive(tenancy::Changes)]
#[tenancy(model = User)]
struct UserPatch {
    age: Option<String>,
}

fn main() {}
