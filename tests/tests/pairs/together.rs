//! Features with each other, on some of the strategies and walls.

/// An administrator and somebody else, who act in two entries of a new tenant.
macro_rules! actors {
    ($on:ident, $boss:ident, $clerk:ident) => {
        let verified = tenant($on).await;
        tenancy::enter!($boss = verified.clone());
        tenancy::enter!($clerk = verified);
        let admin = member(&$boss, true).await;
        let other = member(&$clerk, false).await;
        #[allow(unused_mut, reason = "not all tests begin transactions")]
        let mut $boss = $boss.acting_as(admin);
        #[allow(unused_mut, reason = "not all tests begin transactions")]
        let mut $clerk = $clerk.acting_as(other);
    };
}

/// A transaction on the database that tenants share.
macro_rules! begin_shared {
    (database, $tenant:expr) => {
        $tenant.begin_shared().await.unwrap()
    };
    ($kind:ident, $tenant:expr) => {
        $tenant.begin().await.unwrap()
    };
}

macro_rules! together {
    ($name:ident, $database:ident, $kind:ident, $wall:ident, [$($root:tt)*], [$($strategy:tt)*]) => {
        mod $name {
            use futures_util::FutureExt as _;
            use futures_util::future::LocalBoxFuture;
            use tenancy::ddl::Tables;
            #[allow(unused_imports, reason = "not all strategies need all")]
            use tenancy::doctor::Doctor;
            use tenancy::{Db, DbOf, Error, Masked, PoolOptions, Result, Root as _, Scoped, Tenant, TenantRoot};
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

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            struct Member {
                id: Uuid,
                admin: bool,
            }

            /// Without policies.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization $($strategy)*)]
            struct Item {
                id: Uuid,
                #[tenancy(unique)]
                number: i64,
                amount: i64,
                #[tenancy(generated)]
                doubled: i64,
                #[tenancy(version)]
                version: i64,
            }

            /// With all at once; its rules name columns that the database has a say in.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, policies $($strategy)*)]
            struct Sheet {
                id: Uuid,
                #[tenancy(unique)]
                number: i64,
                #[tenancy(generated)]
                doubled: i64,
                #[tenancy(guarded, generated)]
                tripled: Masked<i64>,
                #[tenancy(guarded)]
                note: Masked<Option<String>>,
                #[tenancy(guarded, stored)]
                grade: Masked<i64>,
                #[tenancy(stored)]
                state: String,
                #[tenancy(version)]
                version: i64,
            }

            tenancy::policies! {
                Sheet, actor: Member {
                    read { authorize_if actor.admin; authorize_if grade < 50; }
                    create { authorize_if state == "open" && grade < 100 && doubled != 26; }
                    update { authorize_if state == "open" && grade < 100 && doubled != 26 && version < 5; }
                    destroy { authorize_if actor.admin; }
                    field(tripled, note, grade) { authorize_if actor.admin; }
                }
            }

            /// With all at once, and rules that can be asked in one statement.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, policies $($strategy)*)]
            struct Draft {
                id: Uuid,
                #[tenancy(unique)]
                number: i64,
                #[tenancy(generated)]
                doubled: i64,
                title: String,
                #[tenancy(guarded)]
                salary: Masked<i64>,
                #[tenancy(stored)]
                shade: String,
                #[tenancy(version)]
                version: i64,
            }

            tenancy::policies! {
                Draft, actor: Member {
                    read { authorize_if actor.admin; authorize_if title != "secret"; }
                    create { authorize_if title != "never"; }
                    update { authorize_if title != "kept"; }
                    field salary { authorize_if actor.admin; }
                }
            }

            /// Everybody's, with all at once.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, global = true, policies)]
            struct Offer {
                id: Uuid,
                #[tenancy(unique)]
                number: i64,
                #[tenancy(generated)]
                doubled: i64,
                #[tenancy(guarded)]
                price: Masked<i64>,
                #[tenancy(stored)]
                state: String,
                #[tenancy(version)]
                version: i64,
            }

            tenancy::policies! {
                Offer, actor: Member {
                    read { authorize_if state == "open"; }
                    field price { authorize_if actor.admin; }
                }
            }

            tenancy::policies! {
                Offer, actor: tenancy::NoTenant {
                    read { authorize_if always; }
                    create { authorize_if state != "shut" && doubled != 26; }
                    update { authorize_if state != "shut" && doubled != 26; }
                    destroy { authorize_if state == "open"; }
                    field price { authorize_if always; }
                }
            }

            /// Everybody's, and written by each.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, global = true, written_by_tenants)]
            struct Tariff {
                id: Uuid,
                #[tenancy(unique)]
                number: i64,
                amount: i64,
                #[tenancy(version)]
                version: i64,
            }

            storage!($kind, $wall);
            ground!($kind, $wall, [Member, Item, Sheet, Draft, Offer, Tariff], std::convert::identity);

            async fn member<'t>(tenant: &Tenant<'t, Organization>, admin: bool) -> Scoped<'t, Member> {
                Member::create(NewMember { admin }).fetch_one(tenant).await.unwrap()
            }

            fn item(number: i64, amount: i64) -> NewItem {
                NewItem { number, amount }
            }

            fn sheet(number: i64, state: &str, grade: i64) -> NewSheet {
                NewSheet {
                    number,
                    note: Some("a note".to_owned()).into(),
                    grade: grade.into(),
                    state: state.into(),
                }
            }

            fn draft(number: i64, title: &str, salary: i64) -> NewDraft {
                NewDraft { number, title: title.into(), salary: salary.into(), shade: "red".into() }
            }

            fn offer(number: i64, state: &str) -> NewOffer {
                NewOffer { number, price: 7.into(), state: state.into() }
            }

            fn forbidden<T: std::fmt::Debug>(result: Result<T>) {
                assert!(matches!(result, Err(Error::Forbidden(_))), "{result:?}");
            }

            fn stale<T: std::fmt::Debug>(result: Result<T>) {
                assert!(matches!(result, Err(Error::Stale)), "{result:?}");
            }

            cells! { GLOBAL:
                async fn global_policies(on) {
                    actors!(on, boss, clerk);
                    Offer::create(offer(101, "open")).execute(&on.db).await.unwrap();
                    let drafted = Offer::create(offer(102, "draft")).fetch_one(&on.db).await.unwrap();
                    let all = || Offer::query().filter(|o| o.number.ge(101) & o.number.le(102));
                    assert_eq!(all().count(&boss).await.unwrap(), 1);
                    assert_eq!(all().count(&clerk).await.unwrap(), 1);
                    assert_eq!(all().count(&on.db).await.unwrap(), 2);
                    forbidden(Offer::destroy(&drafted).execute(&on.db).await);
                    let gone = Offer::destroy_where(|o| o.number.ge(101) & o.number.le(102)).execute(&on.db).await;
                    assert_eq!(gone.unwrap(), 1);
                }

                async fn global_guarded(on) {
                    actors!(on, boss, clerk);
                    Offer::create(offer(111, "open")).execute(&on.db).await.unwrap();
                    let this = || Offer::query().filter(|o| o.number.eq(111));
                    let dear = || Offer::query().filter(|o| o.number.eq(111) & o.price.ge(1));
                    assert_eq!(this().fetch_one(&boss).await.unwrap().price.visible(), Some(&7));
                    assert_eq!(this().fetch_one(&clerk).await.unwrap().price.visible(), None);
                    assert_eq!(this().fetch_one(&on.db).await.unwrap().price.visible(), Some(&7));
                    assert_eq!(dear().count(&boss).await.unwrap(), 1);
                    assert_eq!(dear().count(&clerk).await.unwrap(), 0);
                }

                async fn global_stored(on) {
                    forbidden(Offer::create(offer(121, "shut")).execute(&on.db).await);
                    assert!(!Offer::query().filter(|o| o.number.eq(121)).exists(&on.db).await.unwrap());
                    let open = Offer::create(offer(121, "open")).fetch_one(&on.db).await.unwrap();
                    forbidden(Offer::update(&open).set(|o| o.state.to("shut")).execute(&on.db).await);
                    let left = Offer::query().filter(|o| o.number.eq(121)).fetch_one(&on.db).await.unwrap();
                    assert_eq!((left.state.as_str(), left.version), ("open", open.version));
                }

                async fn global_version(on) {
                    let one = Offer::create(offer(131, "open")).fetch_one(&on.db).await.unwrap();
                    let two = Offer::update(&one).set(|o| o.state.to("draft")).fetch_one(&on.db).await.unwrap();
                    assert_eq!(two.version, one.version + 1);
                    stale(Offer::update(&one).set(|o| o.state.to("open")).execute(&on.db).await);
                    stale(Offer::destroy(&one).execute(&on.db).await);
                }

                async fn global_generated(on) {
                    actors!(on, boss, _clerk);
                    forbidden(Offer::create(offer(13, "open")).execute(&on.db).await);
                    assert!(!Offer::query().filter(|o| o.number.eq(13)).exists(&on.db).await.unwrap());
                    let one = Offer::create(offer(141, "open")).fetch_one(&on.db).await.unwrap();
                    assert_eq!(one.doubled, 282);
                    assert!(Offer::query().filter(|o| o.doubled.eq(282)).exists(&boss).await.unwrap());
                }

                async fn global_upsert(on) {
                    tenancy::enter!(acme = tenant(on).await);
                    tenancy::enter!(globex = tenant(on).await);
                    macro_rules! upsert {
                        ($amount:expr) => {
                            Tariff::upsert(NewTariff { number: 151, amount: $amount }).on(|t| t.number)
                        };
                    }
                    let one = upsert!(1).fetch_one(&acme).await.unwrap();
                    let two = upsert!(2).fetch_one(&globex).await.unwrap();
                    let three = upsert!(3).fetch_one(&on.db).await.unwrap();
                    assert_eq!([one.id, two.id], [three.id; 2]);
                    let last = Tariff::query().filter(|t| t.number.eq(151)).fetch_one(&acme).await.unwrap();
                    assert_eq!((last.amount, last.version), (3, one.version + 2));
                }

                async fn global_savepoints(on) {
                    actors!(on, boss, _clerk);
                    Offer::create(offer(161, "open")).execute(&on.db).await.unwrap();
                    let tariffs = || Tariff::query().filter(|t| t.number.ge(161) & t.number.le(162));
                    let mut tx = begin_shared!($kind, boss);
                    Tariff::create(NewTariff { number: 161, amount: 1 }).execute(&tx).await.unwrap();
                    let inner = tx.begin().await.unwrap();
                    Tariff::create(NewTariff { number: 162, amount: 1 }).execute(&inner).await.unwrap();
                    assert_eq!(tariffs().count(&inner).await.unwrap(), 2);
                    assert!(Offer::query().filter(|o| o.number.eq(161)).exists(&inner).await.unwrap());
                    inner.rollback().await.unwrap();
                    assert_eq!(tariffs().count(&tx).await.unwrap(), 1);
                    tx.commit().await.unwrap();
                    assert_eq!(tariffs().count(&on.db).await.unwrap(), 1);
                }
            }

            cells! { RULED:
                async fn policies_guarded(on) {
                    actors!(on, boss, clerk);
                    // A rule sees what the actor does not.
                    Sheet::create_many([sheet(1, "open", 5), sheet(2, "open", 60)]).execute(&boss).await.unwrap();
                    let seen = Sheet::query().fetch_all(&clerk).await.unwrap();
                    assert_eq!(seen.iter().map(|sheet| sheet.number).collect::<Vec<_>>(), [1]);
                    assert_eq!(seen[0].grade.visible(), None);
                    assert_eq!(Sheet::query().count(&boss).await.unwrap(), 2);
                    let graded = |sheet: &Scoped<'_, Sheet>| sheet.grade.visible().copied();
                    let seen = Sheet::query().order_by(|s| s.number.asc()).fetch_all(&boss).await.unwrap();
                    assert_eq!(seen.iter().map(graded).collect::<Vec<_>>(), [Some(5), Some(60)]);
                    forbidden(Sheet::destroy(&Sheet::query().fetch_one(&clerk).await.unwrap()).execute(&clerk).await);
                }

                async fn policies_stored(on) {
                    actors!(on, boss, _clerk);
                    forbidden(Sheet::create_many([sheet(1, "open", 5), sheet(2, "shut", 5)]).execute(&boss).await);
                    assert_eq!(Sheet::query().count(&boss).await.unwrap(), 0);
                    Sheet::create_many([sheet(1, "open", 5), sheet(2, "open", 5)]).execute(&boss).await.unwrap();
                    let shut = Sheet::update_where(|s| s.number.ge(1)).set(|s| s.state.to("shut"));
                    forbidden(shut.execute(&boss).await);
                    assert_eq!(Sheet::query().filter(|s| s.state.eq("open")).count(&boss).await.unwrap(), 2);
                }

                async fn policies_version(on) {
                    actors!(on, boss, _clerk);
                    let first = Sheet::create(sheet(1, "open", 5)).fetch_one(&boss).await.unwrap();
                    let mut last = first.clone();
                    while last.version < 4 {
                        let update = Sheet::update(&last).set(|s| s.grade.to(last.version));
                        last = update.fetch_one(&boss).await.unwrap();
                    }
                    forbidden(Sheet::update(&last).set(|s| s.grade.to(9)).execute(&boss).await);
                    let left = Sheet::query().fetch_one(&boss).await.unwrap();
                    assert_eq!((left.version, left.grade.visible()), (4, last.grade.visible()));
                    stale(Sheet::destroy(&first).execute(&boss).await);
                }

                async fn policies_generated(on) {
                    actors!(on, boss, _clerk);
                    forbidden(Sheet::create(sheet(13, "open", 5)).execute(&boss).await);
                    assert_eq!(Sheet::query().count(&boss).await.unwrap(), 0);
                    let one = Sheet::create(sheet(1, "open", 5)).fetch_one(&boss).await.unwrap();
                    forbidden(Sheet::update(&one).set(|s| s.number.to(13)).execute(&boss).await);
                    let left = Sheet::query().fetch_one(&boss).await.unwrap();
                    assert_eq!((left.number, left.doubled, left.version), (1, 2, one.version));
                }

                async fn policies_upsert(on) {
                    actors!(on, boss, clerk);
                    macro_rules! upsert {
                        ($number:expr, $title:literal) => {
                            Draft::upsert(draft($number, $title, 5)).on(|d| d.number)
                        };
                    }
                    forbidden(upsert!(1, "never").execute(&boss).await);
                    upsert!(1, "secret").execute(&boss).await.unwrap();
                    upsert!(2, "kept").execute(&boss).await.unwrap();
                    upsert!(3, "free").execute(&clerk).await.unwrap();
                    for number in [1, 2] {
                        forbidden(upsert!(number, "mine").execute(&clerk).await);
                    }
                    upsert!(3, "mine").execute(&clerk).await.unwrap();
                    forbidden(upsert!(3, "kept").execute(&clerk).await);
                    let all = Draft::query().order_by(|d| d.number.asc()).fetch_all(&boss).await.unwrap();
                    let titles: Vec<_> = all.iter().map(|draft| draft.title.as_str()).collect();
                    assert_eq!(titles, ["secret", "kept", "mine"]);
                }

                async fn policies_savepoints(on) {
                    actors!(on, boss, _clerk);
                    let mut tx = boss.begin().await.unwrap();
                    Draft::upsert(draft(1, "kept", 5)).on(|d| d.number).execute(&tx).await.unwrap();
                    let inner = tx.begin().await.unwrap();
                    forbidden(Draft::upsert(draft(1, "free", 5)).on(|d| d.number).execute(&inner).await);
                    Draft::create(draft(2, "free", 5)).execute(&inner).await.unwrap();
                    inner.rollback().await.unwrap();
                    let inner = tx.begin().await.unwrap();
                    Draft::create(draft(3, "free", 5)).execute(&inner).await.unwrap();
                    inner.commit().await.unwrap();
                    tx.commit().await.unwrap();
                    let all = Draft::query().order_by(|d| d.number.asc()).fetch_all(&boss).await.unwrap();
                    assert_eq!(all.iter().map(|draft| draft.number).collect::<Vec<_>>(), [1, 3]);
                }
            }

            cells! { GUARDED:
                async fn guarded_stored(on) {
                    actors!(on, boss, clerk);
                    forbidden(Sheet::create(sheet(1, "open", 100)).execute(&clerk).await);
                    let one = Sheet::create(sheet(1, "open", 5)).fetch_one(&clerk).await.unwrap();
                    assert_eq!(one.grade.visible(), None);
                    forbidden(Sheet::update(&one).set(|s| s.grade.to(100)).execute(&clerk).await);
                    let two = Sheet::update(&one).set(|s| s.grade.to(6)).fetch_one(&clerk).await.unwrap();
                    assert_eq!(two.grade.visible(), None);
                    assert_eq!(Sheet::query().fetch_one(&boss).await.unwrap().grade.visible(), Some(&6));
                }

                async fn guarded_version(on) {
                    actors!(on, boss, clerk);
                    let one = Sheet::create(sheet(1, "open", 5)).fetch_one(&clerk).await.unwrap();
                    let two = Sheet::update(&one).set(|s| s.note.to(None)).fetch_one(&clerk).await.unwrap();
                    assert_eq!((two.version, two.note.visible()), (one.version + 1, None));
                    stale(Sheet::update(&one).set(|s| s.note.to(None)).execute(&clerk).await);
                    let seen = Sheet::query().fetch_one(&boss).await.unwrap();
                    assert_eq!((seen.version, seen.note.visible()), (two.version, Some(&None)));
                }

                async fn guarded_generated(on) {
                    actors!(on, boss, clerk);
                    let one = Sheet::create(sheet(4, "open", 5)).fetch_one(&clerk).await.unwrap();
                    assert_eq!((one.doubled, one.tripled.visible()), (8, None));
                    assert_eq!(Sheet::query().fetch_one(&boss).await.unwrap().tripled.visible(), Some(&12));
                    let twelve = || Sheet::query().filter(|s| s.tripled.eq(12));
                    assert_eq!(twelve().count(&boss).await.unwrap(), 1);
                    assert_eq!(twelve().count(&clerk).await.unwrap(), 0);
                }

                async fn guarded_upsert(on) {
                    actors!(on, boss, clerk);
                    Draft::create(draft(1, "free", 5)).execute(&boss).await.unwrap();
                    macro_rules! upsert {
                        () => {
                            Draft::upsert(draft(1, "mine", 6)).on(|d| d.number)
                        };
                    }
                    assert_eq!(upsert!().fetch_one(&clerk).await.unwrap().salary.visible(), None);
                    assert_eq!(upsert!().fetch_one(&boss).await.unwrap().salary.visible(), Some(&6));
                }

                async fn guarded_savepoints(on) {
                    actors!(on, boss, clerk);
                    let one = Sheet::create(sheet(1, "open", 5)).fetch_one(&clerk).await.unwrap();
                    let mut tx = clerk.begin().await.unwrap();
                    let inner = tx.begin().await.unwrap();
                    let two = Sheet::update(&one).set(|s| s.grade.to(6)).fetch_one(&inner).await.unwrap();
                    assert_eq!(two.grade.visible(), None);
                    assert_eq!(Sheet::query().filter(|s| s.grade.eq(6)).count(&inner).await.unwrap(), 0);
                    inner.rollback().await.unwrap();
                    assert_eq!(Sheet::query().fetch_one(&tx).await.unwrap().grade.visible(), None);
                    tx.commit().await.unwrap();
                    assert_eq!(Sheet::query().fetch_one(&boss).await.unwrap().grade.visible(), Some(&5));
                }
            }

            cells! { WRITTEN:
                async fn stored_version(on) {
                    actors!(on, boss, _clerk);
                    let one = Sheet::create(sheet(1, "open", 5)).fetch_one(&boss).await.unwrap();
                    forbidden(Sheet::update(&one).set(|s| s.state.to("shut")).execute(&boss).await);
                    let two = Sheet::update(&one).set(|s| s.grade.to(6)).fetch_one(&boss).await.unwrap();
                    assert_eq!(two.version, one.version + 1);
                    stale(Sheet::update(&one).set(|s| s.grade.to(7)).execute(&boss).await);
                    // That the row is another one by now is said first, or that it is forbidden.
                    let both = Sheet::update(&one).set(|s| s.state.to("shut")).execute(&boss).await;
                    assert!(matches!(both, Err(Error::Stale | Error::Forbidden(_))), "{both:?}");
                    let left = Sheet::query().fetch_one(&boss).await.unwrap();
                    assert_eq!((left.version, left.grade.visible()), (two.version, Some(&6)));
                }

                async fn stored_generated(on) {
                    actors!(on, boss, _clerk);
                    let one = Sheet::create(sheet(1, "open", 5)).fetch_one(&boss).await.unwrap();
                    let update = Sheet::update(&one).set(|s| (s.state.to("open"), s.number.to(13)));
                    forbidden(update.execute(&boss).await);
                    let update = Sheet::update(&one).set(|s| (s.state.to("open"), s.number.to(2)));
                    let two = update.fetch_one(&boss).await.unwrap();
                    assert_eq!((two.doubled, two.tripled.visible()), (4, Some(&6)));
                }

                async fn stored_upsert(on) {
                    actors!(on, boss, clerk);
                    let new = |shade: &str| NewDraft { shade: shade.into(), ..draft(1, "free", 5) };
                    Draft::upsert(new("red")).on(|d| d.number).execute(&boss).await.unwrap();
                    let two = Draft::upsert(new("blue")).on(|d| d.number).fetch_one(&clerk).await.unwrap();
                    assert_eq!(two.shade, "blue");
                }

                async fn stored_savepoints(on) {
                    actors!(on, boss, _clerk);
                    let mut tx = boss.begin().await.unwrap();
                    Sheet::create(sheet(1, "open", 5)).execute(&tx).await.unwrap();
                    let mut inner = tx.begin().await.unwrap();
                    forbidden(Sheet::create(sheet(2, "shut", 5)).execute(&inner).await);
                    Sheet::create(sheet(3, "open", 5)).execute(&inner).await.unwrap();
                    let innermost = inner.begin().await.unwrap();
                    Sheet::create(sheet(4, "open", 5)).execute(&innermost).await.unwrap();
                    forbidden(Sheet::create(sheet(5, "shut", 5)).execute(&innermost).await);
                    innermost.rollback().await.unwrap();
                    inner.commit().await.unwrap();
                    forbidden(Sheet::create(sheet(6, "shut", 5)).execute(&tx).await);
                    tx.commit().await.unwrap();
                    let all = Sheet::query().order_by(|s| s.number.asc()).fetch_all(&boss).await.unwrap();
                    assert_eq!(all.iter().map(|sheet| sheet.number).collect::<Vec<_>>(), [1, 3]);
                }

                async fn version_generated(on) {
                    tenancy::enter!(acme = tenant(on).await);
                    let one = Item::create(item(1, 0)).fetch_one(&acme).await.unwrap();
                    let two = Item::update(&one).set(|i| i.number.to(2)).fetch_one(&acme).await.unwrap();
                    assert_eq!((two.version, two.doubled), (one.version + 1, 4));
                    stale(Item::update(&one).set(|i| i.number.to(3)).execute(&acme).await);
                    assert_eq!(Item::query().fetch_one(&acme).await.unwrap().doubled, 4);
                }

                async fn version_upsert(on) {
                    tenancy::enter!(acme = tenant(on).await);
                    let one = Item::create(item(1, 0)).fetch_one(&acme).await.unwrap();
                    let two = Item::upsert(item(1, 5)).on(|i| i.number).fetch_one(&acme).await.unwrap();
                    assert_eq!((two.version, two.amount), (one.version + 1, 5));
                    stale(Item::update(&one).set(|i| i.amount.to(6)).execute(&acme).await);
                    Item::update(&two).set(|i| i.amount.to(6)).execute(&acme).await.unwrap();
                }

                async fn version_savepoints(on) {
                    tenancy::enter!(mut acme = tenant(on).await);
                    let one = Item::create(item(1, 0)).fetch_one(&acme).await.unwrap();
                    let mut tx = acme.begin().await.unwrap();
                    let inner = tx.begin().await.unwrap();
                    let undone = Item::update(&one).set(|i| i.amount.to(1)).fetch_one(&inner).await.unwrap();
                    inner.rollback().await.unwrap();
                    let inner = tx.begin().await.unwrap();
                    stale(Item::update(&undone).set(|i| i.amount.to(2)).execute(&inner).await);
                    inner.rollback().await.unwrap();
                    let two = Item::update(&one).set(|i| i.amount.to(3)).fetch_one(&tx).await.unwrap();
                    tx.commit().await.unwrap();
                    assert_eq!((two.version, two.amount), (one.version + 1, 3));
                }

                async fn generated_upsert(on) {
                    tenancy::enter!(acme = tenant(on).await);
                    for amount in [0, 1] {
                        let one = Item::upsert(item(3, amount)).on(|i| i.number).fetch_one(&acme).await.unwrap();
                        assert_eq!((one.doubled, one.amount), (6, amount));
                    }
                }

                async fn generated_savepoints(on) {
                    tenancy::enter!(mut acme = tenant(on).await);
                    let one = Item::create(item(1, 0)).fetch_one(&acme).await.unwrap();
                    let mut tx = acme.begin().await.unwrap();
                    let inner = tx.begin().await.unwrap();
                    let two = Item::update(&one).set(|i| i.number.to(2)).fetch_one(&inner).await.unwrap();
                    assert_eq!(two.doubled, 4);
                    inner.rollback().await.unwrap();
                    assert_eq!(Item::query().fetch_one(&tx).await.unwrap().doubled, 2);
                    tx.commit().await.unwrap();
                }

                async fn upsert_savepoints(on) {
                    tenancy::enter!(mut acme = tenant(on).await);
                    let upsert = |number, amount| Item::upsert(item(number, amount)).on(|i| i.number);
                    let mut tx = acme.begin().await.unwrap();
                    let one = upsert(1, 0).fetch_one(&tx).await.unwrap();
                    let inner = tx.begin().await.unwrap();
                    assert_eq!(upsert(1, 1).fetch_one(&inner).await.unwrap().id, one.id);
                    upsert(2, 1).execute(&inner).await.unwrap();
                    inner.rollback().await.unwrap();
                    assert_eq!(upsert(1, 2).fetch_one(&tx).await.unwrap().version, one.version + 1);
                    tx.commit().await.unwrap();
                    let all = Item::query().fetch_all(&acme).await.unwrap();
                    let amounts: Vec<_> = all.iter().map(|item| (item.number, item.amount)).collect();
                    assert_eq!(amounts, [(1, 2)]);
                }
            }

            every_cell! { GLOBAL, RULED, GUARDED, WRITTEN }
        }
    };
}
