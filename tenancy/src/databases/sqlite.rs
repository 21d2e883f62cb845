//! Files of SQLite.

use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

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
    // Names are made of ids, and an id may be a text.
    if file.components().any(|part| part == Component::ParentDir) {
        let why = "its name leads out of its folder (`..`)";
        return Err(Error::NoDatabase(NoDatabase::Unfit(why)));
    }
    Ok(file.to_owned())
}

fn is_uri(file: &Path) -> bool {
    file.as_os_str().as_encoded_bytes().starts_with(b"file:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_does_not_lead_out_of_its_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        let inside = folder.path().join("tenants");
        fs::create_dir(&inside).expect("a folder");
        let up = SqliteConnectOptions::new().filename(inside.join("../up.db"));
        fs::write(folder.path().join("up.db"), "").expect("a file");
        for result in [create(&up), remove(&up)] {
            assert!(matches!(result, Err(Error::NoDatabase(_))), "{result:?}");
        }
        assert!(folder.path().join("up.db").exists());
        let here = SqliteConnectOptions::new().filename(inside.join("a..b.db"));
        create(&here).expect("a database");
        remove(&here).expect("no database");
    }
}
