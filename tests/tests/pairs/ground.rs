//! What each suite stands on: a database with the tables of its models, new tenants in it, and a list of tests.

/// The text of `ddl`, where the database generates what the models say is generated.
pub(crate) fn generating(tables: &str) -> sqlx::AssertSqlSafe<String> {
    let lines = tables.lines().map(|line| {
        let factor = match line.trim().split(' ').next() {
            Some("\"doubled\"") => 2,
            Some("\"tripled\"") => 3,
            _ => return line.to_owned(),
        };
        let (column, _) = line.split_once(" DEFAULT ").unwrap();
        format!("{column} GENERATED ALWAYS AS (number * {factor}) STORED,")
    });
    let text: Vec<_> = lines.collect();
    #[expect(clippy::disallowed_methods, reason = "made of the models of the tests")]
    sqlx::AssertSqlSafe(text.join("\n"))
}

/// A database with the tables of these models, and of those that `$more` adds.
macro_rules! ground {
    ($kind:ident, $wall:ident, [$($model:ident),*], $more:path) => {
        struct Ground {
            places: Places<Database>,
            /// As the role that owns the tables.
            owner: Db<Database>,
            /// As the program.
            db: DbOf<Organization>,
            tables: Tables<Organization>,
        }

        async fn handle(options: &Options<Database>, pool: PoolOptions) -> DbOf<Organization> {
            let db = Db::<Database>::connect_with(pool, options.clone()).await.unwrap();
            let db = walled!($wall, db);
            with_databases!($kind, db, options)
        }

        const WALL: Wall = wall!($wall);

        async fn ground() -> Ground {
            let places = <Database as Server>::places(WALL).await;
            let tables = Tables::new()$(.with::<$model>())*;
            let tables = tables_for!($wall, $more(tables), places);
            let two = || PoolOptions::new().max_connections(2);
            let owner = Db::connect_with(two(), places.owner.clone()).await.unwrap();
            run(&owner, &generating(&tables.sql()).0).await.unwrap();
            let db = handle(&places.program, two()).await;
            Ground { places, owner, db, tables }
        }

        async fn registered(on: &Ground) -> VerifiedTenant<Organization> {
            let new = NewOrganization { name: "Acme".into() };
            Organization::create(new).execute(&on.db).await.unwrap()
        }

        /// A new tenant, with what is its own.
        async fn tenant(on: &Ground) -> VerifiedTenant<Organization> {
            let tenant = registered(on).await;
            create(on, &tenant).await.unwrap();
            tenant
        }
    };
}

/// The names of the tests in some lists, and one test that runs all of them on one database, which takes longer to
/// make than they take.
macro_rules! every_cell {
    ($($list:ident),*) => {
        /// A test, and its name.
        type Cell = (&'static str, fn(&Ground) -> LocalBoxFuture<'_, ()>);

        fn cells() -> impl Iterator<Item = &'static Cell> {
            [$($list),*].into_iter().flatten()
        }

        /// What is tested here.
        pub(super) fn names() -> Vec<&'static str> {
            cells().map(|(name, _)| *name).collect()
        }

        #[tokio::test]
        async fn every_cell() {
            let on = ground().await;
            let mut failed = Vec::new();
            for (name, cell) in cells() {
                let cell = std::panic::AssertUnwindSafe(cell(&on));
                if cell.catch_unwind().await.is_err() {
                    failed.push(*name);
                }
            }
            assert!(failed.is_empty(), "{failed:?}");
        }
    };
}
