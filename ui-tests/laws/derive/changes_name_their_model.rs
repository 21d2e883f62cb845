//! A set of changes is for a model.

#[derive(tenancy::Changes)]
struct UserPatch {
    email: Option<String>,
}

fn main() {}
