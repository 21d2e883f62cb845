//! With it, rules could be asked for conditions on what is hidden.

use tenancy::policy::action::Read;
use tenancy::{Acting, Model, Scope};
use tenancy_ui_tests::{Contract, Letter, Organization, User};

fn with_nothing<'t>(acme: &Acting<'t, Organization, User>) {
    let by = Scope::<Letter>::by(acme);
    Letter::COLUMNS.about_id.__look::<User, _, _>(Read, by, |_| ());
}

fn with_the_value_that_seals<'t>(acme: &Acting<'t, Organization, User>) {
    let seal = <Acting<'t, Organization, User> as Scope<'t, Contract>>::SEALED;
    let _ = Scope::<Contract>::by(acme, seal);
}

fn main() {}
