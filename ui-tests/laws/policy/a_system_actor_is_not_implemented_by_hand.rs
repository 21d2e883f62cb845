//! A system actor is derived, not implemented.

#[derive(Debug)]
struct Cron;

impl tenancy::SystemActor for Cron {
    fn name(&self) -> &'static str {
        "cron"
    }
}

fn main() {}
