//! Row-level security does not mislead the planner: it expects as many rows as without.
//!
//! A policy whose comparison stayed beside the statement's own would count twice: with a hundred tenants the planner
//! would expect a hundredth of the rows that come, with a join a ten-thousandth, and take a nested loop where it
//! needs a hash.

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use tenancy::ddl::Tables;
use tenancy::rls::SigningKey;
use tenancy::{PoolOptions, Root as _, TenantRoot, TenantScoped};
use tenancy_tests::database;
use uuid::Uuid;

#[derive(Debug, TenantRoot)]
#[tenancy(database = sqlx::Postgres, rls)]
struct Organization {
    id: Uuid,
    name: String,
}

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization)]
struct User {
    id: Uuid,
    age: i64,
}

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization)]
struct Document {
    id: Uuid,
    #[tenancy(belongs_to = User)]
    owner_id: Uuid,
    pages: i64,
}

/// A hundred tenants with two hundred rows in each table.
const ROWS: &str = r"
    INSERT INTO organizations SELECT lpad(to_hex(t), 32, '0')::uuid, 'Acme' FROM generate_series(1, 100) t;
    INSERT INTO users (tenant_id, id, age)
        SELECT o.id, gen_random_uuid(), a FROM organizations o, generate_series(1, 200) a;
    INSERT INTO documents (tenant_id, id, owner_id, pages)
        SELECT tenant_id, gen_random_uuid(), id, age FROM users;
    ANALYZE;
";

/// How many rows the planner expects of each prepared statement of the library's, by its text.
async fn expected(
    connection: &mut PgConnection,
    statements: &[(String, i32)],
) -> Vec<(String, String)> {
    let mut all = Vec::new();
    sqlx::raw_sql("SET plan_cache_mode = force_generic_plan")
        .execute(&mut *connection)
        .await
        .unwrap();
    for (index, (statement, parameters)) in statements.iter().enumerate() {
        let nulls = vec!["NULL"; usize::try_from(*parameters).unwrap()].join(", ");
        #[expect(clippy::disallowed_methods, reason = "statements of the library's")]
        let sql = AssertSqlSafe(format!(
            "PREPARE expected_{index} AS {statement}; EXPLAIN EXECUTE expected_{index} ({nulls})"
        ));
        let plan = sqlx::raw_sql(sql)
            .fetch_all(&mut *connection)
            .await
            .unwrap();
        let plan: Vec<String> = plan.iter().map(|line| line.get(0)).collect();
        let rows = |line: &String| {
            let (_, rows) = line.split_once("rows=")?;
            rows.split_whitespace().next().map(str::to_owned)
        };
        // What each step of the scans is expected to give, without the step of the policy itself.
        let scans: Vec<_> = plan.iter().filter(|line| line.contains("Scan")).collect();
        let steps: Vec<_> = scans.into_iter().filter_map(rows).collect();
        all.push((statement.clone(), steps.join(" ")));
    }
    all
}

async fn expects_the_same_rows(key: Option<SigningKey>) {
    let fresh = database::postgres("").await;
    let mut owner = fresh.acquire().await.unwrap();
    let role = format!("app_{}", Uuid::now_v7().simple());
    let mut tables = Tables::<Organization>::new()
        .with::<User>()
        .with::<Document>()
        .granted_to(role.as_str())
        .unwrap();
    if key.is_some() {
        tables = tables.signed();
    }
    let setup = key.as_ref().map(SigningKey::setup).unwrap_or_default();
    #[expect(clippy::disallowed_methods, reason = "made of constants and digits")]
    let sql = AssertSqlSafe(format!(
        "{setup} CREATE ROLE {role} LOGIN PASSWORD '{role}'; {} {ROWS}",
        tables.of_shared().as_str()
    ));
    sqlx::raw_sql(sql).execute(&mut *owner).await.unwrap();

    let options: PgConnectOptions = fresh.connect_options().clone();
    let options = options.username(&role).password(&role);
    let one = PoolOptions::new().max_connections(1);
    let db = tenancy::Db::connect_with(one, options).await.unwrap();
    let db = match key {
        None => db.with_rls().await.unwrap(),
        Some(key) => db.with_signed_rls(key).await.unwrap(),
    };
    tenancy::enter!(acme = Organization::verify(&db, Uuid::from_u128(1)).await.unwrap());
    let all = User::query().filter(|u| u.age.ge(0)).fetch_all(&acme);
    assert_eq!(all.await.unwrap().len(), 200);
    let old = User::query().filter(|u| u.age.gt(100)).select(|u| u.id);
    let theirs = Document::query().filter(|d| d.owner_id.in_query(old));
    assert_eq!(theirs.count(&acme).await.unwrap(), 100);
    drop(acme);

    let mut connection = db.acquire().await.unwrap();
    let statements: Vec<(String, i32)> = sqlx::query_as(
        "SELECT statement, cardinality(parameter_types) FROM pg_prepared_statements
        WHERE statement ~ '(users|documents)' AND statement !~ 'pg_prepared_statements' ORDER BY statement",
    )
    .persistent(false)
    .fetch_all(&mut *connection)
    .await
    .unwrap();
    assert_eq!(statements.len(), 2, "{statements:#?}");
    let with = expected(&mut connection, &statements).await;
    // The owner of this database is a superuser, whom no policy holds.
    let without = expected(&mut owner, &statements).await;
    assert_eq!(with, without);
    assert!(
        without.iter().any(|(_, rows)| rows.contains("200")),
        "{without:#?}"
    );
}

#[tokio::test]
async fn the_planner_expects_the_same_rows() {
    expects_the_same_rows(None).await;
}

#[tokio::test]
async fn the_planner_expects_the_same_rows_where_tenants_are_signed() {
    let key = SigningKey::new(*b"0123456789abcdef0123456789abcdef");
    expects_the_same_rows(Some(key)).await;
}
