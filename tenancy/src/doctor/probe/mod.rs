//! The probe: what happens when it is tried, in a transaction that is rolled back.
//!
//! Two tenants that nobody knows get a row in every table, with values by which they are known again wherever they
//! show. Then statements are run that should not meet the rows of the other one.

pub(crate) mod plot;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;
pub(crate) mod values;
pub(crate) mod ward;

use crate::doctor::Findings;
use crate::doctor::probe::plot::Plot;
use crate::doctor::probe::values::literal;
use crate::sql::render::Dialect;
use std::collections::HashSet;

/// What was found by trying, each once: the first way that led there is told.
#[derive(Debug, Default)]
struct Said(HashSet<(&'static str, String)>);

impl Said {
    #[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "on PostgreSQL"))]
    fn knows(&self, code: &'static str, subject: &str) -> bool {
        self.0.contains(&(code, subject.to_owned()))
    }

    /// A row is not the tenant's for whom it was written.
    fn moved(&mut self, plot: &Plot<'_>, found: &mut Findings) {
        let problem = "a row that is written for a tenant is not the tenant's afterwards: something moves it, or \
                       leaves it out"
            .to_owned();
        self.error("probe-moves", &plot.shown, problem, running(plot), found);
    }

    /// A row is refused because of a row of another tenant.
    fn refused(&mut self, plot: &Plot<'_>, found: &mut Findings) {
        let problem = format!(
            "a row of one tenant is refused where another tenant has one like it: INSERT INTO {} tells of its rows",
            plot.name
        );
        let mend = format!(
            "{}-- And at unique keys and exclusions without the tenant.\n",
            running(plot)
        );
        self.error("probe-tells", &plot.shown, problem, mend, found);
    }

    fn error(
        &mut self,
        code: &'static str,
        subject: &str,
        problem: String,
        mend: String,
        found: &mut Findings,
    ) {
        if self.0.insert((code, subject.to_owned())) {
            found.error(code, subject, problem, mend);
        }
    }
}

/// The query for what runs when a row is written.
fn running(plot: &Plot<'_>) -> String {
    let query = match plot.dialect {
        Dialect::Postgres => format!(
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = {0}::regclass AND NOT tgisinternal
    UNION ALL SELECT pg_get_ruledef(oid) FROM pg_rewrite WHERE ev_class = {0}::regclass
    UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE confrelid = {0}::regclass;\n",
            literal(&plot.name)
        ),
        Dialect::Sqlite => format!(
            "SELECT sql FROM sqlite_schema WHERE tbl_name = {};\n",
            literal(&plot.shown)
        ),
    };
    format!("-- Look at what runs when a row is written, or removed.\n{query}")
}

/// Says that the probe did not begin.
fn refused(why: &str, found: &mut Findings) {
    found.error(
        "not-probed",
        "probe",
        format!("nothing was tried: {why}"),
        "-- Probe a database where it can be tried: a copy of the schema is enough.\n".to_owned(),
    );
}
