//! What each database does: the same for both, but for what the macro is told.

use crate::backend::room::Room;
use crate::backend::{Backend, Step, guarded, sealed, storage};
use crate::error::origin::{is_inside, is_raised};
use crate::sql::render::Dialect;
use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;
use sqlx::SqlStr;
use sqlx::error::{BoxDynError, DatabaseError};
use std::borrow::Cow;
use uuid::Uuid;

/// What `DISCARD ALL` does, but for the prepared statements, which the driver believes to have:
/// identity and settings, and what one borrower could put in the way of the next (temporary tables
/// stand before permanent ones of their name; sqlx's migrator leaves its lock when it fails).
///
/// The session's user goes back to the role of the connection's options by way of the login.
///
/// The last statement says whether there are statements that SQL prepared: one of them may have the name of
/// one that the driver prepared, and would run in its place. And how many the driver prepared: fewer than it
/// believes, if somebody discarded them.
#[cfg(feature = "postgres")]
macro_rules! reset {
    () => {
        "SET SESSION AUTHORIZATION DEFAULT; RESET ROLE; RESET ALL; CLOSE ALL; UNLISTEN *; \
         DISCARD TEMP; DISCARD SEQUENCES; \
         SELECT pg_catalog.pg_advisory_unlock_all(), COALESCE(pg_catalog.bool_or(from_sql), false), \
         pg_catalog.count(*) FILTER (WHERE NOT from_sql) FROM pg_catalog.pg_prepared_statements"
    };
}

macro_rules! backend {
    (
        $database:ident, $dialect:ident, $begin:literal, $scratch:ty,
        |$to:ident, $buffer:ident, $value:ident| $add:expr, |$connection:ident| $clean:expr,
        |$asked:ident, $signed:ident| $bypass:expr, |$roomy:ident, $room:ident| $with_room:expr,
        $storage:ident, $others:literal
    ) => {
        #[diagnostic::do_not_recommend]
        impl Backend for sqlx::$database {}

        #[diagnostic::do_not_recommend]
        impl sealed::Backend for sqlx::$database {
            const DIALECT: Dialect = Dialect::$dialect;
            const BEGIN: &'static str = $begin;
            const ERROR_ABORTS: bool = matches!(Dialect::$dialect, Dialect::Postgres);
            // sqlx 0.9.0: `PgTransactionManager::begin` ends with `start_rollback` at the depth before
            // it; SQLite's worker undoes just what it did.
            const SAVEPOINTS_HURT: bool = matches!(Dialect::$dialect, Dialect::Postgres);
            const MAX_PARAMETERS: usize = match Dialect::$dialect {
                Dialect::Sqlite => 32_766,
                Dialect::Postgres => 65_535,
            };
            const LONGEST_PATTERN: usize = match Dialect::$dialect {
                Dialect::Sqlite => 50_000,
                Dialect::Postgres => usize::MAX,
            };

            const LIFETIMES: [Option<u64>; 2] = match Dialect::$dialect {
                Dialect::Sqlite => [None, None],
                Dialect::Postgres => [Some(10), Some(30)],
            };

            type Scratch = $scratch;

            fn add_user<V>(
                $to: &mut Self::Arguments,
                $buffer: &mut Self::Scratch,
                $value: V,
            ) -> Result<(), BoxDynError>
            where
                V: for<'q> sqlx::Encode<'q, Self> + sqlx::Type<Self>,
            {
                $add
            }

            fn get_user<'r, V>(row: &'r Self::Row, index: usize) -> Result<V, sqlx::Error>
            where
                V: sqlx::Decode<'r, Self> + sqlx::Type<Self>,
            {
                guarded::try_get::<Self, V>(row, index, guarded::$storage::look::<V>)
            }

            fn get_masked<'r, V>(row: &'r Self::Row, index: usize) -> Result<V, sqlx::Error>
            where
                V: sqlx::Decode<'r, Self> + sqlx::Type<Self>,
            {
                // Where SQLite returns a row that was written, an expression of a column for real numbers
                // has whole ones as integers.
                let sqlite = matches!(Dialect::$dialect, Dialect::Sqlite);
                if sqlite && is_real::<Self, V>() && is_integer::<Self>(row, index)? {
                    return sqlx::Row::try_get_unchecked(row, index);
                }
                Self::get_user(row, index)
            }

            fn add_uuid(to: &mut Self::Arguments, value: Option<Uuid>) -> Result<(), BoxDynError> {
                sqlx::Arguments::add(to, value)
            }

            fn add_i32(to: &mut Self::Arguments, value: Option<i32>) -> Result<(), BoxDynError> {
                sqlx::Arguments::add(to, value)
            }

            fn add_i64(to: &mut Self::Arguments, value: Option<i64>) -> Result<(), BoxDynError> {
                sqlx::Arguments::add(to, value)
            }

            fn add_str(to: &mut Self::Arguments, value: Option<&str>) -> Result<(), BoxDynError> {
                value.map_or(Ok(()), crate::backend::storable::text)?;
                sqlx::Arguments::add(to, value)
            }

            fn add_text(to: &mut Self::Arguments, value: String) -> Result<(), BoxDynError> {
                crate::backend::storable::text(&value)?;
                sqlx::Arguments::add(to, value)
            }

            fn get_bool(row: &Self::Row, index: usize) -> Result<bool, sqlx::Error> {
                sqlx::Row::try_get(row, index)
            }

            fn get_uuid(row: &Self::Row, index: usize) -> Result<Uuid, sqlx::Error> {
                sqlx::Row::try_get(row, index)
            }

            fn get_mark(row: &Self::Row, index: usize) -> Result<Option<Uuid>, sqlx::Error> {
                sqlx::Row::try_get(row, index)
            }

            fn get_i32(row: &Self::Row, index: usize) -> Result<i32, sqlx::Error> {
                sqlx::Row::try_get(row, index)
            }

            fn get_i64(row: &Self::Row, index: usize) -> Result<i64, sqlx::Error> {
                sqlx::Row::try_get(row, index)
            }

            fn get_string(row: &Self::Row, index: usize) -> Result<String, sqlx::Error> {
                sqlx::Row::try_get(row, index)
            }

            // SQLite prepares again by itself (sqlite.org/c3ref/prepare.html).
            const OUTDATES: bool = matches!(Dialect::$dialect, Dialect::Postgres);

            fn is_outdated(error: &sqlx::Error) -> bool {
                Self::OUTDATES && outdated(error)
            }

            fn is_unprepared(error: &sqlx::Error) -> bool {
                Self::OUTDATES && code_of(error).as_deref() == Some(UNPREPARED)
            }

            fn affected(result: &Self::QueryResult) -> u64 {
                result.rows_affected()
            }

            fn fetch_many<'e>(
                connection: &'e mut Self::Connection,
                sql: SqlStr,
                arguments: Self::Arguments,
                persistent: bool,
            ) -> BoxStream<'e, Result<Step<Self>, sqlx::Error>> {
                let query = sqlx::query_with(sql, arguments).persistent(persistent);
                sqlx::Executor::fetch_many(connection, query)
            }

            fn fetch_raw(
                connection: &mut Self::Connection,
                sql: SqlStr,
            ) -> BoxStream<'_, Result<Step<Self>, sqlx::Error>> {
                sqlx::Executor::fetch_many(connection, sqlx::raw_sql(sql))
            }

            fn is_idle(connection: &mut Self::Connection) -> BoxFuture<'_, bool> {
                // Inside of a transaction the first statement fails, and the second does not run.
                let probe = sqlx::raw_sql("BEGIN; ROLLBACK");
                Box::pin(async move { sqlx::Executor::execute(connection, probe).await.is_ok() })
            }

            fn clean($connection: &mut Self::Connection) -> BoxFuture<'_, Result<(), sqlx::Error>> {
                $clean
            }

            fn execute(
                connection: &mut Self::Connection,
                sql: SqlStr,
                arguments: Self::Arguments,
            ) -> BoxFuture<'_, Result<(), sqlx::Error>> {
                let query = sqlx::query_with(sql, arguments).persistent(false);
                Box::pin(async move { sqlx::Executor::execute(connection, query).await.map(drop) })
            }

            fn execute_raw(
                connection: &mut Self::Connection,
                sql: SqlStr,
            ) -> BoxFuture<'_, Result<(), sqlx::Error>> {
                let sql = sqlx::raw_sql(sql);
                Box::pin(async move { sqlx::Executor::execute(connection, sql).await.map(drop) })
            }

            fn bypass(
                $asked: &mut Self::Connection,
                $signed: bool,
            ) -> BoxFuture<'_, Result<Option<String>, sqlx::Error>> {
                $bypass
            }

            fn with_room($roomy: sealed::Options<Self>, $room: Room) -> sealed::Options<Self> {
                $with_room
            }

            fn is_absent(error: &sqlx::Error) -> bool {
                let Some(code) = code_of(error) else {
                    return false;
                };
                match Dialect::$dialect {
                    // `SQLITE_CANTOPEN`, with its extended forms (sqlite.org/rescode.html).
                    Dialect::Sqlite => {
                        matches!(code.parse::<u32>().map(|code| code & 0xff), Ok(14))
                    }
                    // `invalid_catalog_name` (PostgreSQL, appendix A).
                    Dialect::Postgres => code == "3D000",
                }
            }

            const OTHERS: &'static str = $others;

            fn existing(
                options: sealed::Options<Self>,
            ) -> crate::error::Result<sealed::Options<Self>> {
                storage::$storage::existing(options)
            }

            fn server(options: &sealed::Options<Self>) -> Option<String> {
                storage::$storage::server(options)
            }

            fn is_memory(
                connection: &mut Self::Connection,
            ) -> BoxFuture<'_, Result<bool, sqlx::Error>> {
                Box::pin(storage::$storage::is_memory(connection))
            }

            fn outside(
                options: &sealed::Options<Self>,
            ) -> crate::error::Result<Option<sealed::Options<Self>>> {
                storage::$storage::outside(options)
            }

            fn create_database<'e>(
                outside: Option<&'e mut Self::Connection>,
                options: &'e sealed::Options<Self>,
            ) -> BoxFuture<'e, crate::error::Result<()>> {
                Box::pin(storage::$storage::create(outside, options))
            }

            fn drop_database<'e>(
                outside: Option<&'e mut Self::Connection>,
                options: &'e sealed::Options<Self>,
            ) -> BoxFuture<'e, crate::error::Result<()>> {
                Box::pin(storage::$storage::remove(outside, options))
            }
        }
    };
}

/// `invalid_sql_statement_name` (PostgreSQL, appendix A).
const UNPREPARED: &str = "26000";

fn code_of(error: &sqlx::Error) -> Option<Cow<'_, str>> {
    error.as_database_error()?.code()
}

/// Whether an error of PostgreSQL says that the driver's cache, or the server's for the connection, is of another time:
/// a prepared statement that gave other types; one that is gone (`DISCARD ALL`); a type that is gone, be it that
/// there is another of its name.
fn outdated(error: &sqlx::Error) -> bool {
    let Some(error) = error.as_database_error() else {
        return false;
    };
    match error.code().as_deref() {
        // Not one that a function executes by name.
        Some(UNPREPARED) => !is_inside(error),
        // Messages of the first are translated, unlike those of the second.
        Some("0A000") => routine(error) == Some("RevalidateCachedQuery"),
        Some("XX000") => {
            error.message().starts_with("cache lookup failed for type") && !is_raised(error)
        }
        _ => false,
    }
}

/// Where in the server's sources an error was reported.
fn routine(error: &dyn DatabaseError) -> Option<&str> {
    #[cfg(feature = "postgres")]
    if let Some(error) = error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>() {
        return error.routine();
    }
    let _ = error;
    None
}

/// Whether `V` holds real numbers, in SQLite's terms.
fn is_real<DB: sqlx::Database, V: sqlx::Type<DB>>() -> bool {
    sqlx::TypeInfo::name(&V::type_info()) == "REAL"
}

/// Whether the value is an integer, in SQLite's terms.
fn is_integer<DB: sqlx::Database>(row: &DB::Row, index: usize) -> Result<bool, sqlx::Error>
where
    usize: sqlx::ColumnIndex<DB::Row>,
{
    let value = sqlx::Row::try_get_raw(row, index)?;
    Ok(sqlx::TypeInfo::name(&*sqlx::ValueRef::type_info(&value)) == "INTEGER")
}

// SQLite cannot turn a reading transaction into a writing one while another writes: it fails at
// once with SQLITE_BUSY, whatever the timeout. `IMMEDIATE` waits at the start instead.
#[cfg(feature = "sqlite")]
backend!(
    Sqlite,
    Sqlite,
    "BEGIN IMMEDIATE",
    (),
    |to, _scratch, value| crate::backend::storable::sqlite::add(to, value),
    // The driver counts the transactions that it began, and not what plain SQL or the database itself did to
    // them. A `BEGIN` tells: it fails inside of one.
    |connection| Box::pin(async move {
        use sqlx::Executor as _;
        use sqlx_core::transaction::{TransactionManager, begin_ansi_transaction_sql};

        let none = connection.execute(sqlx::raw_sql("BEGIN")).await.is_ok();
        let levels =
            <Self as sqlx::Database>::TransactionManager::get_transaction_depth(connection);
        if levels == 0 {
            connection.execute(sqlx::raw_sql("ROLLBACK")).await?;
        } else {
            if none {
                // What the driver is about to roll back has to be there.
                for level in 1..levels {
                    connection
                        .execute(sqlx::raw_sql(begin_ansi_transaction_sql(level)))
                        .await?;
                }
            }
            roll_back::<Self>(connection).await?;
        }
        Ok(())
    }),
    |_connection, _signed| Box::pin(async { Ok(None) }),
    |options, room| match room {
        Room::Statements(statements) => options.statement_cache_capacity(statements),
        Room::None | Room::Usual => options,
    },
    sqlite,
    "SELECT count(*) FROM sqlite_master"
);

/// How long a server may take to clean a connection. First it comes to the end of what the borrower gave up.
///
/// Were it shorter, whoever gives up slow statements would soon get connections to run more of them. Were it
/// longer, those who wait while a server is gone would give up, too: by default they wait for thirty seconds.
#[cfg(feature = "postgres")]
const CLEAN_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(10);

/// How many prepared statements a connection keeps, unless its options say otherwise.
///
/// Each tenant's schema has statements of its own, so the driver's number is too small for some ten tenants whose
/// turns are mixed: each statement would be prepared anew. The server needs some 16 KB for each, and when the room is
/// used up, the statement that was not used for longest makes way (`docs/performance.md`).
#[cfg(feature = "postgres")]
const ROOM: usize = 1_000;

/// What options of sqlx 0.9 say if nobody said anything.
#[cfg(feature = "postgres")]
const DRIVERS_ROOM: usize = 100;

/// How many prepared statements a connection with these options keeps.
#[cfg(feature = "postgres")]
fn keeps(options: &sqlx::postgres::PgConnectOptions) -> Option<usize> {
    let url = sqlx::ConnectOptions::to_url_lossy(options);
    let mut pairs = url.query_pairs();
    let (_, room) = pairs.find(|(name, _)| name == "statement-cache-capacity")?;
    room.parse().ok()
}

// A `BEGIN` whose future was dropped has reached the server without the driver counting it, so
// only the server knows whether a transaction is open. `ROLLBACK` alone would put a warning into
// the server's log at every release; `BEGIN` before it does so only when there is one. In an
// aborted transaction `BEGIN` fails, and the second batch ends it.
#[cfg(feature = "postgres")]
backend!(
    Postgres,
    Postgres,
    "BEGIN",
    sqlx::postgres::PgArgumentBuffer,
    |to, scratch, value| crate::backend::encode::add(to, scratch, value),
    |connection| Box::pin(async move {
        use sqlx::Executor as _;

        let cleaned = async {
            roll_back::<Self>(connection).await?;
            let unless_aborted = sqlx::raw_sql(concat!("BEGIN; ROLLBACK; ", reset!()));
            let mut rows = connection.fetch_all(unless_aborted).await;
            if rows.is_err() {
                let aborted = sqlx::raw_sql(concat!("ROLLBACK; ", reset!()));
                rows = connection.fetch_all(aborted).await;
            }
            let last = rows?.pop().ok_or(sqlx::Error::RowNotFound)?;
            let refused = |why: &str| Err(sqlx::Error::Protocol(why.into()));
            if sqlx::Row::try_get(&last, 1)? {
                return refused("statements were prepared by SQL");
            }
            let prepared: i64 = sqlx::Row::try_get(&last, 2)?;
            let believed = sqlx::Connection::cached_statements_size(connection);
            if usize::try_from(prepared).is_ok_and(|prepared| prepared < believed) {
                return refused("statements of the driver were discarded by SQL");
            }
            Ok(())
        };
        tokio::time::timeout(CLEAN_TIMEOUT, cleaned)
            .await
            .unwrap_or_else(|_| Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()))
    }),
    |connection, signed| Box::pin(crate::backend::bypass::bypass(connection, signed)),
    |options, room| match room {
        Room::None => options.statement_cache_capacity(0),
        Room::Statements(statements) => options.statement_cache_capacity(statements),
        Room::Usual if keeps(&options) == Some(DRIVERS_ROOM) =>
            options.statement_cache_capacity(ROOM),
        Room::Usual => options,
    },
    postgres,
    "SELECT count(*) FROM pg_catalog.pg_class AS class
     JOIN pg_catalog.pg_namespace AS place ON place.oid = relnamespace
     WHERE nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND NOT EXISTS (
         SELECT FROM pg_catalog.pg_depend WHERE classid = 'pg_catalog.pg_class'::pg_catalog.regclass
         AND objid = class.oid AND deptype = 'e'
     )"
);

/// Ends every transaction and savepoint that the driver knows of.
async fn roll_back<DB: sqlx::Database>(connection: &mut DB::Connection) -> Result<(), sqlx::Error> {
    use sqlx_core::transaction::TransactionManager as _;

    while sqlx::Connection::is_in_transaction(connection) {
        DB::TransactionManager::rollback(connection).await?;
    }
    Ok(())
}
