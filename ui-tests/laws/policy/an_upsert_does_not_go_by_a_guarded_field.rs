//! The row in whose place another one was proposed would tell whose the value is.

use tenancy::{Acting, TenantScoped as _};
use tenancy_ui_tests::{Contract, NewContract, Organization, User};

fn by_one<'t>(acme: &Acting<'t, Organization, User>, new: NewContract<'t>) {
    let _ = Contract::upsert(new).on(|c| c.salary).execute(acme);
}

fn by_one_of_several<'t>(new: NewContract<'t>) {
    let _ = Contract::upsert(new).on(|c| (c.pages, c.bonus));
}

fn main() {}
