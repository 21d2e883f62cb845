//! A function that is generic over what it runs on names the bound.

use tenancy::TenantScoped;
use tenancy_ui_tests::User;

async fn read<E>(on: &E) {
    let _ = User::query().fetch_all(on).await;
}

fn main() {}
