//! Databases of tenants that are removed and created again while others use them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use tenancy::{Db, DbOf, PoolOptions, TenantRoot, TenantScoped, VerifiedTenant};

#[derive(Debug, TenantRoot)]
#[tenancy(database = sqlx::Sqlite, databases)]
struct Organization {
    id: i64,
    name: String,
}

#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Organization, strategy = database)]
struct Invoice {
    id: uuid::Uuid,
    number: i64,
}

const TABLES: &str =
    "CREATE TABLE invoices (id BLOB PRIMARY KEY NOT NULL, number INTEGER NOT NULL)";

/// The rows of the tenants, whose marks their databases carry.
const TENANTS: &str = "CREATE TABLE organizations (id INTEGER PRIMARY KEY, name TEXT NOT NULL,
    tenancy_mark BLOB NOT NULL UNIQUE DEFAULT (randomblob(16)));
    INSERT INTO organizations (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c')";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_removed_is_not_written_to_when_it_is_there_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    let shared = Db::connect_with(
        PoolOptions::new().max_connections(6),
        "sqlite::memory:".parse().unwrap(),
    );
    let shared = shared.await.unwrap();
    sqlx::raw_sql(TENANTS)
        .execute(&mut *shared.acquire().await.unwrap())
        .await
        .unwrap();
    let db: DbOf<Organization> = shared.with_databases(move |id| {
        let file = path.join(format!("{id}.db"));
        async move {
            Ok(SqliteConnectOptions::new()
                .filename(file)
                .journal_mode(SqliteJournalMode::Wal))
        }
    });
    let verified = VerifiedTenant::<Organization>::assume_verified(&db, 1, "the test says so");
    let done = Arc::new(AtomicBool::new(false));
    let others: Vec<_> = (0..3)
        .map(|_| {
            let (verified, done) = (verified.clone(), Arc::clone(&done));
            tokio::spawn(async move {
                tenancy::enter!(acme = verified);
                while !done.load(Ordering::Relaxed) {
                    let _ = Invoice::query().count(&acme).await;
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for round in 0..20 {
        verified.create_database(TABLES).await.unwrap();
        tenancy::enter!(acme = verified.clone());
        tokio::task::yield_now().await;
        Invoice::create(NewInvoice { number: round })
            .execute(&acme)
            .await
            .unwrap();
        let file = folder.path().join("1.db");
        let options = SqliteConnectOptions::new().filename(file).read_only(true);
        let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect_with(&options)
            .await
            .unwrap();
        let numbers: Vec<i64> = sqlx::query_scalar("SELECT number FROM invoices")
            .fetch_all(&mut connection)
            .await
            .unwrap();
        assert_eq!(numbers, [round]);
        drop(connection);
        verified.drop_database().await.unwrap();
    }
    done.store(true, Ordering::Relaxed);
    for other in others {
        other.await.unwrap();
    }
}
