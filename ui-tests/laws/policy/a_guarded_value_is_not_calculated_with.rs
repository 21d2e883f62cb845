//! What is calculated from a value tells of it: by the result, or by an error.

use tenancy::{Scoped, TenantScoped as _};
use tenancy_ui_tests::Contract;

fn from_itself(contract: &Scoped<'_, Contract>) {
    let _ = Contract::update(contract).set(|c| c.salary.to(c.salary.plus(i64::MAX - 5_000)));
}

fn on_the_right(contract: &Scoped<'_, Contract>) {
    let _ = Contract::update(contract).set(|c| c.pages.to(c.pages.minus(c.salary)));
}

fn main() {}
