//! A channel carries rows of one tenant, also in the statement form.

use tenancy::{TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn mix(
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> tenancy::Result<()> {
    let (sender, receiver) = std::sync::mpsc::channel();
    tenancy::enter!(acme = one);
    tenancy::enter!(globex = other);
    let _ = sender.send(User::query().fetch_one(&acme).await?);
    let user = receiver.recv().expect("a row");
    User::destroy(&user).execute(&globex).await
}

fn main() {}
