//! Who may not read a row does not learn of it through another query.

use tenancy::{Tenant, TenantScoped};
use tenancy_ui_tests::{Letter, Organization, User};

async fn look(tenant: &Tenant<'_, Organization>) {
    let authors = Letter::query().select(|l| l.author_id);
    let _ = User::query().filter(|u| u.id.in_query(authors)).fetch_all(tenant).await;
}

fn main() {}
