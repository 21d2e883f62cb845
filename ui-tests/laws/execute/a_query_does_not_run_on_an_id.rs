//! The id of a tenant proves nothing: it is verified first.

use tenancy::TenantScoped;
use tenancy_ui_tests::User;
use uuid::Uuid;

async fn read(tenant_id: Uuid) {
    let _ = User::query().fetch_all(&tenant_id).await;
}

fn main() {}
