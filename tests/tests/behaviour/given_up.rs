//! Transactions that the database gives up: every later call says so, and nothing lasts by accident.

use tenancy::{Error, Root as _, TenantRoot, TenantScoped};
use uuid::Uuid;

use crate::tenants;

tenancy_tests::on_both! {
    async fn a_failed_statement_in_a_transaction() {
        let db = database().await;
        let [acme] = tenants!(db, "Acme");
        tenancy::enter!(mut acme = acme);
        let user = |email: &str| NewUser {
            email: email.into(),
            role: Role::Admin,
            nickname: None,
        };
        let mut tx = acme.begin().await.unwrap();
        User::create(user("a")).execute(&tx).await.unwrap();
        let again = User::create(user("a")).execute(&tx).await;
        assert!(matches!(again, Err(Error::Conflict(_))));
        // PostgreSQL gives up the transaction, SQLite the statement; either is told in every call.
        let gives_up = <Database as sqlx::Database>::NAME == "PostgreSQL";
        let told = |result: Result<(), Error>| match result {
            Err(Error::RolledBack) => assert!(gives_up),
            Ok(()) => assert!(!gives_up),
            other => panic!("{other:?}"),
        };
        told(User::create(user("b")).execute(&tx).await);
        told(tx.begin().await.map(drop));
        told(User::query().count(&tx).await.map(drop));
        told(tx.commit().await);
        let lasting = User::query().count(&acme).await.unwrap();
        assert_eq!(lasting, if gives_up { 0 } else { 2 });

        // In a savepoint it is the savepoint that is given up.
        let mut tx = acme.begin().await.unwrap();
        User::create(user("c")).execute(&tx).await.unwrap();
        let savepoint = tx.begin().await.unwrap();
        User::create(user("d")).execute(&savepoint).await.unwrap();
        User::create(user("c")).execute(&savepoint).await.unwrap_err();
        told(savepoint.commit().await);
        User::create(user("e")).execute(&tx).await.unwrap();
        tx.commit().await.unwrap();
        let new = User::query().count(&acme).await.unwrap() - lasting;
        assert_eq!(new, if gives_up { 2 } else { 3 });
    }
}

/// SQLite ends a whole transaction by itself when a constraint says so, and when a disk is full;
/// what follows must not run, and last, outside of it.
#[tokio::test]
async fn sqlite_may_end_a_transaction_by_itself() {
    #[allow(dead_code, reason = "columns that are only written")]
    #[derive(Debug, TenantRoot)]
    #[tenancy(database = sqlx::Sqlite, table = "organizations")]
    struct Org {
        id: Uuid,
        name: String,
    }

    #[allow(dead_code, reason = "columns that are only written")]
    #[derive(Debug, TenantScoped)]
    #[tenancy(root = Org)]
    struct Gadget {
        id: i64,
        name: String,
    }

    let db = tenancy_tests::sqlite::database().await;
    let table = "CREATE TABLE gadgets (
        id INTEGER PRIMARY KEY, tenant_id BLOB NOT NULL, name TEXT NOT NULL,
        UNIQUE (tenant_id, name) ON CONFLICT ROLLBACK)";
    sqlx::raw_sql(table)
        .execute(&mut *db.acquire().await.expect("a connection"))
        .await
        .unwrap();
    let acme = Org::create(NewOrg {
        name: "Acme".into(),
    })
    .execute(&db)
    .await
    .unwrap();
    tenancy::enter!(mut acme = acme);
    let gadget = |name: &str| NewGadget { name: name.into() };
    for nested in [false, true] {
        let mut tx = acme.begin().await.unwrap();
        Gadget::create(gadget("a")).execute(&tx).await.unwrap();
        if nested {
            let savepoint = tx.begin().await.unwrap();
            let again = Gadget::create(gadget("a")).execute(&savepoint).await;
            assert!(matches!(again, Err(Error::Conflict(_))));
        } else {
            let again = Gadget::create(gadget("a")).fetch_one(&tx).await;
            assert!(matches!(again, Err(Error::Conflict(_))));
        }
        let after = Gadget::create(gadget("b")).execute(&tx).await;
        assert!(matches!(after, Err(Error::RolledBack)), "{after:?}");
        assert!(matches!(tx.begin().await, Err(Error::RolledBack)));
        assert!(matches!(tx.commit().await, Err(Error::RolledBack)));
        assert_eq!(Gadget::query().count(&acme).await.unwrap(), 0);
    }
    // The next transaction is like any other.
    let tx = acme.begin().await.unwrap();
    Gadget::create(gadget("a")).execute(&tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(Gadget::query().count(&acme).await.unwrap(), 1);
}

/// A statement may need a transaction of its own. If the database ends it, its connection is as good as any
/// afterwards.
#[tokio::test]
async fn sqlite_may_end_a_transaction_of_one_statement() {
    #[allow(dead_code, reason = "columns that are only written")]
    #[derive(Debug, TenantRoot)]
    #[tenancy(database = sqlx::Sqlite, table = "organizations")]
    struct Org {
        id: Uuid,
        name: String,
    }

    #[derive(Clone, Debug, TenantScoped)]
    #[tenancy(root = Org)]
    struct Person {
        id: Uuid,
    }

    #[derive(Debug, TenantScoped)]
    #[tenancy(root = Org, policies)]
    struct Gadget {
        id: i64,
        #[tenancy(stored)]
        name: String,
    }

    tenancy::policies! {
        Gadget, actor: Person {
            read { authorize_if always; }
            create { authorize_if name != "admin"; }
        }
    }

    let options: sqlx::sqlite::SqliteConnectOptions = "sqlite::memory:".parse().unwrap();
    let pool = tenancy::PoolOptions::new().max_connections(1);
    let db = tenancy::Db::connect_with(pool, options).await.unwrap();
    let tables = "CREATE TABLE organizations (id BLOB PRIMARY KEY, name TEXT NOT NULL);
        CREATE TABLE persons (id BLOB PRIMARY KEY, tenant_id BLOB NOT NULL);
        CREATE TABLE gadgets (
        id INTEGER PRIMARY KEY, tenant_id BLOB NOT NULL, name TEXT NOT NULL,
        UNIQUE (tenant_id, name) ON CONFLICT ROLLBACK)";
    sqlx::raw_sql(tables)
        .execute(&mut *db.acquire().await.expect("a connection"))
        .await
        .unwrap();
    let acme = Org::create(NewOrg {
        name: "Acme".into(),
    })
    .execute(&db)
    .await
    .unwrap();
    tenancy::enter!(acme = acme);
    let person = Person::create(NewPerson {}).fetch_one(&acme).await.unwrap();
    let mut acme = acme.acting_as(person);
    let gadget = |name: &str| NewGadget { name: name.into() };
    Gadget::create(gadget("a")).execute(&acme).await.unwrap();
    let again = Gadget::create(gadget("a")).execute(&acme).await;
    assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
    let tx = acme.begin().await.unwrap();
    Gadget::create(gadget("b")).execute(&tx).await.unwrap();
    tx.commit().await.unwrap();
}
