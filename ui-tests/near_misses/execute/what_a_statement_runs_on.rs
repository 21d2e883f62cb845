//! Statements run on a token, on a transaction, and those on shared rows on the database as well.

use sqlx::Sqlite;
use tenancy::policy::{Permits, Unpolicied, action};
use tenancy::{
    Db, DbOf, Root, Scope, Scoped, Tenant, TenantScoped, TenantTransaction, VerifiedTenant,
};
use tenancy_ui_tests::{Company, Entry, Ledger, NewUser, Organization, Plan, Product, Shop, User};
use uuid::Uuid;

// a_query_does_not_run_on_a_pool, … a_connection, … an_id, … nothing, … the_database
pub async fn on_a_token(
    tenant: Tenant<'_, Organization>,
    tx: TenantTransaction<'_, '_, Organization>,
) -> tenancy::Result<()> {
    User::query().fetch_all(&tenant).await?;
    User::query().fetch_all(&tx).await?;
    Plan::query().fetch_all(&tenant).await?;
    Organization::query().fetch_one(&tenant).await?;
    let new = NewUser {
        email: String::new(),
        age: 0,
        nickname: None,
    };
    User::create(new).execute(&tx).await?;
    User::destroy_where(|u| u.age.gt(100)).execute(&tx).await?;
    tx.commit().await
}

// a_tenant_is_borrowed_once: a parameter that is a reference already is passed as it is
pub async fn on_a_reference(tenant: &Tenant<'_, Organization>) -> tenancy::Result<u64> {
    User::query().count(tenant).await
}

// a_shared_model_does_not_run_on_a_pool
pub async fn shared_rows(db: &Db<Sqlite>) -> tenancy::Result<()> {
    Plan::query().fetch_all(db).await?;
    Plan::update_where(|p| p.key.eq("a"))
        .set(|p| p.value.to("b"))
        .execute(db)
        .await?;
    Ok(())
}

// a_query_does_not_run_on_a_tenant_of_another_root
pub async fn each_root_its_own(
    acme: &Tenant<'_, Organization>,
    shop: &Tenant<'_, Shop>,
) -> tenancy::Result<()> {
    User::query().fetch_all(acme).await?;
    Product::query().fetch_all(shop).await?;
    Ok(())
}

// a_helper_that_is_generic_over_its_scope_says_what_it_needs
pub async fn on_anything<'t, E: Scope<'t, User>>(on: &E) -> tenancy::Result<Vec<Scoped<'t, User>>> {
    User::query().fetch_all(on).await
}

// … and one that is generic over the model says what that needs: no policies, or a token that has
// what they ask for
pub async fn any_model<'t, M: TenantScoped<Policies = Unpolicied>>(
    tenant: &Tenant<'t, M::Root>,
) -> tenancy::Result<Vec<Scoped<'t, M>>> {
    M::query().limit(1).fetch_all(tenant).await
}

pub async fn any_model_on_anything<'t, M: TenantScoped, E: Scope<'t, M>>(
    on: &E,
) -> tenancy::Result<Vec<Scoped<'t, M>>>
where
    M::Policies: Permits<M, E::Actor, action::Read>,
{
    M::query().limit(1).fetch_all(on).await
}

// an_id_is_not_entered, an_id_is_not_verified_without_a_reason
pub async fn an_id_is_verified(db: Db<Sqlite>, id: Uuid) -> tenancy::Result<u64> {
    let verified: VerifiedTenant<Organization> = Organization::verify(&db, id).await?;
    let again = VerifiedTenant::<Organization>::assume_verified(&db, id, "verified one line above");
    tenancy::enter!(acme = verified);
    again
        .scope(async |same| on_reference_twice(&acme, &same).await)
        .await
}

async fn on_reference_twice(
    one: &Tenant<'_, Organization>,
    other: &Tenant<'_, Organization>,
) -> tenancy::Result<u64> {
    Ok(User::query().count(one).await? + User::query().count(other).await?)
}

// a_handle_does_what_the_root_needs, a_tenant_without_databases_has_none: on one that does
pub async fn with_databases(db: Db<Sqlite>, id: Uuid) -> tenancy::Result<VerifiedTenant<Company>> {
    let db: DbOf<Company> =
        db.with_databases(|id| async move { Ok(format!("sqlite:{id}.db").parse()?) });
    let acme = Company::verify(&db, id).await?;
    acme.create_database("CREATE TABLE ledgers (id BLOB, name TEXT)")
        .await?;
    Ok(acme)
}

// a_statement_does_not_look_into_another_database: into the same
pub async fn within_a_database(acme: &Tenant<'_, Company>) -> tenancy::Result<u64> {
    let ledgers = Ledger::query().select(|l| l.id);
    Entry::query()
        .filter(|e| e.ledger_id.in_query(ledgers))
        .count(acme)
        .await
}
