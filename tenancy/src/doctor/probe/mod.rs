//! The probe: what happens when it is tried, in a transaction that is rolled back.
//!
//! Two tenants that nobody knows get a row in every table, with values by which they are known again wherever they
//! show. Then statements are run that should not meet the rows of the other one.

#[cfg(feature = "postgres")]
pub(super) mod postgres;
mod values;
mod ward;

use std::collections::HashSet;

use super::Findings;

/// What was found by trying, each once: the first way that led there is told.
#[derive(Debug, Default)]
struct Said(HashSet<(&'static str, String)>);

impl Said {
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

/// Says that the probe did not begin.
fn refused(why: &str, found: &mut Findings) {
    found.error(
        "not-probed",
        "probe",
        format!("nothing was tried: {why}"),
        "-- Probe a database where it can be tried: a copy of the schema is enough.\n".to_owned(),
    );
}
