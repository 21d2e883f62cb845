//! What was found.

use serde::Serialize;
use std::fmt;
use std::process::{ExitCode, Termination};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Severity {
    /// It works, and could be better, or safer.
    Warning,
    /// A wall between tenants is missing, or statements of the models fail.
    Error,
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// What kind of fault it is: a name for programs, which stays as it is.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What has it: a table, with its schema if that is a tenant's, or a view, a function, a role.
    pub subject: String,
    /// What is wrong, for people.
    pub problem: String,
    /// The SQL that mends it. For faults in rows, the query that lists them.
    pub mend: String,
}

/// What the probe did not try.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NotTried {
    /// A table, a view, a function, a role.
    pub subject: String,
    /// Why it was not tried, for people.
    pub why: String,
}

/// What is wrong with a database. It shows itself as a table, and is JSON with [`to_json`](Self::to_json).
///
/// As the result of `main` it prints itself, and the program ends with its [`exit_code`](Self::exit_code).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[must_use]
pub struct Report {
    findings: Vec<Finding>,
    not_tried: Vec<NotTried>,
    /// How many tables were compared.
    tables: usize,
}

impl Report {
    pub(super) fn new(findings: Vec<Finding>, not_tried: Vec<NotTried>, tables: usize) -> Self {
        Self {
            findings,
            not_tried,
            tables,
        }
    }

    /// The faults, in an order in which they can be mended.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// What the probe did not try: of that, the report knows only what reading the catalog told.
    ///
    /// Empty without [`with_probe`](super::Doctor::with_probe).
    #[must_use]
    pub fn not_tried(&self) -> &[NotTried] {
        &self.not_tried
    }

    /// Whether nothing was found.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.findings.is_empty()
    }

    /// How many faults are so bad.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        let findings = self.findings.iter();
        findings
            .filter(|finding| finding.severity == severity)
            .count()
    }

    /// For CI: success, unless there is an error. Warnings alone are a success.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        if self.count(Severity::Error) == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    /// As JSON: `{"findings": [{"code", "severity", "subject", "problem", "mend"}, …],
    /// "not_tried": [{"subject", "why"}, …], "tables": 7}`.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_else(|error| {
            // Texts and numbers always are JSON.
            unreachable!("a report is no JSON: {error}")
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |text: fn(&Finding) -> &str| {
            let widths = self
                .findings
                .iter()
                .map(|finding| text(finding).chars().count());
            widths.max().unwrap_or_default()
        };
        let (code, subject) = (
            width(|finding| finding.code),
            width(|finding| &finding.subject),
        );
        for (at, finding) in self.findings.iter().enumerate() {
            let severity = match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            writeln!(
                f,
                "{severity:<7}  {:<code$}  {:<subject$}  {}",
                finding.code, finding.subject, finding.problem
            )?;
            // SQLite mends all faults of a table at once.
            let mut before = self.findings[..at].iter();
            if let Some(same) = before.find(|other| other.mend == finding.mend) {
                writeln!(f, "         | -- as for {} of {}", same.code, same.subject)?;
                continue;
            }
            for line in finding.mend.lines() {
                writeln!(f, "         | {line}")?;
            }
        }
        for NotTried { subject, why } in &self.not_tried {
            writeln!(f, "not tried  {subject}: {why}")?;
        }
        let (errors, warnings) = (self.count(Severity::Error), self.count(Severity::Warning));
        let counted = |number: usize, what: &str| match number {
            1 => format!("1 {what}"),
            number => format!("{number} {what}s"),
        };
        write!(
            f,
            "{}, {}, {}",
            counted(self.tables, "table"),
            counted(errors, "error"),
            counted(warnings, "warning")
        )
    }
}

impl Termination for Report {
    fn report(self) -> ExitCode {
        println!("{self}");
        self.exit_code()
    }
}
