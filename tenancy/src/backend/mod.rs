//! Backends: the few things that need a concrete database.

#[cfg(feature = "postgres")]
pub(crate) mod bypass;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) mod drivers;
#[cfg(feature = "postgres")]
pub(crate) mod encode;
#[cfg_attr(
    not(any(feature = "sqlite", feature = "postgres")),
    allow(dead_code, reason = "there is no database to read from")
)]
pub(crate) mod guarded;
pub(crate) mod room;
#[cfg_attr(
    not(any(feature = "sqlite", feature = "postgres")),
    allow(dead_code, reason = "for databases")
)]
pub(crate) mod storable;
pub(crate) mod storage;

use crate::sealed::{SEAL, Seal};
use crate::sql::render::Dialect;
use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;
use sqlx::error::BoxDynError;
use sqlx::{Either, SqlStr};
use uuid::Uuid;

/// A database that tenants can live in. Sealed: `sqlx::Sqlite` and `sqlx::Postgres`, each with its
/// feature.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a database that tenancy knows",
    label = "expected `sqlx::Sqlite` or `sqlx::Postgres`",
    note = "name the database at the tenant root: `#[tenancy(database = sqlx::Postgres)]`; its feature of `tenancy` must be enabled"
)]
pub trait Backend: sqlx::Database<Arguments: Unpin + Clone> + sealed::Backend {}

/// What happens to the rows and results of one statement.
pub(crate) type Step<DB> = Either<<DB as sqlx::Database>::QueryResult, <DB as sqlx::Database>::Row>;

pub(crate) mod sealed {
    use super::*;
    use crate::backend::room::Room;
    use crate::error::Result;

    /// Where connections lead.
    pub(crate) type Options<DB> = <<DB as sqlx::Database>::Connection as sqlx::Connection>::Options;

    /// The part of a backend that only this crate calls.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` cannot be made a database of tenancy's",
        label = "there are `sqlx::Sqlite` and `sqlx::Postgres`, and no one else can add to them"
    )]
    pub trait Backend: sqlx::Database {
        const DIALECT: Dialect;
        /// What opens a transaction that may write.
        const BEGIN: &'static str;
        /// Whether every failed statement ends the transaction or savepoint it is part of. Where not,
        /// some may still end the whole transaction (sqlite.org/lang_transaction.html, 3.1).
        const ERROR_ABORTS: bool;
        /// Whether the driver answers a `SAVEPOINT` that fails or is cancelled by rolling back the
        /// level around it, and a `RELEASE` that is cancelled by an error in that level.
        const SAVEPOINTS_HURT: bool;
        /// How many parameters a statement may have.
        const MAX_PARAMETERS: usize;
        /// How many bytes a pattern may have (sqlite.org/limits.html, SQLITE_MAX_LIKE_PATTERN_LENGTH).
        const LONGEST_PATTERN: usize;

        /// Where a value of the user is encoded, apart from the other parameters.
        type Scratch: Default + Send;

        /// Adds a value that code of the user may encode.
        fn add_user<V>(
            to: &mut Self::Arguments,
            scratch: &mut Self::Scratch,
            value: V,
        ) -> Result<(), BoxDynError>
        where
            V: for<'q> sqlx::Encode<'q, Self> + sqlx::Type<Self>;

        /// Reads a value that code of the user may decode.
        fn get_user<'r, V>(row: &'r Self::Row, index: usize) -> Result<V, sqlx::Error>
        where
            V: sqlx::Decode<'r, Self> + sqlx::Type<Self>;

        /// The same, of an expression that is a column or NULL.
        fn get_masked<'r, V>(row: &'r Self::Row, index: usize) -> Result<V, sqlx::Error>
        where
            V: sqlx::Decode<'r, Self> + sqlx::Type<Self>;

        fn add_uuid(to: &mut Self::Arguments, value: Option<Uuid>) -> Result<(), BoxDynError>;
        fn add_i32(to: &mut Self::Arguments, value: Option<i32>) -> Result<(), BoxDynError>;
        fn add_i64(to: &mut Self::Arguments, value: Option<i64>) -> Result<(), BoxDynError>;
        fn add_str(to: &mut Self::Arguments, value: Option<&str>) -> Result<(), BoxDynError>;
        fn add_text(to: &mut Self::Arguments, value: String) -> Result<(), BoxDynError>;
        fn get_bool(row: &Self::Row, index: usize) -> Result<bool, sqlx::Error>;
        fn get_uuid(row: &Self::Row, index: usize) -> Result<Uuid, sqlx::Error>;
        /// Reads a UUID that may be NULL.
        fn get_mark(row: &Self::Row, index: usize) -> Result<Option<Uuid>, sqlx::Error>;
        fn get_i32(row: &Self::Row, index: usize) -> Result<i32, sqlx::Error>;
        fn get_i64(row: &Self::Row, index: usize) -> Result<i64, sqlx::Error>;
        fn get_string(row: &Self::Row, index: usize) -> Result<String, sqlx::Error>;
        fn affected(result: &Self::QueryResult) -> u64;

        /// Whether a connection may know the database as it was before it was changed.
        const OUTDATES: bool;

        /// Whether an error says so. The statement did nothing then.
        fn is_outdated(error: &sqlx::Error) -> bool;

        /// Whether an error says that a statement is not prepared, as the driver believes.
        fn is_unprepared(error: &sqlx::Error) -> bool;

        /// Runs a statement, which is kept for later if it is to be `persistent`.
        fn fetch_many<'e>(
            connection: &'e mut Self::Connection,
            sql: SqlStr,
            arguments: Self::Arguments,
            persistent: bool,
        ) -> BoxStream<'e, Result<Step<Self>, sqlx::Error>>;

        /// Runs a statement without parameters, in one message: a pooler does not come in between.
        fn fetch_raw(
            connection: &mut Self::Connection,
            sql: SqlStr,
        ) -> BoxStream<'_, Result<Step<Self>, sqlx::Error>>;

        /// Whether no transaction is open, whatever the driver believes.
        fn is_idle(connection: &mut Self::Connection) -> BoxFuture<'_, bool>;

        /// After how many minutes without work a connection is closed, and after how many at the latest.
        const LIFETIMES: [Option<u64>; 2];

        /// Leaves nothing of the last borrower on a connection. One that cannot be cleaned has to be closed; a
        /// server that does not answer for ten seconds counts as one that cannot.
        fn clean(connection: &mut Self::Connection) -> BoxFuture<'_, Result<(), sqlx::Error>>;

        /// Runs a statement of which nothing is to be seen.
        fn execute(
            connection: &mut Self::Connection,
            sql: SqlStr,
            arguments: Self::Arguments,
        ) -> BoxFuture<'_, Result<(), sqlx::Error>>;

        /// Runs any number of statements without parameters.
        fn execute_raw(
            connection: &mut Self::Connection,
            sql: SqlStr,
        ) -> BoxFuture<'_, Result<(), sqlx::Error>>;

        /// Why row-level security does not hold for a connection, if it does not; with `signed`, also to whatever
        /// SQL.
        fn bypass(
            connection: &mut Self::Connection,
            signed: bool,
        ) -> BoxFuture<'_, Result<Option<String>, sqlx::Error>>;

        /// The options, with room for as many prepared statements as a connection keeps.
        fn with_room(options: Options<Self>, room: Room) -> Options<Self>;

        /// Whether an error while connecting says that there is no such database.
        fn is_absent(error: &sqlx::Error) -> bool;

        /// The options, for a database that is not to be created by connecting to it.
        fn existing(options: Options<Self>) -> Result<Options<Self>>;

        /// The server that connections lead to, if there is one.
        fn server(options: &Options<Self>) -> Option<String>;

        /// Whether a database is in memory, and lasts as long as there is a connection.
        fn is_memory(connection: &mut Self::Connection)
        -> BoxFuture<'_, Result<bool, sqlx::Error>>;

        /// Counts the tables and views of a database, but for those that came with it.
        const OTHERS: &'static str;

        /// From where a database is created and dropped, if that is another one.
        fn outside(options: &Options<Self>) -> Result<Option<Options<Self>>>;

        /// Creates an empty database, unless there is one.
        fn create_database<'e>(
            outside: Option<&'e mut Self::Connection>,
            options: &'e Options<Self>,
        ) -> BoxFuture<'e, Result<()>>;

        /// Drops a database.
        fn drop_database<'e>(
            outside: Option<&'e mut Self::Connection>,
            options: &'e Options<Self>,
        ) -> BoxFuture<'e, Result<()>>;
    }
}

/// The only enabled backend, which a tenant root uses unless it names another.
#[cfg(all(feature = "sqlite", not(feature = "postgres")))]
pub type DefaultDatabase = sqlx::Sqlite;

/// The only enabled backend, which a tenant root uses unless it names another.
#[cfg(all(feature = "postgres", not(feature = "sqlite")))]
pub type DefaultDatabase = sqlx::Postgres;

/// Several backends are enabled (or none), so a tenant root must name its own:
/// `#[tenancy(database = sqlx::Sqlite)]`.
#[cfg(any(
    all(feature = "sqlite", feature = "postgres"),
    not(any(feature = "sqlite", feature = "postgres"))
))]
#[derive(Debug)]
pub struct DefaultDatabase(());

/// Any backend, for the stub of a tenant root whose attributes are wrong.
#[doc(hidden)]
#[cfg(feature = "sqlite")]
pub type StubDatabase = sqlx::Sqlite;

#[doc(hidden)]
#[cfg(all(feature = "postgres", not(feature = "sqlite")))]
pub type StubDatabase = sqlx::Postgres;

#[doc(hidden)]
#[cfg(not(any(feature = "sqlite", feature = "postgres")))]
pub type StubDatabase = DefaultDatabase;

/// A database that tenants can live in: what a tenant root names.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a database that tenancy knows",
    label = "expected `sqlx::Sqlite` or `sqlx::Postgres`",
    note = "name the database at the tenant root: `#[tenancy(database = sqlx::Postgres)]`; its feature of `tenancy` must be enabled"
)]
pub trait Known {
    #[doc(hidden)]
    const CHECKED: Seal;
}

#[diagnostic::do_not_recommend]
impl<DB: Backend> Known for DB {
    const CHECKED: Seal = SEAL;
}
