//! The trait of models is unsafe to implement; the derive does it.

struct Evil;

impl tenancy::Model for Evil {}

fn main() {}
