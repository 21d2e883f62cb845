//! Statements of the probe, each undone.

use crate::doctor::probe::postgres::personas::Persona;
use crate::doctor::probe::values::literal;
use crate::error::Result;
use crate::sql::trusted;
use sqlx::Executor as _;
use sqlx::PgConnection;
use sqlx::postgres::{PgDatabaseError, PgRow};

/// What the probe compares before and after it writes: a statement that is prepared once.
pub(super) const ROWS: &str = "tenancy_probe";

/// Names of the probe's own statements are looked up here alone.
pub(super) const OWN_PATH: &str = "SET LOCAL search_path TO pg_catalog, pg_temp";

const UNDO: &str = "ROLLBACK TO tenancy; RELEASE tenancy";

/// The connection of whoever examines, in the transaction of the probe.
pub(super) struct Session<'c> {
    connection: &'c mut PgConnection,
    superuser: bool,
}

/// What became of a statement.
pub(super) enum Outcome {
    Done(Vec<PgRow>),
    /// The database refused it, with this SQLSTATE. What it says besides may have values of rows in it: it is looked
    /// at, and never shown.
    Failed(String, String),
}

impl Outcome {
    /// The rows, if it was done.
    pub(super) fn rows(self) -> Option<Vec<PgRow>> {
        match self {
            Self::Done(rows) => Some(rows),
            Self::Failed(..) => None,
        }
    }
}

impl<'c> Session<'c> {
    pub(super) fn new(connection: &'c mut PgConnection, superuser: bool) -> Self {
        Self {
            connection,
            superuser,
        }
    }

    /// Whether whoever examines can do without triggers, and log in as anybody.
    pub(super) fn is_superuser(&self) -> bool {
        self.superuser
    }

    pub(super) fn connection(&mut self) -> &mut PgConnection {
        self.connection
    }

    /// Runs what must work.
    pub(super) async fn run(&mut self, sql: impl Into<String>) -> Result<Vec<PgRow>> {
        let sql = sqlx::raw_sql(trusted::of_probe(sql.into()));
        Ok(self.connection.fetch_all(sql).await?)
    }

    /// Runs what may fail, as whoever examines; what it did stays until the end of the probe.
    pub(super) async fn keep(&mut self, sql: &str) -> Result<Outcome> {
        self.between(&format!("{sql}; RELEASE tenancy")).await
    }

    /// Runs what may fail, as whoever examines, and undoes it.
    pub(super) async fn examine(&mut self, sql: &str) -> Result<Outcome> {
        self.undone(sql).await
    }

    /// Runs a statement as somebody else, with this setting of the tenant, and undoes it.
    pub(super) async fn look(
        &mut self,
        persona: &Persona,
        told: Option<&str>,
        sql: &str,
    ) -> Result<Outcome> {
        let before = begin(persona, told);
        let rows = self.undone(&format!("{before}{sql}")).await?;
        Ok(own(persona, rows))
    }

    /// The same, and what the rows of tenants are then. With `quiet` it is a statement by which nothing happens if it
    /// meets no row: then there is nothing to look at, and no rows are given.
    pub(super) async fn write(
        &mut self,
        persona: Option<&Persona>,
        told: Option<&str>,
        sql: &str,
        quiet: bool,
    ) -> Result<Outcome> {
        let before = match persona {
            Some(persona) => begin(persona, told),
            None => String::new(),
        };
        self.connection.execute("SAVEPOINT tenancy").await?;
        let text = trusted::of_probe(format!("{before}{sql}"));
        let met = match self.connection.execute(sqlx::raw_sql(text)).await {
            Ok(done) => done.rows_affected(),
            Err(error) => return self.failed(error).await,
        };
        // Settings are queries, which count.
        let settings = persona.map_or(0, |persona| persona.settings.len());
        if quiet && met <= settings as u64 {
            self.connection.execute(sqlx::raw_sql(UNDO)).await?;
            return Ok(Outcome::Done(Vec::new()));
        }
        let triggers = match self.superuser {
            true => "SET LOCAL session_replication_role TO DEFAULT; ",
            false => "",
        };
        let after = trusted::of_probe(format!(
            "SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL ROLE NONE; SET LOCAL SESSION AUTHORIZATION DEFAULT; \
             {OWN_PATH}; {triggers}EXECUTE {ROWS}; {UNDO}"
        ));
        match self.connection.fetch_all(sqlx::raw_sql(after)).await {
            Ok(rows) => Ok(Outcome::Done(rows)),
            Err(error) => self.failed(error).await,
        }
    }

    async fn undone(&mut self, sql: &str) -> Result<Outcome> {
        self.between(&format!("{sql}; {UNDO}")).await
    }

    /// Runs a text that ends what it begins with: a savepoint, which is there although the text may not even be SQL.
    async fn between(&mut self, sql: &str) -> Result<Outcome> {
        self.connection.execute("SAVEPOINT tenancy").await?;
        let sql = sqlx::raw_sql(trusted::of_probe(sql.to_owned()));
        match self.connection.fetch_all(sql).await {
            Ok(rows) => Ok(Outcome::Done(rows)),
            Err(error) => self.failed(error).await,
        }
    }

    /// Goes back to where the statement began that the database refused.
    async fn failed(&mut self, error: sqlx::Error) -> Result<Outcome> {
        let sqlx::Error::Database(error) = error else {
            return Err(error.into());
        };
        self.connection.execute(sqlx::raw_sql(UNDO)).await?;
        let code = error.code().unwrap_or_default().into_owned();
        let mut besides = error.message().to_owned();
        if let Some(error) = error.try_downcast_ref::<PgDatabaseError>() {
            for part in [error.detail(), error.hint(), error.r#where()] {
                besides.push_str(part.unwrap_or_default());
            }
        }
        Ok(Outcome::Failed(code, besides))
    }
}

/// What makes the connection one of the program, as far as that counts: its settings, its role, and the tenant.
pub(super) fn begin(persona: &Persona, told: Option<&str>) -> String {
    let mut text = String::new();
    for (name, value) in &persona.settings {
        text.push_str(&format!(
            "SELECT pg_catalog.set_config({}, {}, true); ",
            literal(name),
            literal(value)
        ));
    }
    if let Some(told) = told {
        text.push_str(&format!("SET LOCAL tenancy.tenant TO {}; ", literal(told)));
    }
    text.push_str(&persona.becoming);
    text
}

/// Without the rows that tell of settings.
fn own(persona: &Persona, outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Done(mut rows) => {
            rows.drain(..persona.settings.len().min(rows.len()));
            Outcome::Done(rows)
        }
        failed @ Outcome::Failed(..) => failed,
    }
}
