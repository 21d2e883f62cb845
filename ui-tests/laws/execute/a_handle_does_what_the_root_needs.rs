//! Tenants with databases of their own are not verified, created or assumed on a handle that does not know where
//! these are, nor on one that knows those of another root.

use tenancy::{Db, Root, VerifiedTenant, isolation};
use tenancy_ui_tests::{Company, NewCompany, Organization};
use uuid::Uuid;

async fn without_databases(db: Db<sqlx::Sqlite>, id: Uuid) -> tenancy::Result<()> {
    Company::verify(&db, id).await?;
    Company::create(NewCompany { active: true }).execute(&db).await?;
    VerifiedTenant::<Company>::assume_verified(&db, id, "not at all");
    Ok(())
}

async fn of_another_root(
    db: Db<sqlx::Sqlite, isolation::Databases<Organization>>,
    id: Uuid,
) -> tenancy::Result<()> {
    Company::verify(&db, id).await?;
    Ok(())
}

fn main() {}
