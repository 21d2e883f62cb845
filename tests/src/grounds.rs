//! Two tenants of a root on each strategy, for tests that say the same on all of them.

use std::any::Any;
use std::sync::Arc;

use sqlx::{AssertSqlSafe, Postgres, Sqlite};
use tempfile::TempDir;
use tenancy::isolation::{Databases, Plain, Rls};
use tenancy::model::WithSchemas;
use tenancy::{Backend, Db, PoolOptions, Root, VerifiedTenant};
use uuid::Uuid;

use crate::database::{Fresh, Options, file, new_database, postgres, sqlite};
use crate::rls::{SETTING, role, secure};

/// Two tenants.
pub struct Ground<R: Root> {
    /// Each with a way past the library to where its rows are.
    pub tenants: [(VerifiedTenant<R>, Db<R::Database>); 2],
    /// What has to be there as long.
    kept: Box<dyn Any>,
}

impl<R: Root> std::fmt::Debug for Ground<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ground").field("kept", &self.kept).finish()
    }
}

/// The tables that tenants share, first and up to two semicolons (or to the first one, if there are no two), and
/// their own.
type Tables = &'static str;

fn split(tables: Tables) -> (&'static str, &'static str) {
    let split = tables.split_once(";;").or_else(|| tables.split_once(';'));
    split.expect("a table to share")
}

/// The tables of a tenant's own, which fill in the tenant and check it, and have it in no key.
fn own(tables: Tables, tenant: Uuid) -> AssertSqlSafe<String> {
    let (_, own) = split(tables);
    let tenant = tenant.simple();
    let own = own
        .replace("(tenant_id, ", "(")
        .replace(
            "tenant_id BLOB NOT NULL",
            &format!("tenant_id BLOB NOT NULL DEFAULT x'{tenant}' CHECK (tenant_id = x'{tenant}')"),
        )
        .replace(
            "tenant_id uuid NOT NULL",
            &format!("tenant_id uuid NOT NULL DEFAULT '{tenant}' CHECK (tenant_id = '{tenant}')"),
        );
    vouched(own)
}

/// With the column of the mark.
fn shared(tables: Tables) -> AssertSqlSafe<String> {
    let (shared, _) = split(tables);
    let mark = if shared.contains(" BLOB ") {
        "(tenancy_mark BLOB NOT NULL UNIQUE DEFAULT (randomblob(16)), "
    } else {
        "(tenancy_mark uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(), "
    };
    vouched(shared.replacen('(', mark, 1))
}

#[expect(
    clippy::disallowed_methods,
    reason = "made of tables and ids of the tests"
)]
fn vouched(sql: String) -> AssertSqlSafe<String> {
    AssertSqlSafe(sql)
}

async fn plain<DB: Backend>(options: Options<DB>) -> Db<DB> {
    Db::connect_with(PoolOptions::new().max_connections(4), options)
        .await
        .expect("a database")
}

async fn in_one<R, I>(
    fresh: Fresh<R::Database, I>,
    outside: Db<R::Database>,
    new: impl Fn() -> R::New,
) -> Ground<R>
where
    R: Root<Isolation = I>,
    I: 'static,
{
    let tenant = || async {
        let tenant = R::create(new()).execute(&fresh).await;
        (tenant.expect("a tenant"), outside.clone())
    };
    Ground {
        tenants: [tenant().await, tenant().await],
        kept: Box::new(fresh),
    }
}

/// On SQLite, by the tenant's column.
pub async fn attribute_on_sqlite<R>(tables: Tables, new: impl Fn() -> R::New) -> Ground<R>
where
    R: Root<Database = Sqlite, Isolation = Plain>,
{
    let fresh = sqlite(tables).await;
    let outside = Db::clone(&fresh);
    in_one(fresh, outside, new).await
}

/// On PostgreSQL, by the tenant's column.
pub async fn attribute_on_postgres<R>(tables: Tables, new: impl Fn() -> R::New) -> Ground<R>
where
    R: Root<Database = Postgres, Isolation = Plain>,
{
    let fresh = postgres(tables).await;
    let outside = Db::clone(&fresh);
    in_one(fresh, outside, new).await
}

/// On PostgreSQL, by the tenant's column and row-level security; all tables but the root's have such a column.
pub async fn rls<R>(tables: Tables, secured: &[&str], new: impl Fn() -> R::New) -> Ground<R>
where
    R: Root<Database = Postgres, Isolation = Rls>,
{
    let fresh = postgres(tables).await;
    let superuser = fresh.connect_options().clone();
    secure(&superuser, SETTING, secured).await;
    let outside = Db::clone(&fresh);
    let db = plain::<Postgres>(role(&superuser, "").await).await;
    let db = db.with_rls().await.expect("a role that is safe");
    in_one(fresh.with(db), outside, new).await
}

/// On PostgreSQL, in a schema of the tenant.
pub async fn schemas<R>(tables: Tables, new: impl Fn() -> R::New) -> Ground<R>
where
    R: Root<Database = Postgres, Isolation = Plain, Schemas = WithSchemas, Key = Uuid>,
{
    let options = new_database().await;
    let db = plain::<Postgres>(options.clone()).await;
    execute(&db, shared(tables)).await;
    let tenant = || async {
        let tenant = R::create(new()).execute(&db).await.expect("a tenant");
        let own = own(tables, *tenant.id());
        tenant.create_schema(own).await.expect("a schema");
        let schema = tenant.schema().await.expect("a name").to_string();
        let outside = plain::<Postgres>(options.clone().options([("search_path", schema)])).await;
        (tenant, outside)
    };
    Ground {
        tenants: [tenant().await, tenant().await],
        kept: Box::new(()),
    }
}

async fn execute<DB: Backend>(db: &Db<DB>, sql: AssertSqlSafe<String>)
where
    for<'c> &'c mut DB::Connection: sqlx::Executor<'c, Database = DB>,
{
    sqlx::raw_sql(sql)
        .execute(&mut *db.acquire().await.expect("a connection"))
        .await
        .expect("the tables");
}

/// On SQLite, in a file of the tenant.
pub async fn databases_on_sqlite<R>(tables: Tables, new: impl Fn() -> R::New) -> Ground<R>
where
    R: Root<Database = Sqlite, Isolation = Databases<R>, Key = Uuid>,
{
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().to_owned();
    let home = file(path.join("shared.db"));
    databases(tables, new, home, folder, move |name| {
        file(path.join(format!("{name}.db")))
    })
    .await
}

/// On PostgreSQL, in a database of the tenant.
pub async fn databases_on_postgres<R>(tables: Tables, new: impl Fn() -> R::New) -> Ground<R>
where
    R: Root<Database = Postgres, Isolation = Databases<R>, Key = Uuid>,
{
    let home = new_database().await;
    let server = home.clone();
    databases(tables, new, home, (), move |name| {
        server.clone().database(name)
    })
    .await
}

async fn databases<R>(
    tables: Tables,
    new: impl Fn() -> R::New,
    home: Options<R::Database>,
    kept: impl Any,
    place: impl Fn(&str) -> Options<R::Database> + Send + Sync + 'static,
) -> Ground<R>
where
    R: Root<Isolation = Databases<R>, Key = Uuid>,
    for<'c> &'c mut <R::Database as sqlx::Database>::Connection:
        sqlx::Executor<'c, Database = R::Database>,
{
    let place = Arc::new(place);
    let at = move |tenant: Uuid| place(&format!("own_{}", tenant.simple()));
    // Fewer connections than there are places.
    let db = Db::connect_with(PoolOptions::new().max_connections(2), home).await;
    let db = db.expect("a database");
    execute(&db, shared(tables)).await;
    let look_up = at.clone();
    let db = db.with_databases::<R, _, _>(move |id| std::future::ready(Ok(look_up(id))));
    let tenant = || async {
        let tenant = R::create(new()).execute(&db).await.expect("a tenant");
        let own = own(tables, *tenant.id());
        tenant.create_database(own).await.expect("a database");
        let outside = plain::<R::Database>(at(*tenant.id())).await;
        (tenant, outside)
    };
    Ground {
        tenants: [tenant().await, tenant().await],
        kept: Box::new(kept),
    }
}
