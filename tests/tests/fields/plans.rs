//! The statements that run: plain where an actor sees all, and planned as if nothing were masked where not.

use std::fmt::Debug;
use std::sync::{Mutex, Once};

use sqlx::Row as _;
use tenancy::{Masked, Root as _, TenantRoot, TenantScoped};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use uuid::Uuid;

/// Every statement of the process: a driver runs some in a thread of its own.
static STATEMENTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Recorder;

/// The text of a statement, which is in `db.statement` if `summary` cuts it off.
#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_str(&mut self, field: &Field, value: &str) {
        let whole = field.name() == "db.statement" && !value.is_empty();
        if whole || field.name() == "summary" && self.0.is_empty() {
            value.trim().clone_into(&mut self.0);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = Text::default();
        event.record(&mut text);
        STATEMENTS.lock().unwrap().push(text.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| tracing::subscriber::set_global_default(Recorder).unwrap());
}

/// The last statement on a table.
fn last(table: &str) -> String {
    let statements = STATEMENTS.lock().unwrap();
    let mut on_table = statements.iter().filter(|text| text.contains(table));
    on_table.next_back().unwrap().clone()
}

/// The last statement on a table masks a column, and is planned with the index on another.
macro_rules! uses_index {
    ($db:ident, $table:literal, $explain:literal, $detail:literal, [$($value:expr),*]) => {{
        let text = last($table);
        assert!(text.contains("CASE WHEN"), "{text}");
        #[expect(clippy::disallowed_methods, reason = "a text of the library's")]
        let explain = sqlx::query(sqlx::AssertSqlSafe(format!("{} {text}", $explain)));
        let plan = explain $(.bind($value))* .fetch_all(&mut *$db.acquire().await.expect("a connection")).await.unwrap();
        let plan: Vec<String> = plan.iter().map(|row| row.get($detail)).collect();
        let index = concat!($table, "_by_team");
        assert!(plan.iter().any(|line| line.contains(index)), "{text}\n{plan:#?}");
    }};
}

macro_rules! plans {
    ($name:ident, $database:ty, $table:literal, $explain:literal, $detail:literal, $schema:expr) => {
        #[tokio::test]
        async fn $name() {
            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $database)]
            struct Organization {
                id: Uuid,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            struct User {
                id: Uuid,
                admin: bool,
            }

            #[derive(Debug, TenantScoped)]
            #[tenancy(root = Organization, table = $table, policies)]
            struct Sample {
                id: Uuid,
                #[tenancy(belongs_to = User)]
                user_id: Uuid,
                team: i64,
                #[tenancy(guarded)]
                number: Masked<i64>,
            }

            tenancy::policies! {
                Sample, actor: User {
                    read { authorize_if always; }
                    create { authorize_if always; }
                    update { authorize_if always; }
                    field number { authorize_if user_id == actor; authorize_if actor.admin; }
                }
            }

            install();
            let db = tenancy_tests::database::$name($schema).await;
            let new = Organization::create(NewOrganization {}).execute(&db).await;
            tenancy::enter!(acme = new.unwrap());
            let user = |admin| User::create(NewUser { admin });
            let ann = user(true).fetch_one(&acme).await.unwrap();
            let bob = user(false).fetch_one(&acme).await.unwrap();
            for _ in 0..30 {
                let values = (0..100).map(|team| {
                    format!(
                        "({}, {}, {}, {team}, {team})",
                        "$1",
                        random_key::<$database>(),
                        "$2"
                    )
                });
                let values = values.collect::<Vec<_>>().join(", ");
                let insert = format!(
                    "INSERT INTO {} (tenant_id, id, user_id, team, number) VALUES {values}",
                    $table
                );
                #[expect(clippy::disallowed_methods, reason = "made of names and numbers")]
                let insert = sqlx::query(sqlx::AssertSqlSafe(insert));
                insert
                    .bind(*acme.id())
                    .bind(bob.id)
                    .execute(&mut *db.acquire().await.expect("a connection"))
                    .await
                    .unwrap();
            }
            sqlx::query("ANALYZE")
                .execute(&mut *db.acquire().await.expect("a connection"))
                .await
                .unwrap();
            let (tenant, actor) = (*acme.id(), bob.id);

            // Who sees all runs what the compiler made.
            tenancy::enter!(again = acme.verified());
            let ann = User::find(ann.id).fetch_one(&again).await.unwrap();
            let admin = again.acting_as(ann);
            let query = Sample::query()
                .filter(|s| s.team.eq(7) & s.number.ge(0))
                .order_by(|s| s.number.asc());
            let rows = query.clone().fetch_all(&admin).await.unwrap();
            assert!(rows.len() == 30 && rows.iter().all(|row| row.number == Masked::Visible(7)));
            assert_eq!(last($table), query.sql());
            let update = Sample::update(&rows[0]).set(|s| s.number.to(7));
            let text = update.sql();
            update.execute(&admin).await.unwrap();
            assert_eq!(last($table), text);

            // So do statements of others, if they neither name nor return what is hidden.
            let acme = acme.acting_as(bob);
            let rows = Sample::query()
                .filter(|s| s.team.eq(8))
                .fetch_all(&acme)
                .await
                .unwrap();
            let update = Sample::update(&rows[0]).set(|s| s.number.to(8));
            let text = update.sql();
            update.execute(&acme).await.unwrap();
            assert_eq!(last($table), text);
            let count = Sample::query().filter(|s| s.team.eq(8));
            assert_eq!(count.clone().count(&acme).await.unwrap(), 30);
            assert_eq!(last($table), count.count_sql());

            // Masks do not keep an index on other columns from being used.
            macro_rules! plan {
                ($values:tt) => {
                    uses_index!(db, $table, $explain, $detail, $values)
                };
            }
            let filter = Sample::query().filter(|s| s.team.eq(7) & s.number.ge(1));
            assert_eq!(filter.clone().fetch_all(&acme).await.unwrap().len(), 30);
            plan!([7_i64, 1_i64, actor, tenant]);
            assert_eq!(filter.clone().count(&acme).await.unwrap(), 30);
            plan!([7_i64, 1_i64, actor, tenant]);
            filter
                .order_by(|s| (s.number.desc(), s.team.asc()))
                .limit(3)
                .fetch_all(&acme)
                .await
                .unwrap();
            plan!([7_i64, 1_i64, actor, tenant, 3_i64]);
            let update =
                Sample::update_where(|s| s.team.eq(9) & !s.number.eq(1)).set(|s| s.number.to(9));
            assert_eq!(update.fetch_all(&acme).await.unwrap().len(), 30);
            plan!([9_i64, 9_i64, 1_i64, actor, tenant]);
        }
    };
}

/// A key of a new row, as SQL.
fn random_key<DB: sqlx::Database>() -> String {
    let key = Uuid::now_v7();
    if DB::NAME == "SQLite" {
        format!("x'{}'", key.simple())
    } else {
        format!("'{key}'")
    }
}

plans!(
    sqlite,
    sqlx::Sqlite,
    "planned_on_sqlite",
    "EXPLAIN QUERY PLAN",
    3,
    "CREATE TABLE organizations (id BLOB PRIMARY KEY);
     CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, admin BOOLEAN NOT NULL,
         PRIMARY KEY (tenant_id, id));
     CREATE TABLE planned_on_sqlite (tenant_id BLOB NOT NULL, id BLOB NOT NULL, user_id BLOB NOT NULL,
         team INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE INDEX planned_on_sqlite_by_team ON planned_on_sqlite (tenant_id, team);"
);
plans!(
    postgres,
    sqlx::Postgres,
    "planned_on_postgres",
    "EXPLAIN",
    0,
    "CREATE TABLE organizations (id uuid PRIMARY KEY);
     CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL, admin boolean NOT NULL,
         PRIMARY KEY (tenant_id, id));
     CREATE TABLE planned_on_postgres (tenant_id uuid NOT NULL, id uuid NOT NULL, user_id uuid NOT NULL,
         team bigint NOT NULL, number bigint NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE INDEX planned_on_postgres_by_team ON planned_on_postgres (tenant_id, team);"
);
