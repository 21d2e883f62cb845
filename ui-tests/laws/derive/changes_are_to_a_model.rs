//! Only a model is changed, and what is no model is one mistake.

struct Person;

#[derive(tenancy::Changes)]
#[tenancy(model = Person)]
struct PersonPatch {
    name: Option<String>,
}

fn main() {}
