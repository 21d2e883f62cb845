//! How one calculates with a column is the library's: a calculation that can fail tells of rows that are hidden.

use tenancy::expr::{Exactly, Number};

struct Cents;

impl Number for Cents {
    type How = Exactly<i64>;
}

fn main() {}
