//! Whether rows of tenants may be looked into from shared ones is the library's to say.

struct Mine;

impl tenancy::model::Scoping for Mine {
    const SEALED: () = ();
    const TENANTED: bool = true;
}

impl tenancy::model::SeenFrom<tenancy::__private::Global> for Mine {
    const SEALED: () = ();
}

fn main() {}
