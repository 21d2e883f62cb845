//! Transactions, cancelled at every point where they wait: all of their work lasts, or none.

use std::cell::Cell;

use futures_util::StreamExt as _;
use tenancy::Db;
use tenancy::{Root as _, TenantScoped as _};
use tenancy_tests::over;

use crate::polls::cancel_everywhere;

tenancy_tests::on_both! {
    async fn a_cancelled_transaction_is_all_or_nothing() {
        let db = database().await;
        let tenant = Organization::create(NewOrganization { name: "Acme".into() })
            .execute(&db)
            .await
            .unwrap();
        let flow = async |one: &Db<Database>| {
            tenancy::enter!(mut acme = over(one, &tenant));
            let tx = acme.begin().await?;
            let note = |body: &str| NewNote { body: body.to_owned(), priority: None };
            let first = Note::create(note("1")).fetch_one(&tx).await?;
            Note::update(&first).set(|n| n.body.to("one")).execute(&tx).await?;
            Note::create_many([note("2"), note("3")]).execute(&tx).await?;
            assert!(Note::query().exists(&tx).await?);
            assert!(Note::query().fetch(&tx).next().await.is_some());
            Note::query().for_update().fetch_all(&tx).await?;
            tx.commit().await
        };
        let seen = Cell::new(0);
        cancel_everywhere(&db, flow, async |ended| {
            tenancy::enter!(acme = tenant.clone());
            let count = Note::query().count(&acme).await.unwrap();
            // A cancelled commit may have happened.
            assert!(count == seen.get() || count == seen.get() + 3, "{count}");
            assert!(!ended || count == seen.get() + 3);
            seen.set(count);
        })
        .await;
    }

    async fn a_cancelled_rollback_leaves_nothing() {
        let db = database().await;
        let tenant = Organization::create(NewOrganization { name: "Acme".into() })
            .execute(&db)
            .await
            .unwrap();
        let flow = async |one: &Db<Database>| {
            tenancy::enter!(mut acme = over(one, &tenant));
            let tx = acme.begin().await?;
            Note::create(NewNote { body: "1".into(), priority: None }).execute(&tx).await?;
            tx.rollback().await?;
            assert_eq!(Note::query().count(&acme).await?, 0);
            Ok(())
        };
        cancel_everywhere(&db, flow, async |_| {
            tenancy::enter!(acme = tenant.clone());
            assert_eq!(Note::query().count(&acme).await.unwrap(), 0);
        })
        .await;
    }

    async fn a_failed_transaction_comes_back_clean() {
        let db = database().await;
        let tenant = Organization::create(NewOrganization { name: "Acme".into() })
            .execute(&db)
            .await
            .unwrap();
        let flow = async |one: &Db<Database>| {
            tenancy::enter!(mut acme = over(one, &tenant));
            let tx = acme.begin().await?;
            let user = || NewUser { email: "a".into(), role: Role::Admin, nickname: None };
            User::create(user()).execute(&tx).await?;
            User::create(user()).execute(&tx).await.unwrap_err();
            drop(tx);
            assert_eq!(User::query().count(&acme).await?, 0);
            Ok(())
        };
        cancel_everywhere(&db, flow, async |_| ()).await;
    }

    async fn statements_go_on_after_a_cancelled_one() {
        use crate::polls::{poll_and_drop, single};
        use std::time::Duration;

        let db = database().await;
        let tenant = Organization::create(NewOrganization { name: "Acme".into() })
            .execute(&db)
            .await
            .unwrap();
        let one = single(&db).await;
        tenancy::enter!(mut acme = over(&one, &tenant));
        let note = |body: &str| NewNote { body: body.to_owned(), priority: None };
        for polls in 0..8 {
            for pause in [0, 2] {
                let tx = acme.begin().await.unwrap();
                let before = Note::query().count(&tx).await.unwrap();
                Note::create(note("kept")).execute(&tx).await.unwrap();
                let maybe = Note::create(note("maybe")).fetch_one(&tx);
                poll_and_drop(maybe, polls, Duration::from_millis(pause)).await;
                Note::create(note("kept")).execute(&tx).await.unwrap();
                tx.commit().await.unwrap();
                let after = Note::query().count(&acme).await.unwrap();
                assert!((2..=3).contains(&(after - before)), "{before} {after}");
            }
        }
    }

    /// On PostgreSQL a failed statement takes the transaction along even if nobody waited for its
    /// answer; then no commit may report success.
    async fn a_cancelled_statement_that_fails_is_noticed() {
        use crate::polls::{poll_and_drop, single};
        use std::time::Duration;

        let db = database().await;
        let tenant = Organization::create(NewOrganization { name: "Acme".into() })
            .execute(&db)
            .await
            .unwrap();
        let one = single(&db).await;
        tenancy::enter!(mut acme = over(&one, &tenant));
        let user = |email: &str| NewUser {
            email: email.to_owned(),
            role: Role::Admin,
            nickname: None,
        };
        User::create(user("taken")).execute(&acme).await.unwrap();
        for with_savepoint in [false, true] {
            for polls in 0..8 {
                for pause in [0, 2] {
                    let mut tx = acme.begin().await.unwrap();
                    User::create(user("new")).execute(&tx).await.unwrap();
                    let conflict = User::create(user("taken")).execute(&tx);
                    poll_and_drop(conflict, polls, Duration::from_millis(pause)).await;
                    if with_savepoint && let Ok(savepoint) = tx.begin().await {
                        savepoint.commit().await.unwrap();
                    }
                    let committed = tx.commit().await;
                    let lasting = User::destroy_where(|u| u.email.eq("new"))
                        .execute(&acme)
                        .await
                        .unwrap();
                    assert_eq!(lasting, u64::from(committed.is_ok()), "{committed:?}");
                }
            }
        }
    }
}
