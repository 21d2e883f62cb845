//! Migrations: files that sqlx runs in the order of their numbers.

use crate::ddl::Tables;
use crate::model::contract::TenantRoot;
use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

#[cfg(feature = "postgres")]
use crate::ddl::table::Place;

impl<R: TenantRoot> Tables<R> {
    /// Writes migrations for `sqlx::migrate!` into the folder, and gives their paths: a file for the tables, and on
    /// PostgreSQL one each for row-level security, for grants and for Citus, as far as they were asked for. The tables
    /// of a tenant's schema go into a folder `schema` below, and those of its database into `database`, where the
    /// migrator does not look.
    ///
    /// They are a beginning: read them, and change them as you like. Nobody writes over them.
    ///
    /// # Errors
    ///
    /// [`AlreadyExists`](ErrorKind::AlreadyExists) if one of the files is there and says something else; then none is
    /// written. Whatever the file system says.
    pub fn write_to(&self, folder: impl AsRef<Path>) -> Result<Vec<PathBuf>> {
        let folder = folder.as_ref();
        let files: Vec<_> = self
            .files()
            .into_iter()
            .map(|(name, text)| (folder.join(name), text))
            .collect();
        let mut missing = Vec::new();
        for (path, text) in &files {
            match std::fs::read_to_string(path) {
                Ok(there) if there == *text => {}
                Ok(_) => {
                    return Err(Error::new(
                        ErrorKind::AlreadyExists,
                        format!(
                            "`{}` is there already and says something else",
                            path.display()
                        ),
                    ));
                }
                Err(error) if error.kind() == ErrorKind::NotFound => missing.push((path, text)),
                Err(error) => return Err(error),
            }
        }
        for (path, text) in missing {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            std::fs::write(path, text)?;
        }
        Ok(files.into_iter().map(|(path, _)| path).collect())
    }

    /// The names of the files, below the folder, and what is in them.
    fn files(&self) -> Vec<(String, String)> {
        let numbered = (1..).zip(self.parts());
        let files =
            numbered.map(|(number, (name, text))| (format!("{number:04}_{name}.sql"), text));
        #[cfg(feature = "postgres")]
        let files = files.chain(
            self.tables
                .iter()
                .any(|table| table.place == Place::Schema)
                .then(|| ("schema/0001_tables.sql".to_owned(), self.text_of_schema())),
        );
        let database = self.text_of_database();
        let database =
            (!database.is_empty()).then(|| ("database/0001_tables.sql".to_owned(), database));
        files.chain(database).collect()
    }
}
