//! Whose a database is that is being made.
//!
//! It is claimed first: an empty one gets the table that says whose it is, and then, in one transaction, the tables and
//! the word that it is complete. So what is left if this ends in the middle is empty, or the tenant's; and of two who
//! create the same database, one waits for the other and finds that it is complete.

use crate::backend::Backend;
use crate::error::{Error, Result};
use crate::pool::Pool;
use crate::pool::check::{TenantName, not_the_tenants, says_no};
use crate::pool::connection::PoolConnection;
use crate::sql::render::Dialect;
use crate::sql::trusted;
use sqlx::{Either, SqlStr};
use sqlx_core::transaction::TransactionManager;
use std::future::poll_fn;
use std::time::Duration;

type Manager<DB> = <DB as sqlx::Database>::TransactionManager;

/// The table that says whose a database is, in its only row; and whether it is complete, or (NULL) about to be dropped.
const CREATE: &str = "CREATE TABLE tenancy_tenant \
     (root text NOT NULL, tenant text NOT NULL, mark text NOT NULL, complete boolean)";

/// Whoever connects asks it.
const GRANT: &str = "GRANT SELECT ON tenancy_tenant TO PUBLIC";

const INSERT: &str = "INSERT INTO tenancy_tenant VALUES ($1, $2, $3, FALSE)";

/// Whoever does so first has the row locked until the tables are there.
const BEGIN_TO_FILL: &str = "UPDATE tenancy_tenant SET complete = FALSE WHERE complete = FALSE";

/// The last that is done.
const COMPLETE: &str = "UPDATE tenancy_tenant SET complete = TRUE WHERE complete = FALSE";

/// Nobody completes it after this.
const GIVE_UP: &str = "UPDATE tenancy_tenant SET complete = NULL WHERE complete = FALSE";

/// Counts the others who are in a transaction, or run a statement, on PostgreSQL.
const BUSY: &str = "SELECT count(*) FROM pg_catalog.pg_stat_activity
    WHERE datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid()
    AND backend_type = 'client backend' AND (state = 'active' OR state LIKE 'idle in transaction%')";

const ENDED: &str = "the SQL of the tables ended the transaction that it ran in";

/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_millis(20);

/// Who is responsible for what is left of a database that was not made.
pub(crate) enum Claim {
    Own,
    Others,
}

/// Makes an empty database the tenant's, unless it is already and not complete.
pub(crate) async fn make<DB: Backend>(
    connection: &mut PoolConnection<DB>,
    name: &TenantName,
) -> Result<()> {
    Manager::<DB>::begin(connection, Some(SqlStr::from_static(DB::BEGIN))).await?;
    let others = SqlStr::from_static(DB::OTHERS);
    let others = number::<DB>(connection, others).await.map_err(or_taken)?;
    let claimed = others == 1
        && number::<DB>(connection, trusted::count_claims(name.mark))
            .await
            .is_ok_and(|claims| claims == 1);
    if claimed {
        return Ok(Manager::<DB>::rollback(connection).await?);
    }
    if others > 0 {
        Manager::<DB>::rollback(connection).await?;
        return Err(taken());
    }
    run::<DB>(connection, CREATE).await.map_err(|error| {
        // Somebody else was faster.
        match error.as_database_error() {
            Some(_) => taken(),
            None => error.into(),
        }
    })?;
    if DB::DIALECT == Dialect::Postgres {
        run::<DB>(connection, GRANT).await?;
    }
    let mut arguments = DB::Arguments::default();
    DB::add_str(&mut arguments, Some(name.root))
        .and_then(|()| DB::add_text(&mut arguments, name.tenant.clone()))
        .and_then(|()| DB::add_text(&mut arguments, name.mark.to_string()))
        .map_err(sqlx::Error::Encode)?;
    DB::execute(connection, SqlStr::from_static(INSERT), arguments).await?;
    Ok(Manager::<DB>::commit(connection).await?)
}

/// Makes the tables of one that was claimed.
pub(crate) async fn fill<DB: Backend>(
    connection: &mut PoolConnection<DB>,
    tables: SqlStr,
    pool: &Pool<DB>,
) -> Result<(), (Error, Claim)> {
    let own = |error| (pool.report(error), Claim::Own);
    let begin = Some(SqlStr::from_static(DB::BEGIN));
    Manager::<DB>::begin(connection, begin).await.map_err(own)?;
    let filled = async {
        if affected::<DB>(connection, BEGIN_TO_FILL).await? == 0 {
            return Ok::<_, sqlx::Error>(false);
        }
        match DB::DIALECT {
            Dialect::Postgres => DB::execute_raw(connection, trusted::inside(&tables)).await?,
            Dialect::Sqlite => {
                // It is gone with the transaction.
                run::<DB>(connection, "SAVEPOINT tenancy_tables").await?;
                DB::execute_raw(connection, tables).await?;
                let kept = run::<DB>(connection, "RELEASE tenancy_tables").await;
                kept.map_err(|_| sqlx::Error::Protocol(ENDED.to_owned()))?;
            }
        }
        affected::<DB>(connection, COMPLETE).await?;
        Ok(true)
    };
    let error = match filled.await {
        Ok(true) => return Manager::<DB>::commit(connection).await.map_err(own),
        Ok(false) => (taken(), Claim::Others),
        Err(error) => (pool.report(error).of_tables(), Claim::Own),
    };
    // The first error is the one that tells.
    let _ = Manager::<DB>::rollback(connection).await;
    Err(error)
}

/// Whether one that was claimed is to be dropped: nobody completed it.
pub(crate) async fn give_up<DB: Backend>(
    connection: &mut PoolConnection<DB>,
) -> Result<bool, sqlx::Error> {
    Ok(affected::<DB>(connection, GIVE_UP).await? == 1)
}

/// That the database has the mark at this moment, whatever a pooler did since it was opened, and that nobody writes
/// to it, as far as that can be known: on PostgreSQL it waits for them.
pub(crate) async fn is_alone<DB: Backend>(
    connection: &mut PoolConnection<DB>,
    name: &TenantName,
) -> Result<()> {
    let begin = match DB::DIALECT {
        Dialect::Postgres => trusted::begin_at(DB::BEGIN, name.mark, false),
        // Fails with `SQLITE_BUSY` while another connection writes.
        Dialect::Sqlite => SqlStr::from_static("BEGIN EXCLUSIVE"),
    };
    let begun = Manager::<DB>::begin(connection, Some(begin)).await;
    begun.map_err(not_the_tenants)?;
    Manager::<DB>::rollback(connection).await?;
    if DB::DIALECT == Dialect::Postgres {
        while number::<DB>(connection, SqlStr::from_static(BUSY)).await? > 0 {
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(())
}

/// There is a database of the name.
fn taken() -> Error {
    Error::conflict(sqlx::Error::Configuration(
        "there is a database of this name, and something is in it".into(),
    ))
}

/// An error may say that what there is is no database, or not for this role.
pub(crate) fn or_taken(error: sqlx::Error) -> Error {
    match says_no(&error) {
        true => Error::conflict(error),
        false => error.into(),
    }
}

async fn run<DB: Backend>(
    connection: &mut PoolConnection<DB>,
    sql: &'static str,
) -> Result<(), sqlx::Error> {
    DB::execute_raw(connection, SqlStr::from_static(sql)).await
}

/// The number that a query gives.
async fn number<DB: Backend>(
    connection: &mut PoolConnection<DB>,
    sql: SqlStr,
) -> Result<i64, sqlx::Error> {
    let mut steps = DB::fetch_raw(connection, sql);
    let mut number = 0;
    while let Some(step) = poll_fn(|task| steps.as_mut().poll_next(task)).await {
        if let Either::Right(row) = step? {
            number = DB::get_i64(&row, 0)?;
        }
    }
    Ok(number)
}

/// How many rows a statement changed.
async fn affected<DB: Backend>(
    connection: &mut PoolConnection<DB>,
    sql: &'static str,
) -> Result<u64, sqlx::Error> {
    let mut steps = DB::fetch_raw(connection, SqlStr::from_static(sql));
    let mut number = 0;
    while let Some(step) = poll_fn(|task| steps.as_mut().poll_next(task)).await {
        if let Either::Left(result) = step? {
            number += DB::affected(&result);
        }
    }
    Ok(number)
}
