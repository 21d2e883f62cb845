//! Databases of tenants are created and removed.

use tenancy::Error;
use tenancy::databases::NoDatabase;

use crate::home::on_both;

on_both! {
    async fn one_is_not_created_twice(home) {
        let db = db(&home, 2).await;
        let acme = tenant(&db, "Acme").await;
        tenancy::enter!(in_acme = acme.clone());
        bill(&in_acme, 1).await.unwrap();
        let again = acme.create_database(Database::INVOICES).await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
        assert_eq!(numbers(&in_acme).await.unwrap(), [1]);
        // Nor where another tenant's is.
        let globex = registered(&db, "Globex").await;
        home.say(*globex.id(), Ok(home.own(*acme.id())));
        let taken = globex.create_database(Database::INVOICES).await;
        assert!(matches!(taken, Err(Error::Conflict(_))), "{taken:?}");
        assert_eq!(numbers(&in_acme).await.unwrap(), [1]);
    }

    async fn tables_that_fail_leave_nothing(home) {
        let db = db(&home, 2).await;
        let acme = registered(&db, "Acme").await;
        for tables in ["CREATE TABLE invoices (", "CREATE TABLE tenancy_tenant (id int)"] {
            let failed = acme.create_database(tables).await;
            assert!(matches!(failed, Err(Error::Database(_))), "{failed:?}");
            tenancy::enter!(acme = acme.clone());
            let read = numbers(&acme).await;
            assert!(matches!(read, Err(Error::NoDatabase(NoDatabase::Absent(_)))), "{read:?}");
        }
        // So it can be done again.
        acme.create_database(Database::INVOICES).await.unwrap();
        tenancy::enter!(acme = acme);
        assert!(numbers(&acme).await.unwrap().is_empty());
    }

    async fn a_removed_one_is_gone(home) {
        let db = db(&home, 3).await;
        let [acme, globex] = [tenant(&db, "Acme").await, tenant(&db, "Globex").await];
        tenancy::enter!(in_acme = acme.clone());
        tenancy::enter!(in_globex = globex);
        bill(&in_acme, 1).await.unwrap();
        bill(&in_globex, 2).await.unwrap();
        acme.drop_database().await.unwrap();
        for _ in 0..2 {
            let read = numbers(&in_acme).await;
            assert!(matches!(read, Err(Error::NoDatabase(NoDatabase::Absent(_)))), "{read:?}");
        }
        let again = acme.drop_database().await;
        assert!(matches!(again, Err(Error::NoDatabase(NoDatabase::Absent(_)))), "{again:?}");
        assert_eq!(numbers(&in_globex).await.unwrap(), [2]);
        // A new one has nothing of the old.
        acme.create_database(Database::INVOICES).await.unwrap();
        assert!(numbers(&in_acme).await.unwrap().is_empty());
    }

    /// Whoever has a transaction in it comes to an end first, and nothing of that is in a new one.
    async fn one_is_removed_while_it_is_used(home) {
        let db = db(&home, 4).await;
        let acme = tenant(&db, "Acme").await;
        tenancy::enter!(in_acme = acme.clone());
        tenancy::enter!(mut late = acme.clone());
        bill(&in_acme, 1).await.unwrap();
        let tx = late.begin().await.unwrap();
        bill(&tx, 2).await.unwrap();
        let used = acme.drop_database().await;
        assert!(matches!(used, Err(Error::Busy(_))), "{used:?}");
        bill(&tx, 4).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(numbers(&in_acme).await.unwrap(), [1, 2, 4]);
        acme.drop_database().await.unwrap();
        acme.create_database(Database::INVOICES).await.unwrap();
        bill(&in_acme, 3).await.unwrap();
        bill(&in_acme, 5).await.unwrap();
        assert_eq!(numbers(&in_acme).await.unwrap(), [3, 5]);
        // Nor did its end take anything of the new one along: another handle sees all of it.
        let other = with_databases(&home, home.connect(2).await);
        let again = VerifiedTenant::assume_verified(&other, *acme.id(), "verified over another pool");
        tenancy::enter!(again = again);
        assert_eq!(numbers(&again).await.unwrap(), [3, 5]);
        bill(&again, 6).await.unwrap();
        assert_eq!(numbers(&in_acme).await.unwrap(), [3, 5, 6]);
    }

    /// Names that would not be those of a tenant's database, and a lookup that fails.
    async fn what_is_not_created(home) {
        let db = db(&home, 2).await;
        let acme = registered(&db, "Acme").await;
        home.say(*acme.id(), Err("nowhere"));
        for result in [acme.create_database("").await, acme.drop_database().await] {
            assert!(matches!(result, Err(Error::NoDatabase(NoDatabase::Lookup(_)))), "{result:?}");
        }
        let unfit: &[&str] = match <Database as sqlx::Database>::NAME {
            "SQLite" => &[":memory:", "file:own?mode=memory"],
            _ => &["postgres", "template1", "Own", "own\"", "own; --", "", "7"],
        };
        for name in unfit {
            home.say(*acme.id(), Ok(unfit_options(&home, name)));
            let made = acme.create_database("").await;
            assert!(matches!(made, Err(Error::NoDatabase(NoDatabase::Unfit(_)))), "{name}: {made:?}");
        }
    }
}

/// Options with a name as it is.
trait Named: crate::home::Server {
    fn as_it_is(
        home: &crate::home::Home<Self>,
        name: &str,
    ) -> tenancy_tests::database::Options<Self>;
}

impl Named for sqlx::Sqlite {
    fn as_it_is(_: &crate::home::Home<Self>, name: &str) -> sqlx::sqlite::SqliteConnectOptions {
        sqlx::sqlite::SqliteConnectOptions::new().filename(name)
    }
}

impl Named for sqlx::Postgres {
    fn as_it_is(home: &crate::home::Home<Self>, name: &str) -> sqlx::postgres::PgConnectOptions {
        home.shared.clone().database(name)
    }
}

fn unfit_options<DB: Named>(
    home: &crate::home::Home<DB>,
    name: &str,
) -> tenancy_tests::database::Options<DB> {
    DB::as_it_is(home, name)
}
