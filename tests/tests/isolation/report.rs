//! How many programs there are, and what they came to.

use std::io::Write as _;
use std::ops::{AddAssign, Range};
use std::time::Duration;

/// What was run and compared.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) programs: usize,
    pub(crate) statements: usize,
    pub(crate) rows: usize,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.programs += other.programs;
        self.statements += other.statements;
        self.rows += other.rows;
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
pub(crate) fn report(database: &str, counts: Counts, took: Duration) {
    let Counts {
        programs,
        statements,
        rows,
    } = counts;
    let seconds = took.as_secs_f64();
    let _ = writeln!(
        std::io::stderr(),
        "isolation on {database}: {programs} programs, {statements} statements and {rows} rows \
         compared in {seconds:.0} s"
    );
}
