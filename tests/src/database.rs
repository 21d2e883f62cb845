//! Databases to run on, each fresh and removed at the end.

use std::ops::Deref;

use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, Executor, PgConnection};
use tempfile::TempDir;
use tenancy::{Backend, Db, PoolOptions};
use uuid::Uuid;

/// A database of its own for one test; dereferences to the [`Db`].
#[derive(Debug)]
pub struct Fresh<DB: Backend> {
    db: Db<DB>,
    /// The folder of an SQLite file.
    _folder: Option<TempDir>,
}

impl<DB: Backend> Deref for Fresh<DB> {
    type Target = Db<DB>;

    fn deref(&self) -> &Db<DB> {
        &self.db
    }
}

/// A fresh SQLite file with `schema`, reachable over several connections.
pub async fn sqlite(schema: &'static str) -> Fresh<sqlx::Sqlite> {
    let folder = TempDir::new().expect("a temporary folder");
    let options = SqliteConnectOptions::new()
        .filename(folder.path().join("test.db"))
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        // Nothing here has to survive a crash.
        .synchronous(SqliteSynchronous::Off);
    let db = Db::connect_with(PoolOptions::new().max_connections(4), options)
        .await
        .expect("an SQLite database");
    create(&db, schema).await;
    Fresh {
        db,
        _folder: Some(folder),
    }
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
    let db = Db::connect_with(
        PoolOptions::new().max_connections(4),
        options.database(&name),
    )
    .await
    .expect("a connection to the new database");
    create(&db, schema).await;
    Fresh { db, _folder: None }
}

/// Runs SQL that was made while the program runs.
///
/// # Errors
///
/// What the database says.
pub async fn run<DB: Backend>(db: &Db<DB>, sql: &str) -> tenancy::Result<()>
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

async fn create<DB: Backend>(db: &Db<DB>, schema: &'static str)
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    sqlx::raw_sql(schema)
        .execute(&mut *db.acquire().await.expect("a connection"))
        .await
        .expect("the tables of the models");
}
