//! Compares a database that is there with the models.
//!
//! ```
//! use tenancy::ddl::Tables;
//! use tenancy::{Db, PoolOptions, TenantRoot, TenantScoped, doctor};
//! use uuid::Uuid;
//!
//! #[derive(TenantRoot)]
//! #[tenancy(database = sqlx::Sqlite)]
//! struct Organization { id: Uuid, name: String }
//!
//! #[derive(TenantScoped)]
//! #[tenancy(root = Organization)]
//! struct User { id: Uuid, email: String }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> tenancy::Result<()> {
//! # let options = PoolOptions::new().max_connections(1);
//! # let db = Db::connect_with(options, "sqlite::memory:".parse()?).await?;
//! # sqlx::raw_sql("CREATE TABLE organizations (id BLOB PRIMARY KEY NOT NULL, name TEXT NOT NULL);
//! #     CREATE TABLE users (tenant_id BLOB NOT NULL REFERENCES organizations, id BLOB NOT NULL, email TEXT NOT NULL UNIQUE,
//! #     PRIMARY KEY (tenant_id, id))").execute(&mut *db.acquire().await?).await?;
//! let tables = Tables::<Organization>::new().with::<User>();
//! let report = doctor::examine(&tables, &db).await?;
//! // Somebody wrote `email TEXT NOT NULL UNIQUE`.
//! assert_eq!(report.findings()[0].code, "unique-not-widened");
//! println!("{report}");
//! # Ok(()) }
//! ```
//!
//! Every [`Finding`] has a code that stays as it is, and the SQL that mends it: for a person to read, and to run in
//! the order of the report. What hid behind a fault shows in the next report. A [`Report`] prints itself as a table,
//! is JSON, and has an exit code for CI.
//!
//! Besides reading, it [tries](Doctor::with_probe): rows of tenants that nobody knows show who reaches them.

pub(crate) mod anew;
pub(crate) mod cascades;
pub(crate) mod columns;
pub(crate) mod database;
pub(crate) mod defaults;
pub(crate) mod definition;
pub(crate) mod followers;
pub(crate) mod forms;
pub(crate) mod keys;
pub(crate) mod live;
pub(crate) mod mend;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
pub(crate) mod probe;
pub(crate) mod references;
pub(crate) mod report;
pub(crate) mod retype;
pub(crate) mod rows;
#[cfg(feature = "sqlite")]
pub(crate) mod spelling;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite_values;
pub(crate) mod storage;
pub(crate) mod tables;

pub use crate::doctor::database::Examined;
pub use crate::doctor::report::{Finding, NotTried, Report, Severity};

use crate::db::Db;
use crate::ddl::Tables;
use crate::ddl::table::Place;
use crate::doctor::database::Examination;
use crate::error::{Error, Result};
use crate::model::contract::TenantRoot;
use crate::model::obligations::HasDatabases;
use crate::pool::connection::PoolConnection;
use crate::tenant::verified::VerifiedTenant;

/// Compares the tables with those of a database. It reads the catalog, and no rows but the keys of tenants that have
/// schemas.
///
/// # Errors
///
/// What the database says.
pub async fn examine<R, I>(tables: &Tables<R>, db: &Db<R::Database, I>) -> Result<Report>
where
    R: TenantRoot<Database: Examined>,
{
    Doctor::new(tables).examine(db).await
}

/// What to examine, beyond [`examine`].
#[derive(Debug)]
#[must_use]
pub struct Doctor<'a, R: TenantRoot> {
    examination: Examination<'a, R>,
}

impl<'a, R: TenantRoot<Database: Examined>> Doctor<'a, R> {
    /// These tables.
    pub fn new(tables: &'a Tables<R>) -> Self {
        let examination = Examination {
            tables,
            here: Place::Shared,
            rows: false,
            role: None,
            probe: None,
        };
        Self { examination }
    }

    /// And their rows: those of no tenant, of one that is not there, and those that refer to rows of another. Every
    /// question reads a table.
    ///
    /// With row-level security the role that connects must not be subject to it; otherwise it is an error.
    pub fn with_rows(mut self) -> Self {
        self.examination.rows = true;
        self
    }

    /// And row-level security is for this role, as which the program connects. Without it, it is the one that the
    /// tables are [granted to](Tables::granted_to), or else that of the connection.
    pub fn for_role(mut self, role: &'a str) -> Self {
        self.examination.role = Some(role);
        self
    }

    /// And what happens there when it is tried, as no list of what may be wrong is ever complete. In one transaction,
    /// which is rolled back, two tenants that nobody knows get a row in every table. Then statements like those of
    /// the library write rows of the one, and with row-level security the program's role looks through every relation
    /// and function that it reaches (with no tenant, with the one, and with the other), and tries to write to what it
    /// finds. What shows, changes or moves a row of another tenant is a finding that says how it was reached; what
    /// was not tried is [in the report](Report::not_tried), and why.
    ///
    /// In up to four schemas of tenants, too: [`with_probe_of`](Self::with_probe_of) says another number.
    ///
    /// On PostgreSQL the role that connects must be held back by no row-level security, and may become the
    /// program's: a superuser, best. Where that is not so, or nothing can be rolled back, the finding `not-probed` says
    /// it.
    ///
    /// Every look reads a whole relation, for at most five seconds. What the triggers of tables do outside of the
    /// database is not undone: tables that have such code are not tried. Sequences may advance. For as long as it takes,
    /// nobody can alter a table, and whoever waits for that has others wait behind him; for at most five seconds at a time,
    /// somebody may wait who writes to one of twenty rows of a table that no model is for and that has triggers. If it is
    /// given up midway, the database undoes it.
    ///
    /// What it cannot find, however it tries: what happens only on a condition that its rows do not meet (a time, a
    /// certain name, the hundredth row), or only when a transaction is committed; what a function of PostgreSQL's own or
    /// of an extension in C does; what code does by names that nothing depends on (a function that a trigger of
    /// `plpgsql` calls, and that the program owns); what is left of one tenant in a session for the next one; values in
    /// which no key and no unique text shows (a name alone, a sum of what was there before); what `TRUNCATE` sets off; and
    /// what other databases of the server, replicas and backups tell.
    pub fn with_probe(self) -> Self {
        self.with_probe_of(4)
    }

    /// The same, in up to so many schemas of tenants.
    pub fn with_probe_of(mut self, schemas: usize) -> Self {
        self.examination.probe = Some(schemas);
        self
    }

    /// Examines a database.
    ///
    /// # Errors
    ///
    /// What the database says. That is so, too, where somebody keeps a table for himself for more than five seconds, as
    /// migrations do: examine it again when they are done.
    pub async fn examine<I>(&self, db: &Db<R::Database, I>) -> Result<Report> {
        self.examine_on(Place::Shared, db.acquire().await?).await
    }

    /// Examines the tenant's own database, with the tables of models that have `strategy = database`; first, whether
    /// it is there and has the mark of the tenant's row.
    ///
    /// # Errors
    ///
    /// [`Error::NoDatabase`] if the lookup fails; what the database says.
    pub async fn examine_database(&self, tenant: &VerifiedTenant<R>) -> Result<Report>
    where
        R::Isolation: HasDatabases,
    {
        match tenant.acquire_own().await {
            Ok(own) => self.examine_on(Place::Database, own).await,
            Err(Error::NoDatabase(why)) => {
                let mark = tenant.context().mark().await?;
                storage::finding::<R>(&tenant.id().to_string(), mark, why)
            }
            Err(error) => Err(error),
        }
    }

    async fn examine_on(
        &self,
        here: Place,
        mut connection: PoolConnection<R::Database>,
    ) -> Result<Report> {
        let examination = Examination {
            here,
            ..self.examination
        };
        let (found, tables) = R::Database::examine(&examination, &mut connection).await?;
        Ok(Report::new(found.findings, found.not_tried, tables))
    }
}

/// What was found so far.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct Findings {
    findings: Vec<Finding>,
    not_tried: Vec<NotTried>,
}

impl Findings {
    fn error(&mut self, code: &'static str, subject: &str, problem: String, mend: String) {
        self.add(code, Severity::Error, subject, problem, mend);
    }

    fn warning(&mut self, code: &'static str, subject: &str, problem: String, mend: String) {
        self.add(code, Severity::Warning, subject, problem, mend);
    }

    fn add(
        &mut self,
        code: &'static str,
        severity: Severity,
        subject: &str,
        problem: String,
        mend: String,
    ) {
        let subject = subject.to_owned();
        self.findings.push(Finding {
            code,
            severity,
            subject,
            problem,
            mend,
        });
    }

    /// What the probe leaves out.
    fn not_tried(&mut self, subject: &str, why: impl Into<String>) {
        let (subject, why) = (subject.to_owned(), why.into());
        let new = NotTried { subject, why };
        if !self.not_tried.contains(&new) {
            self.not_tried.push(new);
        }
    }
}
