//! A random program: sessions of several tenants on one database, one statement after the other.

use std::ops::Range;

use tenancy::{DbOf, Detached, Root as _, VerifiedTenant};
use uuid::Uuid;

use super::models::{Database, Document, Fresh, Organization, User};
use super::outside::Outside;
use super::{APART, session};
use crate::answer::Known;
use crate::generate::{ABSENT_TENANT, TENANTS, world};
use crate::oracle::State;
use crate::random::Random;
use crate::report::Counts;
use crate::schema::{Table, Val};
use crate::statement::Failure;

/// Runs the programs with these seeds.
pub(crate) async fn run(fresh: &Fresh, seeds: Range<u64>) -> Counts {
    let mut outside = Outside::new(fresh.outside()).await;
    let mut counts = Counts::default();
    for seed in seeds {
        let mut program = Program::new(fresh, &mut outside, seed);
        program.run().await;
        counts += program.counts;
    }
    fresh.close().await;
    assert!(
        !APART || counts.programs < 100 || counts.has(Failure::OtherDatabase),
        "no transaction was on another database than the rows of a statement"
    );
    counts
}

/// A row without a brand, and whose it is.
pub(super) enum Kept {
    User(Uuid, Detached<User>),
    Document(Uuid, Detached<Document>),
}

pub(super) struct Program<'a> {
    pub(super) db: &'a DbOf<Organization>,
    outside: &'a mut Outside,
    seed: u64,
    pub(super) random: Random,
    /// What the running statement should see.
    pub(super) state: State,
    /// What everyone else should see while a transaction is open.
    pub(super) committed: State,
    /// Whether the database has given up the running transaction.
    pub(super) failed: bool,
    /// Rows that earlier sessions have left.
    pub(super) kept: Vec<Kept>,
    log: Vec<String>,
    pub(super) counts: Counts,
}

impl<'a> Program<'a> {
    fn new(db: &'a DbOf<Organization>, outside: &'a mut Outside, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let state = world(&mut random);
        Self {
            db,
            outside,
            seed,
            random,
            committed: state.clone(),
            state,
            failed: false,
            kept: Vec::new(),
            log: Vec::new(),
            counts: Counts {
                programs: 1,
                ..Counts::default()
            },
        }
    }

    async fn run(&mut self) {
        if let Err(error) = self.outside.fill(&self.state).await {
            self.fail(&format!("the database was not filled: {error}"));
        }
        for _ in 0..self.random.between(1, 3) {
            let tenant = *self.random.pick(&TENANTS);
            let verified = self.verify(tenant).await;
            self.note(format!("enter {tenant}"));
            verified
                .scope(async |tenant| session::run(tenant, self).await)
                .await;
        }
        self.compare().await;
    }

    /// Looks a tenant up: it must be available exactly if it exists and is active.
    async fn verify(&mut self, tenant: Uuid) -> VerifiedTenant<Organization> {
        if self.random.chance(10) {
            let absent = Organization::verify(self.db, ABSENT_TENANT).await;
            if !matches!(absent, Err(tenancy::Error::TenantUnavailable)) {
                self.fail("a tenant that does not exist is available");
            }
        }
        let active = self
            .state
            .rows(Table::Organizations)
            .iter()
            .any(|record| record.tenant == tenant && record.values[2] == Val::Bool(true));
        match Organization::verify(self.db, tenant).await {
            Ok(verified) if active && *verified.id() == tenant => verified,
            Err(tenancy::Error::TenantUnavailable) if !active => {
                VerifiedTenant::assume_verified(self.db, tenant, "the program knows its tenants")
            }
            other => self.fail(&format!("{other:?} where active is {active}")),
        }
    }

    /// Compares the rows of all tenants with what they should be.
    pub(super) async fn compare(&mut self) {
        let actual = match self.outside.read().await {
            Ok(actual) => actual.sorted(),
            Err(error) => self.fail(&format!("the database was not read: {error}")),
        };
        self.counts.rows += actual.len();
        let expected = self.state.clone().sorted();
        if actual != expected {
            self.fail(&difference(&expected, &actual));
        }
    }

    pub(super) fn note(&mut self, line: String) {
        self.log.push(line);
    }

    pub(super) fn fail(&self, problem: &str) -> ! {
        panic!(
            "program {seed} on {database}: {problem}\n\
             replay it with ISOLATION_SEED={seed}\n{log}",
            seed = self.seed,
            database = <Database as sqlx::Database>::NAME,
            log = self.log.join("\n"),
        )
    }
}

/// What is in one state and not in the other.
fn difference(expected: &State, actual: &State) -> String {
    let mut lines = vec!["the rows are not what they should be".to_owned()];
    for table in Table::ALL {
        let (expected, actual) = (expected.rows(table), actual.rows(table));
        let missing = expected.iter().filter(|record| !actual.contains(record));
        let surplus = actual.iter().filter(|record| !expected.contains(record));
        lines.extend(missing.map(|record| format!("  missing {table:?} {record:?}")));
        lines.extend(surplus.map(|record| format!("  surplus {table:?} {record:?}")));
    }
    lines.join("\n")
}

/// No rows were read.
pub(super) fn nothing_known() -> Known {
    std::array::from_fn(|_| Vec::new())
}
