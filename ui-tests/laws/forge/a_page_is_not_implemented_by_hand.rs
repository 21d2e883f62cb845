//! A page is a limit and an offset.

#[derive(Clone, Copy)]
struct Evil;

impl tenancy::query::page::Page for Evil {
    const TEXT: &'static str = " LIMIT 1; --";
}

fn main() {}
