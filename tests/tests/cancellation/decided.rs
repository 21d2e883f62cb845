//! Writes that are decided on the stored row, each in a transaction of its own, cancelled at every point where
//! they wait: what was not decided leaves nothing behind, and nothing open.
#![allow(missing_docs, unreachable_pub, dead_code, reason = "models of tests")]

use std::cell::Cell;
use std::time::Duration;

use tenancy::{Db, Error, Result, Root as _, TenantRoot, TenantScoped, VerifiedTenant};
use tenancy_tests::over;
use uuid::Uuid;

use crate::polls::{cancel_everywhere, poll_and_drop, single};
use crate::probe::Probe as _;

macro_rules! suite {
    ($name:ident, $database:ty, $schema:literal) => {
        mod $name {
            use super::*;

            type Database = $database;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = Database)]
            pub struct Organization {
                pub id: Uuid,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            pub struct User {
                pub id: Uuid,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, policies)]
            pub struct Entry {
                pub id: Uuid,
                #[tenancy(belongs_to = User)]
                pub owner_id: Uuid,
                #[tenancy(stored)]
                pub number: i64,
            }

            tenancy::policies! {
                Entry, actor: User {
                    read { authorize_if owner_id == actor; }
                    create { authorize_if number < 100; }
                    update { authorize_if number < 100; }
                }
            }

            /// The same table, without policies.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, table = "entries")]
            pub struct Plain {
                pub id: Uuid,
                #[tenancy(belongs_to = User)]
                pub owner_id: Uuid,
                pub number: i64,
            }

            async fn world() -> (
                tenancy_tests::database::Fresh<Database>,
                VerifiedTenant<Organization>,
                Uuid,
            ) {
                let db = tenancy_tests::database::$name($schema).await;
                let tenant = Organization::create(NewOrganization {});
                let tenant = tenant.execute(&db).await.unwrap();
                let user = {
                    tenancy::enter!(acme = tenant.clone());
                    User::create(NewUser {}).fetch_one(&acme).await.unwrap().id
                };
                (db, tenant, user)
            }

            /// The numbers of all rows.
            async fn numbers(tenant: &VerifiedTenant<Organization>) -> Vec<i64> {
                tenancy::enter!(acme = tenant.clone());
                let rows = Plain::query().order_by(|p| p.number.asc());
                let rows = rows.fetch_all(&acme).await.unwrap();
                rows.iter().map(|row| row.number).collect()
            }

            #[tokio::test]
            async fn what_is_permitted_is_there_or_not() {
                let (db, tenant, user) = world().await;
                let flow = async |one: &Db<Database>| {
                    tenancy::enter!(acme = over(one, &tenant));
                    let user = User::find(user).fetch_one(&acme).await?;
                    let acme = acme.acting_as(user.clone());
                    let new = || NewEntry {
                        owner_id: (&user).into(),
                        number: 1,
                    };
                    Entry::create(new()).execute(&acme).await
                };
                let seen = Cell::new(0);
                cancel_everywhere(&db, flow, async |ended| {
                    let count = numbers(&tenant).await.len();
                    assert!(count == seen.get() || count == seen.get() + 1, "{count}");
                    assert!(!ended || count == seen.get() + 1);
                    seen.set(count);
                })
                .await;
            }

            #[tokio::test]
            async fn every_kind_of_write() {
                let (db, tenant, user) = world().await;
                let flow = async |one: &Db<Database>| {
                    tenancy::enter!(mut acme = over(one, &tenant));
                    let user = User::find(user).fetch_one(&acme).await?;
                    let mut acme = acme.acting_as(user.clone());
                    let new = |number| NewEntry {
                        owner_id: (&user).into(),
                        number,
                    };
                    let row = Entry::create(new(1)).fetch_one(&acme).await?;
                    Entry::update(&row).set(|e| e.number.to(2)).execute(&acme).await?;
                    let row = Entry::update(&row).set(|e| e.number.to(3)).fetch_one(&acme).await?;
                    Entry::create_many([new(4), new(5)]).execute(&acme).await?;
                    let rows = Entry::create_many([new(6), new(7)]).fetch_all(&acme).await?;
                    assert_eq!(rows.len(), 2);
                    Entry::update_where(|e| e.number.gt(4))
                        .set(|e| e.number.to(8))
                        .execute(&acme)
                        .await?;
                    let mut tx = acme.begin().await?;
                    Entry::create(new(9)).execute(&tx).await?;
                    let refused = Entry::create(new(100)).execute(&tx).await;
                    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
                    let savepoint = tx.begin().await?;
                    Entry::update(&row).set(|e| e.number.to(10)).execute(&savepoint).await?;
                    savepoint.commit().await?;
                    tx.commit().await
                };
                cancel_everywhere(&db, flow, async |_| {
                    assert!(numbers(&tenant).await.iter().all(|number| *number < 100));
                })
                .await;
            }

            #[tokio::test]
            async fn what_is_denied_is_never_there() {
                let (db, tenant, user) = world().await;
                let flow = async |one: &Db<Database>| {
                    tenancy::enter!(acme = over(one, &tenant));
                    let user = User::find(user).fetch_one(&acme).await?;
                    let acme = acme.acting_as(user.clone());
                    let new = |number| NewEntry {
                        owner_id: (&user).into(),
                        number,
                    };
                    let refused = Entry::create(new(100)).execute(&acme).await;
                    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
                    let refused = Entry::create_many([new(1), new(100)]).fetch_all(&acme).await;
                    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
                    Ok(())
                };
                cancel_everywhere(&db, flow, async |_| {
                    assert!(numbers(&tenant).await.is_empty());
                })
                .await;
            }

            /// Whatever happens to such a write in a transaction: if the transaction says that it was
            /// committed, what it acknowledged lasts, and of the rest nothing that was denied, and
            /// nothing that a caller gave up before it was decided.
            #[tokio::test]
            async fn a_transaction_goes_on_truthfully() {
                let (db, tenant, user) = world().await;
                let one = single(&db).await;
                for number in [50, 100] {
                    for depth in 0..=1 {
                        for polls in 0..24 {
                            for pause in [0, 2] {
                                let pause = Duration::from_millis(pause);
                                let acknowledged = Cell::new(None);
                                let written = Cell::new(0);
                                let committed: Result<()> = async {
                                    tenancy::enter!(acme = over(&one, &tenant));
                                    let user = User::find(user).fetch_one(&acme).await?;
                                    let mut acme = acme.acting_as(user.clone());
                                    let plain = |number| NewPlain {
                                        owner_id: (&user).into(),
                                        number,
                                    };
                                    let mut tx = acme.begin().await?;
                                    Plain::create(plain(1)).execute(&tx).await?;
                                    written.set(1);
                                    let inner = async {
                                        let new = NewEntry {
                                            owner_id: (&user).into(),
                                            number,
                                        };
                                        if depth == 0 {
                                            return Entry::create(new).execute(&tx).await;
                                        }
                                        let savepoint = tx.begin().await?;
                                        Entry::create(new).execute(&savepoint).await?;
                                        savepoint.commit().await
                                    };
                                    let ended = poll_and_drop(inner, polls, pause).await;
                                    acknowledged.set(ended.map(|result| result.is_ok()));
                                    // Ignores what that did to the transaction, as a careless program
                                    // would.
                                    if Plain::create(plain(2)).execute(&tx).await.is_ok() {
                                        written.set(written.get() + 1);
                                    }
                                    tx.commit().await
                                }
                                .await;
                                Database::assert_clean(&one, &db).await;
                                let rows = numbers(&tenant).await;
                                let plain = rows.iter().filter(|row| **row < 3).count();
                                let decided = rows.contains(&number);
                                let at = format!(
                                    "{number}, depth {depth}, {polls} polls, {pause:?}: {committed:?} \
                                     {acknowledged:?} {rows:?}"
                                );
                                match committed {
                                    Ok(()) => {
                                        assert_eq!(plain, written.get(), "{at}");
                                        let expected = acknowledged.get() == Some(true);
                                        assert_eq!(decided, expected, "{at}");
                                    }
                                    Err(Error::RolledBack) => assert!(rows.is_empty(), "{at}"),
                                    Err(_) => panic!("{at}"),
                                }
                                assert!(number < 100 || !decided, "{at}");
                                if number == 100 {
                                    assert_ne!(acknowledged.get(), Some(true), "{at}");
                                }
                                tenancy::enter!(acme = tenant.clone());
                                Plain::destroy_where(|p| p.number.gt(0))
                                    .execute(&acme)
                                    .await
                                    .unwrap();
                            }
                        }
                    }
                }
            }
        }
    };
}

suite!(
    sqlite,
    sqlx::Sqlite,
    "CREATE TABLE organizations (id BLOB PRIMARY KEY);
     CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE entries (tenant_id BLOB NOT NULL, id BLOB NOT NULL, owner_id BLOB NOT NULL,
         number INTEGER NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE plans (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL);"
);
suite!(
    postgres,
    sqlx::Postgres,
    "CREATE TABLE organizations (id uuid PRIMARY KEY);
     CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE entries (tenant_id uuid NOT NULL, id uuid NOT NULL, owner_id uuid NOT NULL,
         number bigint NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE plans (key text PRIMARY KEY, value text NOT NULL);"
);
