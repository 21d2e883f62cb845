//! The fields of a set of changes are named after columns.

use tenancy_ui_tests::User;

#[derive(tenancy::Changes)]
#[tenancy(model = User)]
struct UserPatch(Option<String>);

fn main() {}
