//! Schemas and databases under one root, beside what tenants share by its column.

/// How the schema of a tenant is made and removed.
macro_rules! schema_of {
    (plain, $tables:expr, $on:expr, $tenant:expr) => {
        $tenant.create_schema($tables).await
    };
    ($wall:ident, $tables:expr, $on:expr, $tenant:expr) => {
        $tenant.create_schema_as(&$on.owner, $tables).await
    };
    (plain, $on:expr, $tenant:expr) => {
        $tenant.drop_schema().await
    };
    ($wall:ident, $on:expr, $tenant:expr) => {
        $tenant.drop_schema_as(&$on.owner).await
    };
}

macro_rules! hybrid {
    ($name:ident, $wall:ident, [$($root:tt)*]) => {
        mod $name {
            use futures_util::FutureExt as _;
            use futures_util::future::LocalBoxFuture;
            use tenancy::ddl::Tables;
            use tenancy::doctor::Doctor;
            use tenancy::{Db, DbOf, Error, PoolOptions, Root as _, TenantRoot, TenantScoped, VerifiedTenant};
            use tenancy_tests::database::{Options, run};
            use uuid::Uuid;

            use crate::ground::generating;
            use crate::places::{Places, Server, Wall};

            type Database = sqlx::Postgres;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = sqlx::Postgres, $($root)*)]
            struct Organization {
                id: Uuid,
                name: String,
            }

            /// What tenants share.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            struct Member {
                id: Uuid,
                admin: bool,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, strategy = schema)]
            struct Item {
                id: Uuid,
                #[tenancy(unique)]
                number: i64,
                #[tenancy(generated)]
                doubled: i64,
                #[tenancy(version)]
                version: i64,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, strategy = database)]
            struct Entry {
                id: Uuid,
                #[tenancy(unique)]
                number: i64,
                #[tenancy(generated)]
                doubled: i64,
                #[tenancy(version)]
                version: i64,
            }

            ground!(hybrid, $wall, [Member, Item, Entry], std::convert::identity);

            async fn create(on: &Ground, tenant: &VerifiedTenant<Organization>) -> tenancy::Result<()> {
                let tables = generating(on.tables.of_schema().as_str());
                schema_of!($wall, tables, on, tenant)?;
                tenant.create_database(generating(on.tables.of_database().as_str())).await
            }

            cells! { TESTED:
                async fn rows(on) {
                    tenancy::enter!(acme = tenant(on).await);
                    tenancy::enter!(globex = tenant(on).await);
                    Member::create(NewMember { admin: true }).execute(&acme).await.unwrap();
                    Item::create(NewItem { number: 1 }).execute(&acme).await.unwrap();
                    Entry::create(NewEntry { number: 1 }).execute(&acme).await.unwrap();
                    assert!(Item::query().filter(|i| i.doubled.eq(2)).exists(&acme).await.unwrap());
                    assert!(Entry::query().filter(|e| e.doubled.eq(2)).exists(&acme).await.unwrap());
                    assert_eq!(Member::query().count(&globex).await.unwrap(), 0);
                    assert_eq!(Item::query().count(&globex).await.unwrap(), 0);
                    assert_eq!(Entry::query().count(&globex).await.unwrap(), 0);
                }

                async fn version(on) {
                    tenancy::enter!(acme = tenant(on).await);
                    macro_rules! counts {
                        ($model:ident, $new:expr) => {
                            let one = $model::create($new).fetch_one(&acme).await.unwrap();
                            let two = $model::update(&one).set(|row| row.number.to(2)).fetch_one(&acme).await.unwrap();
                            assert_eq!(two.version, one.version + 1);
                            let stale = $model::update(&one).set(|row| row.number.to(3)).execute(&acme).await;
                            assert!(matches!(stale, Err(Error::Stale)), "{stale:?}");
                            let stale = $model::destroy(&one).execute(&acme).await;
                            assert!(matches!(stale, Err(Error::Stale)), "{stale:?}");
                            $model::destroy(&two).execute(&acme).await.unwrap();
                        };
                    }
                    counts!(Item, NewItem { number: 1 });
                    counts!(Entry, NewEntry { number: 1 });
                }

                async fn transactions(on) {
                    tenancy::enter!(mut acme = tenant(on).await);
                    let mut tx = acme.begin().await.unwrap();
                    Entry::create(NewEntry { number: 1 }).execute(&tx).await.unwrap();
                    let other = Item::create(NewItem { number: 1 }).execute(&tx).await;
                    assert!(matches!(other, Err(Error::OtherDatabase)), "{other:?}");
                    let inner = tx.begin().await.unwrap();
                    Entry::create(NewEntry { number: 2 }).execute(&inner).await.unwrap();
                    inner.rollback().await.unwrap();
                    tx.commit().await.unwrap();
                    let mut tx = acme.begin_shared().await.unwrap();
                    Item::create(NewItem { number: 1 }).execute(&tx).await.unwrap();
                    Member::create(NewMember { admin: true }).execute(&tx).await.unwrap();
                    let other = Entry::create(NewEntry { number: 3 }).execute(&tx).await;
                    assert!(matches!(other, Err(Error::OtherDatabase)), "{other:?}");
                    let inner = tx.begin().await.unwrap();
                    Item::create(NewItem { number: 2 }).execute(&inner).await.unwrap();
                    inner.rollback().await.unwrap();
                    tx.commit().await.unwrap();
                    assert_eq!(Entry::query().count(&acme).await.unwrap(), 1);
                    assert_eq!(Item::query().count(&acme).await.unwrap(), 1);
                    assert_eq!(Member::query().count(&acme).await.unwrap(), 1);
                }

                async fn create_and_drop(on) {
                    let (acme, globex) = (tenant(on).await, tenant(on).await);
                    tenancy::enter!(in_acme = acme.clone());
                    tenancy::enter!(in_globex = globex);
                    Item::create(NewItem { number: 1 }).execute(&in_acme).await.unwrap();
                    Entry::create(NewEntry { number: 1 }).execute(&in_acme).await.unwrap();
                    // The one goes without the other.
                    schema_of!($wall, on, acme).unwrap();
                    let gone = Item::query().count(&in_acme).await;
                    assert!(matches!(gone, Err(Error::NoSchema(_))), "{gone:?}");
                    assert_eq!(Entry::query().count(&in_acme).await.unwrap(), 1);
                    acme.drop_database().await.unwrap();
                    let gone = Entry::query().count(&in_acme).await;
                    assert!(matches!(gone, Err(Error::NoDatabase(_))), "{gone:?}");
                    assert_eq!(Member::query().count(&in_acme).await.unwrap(), 0);
                    create(on, &acme).await.unwrap();
                    tenancy::enter!(anew = acme);
                    assert_eq!(Item::query().count(&anew).await.unwrap(), 0);
                    assert_eq!(Entry::query().count(&anew).await.unwrap(), 0);
                    assert_eq!(Item::query().count(&in_globex).await.unwrap(), 0);
                }

                async fn doctor(on) {
                    let (acme, _globex) = (tenant(on).await, tenant(on).await);
                    let pool = PoolOptions::new().max_connections(1);
                    let superuser = Db::<Database>::connect_with(pool, on.places.superuser.clone()).await.unwrap();
                    let doctor = Doctor::new(&on.tables).with_rows();
                    let report = doctor.examine(&superuser).await.unwrap();
                    assert!(report.is_healthy(), "{report}");
                    let report = doctor.examine_database(&acme).await.unwrap();
                    assert!(report.is_healthy(), "{report}");
                }

                async fn ddl(on) {
                    let texts = [
                        on.tables.sql(),
                        on.tables.of_schema().as_str().to_owned(),
                        on.tables.of_database().as_str().to_owned(),
                    ];
                    for (table, place) in [("members", 0), ("items", 1), ("entries", 2)] {
                        let there = |text: &String| text.contains(&format!("CREATE TABLE \"{table}\""));
                        let there: Vec<_> = texts.iter().map(there).collect();
                        let wanted: Vec<_> = (0..3).map(|text| text == place).collect();
                        assert_eq!(there, wanted, "{table}: {texts:?}");
                    }
                    let secured: Vec<_> = texts.iter().map(|text| text.contains("FORCE ROW LEVEL SECURITY")).collect();
                    let walled = WALL != Wall::Plain;
                    assert_eq!(secured, [walled, walled, false], "{texts:?}");
                }
            }

            probed!(hybrid);
            every_cell! { TESTED, PROBED }
        }
    };
}
