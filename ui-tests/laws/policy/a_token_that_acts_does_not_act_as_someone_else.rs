//! Whoever is given the token of a user cannot make it that of another one, or of the program itself.

use tenancy::{Acting, Scoped};
use tenancy_ui_tests::{Organization, User};

#[derive(Debug, tenancy::SystemActor)]
struct Billing;

fn another<'t>(
    ann: Acting<'t, Organization, User>,
    ben: Scoped<'t, User>,
) -> Acting<'t, Organization, User> {
    ann.acting_as(ben)
}

fn program<'t>(ann: Acting<'t, Organization, User>) -> Acting<'t, Organization, Billing> {
    ann.as_system(Billing, "nobody asked for it")
}

fn main() {}
