//! The row of the tenant is in the database that tenants share, and so are those who act: a rule on rows in the
//! tenant's own database cannot look at it.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Company, Person};
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Company, strategy = database, policies)]
struct Receipt {
    id: Uuid,
    amount: i64,
}

tenancy::policies! {
    Receipt, actor: Person {
        read { authorize_if tenant.active; }
    }
}

fn main() {}
