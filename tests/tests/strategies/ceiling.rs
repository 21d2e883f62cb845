//! L21: one ceiling over the connections to all databases, with more who want one than there are.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tenancy::{Error, PoolOptions};
use tokio::task::JoinSet;

use crate::home::on_both;

/// How many tenants there are: more than connections.
const TENANTS: usize = 5;

macro_rules! tenants {
    ($db:ident) => {{
        let mut tenants = Vec::new();
        for number in 0..TENANTS {
            tenants.push(tenant(&$db, &format!("Tenant {number}")).await);
        }
        tenants
    }};
}

on_both! {
    /// Statements and transactions of all tenants at once, on either database: everybody's turn comes.
    async fn everybody_has_a_turn(home) {
        let db = db(&home, 2).await;
        let tenants = tenants!(db);
        let mut tasks = JoinSet::new();
        for turn in 0..8 {
            for tenant in &tenants {
                let (db, tenant) = (db.clone(), tenant.clone());
                tasks.spawn(async move {
                    let id = *tenant.id();
                    tenancy::enter!(mut tenant = tenant);
                    match turn % 4 {
                        0 => bill(&tenant, turn).await.unwrap(),
                        1 => {
                            let tx = tenant.begin().await.unwrap();
                            bill(&tx, turn).await.unwrap();
                            tokio::task::yield_now().await;
                            tx.commit().await.unwrap();
                        }
                        2 => {
                            let tx = tenant.begin().await.unwrap();
                            bill(&tx, turn).await.unwrap();
                            drop(tx);
                        }
                        _ => {
                            Organization::verify(&db, id).await.unwrap();
                            numbers(&tenant).await.unwrap();
                        }
                    }
                });
            }
        }
        let all = async { while let Some(done) = tasks.join_next().await { done.unwrap() } };
        tokio::time::timeout(Duration::from_secs(60), all).await.expect("nobody waits for ever");
        for tenant in tenants {
            tenancy::enter!(tenant = tenant);
            assert_eq!(numbers(&tenant).await.unwrap(), [0, 1, 4, 5]);
        }
    }

    /// Transactions that are held keep their connections, and the others share the one that is left.
    async fn transactions_are_held_meanwhile(home) {
        let db = db(&home, 3).await;
        let tenants = tenants!(db);
        tenancy::enter!(mut first = tenants[0].clone());
        tenancy::enter!(mut second = tenants[1].clone());
        let first = first.begin().await.unwrap();
        let second = second.begin().await.unwrap();
        bill(&first, 1).await.unwrap();
        bill(&second, 2).await.unwrap();
        let mut tasks = JoinSet::new();
        for _ in 0..4 {
            for tenant in tenants[2..].iter().cloned() {
                tasks.spawn(async move {
                    tenancy::enter!(tenant = tenant);
                    bill(&tenant, 3).await.unwrap();
                });
            }
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
        bill(&first, 4).await.unwrap();
        first.commit().await.unwrap();
        second.commit().await.unwrap();
        let expected: [&[i64]; TENANTS] = [&[1, 4], &[2], &[3; 4], &[3; 4], &[3; 4]];
        for (tenant, expected) in tenants.into_iter().zip(expected) {
            tenancy::enter!(tenant = tenant);
            assert_eq!(numbers(&tenant).await.unwrap(), expected);
        }
    }

    /// A lookup that asks the shared database, over the same pool, with one connection for all: whoever looks
    /// something up holds none.
    async fn a_lookup_in_the_shared_database(home) {
        let registrar = db(&home, 2).await;
        let tenants = tenants!(registrar);
        let plain = home.connect(1).await;
        let (asked, known) = (plain.clone(), home.clone());
        let one: DbOf<Organization> = plain.with_databases::<Organization, _, _>(move |id| {
            let (asked, known) = (asked.clone(), known.clone());
            async move {
                let find = sqlx::query_scalar("SELECT name FROM organizations WHERE id = $1").bind(id);
                let _: String = find.fetch_one(&mut *asked.acquire().await?).await?;
                known.look_up(id)
            }
        });
        let mut tasks = JoinSet::new();
        for turn in 0..3 {
            for tenant in &tenants {
                let id = *tenant.id();
                let one = one.clone();
                tasks.spawn(async move {
                    let tenant = Organization::verify(&one, id).await.unwrap();
                    tenancy::enter!(mut tenant = tenant);
                    let tx = tenant.begin().await.unwrap();
                    bill(&tx, turn).await.unwrap();
                    tx.commit().await.unwrap();
                    Plan::query().count(&tenant).await.unwrap();
                });
            }
        }
        let all = async { while let Some(done) = tasks.join_next().await { done.unwrap() } };
        tokio::time::timeout(Duration::from_secs(60), all).await.expect("nobody waits for ever");
        for tenant in tenants {
            tenancy::enter!(tenant = tenant);
            assert_eq!(numbers(&tenant).await.unwrap(), [0, 1, 2]);
        }
    }

    /// Who holds the last connection and wants another one is told so, and does not wait for itself.
    async fn the_last_connection_is_held(home) {
        let plain = db(&home, 2).await;
        let acme = tenant(&plain, "Acme").await;
        let timeout = Duration::from_millis(300);
        let pool = PoolOptions::new().max_connections(1).acquire_timeout(timeout);
        let one = with_databases(&home, home.connect_with(pool).await);
        let acme = VerifiedTenant::assume_verified(&one, *acme.id(), "verified over another pool");
        tenancy::enter!(mut tenant = acme.clone());
        tenancy::enter!(mut again = acme);
        let tx = tenant.begin().await.unwrap();
        // By the transaction itself it cannot be asked for.
        let shared = Organization::query().count(&tx).await;
        assert!(matches!(shared, Err(Error::OtherDatabase)), "{shared:?}");
        let shared = Plan::query().count(&tx).await;
        assert!(matches!(shared, Err(Error::OtherDatabase)), "{shared:?}");
        let start = Instant::now();
        for busy in [
            Organization::query().count(&again).await,
            Invoice::query().count(&again).await,
            Plan::query().count(&one).await,
        ] {
            assert!(matches!(busy, Err(Error::Busy(_))), "{busy:?}");
        }
        assert!(matches!(again.begin().await, Err(Error::Busy(_))));
        assert!(matches!(again.begin_shared().await, Err(Error::Busy(_))));
        assert!(start.elapsed() < 20 * timeout);
        bill(&tx, 1).await.unwrap();
        tx.commit().await.unwrap();
        let tx = again.begin_shared().await.unwrap();
        let own = numbers(&tx).await;
        assert!(matches!(own, Err(Error::OtherDatabase)), "{own:?}");
        assert!(matches!(bill(&tx, 2).await, Err(Error::OtherDatabase)));
        // Which is no end of it.
        assert_eq!(Organization::query().count(&tx).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(numbers(&again).await.unwrap(), [1]);
    }
}

/// More tenants than are remembered at once.
#[tokio::test]
async fn many_tenants() {
    use crate::home::models;
    models!(sqlx::Sqlite);

    let home = Database::home().await;
    let db = db(&home, 3).await;
    let mut tenants = Vec::new();
    for _ in 0..100 {
        tenants.push(tenant(&db, "Tenant").await);
    }
    for turn in 0..2 {
        for (number, tenant) in tenants.iter().enumerate() {
            tenancy::enter!(tenant = tenant.clone());
            let number = i64::try_from(number).unwrap();
            bill(&tenant, number).await.unwrap();
            assert_eq!(numbers(&tenant).await.unwrap(), vec![number; turn + 1]);
        }
    }
}

/// The server sees no more connections than there may be, wherever they lead.
#[tokio::test]
async fn the_server_sees_few_connections() {
    use crate::home::models;
    models!(sqlx::Postgres);

    let mut home = Database::home().await;
    let name = format!("ceiling {}", Uuid::now_v7());
    home.shared = home.shared.clone().application_name(&name);
    let db = db(&home, 3).await;
    let tenants = Arc::new(tenants!(db));
    let mut tasks = JoinSet::new();
    for task in 0..30 {
        let tenants = Arc::clone(&tenants);
        tasks.spawn(async move {
            for turn in 0..4 {
                tenancy::enter!(tenant = tenants[(task + turn) % TENANTS].clone());
                bill(&tenant, 1).await.unwrap();
            }
        });
    }
    let mut witness = <sqlx::PgConnection as sqlx::Connection>::connect_with(
        &home.shared.clone().application_name("witness"),
    )
    .await
    .unwrap();
    let mut most = 0;
    loop {
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
    // A server process ends a moment after its connection: one more for each is on its way out.
    assert!((2..=6).contains(&most), "{most} connections");
}
