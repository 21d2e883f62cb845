//! A database with row-level security, of two tenants.

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Row as _};
use tenancy::rls::SigningKey;
use tenancy::{Db, DbOf, PoolOptions, Root as _, TenantRoot, TenantScoped};
use tenancy_tests::database::{self, Fresh};
use uuid::Uuid;

#[derive(Debug, TenantRoot)]
#[tenancy(database = sqlx::Postgres, rls)]
pub(crate) struct Organization {
    pub(crate) id: Uuid,
    pub(crate) name: String,
}

#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Organization)]
pub(crate) struct Note {
    pub(crate) id: Uuid,
    pub(crate) body: String,
}

const TABLES: &str = r"
    CREATE TABLE organizations (id uuid PRIMARY KEY, name text NOT NULL);
    CREATE TABLE notes (
        tenant_id uuid NOT NULL REFERENCES organizations (id), id uuid NOT NULL, body text NOT NULL,
        PRIMARY KEY (tenant_id, id)
    );
";

const POLICIES: &str = r"
    ALTER TABLE organizations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    CREATE POLICY tenancy_isolation ON organizations USING (id = TENANT) WITH CHECK (id = TENANT);
    ALTER TABLE notes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    CREATE POLICY tenancy_isolation ON notes USING (tenant_id = TENANT) WITH CHECK (tenant_id = TENANT);
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO APP_ROLE;
";

pub(crate) fn key() -> SigningKey {
    SigningKey::new(*b"0123456789abcdef0123456789abcdef")
}

/// A database before anybody connects to it with row-level security, and the role that will.
pub(crate) struct Secured {
    pub(crate) owner: Fresh<sqlx::Postgres>,
    pub(crate) role: String,
    signed: bool,
}

impl Secured {
    pub(crate) async fn new(signed: bool) -> Self {
        let owner = database::postgres(TABLES).await;
        let role = format!("app_{}", Uuid::now_v7().simple());
        let this = Self {
            owner,
            role,
            signed,
        };
        let tenant = match signed {
            false => "nullif(current_setting('tenancy.tenant', true), '')::uuid",
            true => "tenancy.tenant()::uuid",
        };
        let setup = if signed { key().setup() } else { String::new() };
        this.run(&format!(
            "CREATE ROLE APP_ROLE LOGIN PASSWORD 'APP_ROLE'; {setup}; {}",
            POLICIES.replace("TENANT", tenant)
        ))
        .await;
        this
    }

    /// Runs SQL as the owner of the tables; `APP_ROLE` is the role of the program.
    pub(crate) async fn run(&self, sql: &str) {
        let sql = sql.replace("APP_ROLE", &self.role);
        raw(&mut self.owner.acquire().await.unwrap(), &sql)
            .await
            .unwrap();
    }

    pub(crate) fn options(&self) -> PgConnectOptions {
        let options = self.owner.connect_options().clone();
        options.username(&self.role).password(&self.role)
    }

    /// As the role of the program, which the database is told nothing by.
    pub(crate) async fn plain(&self, max: u32) -> tenancy::Result<Db<sqlx::Postgres>> {
        let pool = PoolOptions::new().max_connections(max);
        Db::connect_with(pool, self.options()).await
    }

    pub(crate) async fn connect(&self, max: u32) -> tenancy::Result<DbOf<Organization>> {
        let db = self.plain(max).await?;
        match self.signed {
            false => db.with_rls().await,
            true => db.with_signed_rls(key()).await,
        }
    }
}

/// A tenant with one note.
pub(crate) async fn tenant(
    db: &DbOf<Organization>,
    name: &str,
) -> tenancy::VerifiedTenant<Organization> {
    let new = NewOrganization { name: name.into() };
    let verified = Organization::create(new).execute(db).await.unwrap();
    tenancy::enter!(tenant = verified.clone());
    let note = NewNote { body: name.into() };
    Note::create(note).execute(&tenant).await.unwrap();
    verified
}

/// Runs SQL as if it had been injected.
pub(crate) async fn raw(
    connection: &mut sqlx::PgConnection,
    sql: &str,
) -> Result<Vec<String>, sqlx::Error> {
    #[expect(clippy::disallowed_methods, reason = "the attack")]
    let sql = AssertSqlSafe(sql.to_owned());
    let rows = sqlx::raw_sql(sql).fetch_all(connection).await?;
    let text = |row: &sqlx::postgres::PgRow| row.try_get::<String, _>(0).unwrap_or_default();
    Ok(rows.iter().map(text).collect())
}
