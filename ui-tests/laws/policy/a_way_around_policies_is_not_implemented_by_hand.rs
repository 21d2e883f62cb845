//! Only the library says what it means that a model has policies.

#![forbid(unsafe_code)]

use tenancy::policy::{By, ByPolicies, Maskable, Permits, Questions, Rules, action};
use tenancy::{NoActor, TenantScoped};
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
struct Secret {
    id: Uuid,
}

impl Permits<Secret, NoActor, action::Read> for ByPolicies {
    const NAMED: u128 = 0;
    const PARTS: &'static [&'static Rules] = &[];
    const RETURNED: &'static [&'static Rules] = &[];

    fn ask<Q: Questions<Secret>>(_: By<'_, NoActor>, _: Option<&Secret>, _: &mut Q) {}

    fn permit<V: Maskable<Secret>>(_: By<'_, NoActor>, visit: V) -> V::Output {
        visit.all()
    }

    fn returned<V: Maskable<Secret>>(_: By<'_, NoActor>, visit: V) -> V::Output {
        visit.all()
    }
}

fn main() {}
