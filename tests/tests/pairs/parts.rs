//! What differs between strategies, walls and databases.

/// A handle that does what the wall needs.
macro_rules! walled {
    (plain, $db:expr) => {
        $db
    };
    (rls, $db:expr) => {
        $db.with_rls().await.unwrap()
    };
    (signed, $db:expr) => {
        $db.with_signed_rls(tenancy_tests::rls::key())
            .await
            .unwrap()
    };
}

/// The same, with the databases of tenants.
macro_rules! with_databases {
    (database, $db:expr, $options:expr) => {{
        let options = $options.clone();
        $db.with_databases::<Organization, _, _>(move |id| {
            std::future::ready(Ok(<Database as Server>::own(&options, id)))
        })
    }};
    (hybrid, $db:expr, $options:expr) => {
        with_databases!(database, $db, $options)
    };
    ($kind:ident, $db:expr, $options:expr) => {
        $db
    };
}

/// Which tables there are, who may use them, and whether policies verify signatures.
macro_rules! tables_for {
    (plain, $tables:expr, $places:expr) => {
        $tables
    };
    (rls, $tables:expr, $places:expr) => {
        $tables.granted_to($places.program.get_username()).unwrap()
    };
    (signed, $tables:expr, $places:expr) => {
        tables_for!(rls, $tables, $places).signed()
    };
}

/// How the storage of a tenant is made and removed, and what is wrong with it.
macro_rules! storage {
    (shared, $wall:ident) => {
        fn own_text(on: &Ground) -> String {
            on.tables.sql()
        }

        async fn create(_: &Ground, _: &VerifiedTenant<Organization>) -> tenancy::Result<()> {
            Ok(())
        }

        async fn faults(_: &Ground, _: &VerifiedTenant<Organization>) -> String {
            String::new()
        }
    };
    (schema, plain) => {
        fn own_text(on: &Ground) -> String {
            on.tables.of_schema().as_str().to_owned()
        }

        async fn create(on: &Ground, tenant: &VerifiedTenant<Organization>) -> tenancy::Result<()> {
            tenant.create_schema(generating(&own_text(on))).await
        }

        async fn remove(_: &Ground, tenant: &VerifiedTenant<Organization>) -> tenancy::Result<()> {
            tenant.drop_schema().await
        }

        async fn faults(_: &Ground, _: &VerifiedTenant<Organization>) -> String {
            String::new() // what examines the shared database knows of schemas
        }
    };
    (schema, $wall:ident) => {
        fn own_text(on: &Ground) -> String {
            on.tables.of_schema().as_str().to_owned()
        }

        async fn create(on: &Ground, tenant: &VerifiedTenant<Organization>) -> tenancy::Result<()> {
            let tables = generating(&own_text(on));
            tenant.create_schema_as(&on.owner, tables).await
        }

        async fn remove(on: &Ground, tenant: &VerifiedTenant<Organization>) -> tenancy::Result<()> {
            tenant.drop_schema_as(&on.owner).await
        }

        async fn faults(_: &Ground, _: &VerifiedTenant<Organization>) -> String {
            String::new()
        }
    };
    (database, $wall:ident) => {
        fn own_text(on: &Ground) -> String {
            on.tables.of_database().as_str().to_owned()
        }

        async fn create(on: &Ground, tenant: &VerifiedTenant<Organization>) -> tenancy::Result<()> {
            tenant.create_database(generating(&own_text(on))).await
        }

        async fn remove(_: &Ground, tenant: &VerifiedTenant<Organization>) -> tenancy::Result<()> {
            tenant.drop_database().await
        }

        async fn faults(on: &Ground, tenant: &VerifiedTenant<Organization>) -> String {
            let report = Doctor::new(&on.tables)
                .examine_database(tenant)
                .await
                .unwrap();
            report
                .findings()
                .iter()
                .map(|finding| finding.problem.as_str())
                .collect()
        }
    };
}

/// Rows that refer to rows of another strategy, which those in databases do not: that does not compile.
macro_rules! across {
    (database, $strategy:tt) => {
        fn with_neighbours(tables: Tables<Organization>) -> Tables<Organization> {
            tables
        }

        cells!(ACROSS:);
    };
    ($kind:ident, [$($strategy:tt)*]) => {
        #[derive(Clone, Debug, TenantScoped)]
        #[tenancy(root = Organization $($strategy)*)]
        struct Badge {
            id: Uuid,
            #[tenancy(belongs_to = Member)]
            member_id: Uuid,
        }

        #[derive(Clone, Debug, TenantScoped)]
        #[tenancy(root = Organization)]
        struct Reminder {
            id: Uuid,
            #[tenancy(belongs_to = Item)]
            item_id: Uuid,
        }

        fn with_neighbours(tables: Tables<Organization>) -> Tables<Organization> {
            tables.with::<Badge>().with::<Reminder>()
        }

        cells! { ACROSS:
            async fn across_strategies(on) {
                tenancy::enter!(acme = tenant(on).await);
                tenancy::enter!(globex = tenant(on).await);
                let member = Member::create(NewMember { admin: true });
                let member = member.fetch_one(&acme).await.unwrap();
                let one = item(&acme, 1).await;
                Badge::create(NewBadge { member_id: (&member).into() }).execute(&acme).await.unwrap();
                Reminder::create(NewReminder { item_id: Ref::by_id(one.id) }).execute(&acme).await.unwrap();
                let stranger = Badge::create(NewBadge { member_id: Ref::by_id(member.id) });
                let stranger = stranger.execute(&globex).await;
                assert!(matches!(stranger, Err(Error::InvalidReference)), "{stranger:?}");
                let stranger = Reminder::create(NewReminder { item_id: Ref::by_id(one.id) });
                let stranger = stranger.execute(&globex).await;
                assert!(matches!(stranger, Err(Error::InvalidReference)), "{stranger:?}");
                let admins = || Member::query().filter(|m| m.admin.eq(true)).select(|m| m.id);
                let badges = || Badge::query().filter(|b| b.member_id.in_query(admins()));
                let items = || Item::query().filter(|i| i.number.eq(1)).select(|i| i.id);
                let reminders = || Reminder::query().filter(|r| r.item_id.in_query(items()));
                assert_eq!(badges().count(&acme).await.unwrap(), 1);
                assert_eq!(reminders().count(&acme).await.unwrap(), 1);
                assert_eq!(badges().count(&globex).await.unwrap(), 0);
                assert_eq!(reminders().count(&globex).await.unwrap(), 0);
            }
        }
    };
}

/// What is there only where tenants have something of their own.
macro_rules! made_and_removed {
    (shared) => {
        cells!(STORAGE:);
    };
    ($kind:ident) => {
        cells! { STORAGE:
            async fn create_and_drop(on) {
                let acme = registered(on).await;
                let globex = tenant(on).await;
                {
                    tenancy::enter!(early = acme.clone());
                    Item::query().count(&early).await.unwrap_err();
                }
                create(on, &acme).await.unwrap();
                let again = create(on, &acme).await;
                assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
                tenancy::enter!(in_globex = globex.clone());
                item(&in_globex, 1).await;
                {
                    tenancy::enter!(inside = acme.clone());
                    item(&inside, 1).await;
                }
                remove(on, &acme).await.unwrap();
                let gone = remove(on, &acme).await;
                assert!(matches!(gone, Err(Error::NotFound | Error::NoDatabase(_))), "{gone:?}");
                {
                    tenancy::enter!(late = acme.clone());
                    Item::query().count(&late).await.unwrap_err();
                }
                create(on, &acme).await.unwrap();
                tenancy::enter!(anew = acme.clone());
                assert_eq!(Item::query().count(&anew).await.unwrap(), 0);
                assert_eq!(Item::query().count(&in_globex).await.unwrap(), 1);
            }
        }
    };
}

/// A pooler before PostgreSQL.
macro_rules! pooled {
    (Sqlite) => {
        cells!(POOLER:);
    };
    (Postgres) => {
        cells! { POOLER:
            async fn transaction_pooler(on) {
                let (acme, globex) = (tenant(on).await, tenant(on).await);
                let pool = PoolOptions::new().max_connections(2).transaction_pooler(true);
                let db = handle(&tenancy_tests::pooler::by_way_of(&on.places.program), pool).await;
                let acme = Organization::verify(&db, *acme.id()).await.unwrap();
                let globex = Organization::verify(&db, *globex.id()).await.unwrap();
                tenancy::enter!(mut acme = acme);
                tenancy::enter!(globex = globex);
                let one = item(&acme, 1).await;
                let tx = acme.begin().await.unwrap();
                Item::update(&one).set(|i| i.number.to(2)).execute(&tx).await.unwrap();
                assert_eq!(Item::query().count(&globex).await.unwrap(), 0);
                tx.commit().await.unwrap();
                let numbers = Item::query().fetch_all(&acme).await.unwrap();
                assert_eq!(numbers.iter().map(|i| i.number).collect::<Vec<_>>(), [2]);
            }
        }
    };
}

/// Tests, and a list of them. Each has new tenants of its own.
macro_rules! cells {
    ($list:ident: $(async fn $name:ident($on:ident) $body:block)*) => {
        const $list: &[Cell] = &[$((stringify!($name), |on| Box::pin($name(on)))),*];
        $( async fn $name($on: &Ground) $body )*
    };
}

/// The name of a wall.
macro_rules! wall {
    (plain) => {
        Wall::Plain
    };
    (rls) => {
        Wall::Rls
    };
    (signed) => {
        Wall::Signed
    };
}
