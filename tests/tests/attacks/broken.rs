//! A server that restarts costs one statement, with row-level security, too.

use std::time::Duration;

use tenancy::TenantScoped as _;

use crate::secured::{Note, Secured, raw, tenant};

#[tokio::test]
async fn one_broken_connection_has_the_others_tested() {
    let secured = Secured::new(false).await;
    let db = secured.connect(4).await.unwrap();
    let acme = tenant(&db, "Acme").await;
    tenancy::enter!(acme = acme);
    // Four connections are idle.
    let all = [(); 4].map(|()| db.acquire());
    let all = futures_util::future::try_join_all(all).await.unwrap();
    drop(all);
    while db.connections().idle < 4 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let kill = format!(
        "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE usename = '{}'",
        secured.role
    );
    let killed = raw(&mut secured.owner.acquire().await.unwrap(), &kill)
        .await
        .unwrap();
    assert_eq!(killed.len(), 4);
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut failed = 0;
    for _ in 0..8 {
        failed += usize::from(Note::query().count(&acme).await.is_err());
    }
    assert_eq!(failed, 1, "statements failed");
}
