//! Tasks on several threads, aborted at any moment.

use std::time::Duration;

use tenancy::{Db, Root as _, TenantScoped as _};
use tenancy_tests::over;

use crate::polls::single;
use crate::probe::Probe as _;

/// Delays in microseconds, spread without chance so that a failure comes back.
fn delays() -> impl Iterator<Item = u64> {
    (0..300_u64).map(|number| number * 7919 % 4001)
}

macro_rules! aborted {
    ($name:ident) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            use tenancy_tests::$name::*;

            let db = database().await;
            let tenant = Organization::create(NewOrganization {
                name: "Acme".into(),
            })
            .execute(&db)
            .await
            .unwrap();
            let one = single(&db).await;
            let mut aborted = 0;
            for delay in delays() {
                let (handle, verified) = (Db::clone(&one), tenant.clone());
                let task = tokio::spawn(async move {
                    tenancy::enter!(mut acme = over(&handle, &verified));
                    let note = |body: &str| NewNote {
                        body: body.to_owned(),
                        priority: None,
                    };
                    let mut tx = acme.begin().await?;
                    Note::create(note("1")).execute(&tx).await?;
                    let savepoint = tx.begin().await?;
                    Note::create(note("2")).fetch_one(&savepoint).await?;
                    savepoint.commit().await?;
                    tx.commit().await?;
                    // However quick the machine: the task is aborted at some point of its life.
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    Ok::<_, tenancy::Error>(())
                });
                tokio::time::sleep(Duration::from_micros(delay)).await;
                task.abort();
                match task.await {
                    Ok(result) => result.unwrap(),
                    Err(error) => {
                        assert!(error.is_cancelled());
                        aborted += 1;
                    }
                }
                if aborted % 8 == 0 {
                    Database::assert_clean(&one, &db).await;
                }
                tenancy::enter!(acme = over(&one, &tenant));
                assert_eq!(Note::query().count(&acme).await.unwrap() % 2, 0);
            }
            assert!(aborted > 0, "no task was slow enough to be aborted");
        }
    };
}

aborted!(sqlite);
aborted!(postgres);
