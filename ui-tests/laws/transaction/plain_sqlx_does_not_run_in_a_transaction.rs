//! A tenant's transaction gives no bare connection: a raw `COMMIT` would end it.

use tenancy::TenantTransaction;
use tenancy_ui_tests::Organization;

async fn raw(tx: TenantTransaction<'_, '_, Organization>) {
    let _ = sqlx::query("COMMIT").execute(&tx).await;
}

fn main() {}
