//! How many programs there are, and what they came to.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::ops::{AddAssign, Range};
use std::time::Duration;

use crate::statement::{Failure, Outcome, Statement};

/// What was run and compared.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) programs: usize,
    pub(crate) statements: usize,
    pub(crate) rows: usize,
    /// How often each kind of statement ended in which way.
    pub(crate) endings: BTreeMap<(&'static str, Ending), usize>,
}

/// How a statement ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ending {
    /// It gave or touched something.
    Some,
    /// It gave and touched nothing.
    Nothing,
    Failed(Failure),
}

impl Counts {
    /// Counts a statement and how it ended.
    pub(crate) fn count(&mut self, statement: &Statement, outcome: &Outcome) {
        self.statements += 1;
        let kind = match statement {
            Statement::Read(_) => "read",
            Statement::Count(..) => "count",
            Statement::Exists(..) => "exists",
            Statement::CreateMany { .. } => "create many",
            Statement::Create { .. } => "create",
            Statement::Upsert { .. } => "upsert",
            Statement::Update { .. } => "update",
            Statement::UpdateWhere { .. } => "update where",
            Statement::Destroy { .. } => "destroy",
            Statement::DestroyWhere { .. } => "destroy where",
        };
        let ending = match outcome {
            Outcome::Failed(failure) => Ending::Failed(*failure),
            Outcome::Rows(rows) if rows.is_empty() => Ending::Nothing,
            Outcome::Number(0) | Outcome::Flag(false) => Ending::Nothing,
            _ => Ending::Some,
        };
        *self.endings.entry((kind, ending)).or_default() += 1;
    }

    /// Panics if some kind of statement never did anything, or some failure never happened: then
    /// the generator has lost its way, and success means little.
    pub(crate) fn check(&self) {
        const KINDS: [&str; 10] = [
            "read",
            "count",
            "exists",
            "create many",
            "create",
            "upsert",
            "update",
            "update where",
            "destroy",
            "destroy where",
        ];
        const FAILURES: [Failure; 6] = [
            Failure::NotFound,
            Failure::Stale,
            Failure::Conflict,
            Failure::InvalidReference,
            Failure::StillReferenced,
            Failure::InvalidValue,
        ];
        for kind in KINDS {
            let often = self.endings.get(&(kind, Ending::Some)).copied();
            assert!(often.unwrap_or_default() > 0, "no {kind} did anything");
        }
        for failure in FAILURES {
            assert!(self.has(failure), "never {failure:?}");
        }
    }

    /// Whether a statement ended in a failure of this kind.
    pub(crate) fn has(&self, failure: Failure) -> bool {
        let mut endings = self.endings.keys().map(|(_, ending)| *ending);
        endings.any(|ending| ending == Ending::Failed(failure))
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.programs += other.programs;
        self.statements += other.statements;
        self.rows += other.rows;
        for (ending, number) in other.endings {
            *self.endings.entry(ending).or_default() += number;
        }
    }
}

/// The seeds of the programs to run: `ISOLATION_PROGRAMS` says how many instead of `default`,
/// `ISOLATION_SEED` which one is the first, and the only one unless their number is given.
///
/// # Panics
///
/// If one of them is not a number.
pub(crate) fn seeds(default: u64) -> Range<u64> {
    let number = |name| {
        std::env::var(name).ok().map(|value| {
            value
                .parse::<u64>()
                .expect("a number of programs or a seed")
        })
    };
    let first = number("ISOLATION_SEED");
    let programs = number("ISOLATION_PROGRAMS");
    let programs = programs.unwrap_or(if first.is_some() { 1 } else { default });
    let first = first.unwrap_or(0);
    first..first + programs
}

/// Says what was compared, past the test harness, which would keep it to itself.
///
/// # Panics
///
/// If many programs have met too little.
pub(crate) fn report(database: &str, counts: &Counts, took: Duration) {
    let Counts {
        programs,
        statements,
        rows,
        ..
    } = counts;
    let seconds = took.as_secs_f64();
    let _ = writeln!(
        std::io::stderr(),
        "isolation on {database}: {programs} programs, {statements} statements and {rows} rows \
         compared in {seconds:.0} s"
    );
    if *programs >= 800 {
        counts.check();
    }
}
