//! What only takes long is said to be busy, and not to be nobody's.

use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Executor as _};
use tempfile::TempDir;
use tenancy::{Db, DbOf, Error, PoolOptions, TenantRoot, TenantScoped, VerifiedTenant};

#[derive(Debug, TenantRoot)]
#[tenancy(database = sqlx::Sqlite, databases)]
struct Company {
    id: i64,
    name: String,
}

#[derive(Debug, TenantScoped)]
#[tenancy(root = Company, strategy = database)]
struct Entry {
    id: uuid::Uuid,
    amount: i64,
}

const ENTRIES: &str =
    "CREATE TABLE entries (id BLOB PRIMARY KEY NOT NULL, amount INTEGER NOT NULL)";

/// Another company's lookup never ends.
const LOST: i64 = 2;

async fn company(folder: &TempDir, id: i64) -> VerifiedTenant<Company> {
    let pool = PoolOptions::new().acquire_timeout(Duration::from_millis(300));
    let options = SqliteConnectOptions::new()
        .filename(folder.path().join("1.db"))
        .busy_timeout(Duration::from_millis(10));
    let shared = "sqlite::memory:".parse().unwrap();
    let shared = Db::connect_with(pool, shared).await.unwrap();
    let companies = "CREATE TABLE companies (id INTEGER PRIMARY KEY,
        tenancy_mark BLOB NOT NULL UNIQUE DEFAULT (randomblob(16)));
        INSERT INTO companies (id) VALUES (1), (2)";
    sqlx::raw_sql(companies)
        .execute(&mut *shared.acquire().await.unwrap())
        .await
        .unwrap();
    let db: DbOf<Company> = shared.with_databases(move |id: i64| {
        let options = options.clone();
        async move {
            match id {
                LOST => std::future::pending().await,
                _ => Ok(options),
            }
        }
    });
    VerifiedTenant::assume_verified(&db, id, "the test says so")
}

#[tokio::test]
async fn a_database_that_is_locked_is_busy() {
    let folder = TempDir::new().unwrap();
    let acme = company(&folder, 1).await;
    acme.create_database(ENTRIES).await.unwrap();
    let file = SqliteConnectOptions::new().filename(folder.path().join("1.db"));
    let mut other = file.connect().await.unwrap();
    other.execute("BEGIN EXCLUSIVE").await.unwrap();
    tenancy::enter!(acme = acme);
    let read = Entry::query().count(&acme).await;
    assert!(matches!(read, Err(Error::Busy(_))), "{read:?}");
    other.execute("COMMIT").await.unwrap();
    assert_eq!(Entry::query().count(&acme).await.unwrap(), 0);
}

#[tokio::test]
async fn a_lookup_that_does_not_end_is_busy() {
    let folder = TempDir::new().unwrap();
    let lost = company(&folder, LOST).await;
    let created = lost.create_database(ENTRIES).await;
    assert!(matches!(created, Err(Error::Busy(_))), "{created:?}");
    let acquired = lost.acquire_own().await.map(drop);
    assert!(matches!(acquired, Err(Error::Busy(_))), "{acquired:?}");
    tenancy::enter!(lost = lost);
    let read = Entry::query().count(&lost).await;
    assert!(matches!(read, Err(Error::Busy(_))), "{read:?}");
}
