//! What is set on a connection does not outlive its borrower (lesson L7).

use std::time::Duration;

use sqlx::{Connection as _, Row as _};
use tenancy::Db;
use tenancy::PoolOptions;
use tenancy_tests::over;
use tenancy_tests::postgres;

use crate::polls::single;
use crate::probe::Probe as _;

#[tokio::test]
async fn settings_and_roles_end_with_the_borrower() {
    let db = postgres::database().await;
    let one = single(&db).await;
    for statement in [
        "SET ROLE pg_read_all_data",
        "SET SESSION AUTHORIZATION pg_monitor",
        "SET SESSION AUTHORIZATION pg_monitor; SET ROLE pg_read_all_stats",
        "SET search_path = pg_catalog",
        "SET app.tenant = 'acme'",
        "SELECT set_config('app.tenant', 'acme', false)",
        "BEGIN; SET LOCAL app.tenant = 'acme'",
        "BEGIN; SELECT set_config('app.tenant', 'acme', true); SELECT 1/0",
        "BEGIN; SET search_path = pg_catalog; COMMIT",
        "BEGIN; INSERT INTO plans VALUES ('left', 'open')",
        "BEGIN; SAVEPOINT a; SAVEPOINT b",
        // A temporary table stands before a permanent one of its name.
        "CREATE TEMPORARY TABLE plans AS SELECT 'left' AS key, 'temporary' AS value",
        "SELECT pg_advisory_lock(1)",
        "BEGIN; DECLARE kept CURSOR WITH HOLD FOR SELECT * FROM notes; COMMIT",
        "LISTEN news",
    ] {
        let mut connection = one.acquire().await.expect("a connection");
        let _ = sqlx::raw_sql(statement).execute(&mut *connection).await;
        drop(connection);
        sqlx::Postgres::assert_clean(&one, &db).await;
    }
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM plans")
        .fetch_one(&mut *db.acquire().await.expect("a connection"))
        .await
        .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn prepared_statements_survive_the_release() {
    let db = postgres::database().await;
    let one = single(&db).await;
    let statement =
        "SELECT count(*) AS n FROM pg_prepared_statements WHERE statement LIKE '%plans%'";
    for _ in 0..5 {
        sqlx::query("SELECT key FROM plans WHERE key = $1")
            .bind("a")
            .fetch_optional(&mut *one.acquire().await.expect("a connection"))
            .await
            .unwrap();
        let mut connection = one.acquire().await.expect("a connection");
        assert!(connection.cached_statements_size() >= 1);
        let row = sqlx::raw_sql(statement)
            .fetch_one(&mut *connection)
            .await
            .unwrap();
        // Prepared once, and still there: both sides agree.
        assert_eq!(row.get::<i64, _>("n"), 1);
    }
}

#[tokio::test]
async fn what_the_connection_options_say_stays() {
    let db = postgres::database().await;
    let options = db.connect_options().clone();
    let options = options.options([("role", "pg_monitor"), ("app.tenant", "acme")]);
    let one: Db<sqlx::Postgres> = Db::connect_with(PoolOptions::new().max_connections(1), options)
        .await
        .unwrap();
    for _ in 0..2 {
        let look = "SELECT current_user AS role, current_setting('app.tenant') AS tenant";
        let row = sqlx::raw_sql(look)
            .fetch_one(&mut *one.acquire().await.expect("a connection"))
            .await
            .unwrap();
        assert_eq!(row.get::<&str, _>("role"), "pg_monitor");
        assert_eq!(row.get::<&str, _>("tenant"), "acme");
        sqlx::raw_sql("SET ROLE NONE; SET app.tenant = 'globex'")
            .execute(&mut *one.acquire().await.expect("a connection"))
            .await
            .unwrap();
    }
}

/// The migrator of sqlx 0.9.0 leaves its lock on the connection when a migration fails; the next
/// run would wait for it forever (trap 9 of the design).
#[tokio::test]
async fn a_failed_migration_does_not_hold_its_lock() {
    use sqlx::migrate::Migrator;

    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("1_broken.sql");
    std::fs::write(&broken, "SELECT 1/0").unwrap();
    let db = postgres::database().await;
    let migrator = Migrator::new(folder.path()).await.unwrap();
    migrator
        .run(&mut *db.acquire().await.expect("a connection"))
        .await
        .unwrap_err();
    let other = single(&db).await;
    let mut other = other.acquire().await.expect("a connection");
    let again = migrator.run(&mut *other);
    let again = tokio::time::timeout(Duration::from_secs(5), again).await;
    again.expect("the lock is free").unwrap_err();
}

/// A server that ends a connection costs the borrower its statement, and nobody else anything.
#[tokio::test]
async fn a_connection_that_broke_is_replaced() {
    use tenancy::{Root as _, TenantScoped as _};
    use tenancy_tests::postgres::*;

    let db = database().await;
    let one = single(&db).await;
    let tenant = Organization::create(NewOrganization {
        name: "Acme".into(),
    })
    .execute(&db)
    .await
    .unwrap();
    tenancy::enter!(mut acme = over(&one, &tenant));
    let pid = "SELECT pg_backend_pid()";
    let end = "SELECT pg_terminate_backend($1, 5000)";
    let before: i32 = sqlx::query_scalar(pid)
        .fetch_one(&mut *one.acquire().await.expect("a connection"))
        .await
        .unwrap();
    let tx = acme.begin().await.unwrap();
    let note = NewNote {
        body: "lost".into(),
        priority: None,
    };
    Note::create(note).execute(&tx).await.unwrap();
    let ended: bool = sqlx::query_scalar(end)
        .bind(before)
        .fetch_one(&mut *db.acquire().await.expect("a connection"))
        .await
        .unwrap();
    assert!(ended);
    Note::query().count(&tx).await.unwrap_err();
    tx.commit().await.unwrap_err();
    assert_eq!(Note::query().count(&acme).await.unwrap(), 0);
    let after: i32 = sqlx::query_scalar(pid)
        .fetch_one(&mut *one.acquire().await.expect("a connection"))
        .await
        .unwrap();
    assert_ne!(before, after);
}

/// Whatever cleaning does, any login may do; else it would close the connection.
#[tokio::test]
async fn an_ordinary_login_keeps_its_connection() {
    let db = postgres::database().await;
    let create = "DO $$ BEGIN CREATE ROLE ordinary LOGIN PASSWORD 'ordinary';
                  EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$";
    sqlx::raw_sql(create)
        .execute(&mut *db.acquire().await.expect("a connection"))
        .await
        .unwrap();
    let options = db.connect_options().clone();
    let options = options.username("ordinary").password("ordinary");
    let one: Db<sqlx::Postgres> = Db::connect_with(PoolOptions::new().max_connections(1), options)
        .await
        .unwrap();
    let mut connections = std::collections::HashSet::new();
    for statement in [
        "SELECT 1",
        "BEGIN",
        "BEGIN; SELECT 1/0",
        "SET app.tenant = 'a'",
    ] {
        let mut connection = one.acquire().await.expect("a connection");
        let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
            .fetch_one(&mut *connection)
            .await
            .unwrap();
        connections.insert(pid);
        let _ = sqlx::raw_sql(statement).execute(&mut *connection).await;
    }
    assert_eq!(connections.len(), 1);
}

/// Statements of this crate may run code of the database that leaves something: a sequence, a trigger.
#[tokio::test]
async fn what_a_statement_left_by_way_of_the_database_is_not_seen_by_the_next_borrower() {
    use postgres::{NewNote, NewOrganization, Note, Organization};
    use tenancy::{Root as _, TenantScoped as _};

    let db = postgres::database().await;
    let one = single(&db).await;
    let trigger = "CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM set_config('app.tenant', NEW.tenant_id::text, false); RETURN NEW; END $$;
        CREATE TRIGGER tell BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION tell()";
    sqlx::raw_sql(trigger)
        .execute(&mut *one.acquire().await.expect("a connection"))
        .await
        .unwrap();
    let acme = Organization::create(NewOrganization {
        name: "Acme".into(),
    });
    let acme = acme.execute(&one).await.unwrap();
    tenancy::enter!(acme = acme);
    let note = NewNote {
        body: "a".into(),
        priority: None,
    };
    Note::create(note).execute(&acme).await.unwrap();
    let mut next = one.acquire().await.expect("a connection");
    let seen = "SELECT coalesce(current_setting('app.tenant', true), '')";
    let seen: String = sqlx::query_scalar(seen)
        .fetch_one(&mut *next)
        .await
        .unwrap();
    let last = sqlx::query_scalar::<_, i64>("SELECT lastval()");
    let last = last.fetch_one(&mut *next).await;
    assert!(seen.is_empty() && last.is_err(), "{seen:?} {last:?}");
}

/// Statements of this crate are cleaned of that only if the pool is told so.
#[tokio::test]
async fn what_a_trigger_left_is_seen_by_the_next_statement_unless_always_cleaned() {
    use postgres::{NewNote, NewOrganization, Note, Organization};
    use tenancy::{Root as _, TenantScoped as _};

    let db = postgres::database().await;
    let trigger = "CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.body := coalesce(current_setting('app.tenant', true), '');
            PERFORM set_config('app.tenant', NEW.tenant_id::text, false);
            RETURN NEW;
        END $$;
        CREATE TRIGGER tell BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION tell()";
    sqlx::raw_sql(trigger)
        .execute(&mut *db.acquire().await.expect("a connection"))
        .await
        .unwrap();
    let new = |name: &str| NewOrganization { name: name.into() };
    let acme = Organization::create(new("Acme")).execute(&db).await;
    let globex = Organization::create(new("Globex")).execute(&db).await;
    let (acme, globex) = (acme.unwrap(), globex.unwrap());
    for always in [false, true] {
        let pool = PoolOptions::new().max_connections(1).always_clean(always);
        let options = db.connect_options().clone();
        let one = Db::connect_with(pool, options).await.unwrap();
        let mut seen = Vec::new();
        for tenant in [&acme, &globex] {
            tenancy::enter!(tenant = over(&one, tenant));
            let note = NewNote {
                body: "replaced".into(),
                priority: None,
            };
            seen.push(
                Note::create(note)
                    .fetch_one(&tenant)
                    .await
                    .unwrap()
                    .body
                    .clone(),
            );
        }
        let left = if always {
            String::new()
        } else {
            acme.id().to_string()
        };
        assert_eq!(seen, [String::new(), left]);
    }
}
