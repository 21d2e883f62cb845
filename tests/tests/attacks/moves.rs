//! Databases of tenants that are moved, and that are not there.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::Mutex;

use sqlx::Connection as _;
use sqlx::sqlite::SqliteConnectOptions;
use tenancy::{Db, DbOf, Error, PoolOptions, TenantRoot, TenantScoped};
use tokio::sync::Semaphore;

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

/// Where the lookup finds databases, and how many lookups may end.
#[derive(Clone, Debug)]
struct Lookup {
    folder: Arc<Mutex<PathBuf>>,
    may_end: Arc<Semaphore>,
    begun: Arc<Semaphore>,
}

impl Lookup {
    fn new(folder: &Path) -> Self {
        Self {
            folder: Arc::new(Mutex::new(folder.to_owned())),
            may_end: Arc::new(Semaphore::new(1000)),
            begun: Arc::new(Semaphore::new(0)),
        }
    }
}

async fn database(lookup: &Lookup, missing: bool) -> DbOf<Organization> {
    let pool = PoolOptions::new().max_connections(1);
    let shared = Db::connect_with(pool, "sqlite::memory:".parse().unwrap());
    let lookup = lookup.clone();
    let shared = shared.await.unwrap();
    sqlx::raw_sql(TENANTS)
        .execute(&mut *shared.acquire().await.unwrap())
        .await
        .unwrap();
    shared.with_databases(move |id| {
        let lookup = lookup.clone();
        async move {
            let file = lookup.folder.lock().unwrap().join(format!("{id}.db"));
            lookup.begun.add_permits(1);
            lookup.may_end.acquire().await?.forget();
            Ok(SqliteConnectOptions::new()
                .filename(file)
                .create_if_missing(missing))
        }
    })
}

fn assumed(db: &DbOf<Organization>, id: i64) -> tenancy::VerifiedTenant<Organization> {
    tenancy::VerifiedTenant::assume_verified(db, id, "the test says so")
}

#[tokio::test]
async fn a_lookup_from_before_a_move_is_not_remembered() {
    let [old, new] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let lookup = Lookup::new(old.path());
    let db = database(&lookup, false).await;
    let acme = assumed(&db, 1);
    acme.create_database(TABLES).await.unwrap();
    std::fs::copy(old.path().join("1.db"), new.path().join("1.db")).unwrap();
    tenancy::enter!(acme = acme);

    // A statement has it looked up, and while that is on its way the tenant is moved.
    lookup.may_end.forget_permits(2000);
    while lookup.begun.try_acquire().is_ok_and(|begun| {
        begun.forget();
        true
    }) {}
    let count = Invoice::query().count(&acme);
    let moved = async {
        lookup.begun.acquire().await.unwrap().forget();
        *lookup.folder.lock().unwrap() = new.path().to_owned();
        db.forget_database(&1);
        lookup.may_end.add_permits(1000);
    };
    let (count, ()) = tokio::join!(count, moved);
    count.unwrap();

    Invoice::create(NewInvoice { number: 1 })
        .execute(&acme)
        .await
        .unwrap();
    let only = |folder: &tempfile::TempDir| {
        SqliteConnectOptions::new().filename(folder.path().join("1.db"))
    };
    let mut rows = Vec::new();
    for folder in [&old, &new] {
        let mut connection = sqlx::SqliteConnection::connect_with(&only(folder))
            .await
            .unwrap();
        let count = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM invoices");
        rows.push(count.fetch_one(&mut connection).await.unwrap());
    }
    assert_eq!(rows, [0, 1], "rows in the old database and in the new one");
}

#[tokio::test]
async fn a_statement_that_waits_while_its_tenant_is_moved_goes_to_the_new_place() {
    let [old, new] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let lookup = Lookup::new(old.path());
    let db = database(&lookup, false).await;
    for id in [1, 2] {
        assumed(&db, id).create_database(TABLES).await.unwrap();
    }
    std::fs::copy(old.path().join("1.db"), new.path().join("1.db")).unwrap();
    tenancy::enter!(acme = assumed(&db, 1));
    tenancy::enter!(mut globex = assumed(&db, 2));
    let busy = globex.begin().await.unwrap();
    let create = Invoice::create(NewInvoice { number: 1 }).execute(&acme);
    let moved = async {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        *lookup.folder.lock().unwrap() = new.path().to_owned();
        db.forget_database(&1);
        busy.rollback().await.unwrap();
    };
    let (created, ()) = tokio::join!(create, moved);
    created.unwrap();
    assert_eq!(
        Invoice::query().count(&acme).await.unwrap(),
        1,
        "it was written to the old one"
    );
}

#[tokio::test]
async fn a_statement_creates_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let lookup = Lookup::new(folder.path());
    let db = database(&lookup, true).await;
    let acme = assumed(&db, 1);
    {
        tenancy::enter!(acme = acme.clone());
        let missing = Invoice::query().count(&acme).await;
        assert!(matches!(missing, Err(Error::NoDatabase(_))), "{missing:?}");
    }
    assert!(
        !folder.path().join("1.db").exists(),
        "an empty database is in the way"
    );
    acme.create_database(TABLES).await.unwrap();
}

#[tokio::test]
async fn there_is_nothing_to_remove_where_there_is_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let db = database(&Lookup::new(folder.path()), false).await;
    let removed = assumed(&db, 1).drop_database().await;
    assert!(matches!(removed, Err(Error::NoDatabase(_))), "{removed:?}");
}

#[tokio::test]
async fn a_lookup_that_names_the_database_of_another_tenant_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let db = database(&Lookup::new(folder.path()), false).await;
    assumed(&db, 1).create_database(TABLES).await.unwrap();
    for name in ["2.db", "3.db"] {
        let file = folder.path().join(name);
        match name {
            "2.db" => std::fs::hard_link(folder.path().join("1.db"), file).unwrap(),
            _ => drop(std::fs::copy(folder.path().join("1.db"), file).unwrap()),
        }
    }
    for id in [2, 3] {
        let other = assumed(&db, id);
        let created = other.create_database(TABLES).await;
        assert!(matches!(created, Err(Error::Conflict(_))), "{created:?}");
        let removed = other.drop_database().await;
        assert!(matches!(removed, Err(Error::NoDatabase(_))), "{removed:?}");
        tenancy::enter!(other = other);
        let read = Invoice::query().count(&other).await;
        assert!(matches!(read, Err(Error::NoDatabase(_))), "{read:?}");
    }
    tenancy::enter!(acme = assumed(&db, 1));
    assert_eq!(Invoice::query().count(&acme).await.unwrap(), 0);
}
