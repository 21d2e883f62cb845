//! Row-level security, and roles that it holds for.

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, Executor as _, PgConnection};
use tenancy::ddl::Tables;
use tenancy::isolation::Rls;
use tenancy::model::WithSchemas;
use tenancy::rls::SigningKey;
use tenancy::{Db, DbOf, PoolOptions, TenantRoot, VerifiedTenant};
use uuid::Uuid;

use crate::database::{Fresh, new_database, postgres_at};

/// What policies compare the tenant with.
pub const SETTING: &str = "nullif(current_setting('tenancy.tenant', true), '')::uuid";

/// The same, with a signature.
pub const SIGNED: &str = "tenancy.tenant()::uuid";

/// The key of the tests.
#[must_use]
pub fn key() -> SigningKey {
    SigningKey::new([7; SigningKey::LEN])
}

/// Lets row-level security hold for the tables of the models, by whoever may, and gives a database for a role
/// that it holds for.
pub async fn secured(
    fresh: Fresh<sqlx::Postgres>,
    tenant: &str,
) -> (Fresh<sqlx::Postgres>, Db<sqlx::Postgres>) {
    let options = fresh.outside().shared.clone();
    secure(
        &options,
        tenant,
        &[
            "organizations id",
            "users tenant_id",
            "documents tenant_id",
            "comments tenant_id",
            "settings tenant_id",
            "notes tenant_id",
        ],
    )
    .await;
    let pool = PoolOptions::new().max_connections(4);
    let db = Db::connect_with(pool, role(&options, "").await)
        .await
        .expect("a connection of the new role");
    (fresh, db)
}

/// Policies for tables, each with the column of the tenant.
pub async fn secure(superuser: &PgConnectOptions, tenant: &str, tables: &[&str]) {
    let mut sql = key().setup();
    for table in tables {
        let (table, column) = table.split_once(' ').expect("a table and a column");
        sql += &format!(
            "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
             CREATE POLICY tenancy_isolation ON {table}
                 USING ({column} = {tenant}) WITH CHECK ({column} = {tenant});"
        );
    }
    execute(superuser, sql).await;
}

/// A new role that may log in and use all tables, with `attributes` besides.
pub async fn role(superuser: &PgConnectOptions, attributes: &str) -> PgConnectOptions {
    let name = format!("program_{}", Uuid::now_v7().simple());
    let password = Uuid::now_v7().simple().to_string();
    let sql = format!(
        "CREATE ROLE {name} LOGIN PASSWORD '{password}' {attributes};
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name};
         GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name};"
    );
    execute(superuser, sql).await;
    superuser.clone().username(&name).password(&password)
}

/// Runs SQL of the tests' own.
pub async fn execute(options: &PgConnectOptions, sql: String) {
    let mut connection = PgConnection::connect_with(options)
        .await
        .expect("a connection");
    #[expect(
        clippy::disallowed_methods,
        reason = "made of names and literals of the tests"
    )]
    let sql = sqlx::AssertSqlSafe(sql);
    connection
        .execute(sqlx::raw_sql(sql))
        .await
        .expect("what the tests need");
}

/// A database that the library made the tables of: one role owns them, another one is the program's.
#[derive(Debug)]
pub struct Installed<R: TenantRoot<Database = sqlx::Postgres, Isolation = Rls>> {
    /// Whom nothing is hidden from.
    pub superuser: PgConnectOptions,
    /// As the role that owns the tables.
    pub owner: Db<sqlx::Postgres>,
    /// The role of the program.
    pub program: PgConnectOptions,
    /// As that role.
    pub db: DbOf<R>,
    /// What was made, and is granted to the program.
    pub tables: Tables<R>,
}

/// Makes these tables in a new database.
pub async fn installed<R>(tables: Tables<R>, signed: bool) -> Installed<R>
where
    R: TenantRoot<Database = sqlx::Postgres, Isolation = Rls>,
{
    let superuser = new_database().await;
    if signed {
        execute(&superuser, key().setup()).await;
    }
    let owner = owner(&superuser).await;
    let program = role(&superuser, "").await;
    let tables = tables
        .granted_to(program.get_username())
        .expect("the name of a role");
    let tables = if signed { tables.signed() } else { tables };
    execute(&owner, tables.sql()).await;
    let owner = postgres_at(&owner).await;
    let db = postgres_at(&program).await;
    let db = if signed {
        db.with_signed_rls(key()).await
    } else {
        db.with_rls().await
    };
    Installed {
        superuser,
        owner,
        program,
        db: db.expect("a role that is safe"),
        tables,
    }
}

/// A new role that may make tables and schemas, and nothing else.
pub async fn owner(superuser: &PgConnectOptions) -> PgConnectOptions {
    let options = role(superuser, "").await;
    let sql = format!(
        "GRANT CREATE ON DATABASE {} TO {role}; GRANT CREATE ON SCHEMA public TO {role}",
        superuser.get_database().expect("a name"),
        role = options.get_username(),
    );
    execute(superuser, sql).await;
    options
}

/// Lets row-level security hold for the tables of the models in schemas of the tenants 0x801 to 0x803, and gives a
/// database for a role that it holds for.
pub(crate) async fn in_schemas<R>(fresh: &Fresh<sqlx::Postgres>, key: Option<SigningKey>) -> DbOf<R>
where
    R: TenantRoot<Database = sqlx::Postgres, Isolation = Rls, Schemas = WithSchemas, Key = Uuid>,
{
    let superuser = &fresh.outside().shared;
    let tenant = if key.is_some() { SIGNED } else { SETTING };
    secure(superuser, tenant, &["organizations id"]).await;
    let program = role(superuser, "").await;
    // The views are not the program's, and it makes no numbers but those of the sequence.
    let grants = format!(
        "REVOKE ALL ON users, documents, comments, settings, notes FROM {role};
         DO $$ DECLARE place text; BEGIN
             FOR place IN SELECT nspname FROM pg_namespace WHERE nspname LIKE 'tenant!_%' ESCAPE '!' LOOP
                 EXECUTE format('GRANT USAGE ON SCHEMA %1$I TO {role};
                     GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %1$I TO {role}', place);
             END LOOP;
         END $$",
        role = program.get_username()
    );
    execute(superuser, grants).await;
    let db = postgres_at(&program).await;
    let db = match key {
        None => db.with_rls().await,
        Some(key) => db.with_signed_rls(key).await,
    };
    let db = db.expect("a role that is safe");
    // Their rows have the marks; the tests make them anew.
    let rows = "INSERT INTO organizations (id, name)
        SELECT ('00000000-0000-0000-0000-00000000080' || number)::uuid, '' FROM generate_series(1, 3) AS number";
    execute(superuser, rows.to_owned()).await;
    for tenant in 0x801..=0x803 {
        let tenant = VerifiedTenant::<R>::assume_verified(
            &db,
            Uuid::from_u128(tenant),
            "its schema is there already",
        );
        tenant
            .secure_schema(fresh)
            .await
            .expect("a schema that is closed");
    }
    execute(superuser, "DELETE FROM organizations".to_owned()).await;
    db
}
