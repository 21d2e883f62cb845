//! A transaction does one thing at a time, and says so; descriptions that wait are not yet things.

use futures_util::StreamExt as _;
use tenancy::{Error, Root as _, TenantScoped as _};

tenancy_tests::on_both! {
    async fn statements_described_together_run_one_after_the_other() {
        let db = database().await;
        let tenant = Organization::create(NewOrganization { name: "Acme".into() })
            .execute(&db)
            .await
            .unwrap();
        tenancy::enter!(mut acme = tenant);
        let tx = acme.begin().await.unwrap();
        let note = |body: &str| NewNote { body: body.to_owned(), priority: None };
        let first = Note::create(note("1")).execute(&tx);
        let second = Note::create(note("2")).fetch_one(&tx);
        let count = Note::query().count(&tx);
        let all = Note::query().fetch_all(&tx);
        first.await.unwrap();
        second.await.unwrap();
        assert_eq!(count.await.unwrap(), 2);
        assert_eq!(all.await.unwrap().len(), 2);
        tx.commit().await.unwrap();
    }

    async fn a_transaction_runs_one_statement_at_a_time() {
        let db = database().await;
        let tenant = Organization::create(NewOrganization { name: "Acme".into() })
            .execute(&db)
            .await
            .unwrap();
        tenancy::enter!(mut acme = tenant);
        let notes = (0..3).map(|number| NewNote { body: number.to_string(), priority: None });
        Note::create_many(notes).execute(&acme).await.unwrap();
        let tx = acme.begin().await.unwrap();
        let mut notes = Note::query().fetch(&tx);
        notes.next().await.unwrap().unwrap();
        let meanwhile = Note::query().count(&tx).await;
        assert!(matches!(meanwhile, Err(Error::TransactionInUse)));
        let meanwhile = Note::query().fetch(&tx).next().await.unwrap();
        assert!(matches!(meanwhile, Err(Error::TransactionInUse)));
        drop(notes);
        assert_eq!(Note::query().count(&tx).await.unwrap(), 3);

        // SQLite may be so quick that the first statement is over before the second is asked.
        let mut one = Box::pin(Note::query().count(&tx));
        if futures_util::poll!(&mut one).is_pending() {
            let other = Note::query().fetch_all(&tx).await;
            assert!(matches!(other, Err(Error::TransactionInUse)));
            assert_eq!((&mut one).await.unwrap(), 3);
        }
        drop(one);
        // A stream that was read to its end holds nothing.
        let mut notes = Note::query().fetch(&tx);
        while let Some(note) = notes.next().await {
            note.unwrap();
        }
        assert_eq!(Note::query().count(&tx).await.unwrap(), 3);
        drop(notes);
        tx.commit().await.unwrap();
    }
}
