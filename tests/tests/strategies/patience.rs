//! A limit for answers: whoever asked a server that falls silent is told so, and gets no more hold of the pool.

use std::time::{Duration, Instant};

use futures_util::TryStreamExt as _;
use tenancy::{Db, Error, PoolOptions, Root as _, TenantScoped as _};
use tenancy_tests::with_rls::{Database, NewNote, Note, Organization, database};

use crate::proxy::Proxy;
use crate::rls::tenant;

const TIMEOUT: Duration = Duration::from_millis(400);

fn new() -> NewNote {
    NewNote {
        body: "a".into(),
        priority: None,
    }
}

fn given_up<T: std::fmt::Debug>(result: tenancy::Result<T>, started: Instant) {
    assert!(matches!(result, Err(Error::Unreachable(_))), "{result:?}");
    // As long as it was silent there was no answer.
    assert!(started.elapsed() >= TIMEOUT);
}

#[tokio::test]
async fn what_is_not_answered_is_given_up() {
    let fresh = database().await;
    let acme = tenant(&fresh, "Acme").await;
    let proxy = Proxy::start(fresh.connect_options()).await;
    let pool = PoolOptions::new()
        .max_connections(8)
        .acquire_timeout(Duration::from_secs(20))
        .statement_timeout(TIMEOUT);
    let db = Db::<Database>::connect_with(pool, proxy.options(fresh.connect_options())).await;
    let db = db.unwrap().with_rls().await.unwrap();
    let acme = tenancy_tests::over(&db, &acme);
    tenancy::enter!(mut one = acme.clone());
    tenancy::enter!(mut two = acme.clone());
    tenancy::enter!(mut three = acme.clone());
    tenancy::enter!(mut four = acme.clone());
    tenancy::enter!(mut five = acme.clone());
    tenancy::enter!(alone = acme.clone());
    let asks = one.begin().await.unwrap();
    let commits = two.begin().await.unwrap();
    Note::create(new()).execute(&commits).await.unwrap();
    let rolls_back = three.begin().await.unwrap();
    let mut deeper = four.begin().await.unwrap();
    Note::create(new()).execute(&deeper).await.unwrap();
    let mut inner = five.begin().await.unwrap();
    Note::create(new()).execute(&inner).await.unwrap();
    let savepoint = inner.begin().await.unwrap();
    Note::create(new()).execute(&savepoint).await.unwrap();
    // Nobody has to connect.
    Note::query().count(&alone).await.unwrap();
    proxy.hold_answers();

    let started = Instant::now();
    given_up(Note::query().count(&alone).await, started);
    given_up(Note::create(new()).execute(&asks).await, started);
    // What it wrote may be there yet, so nothing comes after it.
    let after = Note::query().count(&asks).await;
    assert!(matches!(after, Err(Error::RolledBack)), "{after:?}");
    let after = asks.commit().await;
    assert!(matches!(after, Err(Error::RolledBack)), "{after:?}");
    given_up(commits.commit().await, started);
    given_up(rolls_back.rollback().await, started);
    given_up(deeper.begin().await.map(drop), started);
    let after = deeper.commit().await;
    assert!(matches!(after, Err(Error::RolledBack)), "{after:?}");
    given_up(savepoint.commit().await, started);
    let after = inner.commit().await;
    assert!(matches!(after, Err(Error::RolledBack)), "{after:?}");

    // All of them come back, or make room.
    proxy.pass_answers();
    let count = Note::query().count(&alone).await.unwrap();
    assert!(
        count <= 2,
        "nothing of the transactions but of the one that was committed: {count}"
    );
    let back = async {
        while db.connections().idle < db.connections().open {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let back = tokio::time::timeout(Duration::from_secs(30), back).await;
    assert!(back.is_ok(), "{:?}", db.connections());
    // The commit was on its way.
    assert_eq!(Note::query().count(&alone).await.unwrap(), 2);
    Organization::verify(&db, *acme.id()).await.unwrap();
}

/// Each row has its time, and not all together; nor has whoever reads them.
#[tokio::test]
async fn rows_one_by_one() {
    let fresh = database().await;
    let acme = tenant(&fresh, "Acme").await;
    let pool = PoolOptions::new().statement_timeout(TIMEOUT);
    let db = Db::<Database>::connect_with(pool, fresh.connect_options().clone()).await;
    let db = db.unwrap().with_rls().await.unwrap();
    tenancy::enter!(acme = tenancy_tests::over(&db, &acme));
    Note::create_many((0..4).map(|_| new()))
        .execute(&acme)
        .await
        .unwrap();
    let mut rows = Note::query().fetch(&acme);
    for _ in 0..5 {
        rows.try_next().await.unwrap().unwrap();
        tokio::time::sleep(TIMEOUT / 3).await;
    }
    assert!(rows.try_next().await.unwrap().is_none());
}
