//! Whether a write lasts, if the row that it gives back cannot be read: what the error says is so, on both databases,
//! and whichever way the write took.

macro_rules! suite {
    ($database:ident, $type:ty, $schema:literal, $far:literal) => {
        mod $database {
            use sqlx::types::time::OffsetDateTime;
            use tenancy::{Error, Result, Root as _, TenantRoot, TenantScoped};
            use tenancy_tests::database;
            use uuid::Uuid;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $type)]
            struct Organization {
                id: Uuid,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            struct Member {
                id: Uuid,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            struct Task {
                id: Uuid,
                #[tenancy(unique)]
                number: i64,
                title: String,
                #[tenancy(default)]
                instant: Option<OffsetDateTime>,
            }

            /// With rules that can be asked in one statement.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, table = "tasks", policies)]
            struct Ruled {
                id: Uuid,
                #[tenancy(unique)]
                number: i64,
                title: String,
                #[tenancy(default)]
                instant: Option<OffsetDateTime>,
            }

            tenancy::policies! {
                Ruled, actor: Member {
                    read { authorize_if title != "secret"; }
                    create { authorize_if title != "never"; }
                    update { authorize_if title != "kept"; }
                    destroy { authorize_if title != "kept"; }
                }
            }

            /// With rules that ask the row that was stored.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, table = "tasks", policies)]
            struct Stored {
                id: Uuid,
                number: i64,
                #[tenancy(stored)]
                title: String,
                #[tenancy(default)]
                instant: Option<OffsetDateTime>,
            }

            tenancy::policies! {
                Stored, actor: Member {
                    read { authorize_if title != "secret"; }
                    create { authorize_if title != "never"; }
                    update { authorize_if title != "kept"; }
                    destroy { authorize_if title != "kept"; }
                }
            }

            /// The same table, of which everything can be read.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, table = "tasks")]
            struct Title {
                id: Uuid,
                number: i64,
                title: String,
            }

            /// What the error says of the write.
            fn written<T: std::fmt::Debug>(result: Result<T>) -> bool {
                match &result {
                    Err(error @ Error::Unreadable(unread)) => {
                        assert_eq!(error.to_string().contains("was written"), unread.was_written(), "{error}");
                        unread.was_written()
                    }
                    other => panic!("{other:?}"),
                }
            }

            #[tokio::test]
            async fn what_the_error_says_is_so() {
                let db = database::$database($schema).await;
                let acme = Organization::create(NewOrganization {}).execute(&db).await.unwrap();
                tenancy::enter!(acme = acme);
                let member = Member::create(NewMember {}).fetch_one(&acme).await.unwrap();
                let mut acme = acme.acting_as(member);
                let now = OffsetDateTime::from_unix_timestamp(1_000_000_000).unwrap();
                macro_rules! titles {
                    ($on:expr) => {{
                        let rows = Title::query().order_by(|t| t.number.asc()).fetch_all($on).await.unwrap();
                        rows.iter().map(|row| (row.number, row.title.clone())).collect::<Vec<_>>()
                    }};
                }
                // A row that can be read, and cannot any more when the statement comes.
                macro_rules! there {
                    ($model:ident, $new:expr) => {{
                        Title::destroy_where(|t| t.number.ge(0)).execute(&acme).await.unwrap();
                        let row = $model::create($new).set(|t| t.instant.to(Some(now)));
                        let row = row.fetch_one(&acme).await.unwrap();
                        database::run(&db, concat!("UPDATE tasks SET instant = ", $far)).await.unwrap();
                        row
                    }};
                }
                // On the pool, in a transaction that is committed, and in one that is rolled back.
                macro_rules! each {
                    ($model:ident, $new:expr, $row:ident, $statement:expr => $after:expr) => {{
                        let $row = there!($model, $new(1, "a"));
                        let before = titles!(&acme);
                        let after: Vec<(i64, &str)> = $after.to_vec();
                        let after: Vec<_> = after.iter().map(|(number, title)| (*number, (*title).to_owned())).collect();
                        assert_ne!(before, after);
                        let expected = |written| if written { after.clone() } else { before.clone() };
                        let lasts = written($statement(&acme).await);
                        assert_eq!(titles!(&acme), expected(lasts), "{}", stringify!($statement));
                        assert!(lasts, "{}", stringify!($statement));
                        drop($row);
                        for commit in [true, false] {
                            let $row = there!($model, $new(1, "a"));
                            let tx = acme.begin().await.unwrap();
                            let lasts = written($statement(&tx).await);
                            assert_eq!(titles!(&tx), expected(lasts), "{}", stringify!($statement));
                            assert!(lasts, "{}", stringify!($statement));
                            match commit {
                                true => tx.commit().await.unwrap(),
                                false => tx.rollback().await.unwrap(),
                            }
                            assert_eq!(titles!(&acme), expected(lasts && commit), "{}", stringify!($statement));
                            drop($row);
                        }
                    }};
                }
                macro_rules! statements {
                    ($model:ident, $new:expr) => {
                        each! { $model, $new, row, (async |on| { let _ = &row; $model::create($new(2, "b")).fetch_one(on).await })
                                => [(1, "a"), (2, "b")] }
                        each! { $model, $new, row, (async |on| {
                                let _ = &row;
                                $model::create_many([$new(2, "b"), $new(3, "c")]).fetch_all(on).await
                            }) => [(1, "a"), (2, "b"), (3, "c")] }
                        each! { $model, $new, row, (async |on| {
                                let _ = &row;
                                let each = [$new(2, "b"), $new(3, "c")].map($model::create);
                                $model::create_each(each).fetch_all(on).await
                            }) => [(1, "a"), (2, "b"), (3, "c")] }
                        each! { $model, $new, row, (async |on| $model::update(&row).set(|t| t.title.to("b")).fetch_one(on).await)
                                => [(1, "b")] }
                        each! { $model, $new, row, (async |on| {
                                let _ = &row;
                                $model::update_where(|t| t.number.eq(1)).set(|t| t.title.to("b")).fetch_all(on).await
                            }) => [(1, "b")] }
                    };
                }
                macro_rules! in_one_statement {
                    ($model:ident, $new:expr) => {
                        statements!($model, $new);
                        each! { $model, $new, row, (async |on| {
                                let _ = &row;
                                $model::upsert($new(1, "b")).on(|t| t.number).fetch_one(on).await
                            }) => [(1, "b")] }
                        each! { $model, $new, row, (async |on| {
                                let _ = &row;
                                $model::upsert($new(2, "b")).on(|t| t.number).fetch_one(on).await
                            }) => [(1, "a"), (2, "b")] }
                    };
                }
                macro_rules! removals {
                    ($model:ident, $new:expr) => {
                        each! { $model, $new, row, (async |on| $model::destroy(&row).fetch_one(on).await) => [] }
                        each! { $model, $new, row, (async |on| {
                                let _ = &row;
                                $model::destroy_where(|t| t.number.eq(1)).fetch_all(on).await
                            }) => [] }
                    };
                }
                let new = |number, title: &str| NewTask { number, title: title.into() };
                in_one_statement!(Task, new);
                removals!(Task, new);
                let new = |number, title: &str| NewRuled { number, title: title.into() };
                in_one_statement!(Ruled, new);
                removals!(Ruled, new);
                let new = |number, title: &str| NewStored { number, title: title.into() };
                statements!(Stored, new);
                removals!(Stored, new);
            }
        }
    };
}

suite!(
    sqlite,
    sqlx::Sqlite,
    "CREATE TABLE organizations (id BLOB PRIMARY KEY);
     CREATE TABLE members (tenant_id BLOB NOT NULL, id BLOB NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE tasks (tenant_id BLOB NOT NULL, id BLOB NOT NULL, number BIGINT NOT NULL, title TEXT NOT NULL,
         instant TEXT DEFAULT 'no moment', PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number))",
    "'no moment'"
);
suite!(
    postgres,
    sqlx::Postgres,
    "CREATE TABLE organizations (id uuid PRIMARY KEY);
     CREATE TABLE members (tenant_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE tasks (tenant_id uuid NOT NULL, id uuid NOT NULL, number bigint NOT NULL, title text NOT NULL,
         instant timestamptz DEFAULT 'infinity', PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number))",
    "'infinity'"
);
