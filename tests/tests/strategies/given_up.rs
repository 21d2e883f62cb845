//! Databases whose creation or removal is given up, and those who are in the way of others.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tenancy::databases::NoDatabase;
use tenancy::{Error, PoolOptions};
use tokio::task::JoinSet;

use crate::home::on_both;
use crate::left_behind::cancel;

on_both! {
    /// L28: whatever is left of a creation that was given up can be created again, and dropped.
    async fn a_creation_that_is_given_up(home) {
        let db = db(&home, 2).await;
        // A database of a server takes its time, and a driver that computes a password's hash many polls.
        let first = registered(&db, "First").await;
        let mut polls = 0;
        let mut created = pin!(first.create_database(Database::INVOICES));
        poll_fn(|task| {
            polls += 1;
            created.as_mut().poll(task)
        })
        .await
        .unwrap();
        let step = (polls / 24).max(1);
        for turn in 0.. {
            let polls = turn / 2 * step;
            let again = turn % 2 == 0;
            let acme = registered(&db, "Acme").await;
            let created = cancel(acme.create_database(Database::INVOICES), polls).await;
            let whole = created.is_some();
            if let Some(created) = created {
                created.unwrap();
            } else if again {
                match acme.create_database(Database::INVOICES).await {
                    // It was complete when it was given up.
                    Ok(()) | Err(Error::Conflict(_)) => {}
                    Err(error) => panic!("{error:?} after {polls} polls"),
                }
            }
            if again {
                tenancy::enter!(in_acme = acme.clone());
                bill(&in_acme, 1).await.unwrap();
                assert_eq!(numbers(&in_acme).await.unwrap(), [1]);
            }
            match acme.drop_database().await {
                Ok(()) => {}
                // There is nothing, or nothing in it.
                Err(Error::NoDatabase(NoDatabase::Absent(_) | NoDatabase::NotTheTenants)) if !again => {
                    acme.create_database(Database::INVOICES).await.unwrap();
                    acme.drop_database().await.unwrap();
                }
                Err(error) => panic!("{error:?} after {polls} polls"),
            }
            if whole && !again {
                break;
            }
            assert!(turn < 200, "it ends");
        }
    }

    /// Two programs create or drop the same at once.
    async fn two_at_once(home) {
        let one = db(&home, 3).await;
        let other = with_databases(&home, home.connect(3).await);
        for _ in 0..3 {
            let acme = registered(&one, "Acme").await;
            let again = Organization::verify(&other, *acme.id()).await.unwrap();
            let (first, second) = tokio::join!(
                acme.create_database(Database::INVOICES),
                again.create_database(Database::INVOICES),
            );
            let made = [&first, &second].iter().filter(|created| created.is_ok()).count();
            assert_eq!(made, 1, "{first:?}, {second:?}");
            for created in [first, second] {
                assert!(matches!(created, Ok(()) | Err(Error::Conflict(_) | Error::Busy(_))), "{created:?}");
            }
            tenancy::enter!(in_acme = acme.clone());
            bill(&in_acme, 1).await.unwrap();
            tenancy::enter!(in_again = again.clone());
            assert_eq!(numbers(&in_again).await.unwrap(), [1]);
            let (first, second) = tokio::join!(acme.drop_database(), again.drop_database());
            assert!(first.is_ok() || second.is_ok(), "{first:?}, {second:?}");
            for dropped in [first, second] {
                let known = matches!(
                    dropped,
                    Ok(())
                        | Err(Error::Busy(_)
                            | Error::NoDatabase(NoDatabase::Absent(_) | NoDatabase::Changing))
                );
                assert!(known, "{dropped:?}");
            }
        }
    }

    /// Others are forgotten all the time, and a lookup is slow: it is found all the same.
    async fn others_are_forgotten_meanwhile(home) {
        let direct = db(&home, 2).await;
        let [acme, globex] = [tenant(&direct, "Acme").await, tenant(&direct, "Globex").await];
        let pool = PoolOptions::new().max_connections(2).acquire_timeout(Duration::from_secs(2));
        let look_up = home.clone();
        let db: DbOf<Organization> = home.connect_with(pool).await
            .with_databases::<Organization, _, _>(move |id| {
                let found = look_up.look_up(id);
                async move {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    found
                }
            });
        let forgetting = tokio::spawn({
            let (db, other) = (db.clone(), *globex.id());
            async move {
                loop {
                    db.forget_database(&other);
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
        });
        tenancy::enter!(in_acme = tenancy_tests::over(&db, &acme));
        bill(&in_acme, 1).await.unwrap();
        // Who is forgotten all the time is busy, and not for ever.
        tenancy::enter!(in_globex = tenancy_tests::over(&db, &globex));
        let start = Instant::now();
        let forgotten = numbers(&in_globex).await;
        assert!(matches!(forgotten, Err(Error::Busy(_))), "{forgotten:?}");
        assert!(start.elapsed() < Duration::from_secs(10));
        forgetting.abort();
    }

    /// A lookup that wants to know what it is asked itself.
    async fn a_lookup_that_asks_its_own_tenant(home) {
        let direct = db(&home, 2).await;
        let acme = tenant(&direct, "Acme").await;
        let own: Arc<std::sync::OnceLock<VerifiedTenant<Organization>>> = Arc::default();
        let pool = PoolOptions::new().max_connections(2).acquire_timeout(Duration::from_millis(500));
        let asked = Arc::clone(&own);
        let look_up = home.clone();
        let db: DbOf<Organization> = home.connect_with(pool).await
            .with_databases::<Organization, _, _>(move |id| {
                let found = look_up.look_up(id);
                let asked = asked.get().cloned();
                async move {
                    if let Some(asked) = asked {
                        drop(asked.acquire_own().await?);
                    }
                    found
                }
            });
        let acme = tenancy_tests::over(&db, &acme);
        own.set(acme.clone()).unwrap();
        tenancy::enter!(in_acme = acme);
        let read = numbers(&in_acme).await;
        assert!(matches!(read, Err(Error::Busy(_) | Error::NoDatabase(NoDatabase::Lookup(_)))), "{read:?}");
    }

    /// Guards that nobody will drop keep nobody from ending.
    #[expect(clippy::mem_forget, reason = "that is what a program might do")]
    async fn guards_that_are_forgotten(home) {
        let pool = PoolOptions::new().max_connections(3).acquire_timeout(Duration::from_millis(300));
        let _ = db(&home, 1).await;
        let db = with_databases(&home, home.connect_with(pool).await);
        let acme = tenant(&db, "Acme").await;
        std::mem::forget(db.acquire().await.unwrap());
        tenancy::enter!(mut in_acme = acme);
        std::mem::forget(in_acme.begin().await.unwrap());
        tokio::time::timeout(Duration::from_secs(5), db.close()).await.expect("it ends");
    }
}

/// Creating is done under the ceiling, too.
#[tokio::test]
async fn many_are_created_on_few_connections() {
    use crate::home::models;
    models!(sqlx::Postgres);

    let mut home = Database::home().await;
    let name = format!("creating {}", Uuid::now_v7());
    home.shared = home.shared.clone().application_name(&name);
    let db = db(&home, 2).await;
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let db = db.clone();
        tasks.spawn(async move {
            let acme = registered(&db, "Acme").await;
            acme.create_database(Database::INVOICES).await.unwrap();
            acme.drop_database().await.unwrap();
        });
    }
    let witness = home.shared.clone().application_name("witness");
    let mut witness = <sqlx::PgConnection as sqlx::Connection>::connect_with(&witness)
        .await
        .unwrap();
    let mut most = 0;
    loop {
        // One that is ending has no query of its own any more, and a moment to live.
        let count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1";
        let count: i64 = sqlx::query_scalar(count)
            .bind(&name)
            .fetch_one(&mut witness)
            .await
            .unwrap();
        most = most.max(count);
        match tokio::time::timeout(Duration::from_millis(2), tasks.join_next()).await {
            Ok(Some(done)) => done.unwrap(),
            Ok(None) => break,
            Err(_) => {}
        }
    }
    assert!((1..=4).contains(&most), "{most} connections");
    // Those that were ending have ended; what is left is in the pool, and ends with it.
    let mut left = async |most: i64| {
        for _ in 0..500 {
            let count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1";
            let count = sqlx::query_scalar::<_, i64>(count).bind(&name);
            if count.fetch_one(&mut witness).await.unwrap() <= most {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        false
    };
    let open = db.connections().open;
    assert!(open <= 2, "{open} connections");
    assert!(left(open as i64).await, "more than {open} connections");
    db.close().await;
    assert!(left(0).await, "connections are left");
}

/// A server that takes connections and says nothing keeps nobody else waiting.
#[tokio::test]
async fn a_server_that_is_silent() {
    use crate::home::models;
    models!(sqlx::Postgres);

    let home = Database::home().await;
    let direct = db(&home, 2).await;
    let acme = tenant(&direct, "Acme").await;
    let mut lost = Vec::new();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .unwrap();
    let port = listener.local_addr().unwrap().port();
    let held = tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((socket, _)) = listener.accept().await {
            held.push(socket);
        }
    });
    for _ in 0..4 {
        let tenant = registered(&direct, "Lost").await;
        let options = home.own(*tenant.id()).host("127.0.0.1").port(port);
        home.say(*tenant.id(), Ok(options));
        lost.push(tenant);
    }
    let pool = PoolOptions::new()
        .max_connections(4)
        .acquire_timeout(Duration::from_secs(3));
    let db = with_databases(&home, home.connect_with(pool).await);
    let mut waiting = JoinSet::new();
    for tenant in &lost {
        for _ in 0..3 {
            let tenant = tenancy_tests::over(&db, tenant);
            waiting.spawn(async move {
                tenancy::enter!(tenant = tenant);
                numbers(&tenant).await
            });
        }
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let start = Instant::now();
    let acme = Organization::verify(&db, *acme.id()).await.unwrap();
    tenancy::enter!(acme = acme);
    bill(&acme, 1).await.unwrap();
    assert_eq!(numbers(&acme).await.unwrap(), [1]);
    let waited = start.elapsed();
    assert!(waited < Duration::from_secs(1), "{waited:?}");
    while let Some(ended) = waiting.join_next().await {
        let ended = ended.unwrap();
        assert!(matches!(ended, Err(Error::Busy(_))), "{ended:?}");
    }
    held.abort();
}

/// A database in memory is gone with its last connection, which makes no room for another.
#[tokio::test]
async fn a_shared_database_in_memory() {
    use crate::home::models;
    models!(sqlx::Sqlite);

    let home = Database::home().await;
    let pool = PoolOptions::new().max_connections(1);
    let memory = tenancy::Db::connect_with(pool, "sqlite::memory:".parse().unwrap());
    let memory = memory.await.unwrap();
    sqlx::raw_sql(Database::ORGANIZATIONS)
        .execute(&mut *memory.acquire().await.unwrap())
        .await
        .unwrap();
    let db = with_databases(&home, memory);
    for round in 1..4 {
        let acme = tenant(&db, "Acme").await;
        tenancy::enter!(in_acme = acme.clone());
        bill(&in_acme, round).await.unwrap();
        assert_eq!(Organization::query().count(&in_acme).await.unwrap(), 1);
        Organization::verify(&db, *acme.id()).await.unwrap();
    }
}

/// Nothing that a lookup says creates a file by being used.
#[tokio::test]
async fn a_lookup_that_would_create_a_file() {
    use crate::home::models;
    models!(sqlx::Sqlite);

    let home = Database::home().await;
    let db = db(&home, 2).await;
    let acme = registered(&db, "Acme").await;
    let file = home.path("new.db");
    let uri = format!("file:{}?mode=rwc", file.display());
    for options in [
        sqlx::sqlite::SqliteConnectOptions::new().filename(&uri),
        format!("sqlite://{}?mode=rwc", file.display())
            .parse()
            .unwrap(),
        tenancy_tests::database::file(&file),
    ] {
        home.say(*acme.id(), Ok(options));
        tenancy::enter!(in_acme = acme.clone());
        let read = numbers(&in_acme).await;
        assert!(
            matches!(
                read,
                Err(Error::NoDatabase(
                    NoDatabase::Absent(_) | NoDatabase::Unfit(_)
                ))
            ),
            "{read:?}"
        );
        let dropped = acme.drop_database().await;
        assert!(
            matches!(
                dropped,
                Err(Error::NoDatabase(
                    NoDatabase::Absent(_) | NoDatabase::Unfit(_)
                ))
            ),
            "{dropped:?}"
        );
        assert!(!file.exists(), "it was created");
    }
}
