//! There are two directions.

struct Evil;

impl tenancy::query::Direction for Evil {
    const WORD: &'static str = "; DELETE FROM users";
    const NULLS: u8 = 0;
    const SEALED: () = ();
}

fn main() {}
