//! A database is the tenant's if it has the mark of the tenant's row, and not because of its name or the tenant's id.

use std::time::Duration;

use tenancy::databases::NoDatabase;
use tenancy::{Error, PoolOptions};

use crate::home::on_both;

/// Nothing is read from a database that is not the tenant's, written to it or dropped.
macro_rules! assert_strange {
    ($verified:expr) => {{
        let created = $verified.create_database(Database::INVOICES).await;
        assert!(matches!(created, Err(Error::Conflict(_))), "{created:?}");
        let dropped = $verified.drop_database().await;
        assert!(
            matches!(dropped, Err(Error::NoDatabase(NoDatabase::NotTheTenants))),
            "{dropped:?}"
        );
        tenancy::enter!(mut strange = $verified.clone());
        let read = numbers(&strange).await;
        assert!(
            matches!(read, Err(Error::NoDatabase(NoDatabase::NotTheTenants))),
            "{read:?}"
        );
        let begun = strange.begin().await.map(drop);
        assert!(
            matches!(begun, Err(Error::NoDatabase(NoDatabase::NotTheTenants))),
            "{begun:?}"
        );
    }};
}

on_both! {
    /// Another deployment has a tenant of the same id, and a lookup that leads to the database of this one.
    async fn the_same_id_of_another_deployment(home) {
        let db = db(&home, 2).await;
        let acme = tenant(&db, "Acme").await;
        tenancy::enter!(in_acme = acme.clone());
        bill(&in_acme, 1).await.unwrap();

        let elsewhere = <Database as Server>::home().await;
        elsewhere.say(*acme.id(), Ok(home.own(*acme.id())));
        let staging = self::db(&elsewhere, 2).await;
        let new = NewOrganization { name: "Acme".into() };
        let same = Organization::create(new).with_key(*acme.id()).execute(&staging).await.unwrap();
        for _ in 0..3 {
            assert_strange!(same);
        }
        assert_eq!(numbers(&in_acme).await.unwrap(), [1]);
    }

    /// A tenant was deleted, and its id was given out again: the new one inherits nothing.
    async fn an_id_that_was_given_out_again(home) {
        let db = db(&home, 3).await;
        let old = tenant(&db, "Acme").await;
        tenancy::enter!(in_old = old.clone());
        bill(&in_old, 1).await.unwrap();
        let delete = "DELETE FROM organizations";
        sqlx::raw_sql(delete).execute(&mut *db.acquire().await.unwrap()).await.unwrap();

        let new = NewOrganization { name: "Globex".into() };
        let new = Organization::create(new).with_key(*old.id()).execute(&db).await.unwrap();
        assert_strange!(new);
        // Nor does it after it was verified, or assumed to be.
        assert_strange!(Organization::verify(&db, *old.id()).await.unwrap());
        assert_strange!(VerifiedTenant::<Organization>::assume_verified(&db, *old.id(), "a test"));

        // Whoever still has the proof of the old one may drop what is left of it.
        old.drop_database().await.unwrap();
        new.create_database(Database::INVOICES).await.unwrap();
        tenancy::enter!(in_new = new);
        bill(&in_new, 2).await.unwrap();
        assert_eq!(numbers(&in_new).await.unwrap(), [2]);
        let stale = numbers(&in_old).await;
        assert!(matches!(stale, Err(Error::NoDatabase(NoDatabase::NotTheTenants))), "{stale:?}");
        let dropped = old.drop_database().await;
        assert!(matches!(dropped, Err(Error::NoDatabase(NoDatabase::NotTheTenants))), "{dropped:?}");
        assert_eq!(numbers(&in_new).await.unwrap(), [2]);
    }

    /// Forgetting where it is ends nothing that has begun there, so dropping waits for that all the same.
    async fn one_is_forgotten_and_dropped_while_it_is_used(home) {
        let pool = PoolOptions::new().max_connections(3).acquire_timeout(Duration::from_millis(500));
        let _ = db(&home, 1).await;
        let db = with_databases(&home, home.connect_with(pool).await);
        let acme = tenant(&db, "Acme").await;
        tenancy::enter!(mut late = acme.clone());
        let tx = late.begin().await.unwrap();
        bill(&tx, 1).await.unwrap();
        db.forget_database(acme.id());
        for _ in 0..2 {
            let used = acme.drop_database().await;
            assert!(matches!(used, Err(Error::Busy(_))), "{used:?}");
        }
        bill(&tx, 2).await.unwrap();
        tx.commit().await.unwrap();
        tenancy::enter!(in_acme = acme.clone());
        assert_eq!(numbers(&in_acme).await.unwrap(), [1, 2]);
        acme.drop_database().await.unwrap();
        let gone = numbers(&in_acme).await;
        assert!(matches!(gone, Err(Error::NoDatabase(NoDatabase::Absent(_)))), "{gone:?}");
    }

    /// So it does for what another program has begun.
    async fn one_is_dropped_while_another_program_uses_it(home) {
        let pool = PoolOptions::new().max_connections(3).acquire_timeout(Duration::from_millis(500));
        let other = db(&home, 2).await;
        let db = with_databases(&home, home.connect_with(pool).await);
        let acme = tenant(&other, "Acme").await;
        let same = tenancy_tests::over(&db, &acme);
        tenancy::enter!(mut late = acme.clone());
        let tx = late.begin().await.unwrap();
        bill(&tx, 1).await.unwrap();
        let used = same.drop_database().await;
        assert!(matches!(used, Err(Error::Busy(_))), "{used:?}");
        tx.commit().await.unwrap();
        tenancy::enter!(in_acme = acme);
        assert_eq!(numbers(&in_acme).await.unwrap(), [1]);
        same.drop_database().await.unwrap();
    }

    /// A row whose table has no mark for it: nothing is done by the id alone.
    async fn a_row_without_a_mark(home) {
        let db = db(&home, 2).await;
        let acme = tenant(&db, "Acme").await;
        let renamed = "ALTER TABLE organizations RENAME TO marked;
            CREATE TABLE organizations AS SELECT id, name, NULL AS tenancy_mark FROM marked";
        let typed = "ALTER TABLE organizations ALTER tenancy_mark TYPE uuid USING NULL";
        sqlx::raw_sql(renamed).execute(&mut *db.acquire().await.unwrap()).await.unwrap();
        if <Database as sqlx::Database>::NAME == "PostgreSQL" {
            sqlx::raw_sql(typed).execute(&mut *db.acquire().await.unwrap()).await.unwrap();
        }
        let unmarked = Organization::verify(&db, *acme.id()).await.unwrap();
        for done in [
            unmarked.create_database(Database::INVOICES).await,
            unmarked.drop_database().await,
            unmarked.acquire_own().await.map(drop),
        ] {
            assert!(matches!(done, Err(Error::NoDatabase(NoDatabase::Unmarked))), "{done:?}");
        }
        tenancy::enter!(unmarked = unmarked);
        let read = numbers(&unmarked).await;
        assert!(matches!(read, Err(Error::NoDatabase(NoDatabase::Unmarked))), "{read:?}");
        // As soon as it has one, it is found.
        let marked = "UPDATE organizations SET tenancy_mark = (SELECT tenancy_mark FROM marked)";
        sqlx::raw_sql(marked).execute(&mut *db.acquire().await.unwrap()).await.unwrap();
        assert!(numbers(&unmarked).await.unwrap().is_empty());
        // And a tenant that is not there has none.
        let nobody = VerifiedTenant::<Organization>::assume_verified(&db, Uuid::nil(), "a test");
        let created = nobody.create_database(Database::INVOICES).await;
        assert!(matches!(created, Err(Error::TenantUnavailable)), "{created:?}");
    }
}

/// On SQLite the guide's own `id INTEGER PRIMARY KEY` gives out the highest number again.
#[tokio::test]
async fn a_number_that_sqlite_gives_out_again() {
    use sqlx::sqlite::SqliteConnectOptions;
    use tenancy::{Db, DbOf, Root as _, TenantRoot, TenantScoped};

    #[derive(Debug, TenantRoot)]
    #[tenancy(database = sqlx::Sqlite, databases, mark = "seal")]
    struct Shop {
        id: i64,
    }

    #[derive(Debug, TenantScoped)]
    #[tenancy(root = Shop, strategy = database)]
    struct Sale {
        id: uuid::Uuid,
    }

    const SALES: &str = "CREATE TABLE sales (id BLOB PRIMARY KEY NOT NULL)";

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    let pool = PoolOptions::new().max_connections(2);
    let shared = Db::connect_with(pool, "sqlite::memory:".parse().unwrap()).await;
    let db: DbOf<Shop> = shared.unwrap().with_databases(move |id: i64| {
        let file = path.join(format!("{id}.db"));
        async move { Ok(SqliteConnectOptions::new().filename(file)) }
    });
    let shops =
        "CREATE TABLE shops (id INTEGER PRIMARY KEY, seal BLOB NOT NULL DEFAULT (randomblob(16)))";
    let run = async |sql: &'static str| {
        let mut connection = db.acquire().await.unwrap();
        sqlx::raw_sql(sql).execute(&mut *connection).await.unwrap();
    };
    run(shops).await;
    let old = Shop::create(NewShop {}).execute(&db).await.unwrap();
    old.create_database(SALES).await.unwrap();
    {
        tenancy::enter!(old = old.clone());
        Sale::create(NewSale {}).execute(&old).await.unwrap();
    }
    run("DELETE FROM shops").await;
    let new = Shop::create(NewShop {}).execute(&db).await.unwrap();
    assert_eq!(new.id(), old.id());
    tenancy::enter!(new = new);
    let inherited = Sale::query().count(&new).await;
    assert!(
        matches!(inherited, Err(Error::NoDatabase(NoDatabase::NotTheTenants))),
        "{inherited:?}"
    );
}

/// Where a symbolic link leads, is what is dropped: nothing stays behind.
#[cfg(unix)]
#[tokio::test]
async fn a_link_and_where_it_leads() {
    use crate::home::models;
    models!(sqlx::Sqlite);

    let home = Database::home().await;
    let db = db(&home, 2).await;
    let acme = tenant(&db, "Acme").await;
    let file = home.own(*acme.id()).get_filename().to_owned();
    let link = home.path("link.db");
    std::os::unix::fs::symlink(&file, &link).unwrap();
    home.say(*acme.id(), Ok(tenancy_tests::database::file(&link)));
    db.forget_database(acme.id());
    tenancy::enter!(in_acme = acme.clone());
    bill(&in_acme, 1).await.unwrap();
    acme.drop_database().await.unwrap();
    assert!(!file.exists(), "the rows are there still");
    assert!(
        std::fs::symlink_metadata(&link).is_err(),
        "the link is there"
    );
    for companion in ["-wal", "-shm"] {
        let mut name = file.clone().into_os_string();
        name.push(companion);
        assert!(!std::path::Path::new(&name).exists(), "{name:?}");
    }
}

/// L8: behind PgBouncer a connection leads to whichever database has the name at the moment.
#[tokio::test]
async fn two_databases_that_are_swapped_by_name() {
    use crate::home::models;
    models!(sqlx::Postgres);

    let home = Database::home().await;
    let direct = db(&home, 2).await;
    let [acme, globex] = [
        tenant(&direct, "Acme").await,
        tenant(&direct, "Globex").await,
    ];
    let pool = PoolOptions::new()
        .max_connections(3)
        .transaction_pooler(true);
    let shared = tenancy_tests::pooler::by_way_of(&home.shared);
    let look_up = home.clone();
    let pooled: DbOf<Organization> = tenancy::Db::connect_with(pool, shared)
        .await
        .unwrap()
        .with_databases::<Organization, _, _>(move |id| {
        let found = look_up.look_up(id);
        std::future::ready(found.map(|options| tenancy_tests::pooler::by_way_of(&options)))
    });
    let [acme, globex] = [acme, globex].map(|tenant| tenancy_tests::over(&pooled, &tenant));
    tenancy::enter!(mut in_acme = acme.clone());
    tenancy::enter!(in_globex = globex.clone());
    bill(&in_acme, 1).await.unwrap();
    bill(&in_globex, 2).await.unwrap();
    direct.close().await;

    // Its connections to the server are gone, and those to PgBouncer stay.
    let [first, second] = [acme.id(), globex.id()].map(|id| format!("own_{}", id.simple()));
    let swap = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN ('{first}', '{second}');
         SELECT pg_sleep(0.2)"
    );
    tenancy_tests::rls::execute(&home.shared, swap).await;
    for rename in [(&first, "swapped"), (&second, first.as_str())] {
        let (from, to) = rename;
        let to = if to == "swapped" {
            format!("{first}_x")
        } else {
            to.to_owned()
        };
        let sql = format!("ALTER DATABASE {from} RENAME TO {to}");
        tenancy_tests::rls::execute(&home.shared, sql).await;
    }
    let sql = format!("ALTER DATABASE {first}_x RENAME TO {second}");
    tenancy_tests::rls::execute(&home.shared, sql).await;

    for _ in 0..4 {
        let read = numbers(&in_acme).await;
        assert!(read.is_err(), "rows of another tenant: {read:?}");
        let written = bill(&in_globex, 3).await;
        assert!(written.is_err(), "{written:?}");
        let begun = in_acme.begin().await.map(drop);
        assert!(begun.is_err(), "{begun:?}");
    }
    let read = numbers(&in_acme).await;
    assert!(
        matches!(read, Err(Error::NoDatabase(NoDatabase::NotTheTenants))),
        "{read:?}"
    );
    let dropped = acme.drop_database().await;
    assert!(
        matches!(dropped, Err(Error::NoDatabase(NoDatabase::NotTheTenants))),
        "{dropped:?}"
    );
}
