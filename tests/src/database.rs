//! Databases to run on, each fresh and removed at the end.

use std::ops::Deref;
use std::path::Path;

use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, Executor, PgConnection};
use tempfile::TempDir;
use tenancy::isolation::Plain;
use tenancy::{Backend, Db, PoolOptions};
use uuid::Uuid;

/// A database of its own for one test; dereferences to the [`Db`].
#[derive(Debug)]
pub struct Fresh<DB: Backend, I = Plain> {
    db: Db<DB, I>,
    outside: Outside<DB>,
    /// The folder of SQLite's files.
    _folder: Option<TempDir>,
}

/// Where a driver's connection leads.
pub type Options<DB> = <<DB as sqlx::Database>::Connection as Connection>::Options;

/// Where connections lead that are not the library's, and that see everything.
#[derive(Clone, Debug)]
pub struct Outside<DB: Backend> {
    /// The database that tenants share.
    pub shared: Options<DB>,
    /// Those of the tenants who have one of their own.
    pub own: Vec<(Uuid, Options<DB>)>,
}

impl<DB: Backend> Outside<DB> {
    /// One database of all.
    pub(crate) fn one(shared: Options<DB>) -> Self {
        let own = Vec::new();
        Self { shared, own }
    }
}

impl<DB: Backend, I> Fresh<DB, I> {
    pub(crate) fn new(db: Db<DB, I>, outside: Outside<DB>, folder: Option<TempDir>) -> Self {
        Self {
            db,
            outside,
            _folder: folder,
        }
    }

    /// Where connections lead that are not the library's.
    #[must_use]
    pub fn outside(&self) -> &Outside<DB> {
        &self.outside
    }

    /// The same database, reached in another way.
    #[must_use]
    pub fn with<J>(self, db: Db<DB, J>) -> Fresh<DB, J> {
        Fresh::new(db, self.outside, self._folder)
    }
}

impl<DB: Backend, I> Deref for Fresh<DB, I> {
    type Target = Db<DB, I>;

    fn deref(&self) -> &Db<DB, I> {
        &self.db
    }
}

/// A fresh SQLite file with `schema`, reachable over several connections.
pub async fn sqlite(schema: &'static str) -> Fresh<sqlx::Sqlite> {
    let folder = TempDir::new().expect("a temporary folder");
    let options = file(folder.path().join("test.db"));
    let db = Db::connect_with(PoolOptions::new().max_connections(4), options.clone())
        .await
        .expect("an SQLite database");
    create(&db, schema).await;
    Fresh::new(db, Outside::one(options), Some(folder))
}

/// A file of SQLite's, which is created if it is missing.
pub fn file(path: impl AsRef<Path>) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        // Nothing here has to survive a crash.
        .synchronous(SqliteSynchronous::Off)
}

/// Where the PostgreSQL server is: `DATABASE_URL`, which the test script sets.
///
/// # Panics
///
/// If it is not set: tests on PostgreSQL are never skipped silently.
#[must_use]
pub fn postgres_options() -> PgConnectOptions {
    std::env::var("DATABASE_URL")
        .expect("DATABASE_URL names a PostgreSQL server; run the tests with `scripts/test`")
        .parse()
        .expect("DATABASE_URL is a PostgreSQL URL")
}

/// A fresh PostgreSQL database with `schema`, on the server that `DATABASE_URL` names.
///
/// It is dropped with the throw-away server, not at the end of the test.
pub async fn postgres(schema: &'static str) -> Fresh<sqlx::Postgres> {
    let options = new_database().await;
    let pool = PoolOptions::new().max_connections(4);
    let db = Db::connect_with(pool, options.clone())
        .await
        .expect("a connection to the new database");
    create(&db, schema).await;
    Fresh::new(db, Outside::one(options), None)
}

/// A database of the server, as the role that the options name.
pub async fn postgres_at(options: &PgConnectOptions) -> Db<sqlx::Postgres> {
    let pool = PoolOptions::new().max_connections(2);
    Db::connect_with(pool, options.clone())
        .await
        .expect("a connection")
}

/// A new database of the server.
pub async fn new_database() -> PgConnectOptions {
    let options = postgres_options();
    let name = format!("test_{}", Uuid::now_v7().simple());
    let mut server = PgConnection::connect_with(&options)
        .await
        .expect("a PostgreSQL server");
    // The order of text is the same everywhere then, whatever the server's own is.
    #[expect(
        clippy::disallowed_methods,
        reason = "the name is made of a prefix and hexadecimal digits"
    )]
    let create_database = sqlx::AssertSqlSafe(format!(
        "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
    ));
    server
        .execute(sqlx::raw_sql(create_database))
        .await
        .expect("a new database");
    options.database(&name)
}

/// Runs SQL that was made while the program runs.
///
/// # Errors
///
/// What the database says.
pub async fn run<DB: Backend, I>(db: &Db<DB, I>, sql: &str) -> tenancy::Result<()>
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    #[expect(clippy::disallowed_methods, reason = "a test says what it runs")]
    let sql = sqlx::AssertSqlSafe(sql);
    sqlx::raw_sql(sql)
        .execute(&mut *db.acquire().await?)
        .await?;
    Ok(())
}

pub(crate) async fn create<DB: Backend>(db: &Db<DB>, schema: &'static str)
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    sqlx::raw_sql(schema)
        .execute(&mut *db.acquire().await.expect("a connection"))
        .await
        .expect("the tables of the models");
}
