//! A sub-query would tell whether a value is among those of rows that its actor does not see.

use tenancy::TenantScoped as _;
use tenancy_ui_tests::{Contract, Document};

fn main() {
    let _ = Document::query().filter(|d| d.views.in_query(Contract::query().select(|c| c.salary)));
}
