//! Files of SQLite.

use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;

use super::NoDatabase;
use crate::{Error, Result};

/// What SQLite keeps beside a database (sqlite.org/tempfiles.html).
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// An empty file is an empty database.
pub(crate) fn create(options: &SqliteConnectOptions) -> Result<()> {
    let new = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(file(options)?);
    match new {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            Err(Error::conflict(error.into()))
        }
        Err(error) => Err(sqlx::Error::Io(error).into()),
    }
}

pub(crate) fn remove(options: &SqliteConnectOptions) -> Result<()> {
    let file = file(options)?;
    fs::remove_file(&file).map_err(sqlx::Error::Io)?;
    for companion in COMPANIONS {
        let mut path = file.clone().into_os_string();
        path.push(companion);
        match fs::remove_file(Path::new(&path)) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(sqlx::Error::Io(error).into());
            }
            _ => {}
        }
    }
    Ok(())
}

/// The file, unless the database is in memory or has a URI of SQLite's.
fn file(options: &SqliteConnectOptions) -> Result<PathBuf> {
    let file: &Path = options.get_filename();
    if file.as_os_str().is_empty() || file.starts_with(":memory:") || is_uri(file) {
        return Err(Error::NoDatabase(NoDatabase::Unfit("it is not a file")));
    }
    Ok(file.to_owned())
}

fn is_uri(file: &Path) -> bool {
    file.as_os_str().as_encoded_bytes().starts_with(b"file:")
}
