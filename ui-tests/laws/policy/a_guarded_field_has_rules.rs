//! Whoever guards a field says for each actor when it is seen, and be it never.

use tenancy::{Masked, TenantScoped};
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
struct Employee {
    id: Uuid,
    #[tenancy(guarded)]
    salary: Masked<i64>,
    #[tenancy(guarded)]
    bonus: Masked<Option<i64>>,
}

tenancy::policies! {
    Employee, actor: User {
        read { authorize_if always; }
        field salary { authorize_if actor.age > 50; }
    }
}

async fn f(acting: tenancy::Acting<'_, Organization, User>) -> tenancy::Result<u64> {
    Employee::query().count(&acting).await
}

fn main() {}
