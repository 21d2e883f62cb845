//! What is copied into a column that others read would be seen by them.

use tenancy::{Changes, Model, Scoped, TenantScoped as _};
use tenancy_ui_tests::Contract;

fn into_a_column_that_is_not_guarded(contract: &Scoped<'_, Contract>) {
    let _ = Contract::update(contract).set(|c| c.pages.to(c.salary));
}

fn beside_another(contract: &Scoped<'_, Contract>) {
    let _ = Contract::update(contract).set(|c| (c.days.to(1), c.pages.to(c.salary)));
}

fn into_one_that_is() {
    let _ = Contract::update_where(|c| c.pages.eq(1)).set(|c| c.salary.to(c.bonus));
}

fn among_collected_changes() -> Changes<'static, Contract> {
    Changes::new().set(|c: <Contract as Model>::Columns| c.pages.to(c.salary))
}

fn main() {}
