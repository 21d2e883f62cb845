//! The databases are those that the library knows.

#[derive(Debug)]
struct Evil;

impl tenancy::Backend for Evil {}

fn main() {}
