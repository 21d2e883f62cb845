//! All mistakes of one struct are reported together, each where it is, and its uses cause no others.

use tenancy::{Tenant, TenantScoped};
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, strategy = shema, tabel = "bills", global = false, global = true)]
struct Invoice {
    id: Option<Uuid>,
    #[tenancy(given)]
    code: String,
    #[tenancy(column = "a\"b")]
    text: String,
    #[tenancy(colunm = "x", version, default)]
    version: i64,
}

async fn use_it(tenant: &Tenant<'_, Organization>) -> tenancy::Result<()> {
    let invoice = Invoice::query().fetch_one(tenant).await?;
    Invoice::destroy(&invoice).execute(tenant).await
}

fn main() {}
