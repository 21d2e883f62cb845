//! Where the databases of a test are, and as whom they are reached.

use sqlx::{Postgres, Sqlite};
use tempfile::TempDir;
use tenancy::Backend;
use tenancy_tests::database::{Options, file, new_database};
use tenancy_tests::rls::{execute, key, owner, role};
use uuid::Uuid;

/// What the database itself does about tenants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wall {
    Plain,
    Rls,
    Signed,
}

/// The database that tenants share, as each of those who reach it.
pub(crate) struct Places<DB: Backend> {
    /// Whom nothing is hidden from.
    pub(crate) superuser: Options<DB>,
    /// Who owns the tables.
    pub(crate) owner: Options<DB>,
    /// The program.
    pub(crate) program: Options<DB>,
    /// What has to be there as long.
    _folder: Option<TempDir>,
}

/// What differs between the databases.
pub(crate) trait Server: Backend {
    async fn places(wall: Wall) -> Places<Self>;

    /// The database of a tenant, by rule.
    fn own(shared: &Options<Self>, tenant: Uuid) -> Options<Self>;

    /// A fault: a trigger that silently leaves new rows of a table out.
    fn leaving_rows_out(table: &str) -> String;
}

impl Server for Postgres {
    async fn places(wall: Wall) -> Places<Self> {
        let superuser = new_database().await;
        if wall == Wall::Signed {
            execute(&superuser, key().setup()).await;
        }
        let (owner, program) = match wall {
            Wall::Plain => (superuser.clone(), superuser.clone()),
            Wall::Rls | Wall::Signed => {
                (owner(&superuser).await, role(&superuser, "CREATEDB").await)
            }
        };
        Places {
            superuser,
            owner,
            program,
            _folder: None,
        }
    }

    fn own(shared: &Options<Self>, tenant: Uuid) -> Options<Self> {
        shared.clone().database(&format!("own_{}", tenant.simple()))
    }

    fn leaving_rows_out(table: &str) -> String {
        format!(
            "CREATE FUNCTION leave_out() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
             CREATE TRIGGER leaves_out BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION leave_out()"
        )
    }
}

impl Server for Sqlite {
    async fn places(_: Wall) -> Places<Self> {
        let folder = TempDir::new().unwrap();
        let shared = file(folder.path().join("shared.db"));
        Places {
            superuser: shared.clone(),
            owner: shared.clone(),
            program: shared,
            _folder: Some(folder),
        }
    }

    fn own(shared: &Options<Self>, tenant: Uuid) -> Options<Self> {
        let path = shared.get_filename().with_file_name(format!("{tenant}.db"));
        file(path).create_if_missing(false)
    }

    fn leaving_rows_out(table: &str) -> String {
        format!(
            "CREATE TRIGGER leaves_out BEFORE INSERT ON {table} BEGIN SELECT RAISE(IGNORE); END"
        )
    }
}
