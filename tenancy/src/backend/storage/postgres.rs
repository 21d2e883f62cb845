//! Databases of a PostgreSQL server.

use crate::error::unavailable::NoDatabase;
use crate::error::{Error, Result};
use crate::sql::schema_name::SchemaName;
use crate::sql::trusted;
use sqlx::Executor as _;
use sqlx::error::DatabaseError;
use sqlx::postgres::PgConnectOptions;
use sqlx::{PgConnection, SqlStr};

/// The database that every server has, for what cannot be done from inside of the one that it is about.
const MAINTENANCE: &str = "postgres";

/// Connecting creates none.
#[expect(clippy::unnecessary_wraps, reason = "as on SQLite")]
pub(crate) fn existing(options: PgConnectOptions) -> Result<PgConnectOptions> {
    Ok(options)
}

#[expect(clippy::unnecessary_wraps, reason = "as on SQLite")]
pub(crate) fn server(options: &PgConnectOptions) -> Option<String> {
    let (host, port) = (options.get_host(), options.get_port());
    Some(format!("{host}:{port} {:?}", options.get_socket()))
}

#[expect(clippy::unused_async, reason = "as on SQLite")]
pub(crate) async fn is_memory(_: &mut PgConnection) -> Result<bool, sqlx::Error> {
    Ok(false)
}

/// The same server, if the name can be that of a tenant's database.
pub(crate) fn outside(options: &PgConnectOptions) -> Result<Option<PgConnectOptions>> {
    name(options)?;
    Ok(Some(options.clone().database(MAINTENANCE)))
}

pub(crate) async fn create(
    outside: Option<&mut PgConnection>,
    options: &PgConnectOptions,
) -> Result<()> {
    let created = run(outside, trusted::create_database(&name(options)?)).await;
    match code(&created).as_deref() {
        // There is one of this name, or somebody creates it at this moment (PostgreSQL, appendix A).
        Some("42P04" | "23505") => Ok(()),
        _ => Ok(created?),
    }
}

pub(crate) async fn remove(
    outside: Option<&mut PgConnection>,
    options: &PgConnectOptions,
) -> Result<()> {
    let removed = run(outside, trusted::drop_database(&name(options)?)).await;
    match code(&removed).as_deref() {
        // Somebody else was faster: `invalid_catalog_name`.
        Some("3D000") => {
            removed.map_err(|error| Error::NoDatabase(NoDatabase::Absent(error.into())))
        }
        _ => Ok(removed?),
    }
}

/// The name, by the rules of schemas: no two are the same but for their spelling.
fn name(options: &PgConnectOptions) -> Result<SchemaName> {
    let unfit = |why| Error::NoDatabase(NoDatabase::Unfit(why));
    let name = options
        .get_database()
        .ok_or_else(|| unfit("it has no name"))?;
    if matches!(name, "postgres" | "template0" | "template1") {
        return Err(unfit("it is one of the server's own"));
    }
    SchemaName::new(name).map_err(|_| {
        unfit("its name has to be made of at most 63 of a to z, 0 to 9 and _, and not to begin with a digit")
    })
}

async fn run(outside: Option<&mut PgConnection>, sql: SqlStr) -> Result<(), sqlx::Error> {
    let outside = outside.ok_or(sqlx::Error::WorkerCrashed)?;
    outside.execute(sqlx::raw_sql(sql)).await.map(drop)
}

fn code(result: &Result<(), sqlx::Error>) -> Option<String> {
    let error = result.as_ref().err()?.as_database_error()?;
    DatabaseError::code(error).map(Into::into)
}
