//! A server that falls silent in the middle of what it does, with databases of some tenants, and nobody else's.

use std::time::Duration;

use sqlx::Postgres;
use tenancy::{Db, DbOf, Error, PoolOptions, Root as _, TenantScoped as _, VerifiedTenant};
use tenancy_tests::database;
use tenancy_tests::postgres_databases::{self, Note, Organization};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::proxy::Proxy;

const CONNECTIONS: usize = 4;

const HEALTHY: Uuid = Uuid::from_u128(0x801);

/// Of the silent server.
const SILENT: [Uuid; 2] = [Uuid::from_u128(0x802), Uuid::from_u128(0x803)];

/// Statements that wait for the silent server, as many as there are: those of other tenants go on.
#[tokio::test]
async fn others_go_on() {
    let fresh = postgres_databases::database().await;
    let proxy = Proxy::start(fresh.connect_options()).await;
    let own = fresh.outside().own.clone();
    let patience = Duration::from_secs(3);
    let pool = PoolOptions::new()
        .max_connections(u32::try_from(CONNECTIONS).unwrap())
        .acquire_timeout(patience);
    let db = Db::<Postgres>::connect_with(pool, fresh.connect_options().clone());
    let db = db.await.unwrap();
    let at = proxy.options(fresh.connect_options());
    let db: DbOf<Organization> = db.with_databases(move |id| {
        let (_, place) = own.iter().find(|(tenant, _)| *tenant == id).unwrap();
        let name = place.get_database().unwrap();
        let place = match id {
            HEALTHY => place.clone(),
            _ => at.clone().database(name),
        };
        std::future::ready(Ok(place))
    });
    let rows = "INSERT INTO organizations (id, name, tenancy_mark)
        SELECT ('00000000-0000-0000-0000-000000000' || id)::uuid, '', '00000000-0000-0000-0000-000000000000'
        FROM unnest(ARRAY['801', '802', '803']) AS id";
    database::run(&fresh, rows).await.unwrap();
    let tenant = |id| VerifiedTenant::<Organization>::assume_verified(&db, id, "a test");
    let ask = |id, times| {
        let mut tasks = JoinSet::new();
        for _ in 0..times {
            let tenant = tenant(id);
            tasks.spawn(async move {
                tenancy::enter!(mut tenant = tenant);
                let transaction = tenant.begin().await?;
                Note::query().count(&transaction).await?;
                // As many as can be, all in the middle of it.
                tokio::time::sleep(Duration::from_millis(500)).await;
                Note::query().count(&transaction).await?;
                transaction.commit().await
            });
        }
        tasks
    };
    // Connections are there, so nobody has to connect.
    for asked in ask(SILENT[0], CONNECTIONS).join_all().await {
        asked.unwrap();
    }
    let mut tasks = vec![ask(SILENT[0], CONNECTIONS)];
    tokio::time::sleep(Duration::from_millis(250)).await;
    proxy.hold_answers();
    tasks.push(ask(SILENT[0], 2 * CONNECTIONS));
    tokio::time::sleep(Duration::from_millis(500)).await;

    for _ in 0..10 {
        tenancy::enter!(tenant = tenant(HEALTHY));
        Note::query().count(&tenant).await.unwrap();
        Organization::query().count(&tenant).await.unwrap();
    }
    // And nobody waits for the silent one for longer than for any connection.
    tenancy::enter!(silent = tenant(SILENT[1]));
    let waited = Note::query().count(&silent).await;
    assert!(matches!(waited, Err(Error::Busy(_))), "{waited:?}");

    // When it speaks again, all is as it was.
    proxy.pass_answers();
    for tasks in &mut tasks {
        while let Some(asked) = tasks.join_next().await {
            let asked = asked.unwrap();
            assert!(matches!(asked, Ok(()) | Err(Error::Busy(_))), "{asked:?}");
        }
    }
    Note::query().count(&silent).await.unwrap();
    for asked in ask(HEALTHY, CONNECTIONS).join_all().await {
        asked.unwrap();
    }
}
