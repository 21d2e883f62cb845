//! Where the database of a tenant is, and that it is the tenant's.

use tenancy::Error;
use tenancy::databases::NoDatabase;

use crate::home::on_both;

/// Everything about the shared database works without anybody looking for the tenant's own.
macro_rules! assert_only_shared {
    ($home:ident, $db:ident, $tenant:ident) => {{
        let before = $home.lookups();
        Organization::verify(&$db, *$tenant.id()).await.unwrap();
        assert_eq!(Organization::query().count(&$tenant).await.unwrap(), 1);
        Plan::query().count(&$tenant).await.unwrap();
        assert_eq!($home.lookups(), before);
    }};
}

on_both! {
    /// L21: no connection is held before its first use.
    async fn nothing_is_opened_before_it_is_used(home) {
        let db = db(&home, 3).await;
        let acme = registered(&db, "Acme").await;
        tenancy::enter!(mut acme = acme);
        assert_only_shared!(home, db, acme);
        let tx = acme.begin_shared().await.unwrap();
        assert_only_shared!(home, db, tx);
        tx.commit().await.unwrap();
        assert_eq!(home.lookups(), 0);
        acme.verified().create_database(Database::INVOICES).await.unwrap();
        let before = home.lookups();
        bill(&acme, 1).await.unwrap();
        bill(&acme, 2).await.unwrap();
        assert_eq!(numbers(&acme).await.unwrap(), [1, 2]);
        // Found once, and remembered as long as there is a connection.
        assert_eq!(home.lookups(), before + 1);
    }

    /// The error says nothing to a client, and all to the operator.
    async fn a_lookup_that_fails(home) {
        let db = db(&home, 2).await;
        let acme = tenant(&db, "Acme").await;
        home.say(*acme.id(), Err("the registry is down"));
        tenancy::enter!(mut acme = acme);
        for _ in 0..2 {
            let error = numbers(&acme).await.unwrap_err();
            assert_eq!(error.to_string(), "the tenant has no database");
            let Error::NoDatabase(NoDatabase::Lookup(why)) = error else {
                panic!("{error:?}");
            };
            assert_eq!(why.to_string(), "the registry is down");
        }
        let begun = acme.begin().await.map(drop);
        assert!(matches!(begun, Err(Error::NoDatabase(NoDatabase::Lookup(_)))));
        assert_only_shared!(home, db, acme);
    }

    async fn a_lookup_that_points_to_another_tenants_database(home) {
        let db = db(&home, 2).await;
        let [acme, globex] = [tenant(&db, "Acme").await, tenant(&db, "Globex").await];
        tenancy::enter!(in_acme = acme.clone());
        bill(&in_acme, 1).await.unwrap();
        home.say(*globex.id(), Ok(home.own(*acme.id())));
        let dropped = globex.drop_database().await;
        assert!(matches!(dropped, Err(Error::NoDatabase(NoDatabase::NotTheTenants))), "{dropped:?}");
        tenancy::enter!(mut globex = globex);
        for _ in 0..2 {
            let read = numbers(&globex).await;
            assert!(matches!(read, Err(Error::NoDatabase(NoDatabase::NotTheTenants))), "{read:?}");
            let written = bill(&globex, 2).await;
            assert!(matches!(written, Err(Error::NoDatabase(NoDatabase::NotTheTenants))), "{written:?}");
            let begun = globex.begin().await.map(drop);
            assert!(matches!(begun, Err(Error::NoDatabase(NoDatabase::NotTheTenants))), "{begun:?}");
        }
        assert_eq!(numbers(&in_acme).await.unwrap(), [1]);
    }

    async fn a_database_that_names_nobody(home) {
        let db = db(&home, 2).await;
        let acme = registered(&db, "Acme").await;
        tenancy::enter!(acme = acme);
        // The shared one: it has no table that would say whose it is.
        home.say(*acme.id(), Ok(home.shared.clone()));
        let read = numbers(&acme).await;
        assert!(matches!(read, Err(Error::NoDatabase(NoDatabase::NotTheTenants))), "{read:?}");
        // Nor is one that names two.
        let sql = "CREATE TABLE tenancy_tenant
            (root text NOT NULL, tenant text NOT NULL, mark text NOT NULL, complete boolean)";
        sqlx::raw_sql(sql).execute(&mut *db.acquire().await.unwrap()).await.unwrap();
        let mark = "SELECT tenancy_mark FROM organizations";
        let mark: Uuid = sqlx::query_scalar(mark).fetch_one(&mut *db.acquire().await.unwrap()).await.unwrap();
        for _ in 0..2 {
            let sql = "INSERT INTO tenancy_tenant VALUES ('organizations', $1, $2, TRUE)";
            let insert = sqlx::query(sql).bind(acme.id().to_string()).bind(mark.to_string());
            insert.execute(&mut *db.acquire().await.unwrap()).await.unwrap();
        }
        let read = numbers(&acme).await;
        assert!(matches!(read, Err(Error::NoDatabase(NoDatabase::NotTheTenants))), "{read:?}");
        // And one of the same tenant of another root is not.
        let sql = "DELETE FROM tenancy_tenant; INSERT INTO tenancy_tenant SELECT 'firms', '', '', TRUE";
        sqlx::raw_sql(sql).execute(&mut *db.acquire().await.unwrap()).await.unwrap();
        let sql = "UPDATE tenancy_tenant SET tenant = $1, mark = $2";
        let update = sqlx::query(sql).bind(acme.id().to_string()).bind(mark.to_string());
        update.execute(&mut *db.acquire().await.unwrap()).await.unwrap();
        let read = numbers(&acme).await;
        assert!(matches!(read, Err(Error::NoDatabase(NoDatabase::NotTheTenants))), "{read:?}");
    }

    async fn a_database_that_is_not_there(home) {
        let db = db(&home, 2).await;
        let acme = registered(&db, "Acme").await;
        tenancy::enter!(mut acme = acme);
        let read = numbers(&acme).await;
        assert!(matches!(read, Err(Error::NoDatabase(NoDatabase::Absent(_)))), "{read:?}");
        let begun = acme.begin().await.map(drop);
        assert!(matches!(begun, Err(Error::NoDatabase(NoDatabase::Absent(_)))), "{begun:?}");
        let dropped = acme.verified().drop_database().await;
        assert!(matches!(dropped, Err(Error::NoDatabase(NoDatabase::Absent(_)))), "{dropped:?}");
        // It is found as soon as it is there.
        acme.verified().create_database(Database::INVOICES).await.unwrap();
        bill(&acme, 1).await.unwrap();
    }

    /// Rows go with the database, and what was open leads to the old one to its end.
    async fn a_database_that_was_moved(home) {
        let db = db(&home, 3).await;
        let acme = tenant(&db, "Acme").await;
        tenancy::enter!(in_acme = acme.clone());
        bill(&in_acme, 1).await.unwrap();
        tenancy::enter!(mut other = acme.clone());
        let tx = other.begin().await.unwrap();
        home.say(*acme.id(), Ok(<Database as Server>::named(&home, &format!("moved_{}", acme.id().simple()))));
        // Connections are remembered until the program says so, or creates a database.
        assert_eq!(numbers(&in_acme).await.unwrap(), [1]);
        acme.create_database(Database::INVOICES).await.unwrap();
        assert!(numbers(&in_acme).await.unwrap().is_empty());
        bill(&in_acme, 2).await.unwrap();
        assert_eq!(numbers(&tx).await.unwrap(), [1]);
        bill(&tx, 3).await.unwrap();
        tx.commit().await.unwrap();
        for _ in 0..3 {
            assert_eq!(numbers(&in_acme).await.unwrap(), [2]);
        }
        home.say(*acme.id(), Ok(home.own(*acme.id())));
        db.forget_database(acme.id());
        assert_eq!(numbers(&in_acme).await.unwrap(), [1, 3]);
    }
}

/// Names that differ, and lead to one file.
#[cfg(unix)]
#[tokio::test]
async fn two_names_of_one_file() {
    use crate::home::models;
    models!(sqlx::Sqlite);

    let home = Database::home().await;
    let db = db(&home, 2).await;
    let acme = tenant(&db, "Acme").await;
    let globex = registered(&db, "Globex").await;
    tenancy::enter!(in_acme = acme.clone());
    bill(&in_acme, 1).await.unwrap();
    let link = home.path("link.db");
    std::os::unix::fs::symlink(home.own(*acme.id()).get_filename(), &link).unwrap();
    home.say(*globex.id(), Ok(tenancy_tests::database::file(&link)));
    let made = globex.create_database(Database::INVOICES).await;
    assert!(matches!(made, Err(Error::Conflict(_))), "{made:?}");
    tenancy::enter!(globex = globex);
    let read = numbers(&globex).await;
    assert!(
        matches!(read, Err(Error::NoDatabase(NoDatabase::NotTheTenants))),
        "{read:?}"
    );
    assert_eq!(numbers(&in_acme).await.unwrap(), [1]);
}

/// On PostgreSQL, names in other cases are other names, and not one that the library makes.
#[tokio::test]
async fn names_in_another_case() {
    use crate::home::models;
    models!(sqlx::Postgres);

    let home = Database::home().await;
    let db = db(&home, 2).await;
    let acme = tenant(&db, "Acme").await;
    let globex = registered(&db, "Globex").await;
    let name = format!("OWN_{}", acme.id().simple());
    home.say(*globex.id(), Ok(Database::named(&home, &name)));
    let made = globex.create_database(Database::INVOICES).await;
    assert!(
        matches!(made, Err(Error::NoDatabase(NoDatabase::Unfit(_)))),
        "{made:?}"
    );
    tenancy::enter!(globex = globex);
    let read = numbers(&globex).await;
    assert!(
        matches!(read, Err(Error::NoDatabase(NoDatabase::Absent(_)))),
        "{read:?}"
    );
}
