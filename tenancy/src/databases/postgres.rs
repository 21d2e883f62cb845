//! Databases of a PostgreSQL server.

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, SqlStr};

use super::NoDatabase;
use crate::schema::SchemaName;
use crate::sql::vouch;
use crate::{Error, Result};

/// The database that every server has, for what cannot be done from inside of the one that it is about.
const MAINTENANCE: &str = "postgres";

pub(crate) async fn create(options: &PgConnectOptions) -> Result<()> {
    run(options, vouch::create_database(&name(options)?)).await
}

pub(crate) async fn remove(options: &PgConnectOptions) -> Result<()> {
    run(options, vouch::drop_database(&name(options)?)).await
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

async fn run(options: &PgConnectOptions, sql: SqlStr) -> Result<()> {
    let mut connection = options.clone().database(MAINTENANCE).connect().await?;
    let done = connection.execute(sqlx::raw_sql(sql)).await;
    let _ = connection.close().await;
    done?;
    Ok(())
}
