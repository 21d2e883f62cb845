//! The role that owns the schemas of tenants, on the tenant's database.

use crate::db::Db;
use crate::error::{Error, Result};
use sqlx::Connection as _;
use sqlx::{PgConnection, Postgres};
use uuid::Uuid;

/// Who the program is, to the server.
pub(crate) struct Program {
    /// Who logged in.
    pub(crate) session: String,
    /// Whom it acts as: another role, if its sessions begin with `SET ROLE`.
    pub(crate) current: String,
}

/// Takes a lock that nobody else knows of, as long as the transaction lasts, and gives the names of roles.
const LOCK: &str =
    "SELECT session_user::text, current_user::text FROM pg_catalog.pg_advisory_xact_lock($1)";

/// Takes the same lock, if it is free: such locks are of one database, so in any other one it is.
const IS_FREE: &str = "SELECT pg_catalog.pg_try_advisory_xact_lock($1)";

const ROLES: &str = "SELECT session_user::text, current_user::text";

/// Proves that a transaction of the owner's is on the database that the program's handle leads to, and says who the
/// program is there.
///
/// What the two say of themselves proves nothing: a copy of a database has the same name, the same rows and the same
/// marks. So the program takes a lock, and the owner finds it taken. That needs no right on any table, and a pooler
/// keeps a transaction on one connection.
pub(crate) async fn proven<I, J>(
    program: &Db<Postgres, I>,
    owner: &Db<Postgres, J>,
    transaction: &mut PgConnection,
) -> Result<Program> {
    // They lead to one place, and there may be no second connection.
    if program.shared().pool.is(&owner.shared().pool) {
        return roles(transaction).await;
    }
    let (_, key) = Uuid::now_v7().as_u64_pair();
    let key = key.cast_signed();
    let mut connection = program.acquire().await?;
    let mut held = connection.begin().await?;
    let (session, current) = sqlx::query_as(LOCK)
        .bind(key)
        .persistent(false)
        .fetch_one(&mut *held)
        .await?;
    let free = sqlx::query_scalar(IS_FREE)
        .bind(key)
        .persistent(false)
        .fetch_one(transaction)
        .await?;
    held.rollback().await?;
    match free {
        true => Err(Error::OtherDatabase),
        false => Ok(Program { session, current }),
    }
}

async fn roles(transaction: &mut PgConnection) -> Result<Program> {
    let (session, current) = sqlx::query_as(ROLES)
        .persistent(false)
        .fetch_one(transaction)
        .await?;
    Ok(Program { session, current })
}
