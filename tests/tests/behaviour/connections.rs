//! How many connections there are, and what becomes of those that the server ends.

use std::time::Duration;

use sqlx::Postgres;
use tenancy::{Backend, Connections, Db, PoolOptions, Root as _, TenantScoped as _};
use tenancy_tests::over;

use crate::tenants;

/// Waits until the pool is in a state: connections come back, and are closed, in the background.
async fn until<DB: Backend>(db: &Db<DB>, state: impl Fn(Connections) -> bool) {
    let reached = async {
        while !state(db.connections()) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let reached = tokio::time::timeout(Duration::from_secs(10), reached).await;
    assert!(reached.is_ok(), "{:?}", db.connections());
}

tenancy_tests::on_both! {
    async fn connections_are_counted() {
        let db = database().await;
        let [acme] = tenants!(db, "Acme");
        let options = db.connect_options().clone();
        let few = Db::connect_lazy_with(PoolOptions::new().max_connections(3), options);
        let count = || {
            let Connections { open, idle, max, .. } = few.connections();
            (open, idle, max)
        };
        assert_eq!(count(), (0, 0, 3));
        tenancy::enter!(acme = over(&few, &acme));
        assert_eq!(count(), (0, 0, 3));
        let held = few.acquire().await.unwrap();
        assert_eq!(count(), (1, 0, 3));
        Note::query().count(&acme).await.unwrap();
        assert_eq!(count(), (2, 1, 3));
        drop(held);
        until(&few, |now| now.idle == 2).await;
        assert_eq!(count(), (2, 2, 3));
        few.close().await;
        assert_eq!(count(), (0, 0, 3));
    }
}

/// A pool of its own on the same database, which the server knows by its name.
fn named(db: &Db<Postgres>, name: &'static str) -> Db<Postgres> {
    let options = db.connect_options().clone().application_name(name);
    Db::connect_lazy_with(PoolOptions::new().max_connections(5), options)
}

const OPEN: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = $1";
const END: &str = "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid, 5000))
    FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1";

/// Asks the server about the connections with a name.
async fn ask(db: &Db<Postgres>, question: &'static str, name: &str) -> i64 {
    let question = sqlx::query_scalar(question).bind(name);
    let mut connection = db.acquire().await.unwrap();
    question.fetch_one(&mut *connection).await.unwrap()
}

#[tokio::test]
async fn nothing_is_opened_before_the_first_use() {
    use tenancy_tests::postgres::*;

    let db = database().await;
    let [acme] = tenants!(db, "Acme");
    let lazy = named(&db, "lazy");
    tenancy::enter!(acme = over(&lazy, &acme));
    let _unused = Note::query().count(&acme);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(ask(&db, OPEN, "lazy").await, 0);
    Note::query().count(&acme).await.unwrap();
    assert_eq!(ask(&db, OPEN, "lazy").await, 1);
}

/// Ends all connections, five of which so many are idle, as a server does that is restarted.
async fn end_all(db: &Db<Postgres>, many: &Db<Postgres>, name: &str, idle: usize) {
    let mut held = Vec::new();
    for _ in 0..idle {
        held.push(many.acquire().await.unwrap());
    }
    drop(held);
    until(many, |now| now.open == 5 && now.idle == idle).await;
    assert_eq!(ask(db, END, name).await, 5);
}

/// The error of a statement tells, before the connection is looked at any further.
#[tokio::test]
async fn a_server_that_ended_all_connections_costs_one_statement() {
    use tenancy_tests::postgres::*;

    let db = database().await;
    let [acme] = tenants!(db, "Acme");
    let many = named(&db, "statements");
    for in_transaction in [false, true] {
        tenancy::enter!(mut transacting = over(&many, &acme));
        tenancy::enter!(acme = over(&many, &acme));
        if in_transaction {
            let tx = transacting.begin().await.unwrap();
            end_all(&db, &many, "statements", 4).await;
            Note::query().count(&tx).await.unwrap_err();
        } else {
            end_all(&db, &many, "statements", 5).await;
            Note::query().count(&acme).await.unwrap_err();
        }
        for _ in 0..10 {
            Note::query().count(&acme).await.unwrap();
        }
    }
}

/// Whatever it is that meets the first of the broken connections, the others are tested before they are used.
#[tokio::test]
async fn a_server_that_ended_all_connections_costs_one_use() {
    use tenancy_tests::postgres::*;

    let db = database().await;
    let [acme] = tenants!(db, "Acme");
    let many = named(&db, "many");
    tenancy::enter!(mut acme = over(&many, &acme));
    for way in 0..3 {
        end_all(&db, &many, "many", 5).await;
        match way {
            0 => drop(Note::query().count(&acme).await.unwrap_err()),
            1 => drop(acme.begin().await.unwrap_err()),
            _ => {
                let mut connection = many.acquire().await.unwrap();
                let select = sqlx::raw_sql("SELECT 1");
                select.execute(&mut *connection).await.unwrap_err();
            }
        }
        until(&many, |now| now.open == 4).await;
        for _ in 0..5 {
            Note::query().count(&acme).await.unwrap();
            acme.begin().await.unwrap().commit().await.unwrap();
        }
        let mut held = Vec::new();
        for _ in 0..5 {
            let mut connection = many.acquire().await.unwrap();
            let select = sqlx::raw_sql("SELECT 1");
            select.execute(&mut *connection).await.unwrap();
            held.push(connection);
        }
    }
}

/// Plain SQL gets a connection that was cleaned after statements of this crate, which shows that it is there.
#[tokio::test]
async fn plain_sql_gets_no_connection_that_was_ended() {
    use tenancy_tests::postgres::*;

    let db = database().await;
    let [acme] = tenants!(db, "Acme");
    let many = named(&db, "plain");
    tenancy::enter!(mut acme = over(&many, &acme));
    acme.begin().await.unwrap().commit().await.unwrap();
    assert_eq!(ask(&db, END, "plain").await, 1);
    let mut connection = many.acquire().await.unwrap();
    let select = sqlx::raw_sql("SELECT 1");
    select.execute(&mut *connection).await.unwrap();
    assert_eq!(many.connections().open, 1);
}
