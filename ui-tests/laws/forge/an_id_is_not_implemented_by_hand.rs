//! An id type with code of its own could change which tenant a token stands for.

struct Lying(std::cell::Cell<u32>);

impl tenancy::Id for Lying {
    type Repr = i64;
    fn repr(&self) -> &i64 {
        &0
    }
    fn from_repr(_: i64) -> Self {
        unimplemented!()
    }
}

fn main() {}
