//! Where there are rules, a column is not called like what means something else in them.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Organization};
use uuid::Uuid;

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
struct Task {
    id: Uuid,
    always: bool,
    r#never: bool,
    actor: String,
    #[tenancy(column = "owner")]
    tenant: String,
}

fn main() {}
