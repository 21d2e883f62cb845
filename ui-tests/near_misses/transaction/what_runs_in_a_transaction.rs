//! Transactions, savepoints, locks and streams as they are meant.

use tenancy::{Scoped, Tenant, TenantScoped, TenantTransaction, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

// a_statement_does_not_run_beside_an_open_transaction: in it, before it and after it
pub async fn one_after_the_other(mut tenant: Tenant<'_, Organization>) -> tenancy::Result<()> {
    let user = User::query().fetch_one(&tenant).await?;
    let tx = tenant.begin().await?;
    User::update(&user)
        .set(|u| u.age.to(1))
        .execute(&tx)
        .await?;
    tx.commit().await?;
    let second = tenant.begin().await?;
    second.rollback().await?;
    User::destroy(&user).execute(&tenant).await
}

// a_statement_does_not_run_beside_an_open_savepoint, a_transaction_does_not_commit_before_its_savepoint
pub async fn savepoints(tenant: &mut Tenant<'_, Organization>) -> tenancy::Result<()> {
    let mut tx = tenant.begin().await?;
    let savepoint = tx.begin().await?;
    User::query().count(&savepoint).await?;
    savepoint.commit().await?;
    User::query().count(&tx).await?;
    tx.commit().await
}

// two_elided_brands_of_a_transaction_are_not_one
pub async fn remove<'t>(
    tx: &TenantTransaction<'_, 't, Organization>,
    user: &Scoped<'t, User>,
) -> tenancy::Result<()> {
    User::destroy(user).execute(tx).await
}

// rows_are_locked_in_a_transaction_only; a row that was read in a transaction outlives it
pub async fn locks(one: VerifiedTenant<Organization>) -> tenancy::Result<()> {
    tenancy::enter!(mut acme = one);
    let tx = acme.begin().await?;
    let user = User::query().for_update().fetch_one(&tx).await?;
    remove(&tx, &user).await?;
    tx.commit().await?;
    User::update(&user)
        .set(|u| u.age.to(1))
        .execute(&acme)
        .await
}

// a_stream_does_not_outlive_its_transaction
pub async fn streams(mut tenant: Tenant<'_, Organization>) -> tenancy::Result<()> {
    let tx = tenant.begin().await?;
    drop(User::query().fetch(&tx));
    tx.commit().await
}
