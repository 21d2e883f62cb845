//! A system actor is known by its name alone.

#[derive(Debug, tenancy::SystemActor)]
enum System {
    Billing,
    Cleanup(String),
}

fn main() {}
