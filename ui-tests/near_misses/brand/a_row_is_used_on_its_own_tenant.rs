//! Rows, keys and transactions of one entry fit together.

use tenancy_ui_tests::*;

async fn rows_of_one_scope(db: Db<Sqlite>, one: VerifiedTenant<Organization>) -> tenancy::Result<()> {
    one.scope(&db, async |acme| {
        let user = User::query().fetch_one(&acme).await?;
        User::update(&user).set(|u| u.email.to("new")).execute(&acme).await
    })
    .await
}

fn main() {
    let _ = rows_of_one_scope;
}
