//! The transaction of a read that was left open, where nobody comes to end it in time.

use std::time::{Duration, Instant};

use sqlx::{Connection as _, Executor as _, PgConnection};
use tenancy::{Db, DbOf, PoolOptions, Root as _, TenantScoped as _, VerifiedTenant};
use tenancy_tests::with_rls::{Database, Fresh, NewNote, Note, Organization, database};

use crate::proxy::Proxy;
use crate::rls::{note, tenant};

async fn outside(fresh: &Fresh) -> PgConnection {
    let superuser = &fresh.outside().shared;
    PgConnection::connect_with(superuser).await.unwrap()
}

async fn single(fresh: &Fresh) -> DbOf<Organization> {
    let pool = PoolOptions::new().max_connections(1);
    let db = Db::<Database>::connect_with(pool, fresh.connect_options().clone());
    db.await.unwrap().with_rls().await.unwrap()
}

/// A program that does nothing but wait for something else: its runtime does not run, and nor does any task. What
/// waits for the locks of its last read waits for the server to end that, and no longer.
#[test]
fn a_program_that_is_blocked() {
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().build().unwrap()
    };
    let (blocked, other) = (runtime(), runtime());
    let (fresh, db, acme) = blocked.block_on(async {
        let fresh = database().await;
        let acme = tenant(&fresh, "Acme").await;
        let db = single(&fresh).await;
        (fresh, db.clone(), tenancy_tests::over(&db, &acme))
    });
    let count = async || {
        tenancy::enter!(acme = acme.clone());
        Note::query().count(&acme).await
    };
    for _ in 0..2 {
        assert_eq!(blocked.block_on(count()).unwrap(), 1);
    }
    other.block_on(async {
        let alter = "SET lock_timeout = '60s'; ALTER TABLE notes ALTER body SET STORAGE EXTENDED";
        let mut outside = outside(&fresh).await;
        outside.execute(sqlx::raw_sql(alter)).await.unwrap();
    });
    // That the connection is gone, nobody notices.
    assert_eq!(blocked.block_on(count()).unwrap(), 1);
    blocked.block_on(db.close());
}

/// What the program itself keeps open, it may keep open for as long as its role may.
#[tokio::test]
async fn transactions_of_the_program_are_as_they_were() {
    let fresh = database().await;
    let acme = tenant(&fresh, "Acme").await;
    let notes = "CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN NEW.body := current_setting('idle_in_transaction_session_timeout'); RETURN NEW; END $$;
        CREATE TRIGGER tell BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION tell()";
    let mut outside = outside(&fresh).await;
    outside.execute(sqlx::raw_sql(notes)).await.unwrap();
    let role = "DO $$ BEGIN EXECUTE format(
        'ALTER DATABASE %I SET idle_in_transaction_session_timeout TO ''7min''', current_database()); END $$";
    outside.execute(sqlx::raw_sql(role)).await.unwrap();
    let db = single(&fresh).await;
    tenancy::enter!(mut acme = tenancy_tests::over(&db, &acme));
    let new = || NewNote {
        body: "a".into(),
        priority: None,
    };
    for _ in 0..3 {
        // Which is the first on its connection, or comes after a read that is open still, or is not.
        for pause in [0, 20] {
            let told = Note::create(new()).fetch_one(&acme).await.unwrap();
            assert_eq!(told.body, "7min");
            Note::query().count(&acme).await.unwrap();
            tokio::time::sleep(Duration::from_millis(pause)).await;
            let told = Note::create(new()).fetch_one(&acme).await.unwrap();
            assert_eq!(told.body, "7min");
            Note::query().count(&acme).await.unwrap();
            tokio::time::sleep(Duration::from_millis(pause)).await;
            let transaction = acme.begin().await.unwrap();
            let told = Note::create(new()).fetch_one(&transaction).await.unwrap();
            assert_eq!(told.body, "7min");
            transaction.rollback().await.unwrap();
            Note::query().count(&acme).await.unwrap();
            let told: String = sqlx::query_scalar("SHOW idle_in_transaction_session_timeout")
                .fetch_one(&mut *db.acquire().await.unwrap())
                .await
                .unwrap();
            assert_eq!(told, "7min");
        }
    }
}

/// What a read did beside reading may come to nothing when its transaction ends. That is no error of whoever ends it,
/// who may be another tenant.
#[tokio::test]
async fn the_end_of_a_read_is_nobody_elses() {
    let fresh = database().await;
    let acme = tenant(&fresh, "Acme").await;
    let globex = tenant(&fresh, "Globex").await;
    let traces = format!(
        "CREATE TABLE traces (id int PRIMARY KEY, before int REFERENCES traces DEFERRABLE INITIALLY DEFERRED);
        CREATE FUNCTION trace() RETURNS boolean LANGUAGE sql SECURITY DEFINER AS
            'INSERT INTO traces VALUES (1, 2); SELECT true';
        ALTER POLICY tenancy_isolation ON notes USING (
            tenant_id = nullif(current_setting('tenancy.tenant', true), '')::uuid
            AND CASE tenant_id WHEN '{}' THEN (SELECT trace()) ELSE true END)",
        acme.id()
    );
    tenancy_tests::rls::execute(&fresh.outside().shared, traces).await;
    let db = single(&fresh).await;
    tenancy::enter!(acme = tenancy_tests::over(&db, &acme));
    tenancy::enter!(mut globex = tenancy_tests::over(&db, &globex));
    for turn in 1..4 {
        assert_eq!(Note::query().count(&acme).await.unwrap(), 1);
        assert_eq!(Note::query().count(&globex).await.unwrap(), turn);
        assert_eq!(Note::query().count(&acme).await.unwrap(), 1);
        let transaction = globex.begin().await.unwrap();
        note(&transaction).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(Note::query().count(&acme).await.unwrap(), 1);
        assert_eq!(Organization::query().count(&globex).await.unwrap(), 1);
        Note::query().count(&acme).await.unwrap();
        db.acquire().await.unwrap();
    }
}

/// A server that falls silent while reads are open: whoever needs a connection waits no longer than usual.
#[tokio::test]
async fn a_server_that_falls_silent() {
    let fresh = database().await;
    let acme = tenant(&fresh, "Acme").await;
    let proxy = Proxy::start(fresh.connect_options()).await;
    let patience = Duration::from_millis(500);
    let pool = PoolOptions::new()
        .max_connections(4)
        .acquire_timeout(patience);
    let db = Db::<Database>::connect_with(pool, proxy.options(fresh.connect_options())).await;
    let db = db.unwrap().with_rls().await.unwrap();
    let acme: VerifiedTenant<Organization> = tenancy_tests::over(&db, &acme);
    tenancy::enter!(read = acme.clone());
    Note::query().count(&read).await.unwrap();
    proxy.hold_answers();
    let start = Instant::now();
    db.acquire().await.unwrap_err();
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "{:?}",
        start.elapsed()
    );
    proxy.pass_answers();
    Organization::verify(&db, *acme.id()).await.unwrap();
    db.close().await;
}
