//! Statements that are dropped at every await leave no tenant behind, and never half of what they write.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use tenancy::TenantScoped as _;

use crate::secured::{NewNote, Note, Secured, raw, tenant};

/// Polls a future so often, if it takes that long.
pub(crate) async fn polled<F: Future>(future: F, mut times: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    poll_fn(|task| {
        if times == 0 {
            return Poll::Ready(None);
        }
        times -= 1;
        future.as_mut().poll(task).map(Some)
    })
    .await
}

async fn nothing_is_left(signed: bool) {
    let secured = Secured::new(signed).await;
    let db = secured.connect(1).await.unwrap();
    let verified = [tenant(&db, "Acme").await, tenant(&db, "Globex").await];
    tenancy::enter!(mut acme = verified[0].clone());
    tenancy::enter!(globex = verified[1].clone());
    let note = || NewNote { body: "x".into() };
    let mut written = 1;
    for operation in 0..5 {
        let mut done = false;
        for times in 0..200 {
            if done {
                break;
            }
            let before = Note::query().count(&acme).await.unwrap();
            done = match operation {
                0 => polled(Note::query().fetch_all(&acme), times)
                    .await
                    .is_some(),
                1 => polled(Note::create(note()).execute(&acme), times)
                    .await
                    .is_some(),
                2 => polled(Note::create_many([note(), note()]).fetch_all(&acme), times)
                    .await
                    .is_some(),
                3 => {
                    let both = async {
                        let transaction = acme.begin().await.unwrap();
                        Note::create(note()).execute(&transaction).await.unwrap();
                        Note::create(note()).execute(&transaction).await.unwrap();
                        transaction.commit().await.unwrap();
                    };
                    polled(both, times).await.is_some()
                }
                _ => {
                    let both = async {
                        let mut transaction = acme.begin().await.unwrap();
                        let savepoint = transaction.begin().await.unwrap();
                        Note::create(note()).execute(&savepoint).await.unwrap();
                        savepoint.commit().await.unwrap();
                        Note::create(note()).execute(&transaction).await.unwrap();
                        transaction.commit().await.unwrap();
                    };
                    polled(both, times).await.is_some()
                }
            };
            {
                // As the next borrower, who gets it as it is.
                let theirs = Note::query().fetch_all(&globex).await.unwrap();
                assert!(
                    theirs.len() == 1 && theirs[0].body == "Globex",
                    "{operation}, {times}"
                );
                let mut next = db.acquire().await.unwrap();
                let left = "SELECT coalesce(current_setting('tenancy.tenant', true), '') || '|' || count(*) FROM notes";
                assert_eq!(
                    raw(&mut next, left).await.unwrap(),
                    ["|0"],
                    "{operation}, {times}"
                );
            }
            let after = Note::query().count(&acme).await.unwrap();
            let step = [0, 1, 2, 2, 2][operation];
            assert!(
                after == before || after == before + step,
                "{operation}, {times}: {before} {after}"
            );
            assert!(!done || after == before + step, "{operation}, {times}");
            written = after;
        }
        assert!(done, "{operation}");
    }
    assert!(written >= 8);
}

#[tokio::test]
async fn nothing_is_left_of_what_was_given_up() {
    nothing_is_left(false).await;
}

#[tokio::test]
async fn nothing_is_left_of_what_was_given_up_and_signed() {
    nothing_is_left(true).await;
}
