//! The tests of one strategy on one database.

macro_rules! suite {
    ($name:ident, $database:ident, $kind:ident, $wall:ident, [$($root:tt)*], [$($strategy:tt)*]) => {
        mod $name {
            #[allow(unused_imports, reason = "not all strategies need all")]
            use tenancy::doctor::{self, Doctor};
            use futures_util::FutureExt as _;
            use futures_util::future::LocalBoxFuture;
            use tenancy::ddl::Tables;
            #[allow(unused_imports, reason = "not all strategies need all")]
            use tenancy::{Db, DbOf, Error, Masked, PoolOptions, Ref, Root as _, Scoped, Tenant, TenantRoot};
            use tenancy::{TenantScoped, VerifiedTenant};
            use tenancy_tests::database::{Options, run};
            use uuid::Uuid;

            use crate::ground::generating;
            use crate::places::{Places, Server, Wall};

            type Database = sqlx::$database;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = sqlx::$database $($root)*)]
            struct Organization {
                id: Uuid,
                name: String,
            }

            /// What tenants share, by its column.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            struct Member {
                id: Uuid,
                admin: bool,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization $($strategy)*)]
            struct Item {
                id: Uuid,
                #[tenancy(unique)]
                number: i64,
                /// Twice the number, where the database generates it.
                #[tenancy(generated)]
                doubled: i64,
                #[tenancy(version)]
                version: i64,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization $($strategy)*)]
            struct Part {
                id: i64,
                #[tenancy(belongs_to = Item)]
                item_id: Uuid,
                amount: i64,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, policies $($strategy)*)]
            struct Paper {
                id: Uuid,
                title: String,
                #[tenancy(stored)]
                state: String,
                #[tenancy(guarded)]
                salary: Masked<Option<i64>>,
            }

            tenancy::policies! {
                Paper, actor: Member {
                    read { authorize_if actor.admin; authorize_if title != "secret"; }
                    create { authorize_if state == "open"; }
                    update { authorize_if state == "open" && title != "kept"; }
                    destroy { authorize_if actor.admin; }
                    field salary { authorize_if actor.admin; }
                }
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, global = true, key = key)]
            struct Plan {
                key: String,
            }

            storage!($kind, $wall);
            across!($kind, [$($strategy)*]);
            made_and_removed!($kind);
            pooled!($database);
            probed!($kind);
            ground!($kind, $wall, [Member, Part, Item, Paper, Plan], with_neighbours);

            async fn item<'t>(tenant: &Tenant<'t, Organization>, number: i64) -> Scoped<'t, Item> {
                Item::create(NewItem { number }).fetch_one(tenant).await.unwrap()
            }

            async fn numbers(tenant: &Tenant<'_, Organization>) -> Vec<i64> {
                let items = Item::query().order_by(|i| i.number.asc());
                let items = items.fetch_all(tenant).await.unwrap();
                items.iter().map(|item| item.number).collect()
            }

            async fn member<'t>(tenant: &Tenant<'t, Organization>, admin: bool) -> Scoped<'t, Member> {
                Member::create(NewMember { admin }).fetch_one(tenant).await.unwrap()
            }

            fn paper(title: &str, state: &str, salary: i64) -> NewPaper {
                NewPaper { title: title.into(), state: state.into(), salary: Some(salary).into() }
            }

            fn part(item_id: Ref<'_, Item>) -> NewPart<'_> {
                NewPart { item_id, amount: 5 }
            }

            cells! { TESTED:
                async fn rows(on) {
                    tenancy::enter!(acme = tenant(on).await);
                    tenancy::enter!(globex = tenant(on).await);
                    let one = item(&acme, 1).await;
                    item(&globex, 1).await;
                    Item::create_many([NewItem { number: 2 }, NewItem { number: 3 }]).execute(&acme).await.unwrap();
                    let taken = Item::create(NewItem { number: 2 }).execute(&acme).await;
                    assert!(matches!(taken, Err(Error::Conflict(_))), "{taken:?}");
                    Item::update(&one).set(|i| i.number.to(4)).execute(&acme).await.unwrap();
                    assert!(!Item::find(one.id).exists(&globex).await.unwrap());
                    let all = Item::update_where(|i| i.number.gt(1)).set(|i| i.number.to(i.number.plus(10)));
                    assert_eq!(all.execute(&acme).await.unwrap(), 3);
                    assert_eq!((numbers(&acme).await, numbers(&globex).await), (vec![12, 13, 14], vec![1]));
                    assert_eq!(Item::destroy_where(|i| i.number.gt(0)).execute(&acme).await.unwrap(), 3);
                    assert_eq!((numbers(&acme).await, numbers(&globex).await), (vec![], vec![1]));
                }

                async fn policies(on) {
                    tenancy::enter!(acme = tenant(on).await);
                    let (admin, other) = (member(&acme, true).await, member(&acme, false).await);
                    let boss = acme.acting_as(admin);
                    for title in ["secret", "kept", "free"] {
                        Paper::create(paper(title, "open", 5)).execute(&boss).await.unwrap();
                    }
                    tenancy::enter!(again = VerifiedTenant::assume_verified(&on.db, boss.id().clone(), "the same"));
                    let other = Member::find(other.id).fetch_one(&again).await.unwrap();
                    let clerk = again.acting_as(other);
                    assert_eq!(Paper::query().count(&boss).await.unwrap(), 3);
                    assert_eq!(Paper::query().count(&clerk).await.unwrap(), 2);
                    for paper in Paper::query().fetch_all(&clerk).await.unwrap() {
                        let changed = Paper::update(&paper).set(|p| p.title.to("changed")).execute(&clerk).await;
                        match paper.title.as_str() {
                            "kept" => assert!(matches!(changed, Err(Error::Forbidden(_))), "{changed:?}"),
                            _ => changed.unwrap(),
                        }
                        let gone = Paper::destroy(&paper).execute(&clerk).await;
                        assert!(matches!(gone, Err(Error::Forbidden(_))), "{gone:?}");
                    }
                    assert_eq!(Paper::destroy_where(|p| p.title.ne("")).execute(&boss).await.unwrap(), 3);
                }

                async fn guarded(on) {
                    tenancy::enter!(acme = tenant(on).await);
                    let (admin, other) = (member(&acme, true).await, member(&acme, false).await);
                    let boss = acme.acting_as(admin);
                    Paper::create(paper("free", "open", 5)).execute(&boss).await.unwrap();
                    tenancy::enter!(again = VerifiedTenant::assume_verified(&on.db, boss.id().clone(), "the same"));
                    let other = Member::find(other.id).fetch_one(&again).await.unwrap();
                    let clerk = again.acting_as(other);
                    let seen = Paper::query().fetch_one(&boss).await.unwrap();
                    assert_eq!(seen.salary.visible(), Some(&Some(5)));
                    let hidden = Paper::query().fetch_one(&clerk).await.unwrap();
                    assert_eq!(hidden.salary.visible(), None);
                    let rich = || Paper::query().filter(|p| p.salary.ge(1));
                    assert_eq!(rich().count(&boss).await.unwrap(), 1);
                    assert_eq!(rich().count(&clerk).await.unwrap(), 0);
                }

                async fn stored(on) {
                    tenancy::enter!(acme = tenant(on).await);
                    let admin = member(&acme, true).await;
                    let mut boss = acme.acting_as(admin);
                    let denied = Paper::create(paper("free", "shut", 5)).execute(&boss).await;
                    assert!(matches!(denied, Err(Error::Forbidden(_))), "{denied:?}");
                    assert_eq!(Paper::query().count(&boss).await.unwrap(), 0);
                    let open = Paper::create(paper("free", "open", 5)).fetch_one(&boss).await.unwrap();
                    let shut = Paper::update(&open).set(|p| p.state.to("shut")).execute(&boss).await;
                    assert!(matches!(shut, Err(Error::Forbidden(_))), "{shut:?}");
                    let tx = boss.begin().await.unwrap();
                    let denied = Paper::create(paper("free", "shut", 5)).execute(&tx).await;
                    assert!(matches!(denied, Err(Error::Forbidden(_))), "{denied:?}");
                    Paper::create(paper("free", "open", 6)).execute(&tx).await.unwrap();
                    tx.commit().await.unwrap();
                    assert_eq!(Paper::query().count(&boss).await.unwrap(), 2);
                }

                async fn global(on) {
                    tenancy::enter!(acme = tenant(on).await);
                    Plan::create(NewPlan { key: "free".into() }).execute(&on.db).await.unwrap();
                    assert!(Plan::find("free").exists(&acme).await.unwrap());
                    assert_eq!(Plan::query().count(&on.db).await.unwrap(), 1);
                }

                async fn version(on) {
                    tenancy::enter!(acme = tenant(on).await);
                    let one = item(&acme, 1).await;
                    let two = Item::update(&one).set(|i| i.number.to(2)).fetch_one(&acme).await.unwrap();
                    assert_eq!(two.version, one.version + 1);
                    let stale = Item::update(&one).set(|i| i.number.to(3)).execute(&acme).await;
                    assert!(matches!(stale, Err(Error::Stale)), "{stale:?}");
                    let stale = Item::destroy(&one).execute(&acme).await;
                    assert!(matches!(stale, Err(Error::Stale)), "{stale:?}");
                    Item::destroy(&two).execute(&acme).await.unwrap();
                }

                async fn generated(on) {
                    tenancy::enter!(acme = tenant(on).await);
                    let one = item(&acme, 4).await;
                    assert_eq!(one.doubled, 8);
                    let two = Item::update(&one).set(|i| i.number.to(5)).fetch_one(&acme).await.unwrap();
                    assert_eq!(two.doubled, 10);
                    assert!(Item::query().filter(|i| i.doubled.eq(10)).exists(&acme).await.unwrap());
                }

                async fn upsert(on) {
                    tenancy::enter!(acme = tenant(on).await);
                    tenancy::enter!(globex = tenant(on).await);
                    let one = item(&acme, 1).await;
                    let same = Item::upsert(NewItem { number: 1 }).on(|i| i.number).fetch_one(&acme).await.unwrap();
                    assert_eq!(same.id, one.id);
                    let other = Item::upsert(NewItem { number: 1 }).on(|i| i.number);
                    assert_ne!(other.fetch_one(&globex).await.unwrap().id, one.id);
                    assert_eq!((numbers(&acme).await, numbers(&globex).await), (vec![1], vec![1]));
                }

                async fn transactions(on) {
                    tenancy::enter!(mut acme = tenant(on).await);
                    tenancy::enter!(globex = tenant(on).await);
                    let tx = acme.begin().await.unwrap();
                    item(&tx, 1).await;
                    tx.rollback().await.unwrap();
                    let tx = acme.begin().await.unwrap();
                    item(&tx, 2).await;
                    tx.commit().await.unwrap();
                    {
                        let tx = acme.begin().await.unwrap();
                        item(&tx, 3).await;
                    }
                    assert_eq!((numbers(&acme).await, numbers(&globex).await), (vec![2], vec![]));
                }

                async fn savepoints(on) {
                    tenancy::enter!(mut acme = tenant(on).await);
                    let mut tx = acme.begin().await.unwrap();
                    item(&tx, 1).await;
                    let inner = tx.begin().await.unwrap();
                    item(&inner, 2).await;
                    inner.rollback().await.unwrap();
                    let inner = tx.begin().await.unwrap();
                    let taken = Item::create(NewItem { number: 1 }).execute(&inner).await;
                    assert!(matches!(taken, Err(Error::Conflict(_))), "{taken:?}");
                    inner.rollback().await.unwrap();
                    let inner = tx.begin().await.unwrap();
                    item(&inner, 3).await;
                    inner.commit().await.unwrap();
                    assert_eq!(numbers(&tx).await, [1, 3]);
                    tx.commit().await.unwrap();
                    assert_eq!(numbers(&acme).await, [1, 3]);
                }

                async fn references(on) {
                    tenancy::enter!(acme = tenant(on).await);
                    tenancy::enter!(globex = tenant(on).await);
                    let one = item(&acme, 1).await;
                    Part::create(part((&one).into())).execute(&acme).await.unwrap();
                    Part::create(part(Ref::by_id(one.id))).execute(&acme).await.unwrap();
                    let stranger = Part::create(part(Ref::by_id(one.id))).execute(&globex).await;
                    assert!(matches!(stranger, Err(Error::InvalidReference)), "{stranger:?}");
                    let items = || Item::query().filter(|i| i.number.eq(1)).select(|i| i.id);
                    let parts = || Part::query().filter(|p| p.item_id.in_query(items()));
                    assert_eq!(parts().count(&acme).await.unwrap(), 2);
                    assert_eq!(parts().count(&globex).await.unwrap(), 0);
                    let held = Item::destroy(&one).execute(&acme).await;
                    assert!(matches!(held, Err(Error::StillReferenced)), "{held:?}");
                }

                async fn doctor(on) {
                    let (acme, _globex) = (tenant(on).await, tenant(on).await);
                    let pool = PoolOptions::new().max_connections(1);
                    let superuser = Db::<Database>::connect_with(pool, on.places.superuser.clone()).await.unwrap();
                    let report = doctor::examine(&on.tables, &superuser).await.unwrap();
                    assert!(report.is_healthy(), "{report}");
                    assert_eq!(faults(on, &acme).await, "");
                    let doctor = Doctor::new(&on.tables).with_rows().with_probe();
                    let report = doctor.examine(&superuser).await.unwrap();
                    assert!(report.is_healthy(), "{report}");
                }

                async fn ddl(on) {
                    let (shared, own) = (on.tables.sql(), own_text(on));
                    let items = "CREATE TABLE \"items\"";
                    assert!(own.contains(items), "{own}");
                    assert_eq!(shared.contains(items), stringify!($kind) == "shared", "{shared}");
                    // The tenant's own database has nobody else's rows.
                    let secured = WALL != Wall::Plain && stringify!($kind) != "database";
                    let rls = "ALTER TABLE \"items\" FORCE ROW LEVEL SECURITY";
                    assert_eq!(own.contains(rls), secured, "{own}");
                    let root = "ALTER TABLE \"organizations\" FORCE ROW LEVEL SECURITY";
                    assert_eq!(shared.contains(root), WALL != Wall::Plain, "{shared}");
                    tenant(on).await;
                }
            }

            every_cell! { TESTED, ACROSS, STORAGE, POOLER, PROBED }
        }
    };
}
