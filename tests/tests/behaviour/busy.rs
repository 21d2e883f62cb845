//! A busy database says so, as something one may try again, and never hangs.

use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use tenancy::PoolOptions;
use tenancy::{Db, Error, Root as _, TenantScoped as _};
use tenancy_tests::over;

use crate::tenants;

tenancy_tests::on_both! {
    async fn no_connection_becomes_free() {
        let db = database().await;
        let [acme] = tenants!(db, "Acme");
        let options = db.connect_options().clone();
        let pool = PoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(1));
        let one = Db::connect_with(pool, options).await.unwrap();
        tenancy::enter!(mut acme = over(&one, &acme));
        let tx = acme.begin().await.unwrap();
        let verified = Organization::verify(&one, *tx.id()).await;
        assert!(matches!(verified, Err(Error::Busy(_))));
        {
            tenancy::enter!(mut other = over(&one, &tx.verified()));
            assert!(matches!(Note::query().count(&other).await, Err(Error::Busy(_))));
            assert!(matches!(other.begin().await, Err(Error::Busy(_))));
        }
        // The transaction itself has its connection.
        assert_eq!(Note::query().count(&tx).await.unwrap(), 0);
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn another_writer_holds_the_lock_of_sqlite() {
    use tenancy_tests::sqlite::*;

    let db = database().await;
    let [acme] = tenants!(db, "Acme");
    let options: SqliteConnectOptions = db.connect_options().clone();
    let hasty = options.busy_timeout(Duration::from_millis(20));
    let hasty = Db::connect_with(PoolOptions::new(), hasty).await.unwrap();
    tenancy::enter!(mut writer = acme.clone());
    let tx = writer.begin().await.unwrap();
    tenancy::enter!(mut acme = over(&hasty, &acme));
    let note = NewNote {
        body: "x".into(),
        priority: None,
    };
    let refused = Note::create(note).execute(&acme).await;
    assert!(matches!(refused, Err(Error::Busy(_))), "{refused:?}");
    assert!(matches!(acme.begin().await, Err(Error::Busy(_))));
    // Readers are in nobody's way.
    assert_eq!(Note::query().count(&acme).await.unwrap(), 0);
    tx.rollback().await.unwrap();
    acme.begin().await.unwrap().commit().await.unwrap();
}

mod postgres_locks {
    use super::*;
    use tenancy_tests::postgres::*;

    async fn with_setting(db: &Db<Database>, name: &str, value: &str) -> Db<Database> {
        let options = db.connect_options().clone();
        let options = options.options([(name, value)]);
        Db::connect_with(PoolOptions::new(), options).await.unwrap()
    }

    #[tokio::test]
    async fn a_lock_is_not_granted_in_time() {
        let db = database().await;
        let [acme] = tenants!(db, "Acme");
        let hasty = with_setting(&db, "lock_timeout", "50ms").await;
        tenancy::enter!(mut holder = acme.clone());
        let note = NewNote {
            body: "x".into(),
            priority: None,
        };
        let id = Note::create(note).fetch_one(&holder).await.unwrap().id;
        let tx = holder.begin().await.unwrap();
        Note::find(id).for_update().fetch_one(&tx).await.unwrap();

        tenancy::enter!(mut acme = over(&hasty, &acme));
        let note = Note::find(id).fetch_one(&acme).await.unwrap();
        let update = Note::update(&note).set(|n| n.body.to("y")).execute(&acme);
        assert!(matches!(update.await, Err(Error::Busy(_))));
        // The setting came with the connection's options, so it outlives the release.
        let other = acme.begin().await.unwrap();
        let locked = Note::find(id).for_update().fetch_one(&other).await;
        assert!(matches!(locked, Err(Error::Busy(_))));
        assert!(matches!(other.commit().await, Err(Error::RolledBack)));
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn two_transactions_wait_for_each_other() {
        let db = database().await;
        let [acme] = tenants!(db, "Acme");
        tenancy::enter!(mut first = acme.clone());
        let notes = ["a", "b"].map(|body| NewNote {
            body: body.into(),
            priority: None,
        });
        Note::create_many(notes).execute(&first).await.unwrap();
        tenancy::enter!(mut second = acme);
        let one = first.begin().await.unwrap();
        let other = second.begin().await.unwrap();
        let update = |body: &'static str| {
            Note::update_where(move |n| n.body.eq(body)).set(|n| n.priority.to(1))
        };
        update("a").execute(&one).await.unwrap();
        let update = |body: &'static str| {
            Note::update_where(move |n| n.body.eq(body)).set(|n| n.priority.to(1))
        };
        update("b").execute(&other).await.unwrap();
        let crossed = tokio::join!(
            Note::update_where(|n| n.body.eq("b"))
                .set(|n| n.priority.to(2))
                .execute(&one),
            async {
                let result = Note::update_where(|n| n.body.eq("a"))
                    .set(|n| n.priority.to(2))
                    .execute(&other)
                    .await;
                drop(other);
                result
            },
        );
        let (victim, winner) = match crossed {
            (Err(error), Ok(_)) | (Ok(_), Err(error)) => (error, one.commit().await),
            other => panic!("{other:?}"),
        };
        assert!(matches!(victim, Error::Busy(_)), "{victim:?}");
        assert!(matches!(winner, Ok(()) | Err(Error::RolledBack)));
    }

    #[tokio::test]
    async fn transactions_that_do_not_serialise() {
        let db = database().await;
        let [acme] = tenants!(db, "Acme");
        let strict = with_setting(&db, "default_transaction_isolation", "serializable").await;
        tenancy::enter!(mut first = over(&strict, &acme));
        tenancy::enter!(mut second = over(&strict, &acme));
        let note = || NewNote {
            body: "x".into(),
            priority: None,
        };
        let one = first.begin().await.unwrap();
        let other = second.begin().await.unwrap();
        Note::query().count(&one).await.unwrap();
        Note::query().count(&other).await.unwrap();
        Note::create(note()).execute(&one).await.unwrap();
        Note::create(note()).execute(&other).await.unwrap();
        one.commit().await.unwrap();
        assert!(matches!(other.commit().await, Err(Error::Busy(_))));
        assert_eq!(Note::query().count(&first).await.unwrap(), 1);
    }
}

mod postgres_room {
    use super::*;
    use tenancy_tests::postgres::*;

    /// Options of a login that may have one connection.
    async fn one_only(db: &Db<Database>) -> sqlx::postgres::PgConnectOptions {
        let create = "DO $$ BEGIN EXECUTE format(
            'CREATE ROLE %I LOGIN PASSWORD ''one'' CONNECTION LIMIT 1', current_database()); END $$";
        sqlx::raw_sql(create)
            .execute(&mut *db.acquire().await.unwrap())
            .await
            .unwrap();
        let options = db.connect_options().clone();
        let name = options.get_database().unwrap().to_owned();
        options.username(&name).password("one")
    }

    #[tokio::test]
    async fn the_server_has_no_room_for_a_connection() {
        let db = database().await;
        let options = one_only(&db).await;
        let holder = Db::connect_with(PoolOptions::new(), options.clone());
        let holder: Db<Database> = holder.await.unwrap();
        let waits = |limit| PoolOptions::new().acquire_timeout(Duration::from_millis(limit));
        let hasty: Db<Database> = Db::connect_lazy_with(waits(500), options.clone());
        let started = std::time::Instant::now();
        let refused = hasty.acquire().await.unwrap_err();
        let Error::Busy(told) = &refused else {
            panic!("{refused:?}");
        };
        assert_eq!(told.code(), Some("53300"));
        // It was asked for more than once.
        assert!(started.elapsed() > Duration::from_millis(100));
        assert_eq!(hasty.connections().open, 0);

        let patient: Db<Database> = Db::connect_lazy_with(waits(20_000), options);
        let acquired = tokio::spawn(async move { patient.acquire().await.map(drop) });
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(!acquired.is_finished());
        holder.close().await;
        acquired.await.unwrap().unwrap();
    }
}
