//! Dropping a future at every point where it waits.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tenancy::Db;
use tenancy::PoolOptions;

use crate::probe::Probe;

/// No operation waits more often than this.
const TOO_MANY: usize = 1_000;

/// Polls a future so many times, each time when it was woken, and drops it after `pause`; meanwhile
/// the answer it waits for may arrive without being read.
pub(crate) async fn poll_and_drop<F: Future>(
    future: F,
    polls: usize,
    pause: Duration,
) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut polled = 0;
    let output = poll_fn(|task| {
        if polled < polls {
            polled += 1;
            if let Poll::Ready(output) = future.as_mut().poll(task) {
                return Poll::Ready(Some(output));
            }
        }
        if polled < polls {
            Poll::Pending
        } else {
            Poll::Ready(None)
        }
    })
    .await;
    if output.is_none() && !pause.is_zero() {
        tokio::time::sleep(pause).await;
    }
    output
}

/// A handle on the same database whose pool has one connection, so that the next borrower gets the
/// connection of the last.
pub(crate) async fn single<DB: Probe>(db: &Db<DB>) -> Db<DB> {
    let options = db.connect_options().clone();
    Db::connect_with(PoolOptions::new().max_connections(1), options)
        .await
        .unwrap()
}

/// Cancels `flow` at every point where it waits. After each, the next borrower of the connection
/// finds it clean, and `check` (told whether the flow ended) finds the database as it should be.
pub(crate) async fn cancel_everywhere<DB: Probe>(
    witness: &Db<DB>,
    flow: impl AsyncFn(&Db<DB>) -> tenancy::Result<()>,
    check: impl AsyncFn(bool),
) {
    let one = single(witness).await;
    for pause in [Duration::ZERO, Duration::from_millis(2)] {
        let mut ended = false;
        for polls in 0..TOO_MANY {
            let output = poll_and_drop(flow(&one), polls, pause).await;
            DB::assert_clean(&one, witness).await;
            if let Some(result) = output {
                result.unwrap();
                ended = true;
            }
            check(ended).await;
            if ended {
                break;
            }
        }
        assert!(ended, "the operation did not end in {TOO_MANY} polls");
    }
}
