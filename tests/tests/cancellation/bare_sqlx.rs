//! The gap in sqlx 0.9.0 that cleaning closes, held open by a proxy: shown on a plain pool,
//! so that we notice when it is closed upstream, and then with the same steps on a [`Db`].

use std::ops::DerefMut;
use std::time::Duration;

use sqlx::postgres::PgPoolOptions;
use sqlx::{PgConnection, Row as _};
use tenancy::{Db, PoolOptions};
use tenancy_tests::over;
use tenancy_tests::postgres;

use crate::probe::Probe as _;
use crate::proxy::Proxy;

/// Long enough for a question to reach the server on the same machine.
const REACHED: Duration = Duration::from_millis(200);

/// Drops a `BEGIN` after the server has executed it and before the client has heard of it.
async fn drop_begin(
    proxy: &Proxy,
    connection: impl DerefMut<Target = PgConnection>,
    begin: &'static str,
) {
    proxy.hold_answers();
    let begun = async {
        let mut connection = connection;
        sqlx::Connection::begin_with(&mut *connection, begin)
            .await
            .map(drop)
    };
    assert!(tokio::time::timeout(REACHED, begun).await.is_err());
    proxy.pass_answers();
}

const FUSED: &str = "BEGIN; SET LOCAL app.tenant = 'acme'";
const LOOK: &str = "SELECT current_setting('app.tenant', true) AS tenant,
                           now() = statement_timestamp() AS fresh";

#[tokio::test]
async fn bare_sqlx_leaks_a_cancelled_begin() {
    let db = postgres::database().await;
    let server = db.connect_options().clone();
    let proxy = Proxy::start(&server).await;
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .connect_with(proxy.options(&server))
        .await
        .unwrap();
    drop_begin(&proxy, pool.acquire().await.expect("a connection"), FUSED).await;

    let row = sqlx::raw_sql(LOOK).fetch_one(&pool).await.unwrap();
    let message = "sqlx no longer leaks a cancelled BEGIN: look at what cleaning is for";
    assert_eq!(row.get::<&str, _>("tenant"), "acme", "{message}");
    assert!(!row.get::<bool, _>("fresh"), "{message}");
}

#[tokio::test]
async fn a_handle_does_not_leak_a_cancelled_begin() {
    let db = postgres::database().await;
    let server = db.connect_options().clone();
    let proxy = Proxy::start(&server).await;
    let one = Db::connect_with(
        PoolOptions::new().max_connections(1),
        proxy.options(&server),
    )
    .await
    .unwrap();
    for begin in ["BEGIN", FUSED, "BEGIN; SELECT 1/0"] {
        drop_begin(&proxy, one.acquire().await.expect("a connection"), begin).await;
        sqlx::Postgres::assert_clean(&one, &db).await;
    }
}

#[tokio::test]
async fn a_tenant_does_not_leak_a_cancelled_begin_commit_or_statement() {
    use tenancy::{Root as _, TenantScoped as _};
    use tenancy_tests::postgres::*;

    let db = database().await;
    let server = db.connect_options().clone();
    let proxy = Proxy::start(&server).await;
    let one = Db::connect_with(
        PoolOptions::new().max_connections(1),
        proxy.options(&server),
    )
    .await
    .unwrap();
    let tenant = Organization::create(NewOrganization {
        name: "Acme".into(),
    })
    .execute(&db)
    .await
    .unwrap();
    let note = || NewNote {
        body: "x".into(),
        priority: None,
    };
    // Every operation of a transaction is the one whose answer is held back once.
    for held in 0..4 {
        tenancy::enter!(mut acme = over(&one, &tenant));
        let steps = async {
            let hold = |step| {
                if step == held {
                    proxy.hold_answers();
                }
            };
            Note::query().count(&acme).await?;
            hold(0);
            let tx = acme.begin().await?;
            hold(1);
            Note::create(note()).execute(&tx).await?;
            hold(2);
            Note::query().fetch_all(&tx).await?;
            hold(3);
            tx.commit().await
        };
        assert!(tokio::time::timeout(REACHED, steps).await.is_err());
        proxy.pass_answers();
        sqlx::Postgres::assert_clean(&one, &db).await;
        let count = Note::query().count(&acme).await.unwrap();
        assert_eq!(count, u64::from(held == 3), "held at step {held}");
    }
}
