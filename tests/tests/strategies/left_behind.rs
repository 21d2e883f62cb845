//! What is left on a connection to a tenant's database: nothing.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use tenancy::Error;

use crate::home::on_both;

/// Polls a future so many times, and drops it.
pub(crate) async fn cancel<F: Future>(future: F, polls: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut polled = 0;
    poll_fn(|task| {
        if polled == polls {
            return Poll::Ready(None);
        }
        polled += 1;
        match future.as_mut().poll(task) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if polled == polls => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

on_both! {
    /// A transaction that is cancelled at any of its points is all or nothing, and so the next of the place
    /// and the next of another find their connection clean.
    async fn a_cancelled_transaction(home) {
        let db = db(&home, 1).await;
        let [acme, globex] = [tenant(&db, "Acme").await, tenant(&db, "Globex").await];
        tenancy::enter!(mut acme = acme);
        tenancy::enter!(globex = globex);
        bill(&globex, 7).await.unwrap();
        let mut seen = 0;
        for polls in 0.. {
            let flow = async {
                let tx = acme.begin().await?;
                bill(&tx, 1).await?;
                bill(&tx, 2).await?;
                tx.commit().await
            };
            let ended = cancel(flow, polls).await;
            if polls % 2 == 0 {
                assert_eq!(numbers(&globex).await.unwrap(), [7]);
            }
            let now = Invoice::query().count(&acme).await.unwrap();
            assert!(now == seen || now == seen + 2, "{now} after {seen}");
            seen = now;
            if let Some(result) = ended {
                result.unwrap();
                break;
            }
            assert!(polls < 500, "it ends");
        }
        assert!(seen > 0);
    }

    async fn a_dropped_transaction_and_a_stream(home) {
        let db = db(&home, 1).await;
        let [acme, globex] = [tenant(&db, "Acme").await, tenant(&db, "Globex").await];
        tenancy::enter!(mut acme = acme);
        tenancy::enter!(globex = globex);
        for number in 0..5 {
            bill(&acme, number).await.unwrap();
        }
        for _ in 0..3 {
            let tx = acme.begin().await.unwrap();
            bill(&tx, 9).await.unwrap();
            drop(tx);
            assert!(numbers(&globex).await.unwrap().is_empty());
            assert_eq!(numbers(&acme).await.unwrap(), [0, 1, 2, 3, 4]);
            let mut rows = Invoice::query().fetch(&acme);
            let first = poll_fn(|task| {
                futures_util::Stream::poll_next(std::pin::Pin::new(&mut rows), task)
            });
            assert!(first.await.is_some());
            drop(rows);
            assert!(numbers(&globex).await.unwrap().is_empty());
        }
    }

    /// A row is one of the handle that it was read on, whatever the lookup of another one says.
    async fn a_row_stays_with_its_handle(home) {
        let one = db(&home, 2).await;
        let acme = tenant(&one, "Acme").await;
        let other = with_databases(&home, home.connect(2).await);
        let again = VerifiedTenant::assume_verified(&other, *acme.id(), "verified over another pool");
        tenancy::enter!(acme = acme);
        tenancy::enter!(again = again);
        bill(&acme, 1).await.unwrap();
        let row = || async { acme.detach(Invoice::query().fetch_one(&acme).await.unwrap()) };
        assert!(acme.adopt(row().await).is_ok());
        assert!(matches!(again.adopt(row().await), Err(Error::NotFound)));
        assert_eq!(numbers(&again).await.unwrap(), [1]);
    }
}
