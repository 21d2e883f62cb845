//! A part of a statement is made by the library, or it could be any SQL.

struct Evil;

impl tenancy::expr::Node for Evil {
    const TEXT: &'static str = "1=1) OR (1=1";
}

fn main() {}
