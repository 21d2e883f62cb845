//! The second lifetime of a transaction is its tenant's: write it out.

use tenancy::{Scoped, TenantScoped, TenantTransaction};
use tenancy_ui_tests::{Organization, User};

async fn remove(
    tx: &TenantTransaction<'_, '_, Organization>,
    user: &Scoped<'_, User>,
) -> tenancy::Result<()> {
    User::destroy(user).execute(tx).await
}

fn main() {}
