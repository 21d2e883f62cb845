//! Files of SQLite.

use crate::error::unavailable::NoDatabase;
use crate::error::{Error, Result};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteConnectOptions;
use std::fs;
use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use sqlx::Executor as _;
use sqlx::Row as _;

/// What SQLite keeps beside a database (sqlite.org/tempfiles.html).
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Connecting creates no file. A URI of SQLite's could say that it does.
pub(crate) fn existing(options: SqliteConnectOptions) -> Result<SqliteConnectOptions> {
    if is_uri(options.get_filename()) {
        return Err(unfit("its name is a URI of SQLite's, and has to be a path"));
    }
    stays_in_its_folder(options.get_filename())?;
    Ok(options.create_if_missing(false))
}

pub(crate) fn server(_: &SqliteConnectOptions) -> Option<String> {
    None
}

/// A database in memory has no file (sqlite.org/pragma.html, database_list).
pub(crate) async fn is_memory(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let file = "SELECT file FROM pragma_database_list WHERE name = 'main'";
    let row = connection.fetch_optional(sqlx::raw_sql(file)).await?;
    let file = row.map(|row| row.try_get::<Option<String>, _>(0));
    Ok(file
        .transpose()?
        .flatten()
        .is_none_or(|file| file.is_empty()))
}

/// Files are created and removed from here.
pub(crate) fn outside(options: &SqliteConnectOptions) -> Result<Option<SqliteConnectOptions>> {
    file(options).map(|_| None)
}

/// An empty file is an empty database.
#[expect(clippy::unused_async, reason = "as on PostgreSQL")]
pub(crate) async fn create(
    _: Option<&mut SqliteConnection>,
    options: &SqliteConnectOptions,
) -> Result<()> {
    let new = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(file(options)?);
    match new {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(sqlx::Error::Io(error).into())
        }
        _ => Ok(()),
    }
}

/// Removes the file, what SQLite keeps beside it, and the link that leads there, if it is one.
#[expect(clippy::unused_async, reason = "as on PostgreSQL")]
pub(crate) async fn remove(
    _: Option<&mut SqliteConnection>,
    options: &SqliteConnectOptions,
) -> Result<()> {
    let path = file(options)?;
    let file = fs::canonicalize(&path).map_err(absent)?;
    fs::remove_file(&file).map_err(absent)?;
    for companion in COMPANIONS {
        let mut path = file.clone().into_os_string();
        path.push(companion);
        remove_if_there(Path::new(&path))?;
    }
    // Of a file it is another name of what is gone.
    if fs::symlink_metadata(&path).is_ok_and(|found| found.is_symlink()) {
        remove_if_there(&path)?;
    }
    Ok(())
}

fn remove_if_there(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(sqlx::Error::Io(error).into()),
        _ => Ok(()),
    }
}

/// Somebody else was faster, if it is not there.
fn absent(error: std::io::Error) -> Error {
    match error.kind() {
        ErrorKind::NotFound => Error::NoDatabase(NoDatabase::Absent(sqlx::Error::Io(error).into())),
        _ => sqlx::Error::Io(error).into(),
    }
}

/// The file, unless the database is in memory or has a URI of SQLite's.
fn file(options: &SqliteConnectOptions) -> Result<PathBuf> {
    let file: &Path = options.get_filename();
    if file.as_os_str().is_empty() || file.starts_with(":memory:") || is_uri(file) {
        return Err(unfit("it is not a file"));
    }
    stays_in_its_folder(file)?;
    Ok(file.to_owned())
}

/// Names are made of ids, and an id may be a text.
fn stays_in_its_folder(file: &Path) -> Result<()> {
    match file.components().any(|part| part == Component::ParentDir) {
        true => Err(unfit("its name leads out of its folder (`..`)")),
        false => Ok(()),
    }
}

fn is_uri(file: &Path) -> bool {
    file.as_os_str().as_encoded_bytes().starts_with(b"file:")
}

fn unfit(why: &'static str) -> Error {
    Error::NoDatabase(NoDatabase::Unfit(why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_does_not_lead_out_of_its_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        let inside = folder.path().join("tenants");
        fs::create_dir(&inside).expect("a folder");
        let up = SqliteConnectOptions::new().filename(inside.join("../up.db"));
        fs::write(folder.path().join("up.db"), "").expect("a file");
        for result in [create(None, &up).await, remove(None, &up).await] {
            assert!(matches!(result, Err(Error::NoDatabase(_))), "{result:?}");
        }
        let found = existing(up.clone());
        assert!(matches!(found, Err(Error::NoDatabase(_))), "{found:?}");
        assert!(folder.path().join("up.db").exists());
        let here = SqliteConnectOptions::new().filename(inside.join("a..b.db"));
        create(None, &here).await.expect("a database");
        remove(None, &here).await.expect("no database");
    }
}
