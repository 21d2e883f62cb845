//! A task may outlive the scope of a transaction.

use tenancy::TenantTransaction;
use tenancy_ui_tests::Organization;

async fn spawn(tx: TenantTransaction<'_, '_, Organization>) {
    tokio::spawn(async move { tx.commit().await });
}

fn main() {}
