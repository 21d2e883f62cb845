//! Savepoints that are cancelled, and the transaction around them that goes on.
//!
//! The driver (sqlx 0.9.0 on PostgreSQL) answers a cancelled `SAVEPOINT` by rolling back the level
//! around it, without telling; what follows would then run outside of any transaction.

use std::cell::Cell;
use std::time::Duration;

use tenancy::Db;
use tenancy::{Error, Result};
use tenancy::{Root as _, TenantScoped as _};
use tenancy_tests::over;

use crate::polls::{cancel_everywhere, poll_and_drop, single};
use crate::probe::Probe as _;

tenancy_tests::on_both! {
    async fn a_flow_with_savepoints_is_all_or_nothing() {
        let db = database().await;
        let tenant = Organization::create(NewOrganization { name: "Acme".into() })
            .execute(&db)
            .await
            .unwrap();
        let flow = async |one: &Db<Database>| {
            tenancy::enter!(mut acme = over(one, &tenant));
            let note = |body: &str| NewNote { body: body.to_owned(), priority: None };
            let mut tx = acme.begin().await?;
            Note::create(note("1")).execute(&tx).await?;
            let savepoint = tx.begin().await?;
            Note::create(note("2")).execute(&savepoint).await?;
            savepoint.commit().await?;
            let mut savepoint = tx.begin().await?;
            Note::create(note("3")).execute(&savepoint).await?;
            let inner = savepoint.begin().await?;
            Note::create(note("4")).execute(&inner).await?;
            drop(inner);
            savepoint.rollback().await?;
            assert_eq!(Note::query().count(&tx).await? % 2, 0);
            tx.commit().await
        };
        let seen = Cell::new(0);
        cancel_everywhere(&db, flow, async |ended| {
            tenancy::enter!(acme = tenant.clone());
            let count = Note::query().count(&acme).await.unwrap();
            assert!(count == seen.get() || count == seen.get() + 2, "{count}");
            assert!(!ended || count == seen.get() + 2);
            seen.set(count);
        })
        .await;
    }

    /// Whatever happens to a savepoint: if the transaction says that it was committed, all that it
    /// acknowledged lasts; if it says that it was not, nothing does.
    async fn a_transaction_goes_on_truthfully_after_a_cancelled_savepoint() {
        let db = database().await;
        let tenant = Organization::create(NewOrganization { name: "Acme".into() })
            .execute(&db)
            .await
            .unwrap();
        let one = single(&db).await;
        let note = |body: &str| NewNote { body: body.to_owned(), priority: None };
        for depth in 1..=2 {
            for polls in 0..24 {
                for pause in [0, 2] {
                    let pause = Duration::from_millis(pause);
                    let before = {
                        tenancy::enter!(acme = tenant.clone());
                        Note::query().count(&acme).await.unwrap()
                    };
                    let written = Cell::new(0);
                    let committed: Result<()> = async {
                        tenancy::enter!(mut acme = over(&one, &tenant));
                        let mut tx = acme.begin().await?;
                        Note::create(note("before")).execute(&tx).await?;
                        written.set(written.get() + 1);
                        let inner = async {
                            let mut savepoint = tx.begin().await?;
                            if depth == 2 {
                                let savepoint = savepoint.begin().await?;
                                savepoint.commit().await?;
                            }
                            savepoint.commit().await
                        };
                        poll_and_drop(inner, polls, pause).await;
                        // Ignores what the cancelled savepoint did to the transaction, as a careless
                        // program would.
                        if Note::create(note("after")).execute(&tx).await.is_ok() {
                            written.set(written.get() + 1);
                        }
                        tx.commit().await
                    }
                    .await;
                    Database::assert_clean(&one, &db).await;
                    tenancy::enter!(acme = tenant.clone());
                    let lasting = Note::query().count(&acme).await.unwrap() - before;
                    let at = format!("depth {depth}, {polls} polls, {pause:?}: {committed:?}");
                    match committed {
                        Ok(()) => assert_eq!(lasting, written.get(), "{at}"),
                        Err(Error::RolledBack) => assert_eq!(lasting, 0, "{at}"),
                        Err(_) => panic!("{at}"),
                    }
                }
            }
        }
    }

    /// A savepoint inside of a cancelled level does not hurt the levels around it.
    async fn the_outer_levels_survive_a_cancelled_inner_savepoint() {
        let db = database().await;
        let tenant = Organization::create(NewOrganization { name: "Acme".into() })
            .execute(&db)
            .await
            .unwrap();
        let one = single(&db).await;
        tenancy::enter!(mut acme = over(&one, &tenant));
        let note = |body: &str| NewNote { body: body.to_owned(), priority: None };
        for polls in 1..8 {
            let mut tx = acme.begin().await.unwrap();
            let before = Note::query().count(&tx).await.unwrap();
            Note::create(note("outer")).execute(&tx).await.unwrap();
            let mut savepoint = tx.begin().await.unwrap();
            Note::create(note("undone")).execute(&savepoint).await.unwrap();
            let inner = async { savepoint.begin().await.map(drop) };
            poll_and_drop(inner, polls, Duration::ZERO).await;
            drop(savepoint);
            Note::create(note("outer")).execute(&tx).await.unwrap();
            tx.commit().await.unwrap();
            let lasting = Note::query().count(&acme).await.unwrap() - before;
            assert_eq!(lasting, 2, "{polls} polls");
        }
    }

    async fn a_failed_savepoint_leaves_the_transaction_whole() {
        let db = database().await;
        let tenant = Organization::create(NewOrganization { name: "Acme".into() })
            .execute(&db)
            .await
            .unwrap();
        tenancy::enter!(mut acme = tenant);
        let user = || NewUser { email: "a".into(), role: Role::Admin, nickname: None };
        let mut tx = acme.begin().await.unwrap();
        User::create(user()).execute(&tx).await.unwrap();
        let savepoint = tx.begin().await.unwrap();
        User::create(user()).execute(&savepoint).await.unwrap_err();
        drop(savepoint);
        assert_eq!(User::query().count(&tx).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(User::query().count(&acme).await.unwrap(), 1);
    }
}
