//! A row gives its model to look at; taking it out gives up the proof.

use tenancy::Scoped;
use tenancy_ui_tests::User;

fn change<'t>(user: &mut Scoped<'t, User>, other: User) -> User {
    std::mem::replace(&mut **user, other)
}

fn main() {}
