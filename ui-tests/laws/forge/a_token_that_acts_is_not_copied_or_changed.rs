//! Who acts, and on which tenant, does not change.

use tenancy::{Acting, Tenant};
use tenancy_ui_tests::{Organization, User};

fn another_tenant<'t>(
    one: &mut Acting<'t, Organization, User>,
    other: &mut Tenant<'t, Organization>,
) {
    std::mem::swap(&mut **one, other);
}

fn another_token<'t>(one: &Acting<'t, Organization, User>) -> Acting<'t, Organization, User> {
    one.clone()
}

fn main() {}
