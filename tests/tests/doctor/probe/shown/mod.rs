//! Faults that are shown to be some: first the program's role does what it should not, then the doctor is asked.

mod faults;
mod fine;

use sqlx::{Executor as _, Row as _};

use super::{ROWS, probed, probed_anew};
use crate::security::{Patient, run};
use crate::{codes, mends};
use faults::FAULTS;
use fine::FINE;

/// How a fault shows. What the program's role does, it does as the tenant Acme.
enum Proof {
    /// A statement shows a row of Globex.
    Shows(&'static str),
    /// A statement changes one.
    Changes(&'static str),
    /// A statement is refused, and would not be without the rows of Globex.
    Refused(&'static str),
    /// It reaches the server, or what others do later.
    Right,
}

/// `SUPPORT` lets the role `OTHER`, whom policies hold back, see all users.
const SUPPORT: &str =
    "GRANT SELECT ON users TO OTHER; CREATE POLICY support ON users TO OTHER USING (true);";

/// The rows of Globex.
const THEIRS: &str = "
    WITH globex AS (SELECT '00000000-0000-0000-0000-000000000002'::uuid AS id)
    SELECT concat(
        (SELECT string_agg(t::text, ';' ORDER BY t) FROM users t, globex g WHERE t.tenant_id = g.id),
        (SELECT string_agg(t::text, ';' ORDER BY t) FROM notes t, globex g WHERE t.tenant_id = g.id),
        (SELECT string_agg(t::text, ';' ORDER BY t) FROM documents t, globex g WHERE t.tenant_id = g.id)
    )";

/// Those whose code, or policies of other roles, somebody has to change.
const BY_HAND: &[&str] = &[
    "a table in the place of another",
    "a trigger of the shared rows",
    "an exclusion of all tenants",
    "a trigger that refuses what others have",
];

impl Patient {
    async fn seeded(seed: &str) -> Self {
        let patient = Self::new().await;
        patient.seed(ROWS).await;
        patient.seed(&seed.replace("SUPPORT", SUPPORT)).await;
        patient
    }

    /// Panics if it does not show.
    async fn prove(&self, name: &str, proof: &Proof) {
        let (Proof::Shows(sql) | Proof::Changes(sql) | Proof::Refused(sql)) = proof else {
            return;
        };
        let mut connection = self.db.acquire().await.expect("a connection");
        let before: String = sqlx::query_scalar(THEIRS)
            .fetch_one(&mut *connection)
            .await
            .expect("rows");
        let sql = format!(
            "BEGIN; SET LOCAL SESSION AUTHORIZATION APP;
            SET LOCAL tenancy.tenant = '00000000-0000-0000-0000-000000000001'; {sql}"
        );
        #[expect(
            clippy::disallowed_methods,
            reason = "made of constants of these tests"
        )]
        let sql = sqlx::raw_sql(sqlx::AssertSqlSafe(self.named(&sql)));
        let rows = connection.fetch_all(sql).await;
        let shown = match (&rows, proof) {
            (Ok(rows), Proof::Shows(_)) => rows.iter().any(|row| {
                let mut values = (0..row.len()).map(|at| row.try_get_unchecked::<String, _>(at));
                values.any(|value| value.is_ok_and(|value| value.contains("globex")))
            }),
            (Ok(_), Proof::Changes(_)) => {
                let back = "SET LOCAL SESSION AUTHORIZATION DEFAULT; SET CONSTRAINTS ALL IMMEDIATE";
                connection.execute(back).await.expect("the end");
                let now: String = sqlx::query_scalar(THEIRS)
                    .fetch_one(&mut *connection)
                    .await
                    .expect("rows");
                now != before
            }
            (Err(_), Proof::Refused(_)) => true,
            _ => false,
        };
        connection.execute("ROLLBACK").await.expect("no trace");
        assert!(shown, "{name} does not show: {rows:?}");
    }

    /// What is of an extension is not dropped with its owner.
    async fn end(self) {
        self.seed("DROP EXTENSION IF EXISTS citext CASCADE").await;
        self.remove().await;
    }
}

#[tokio::test]
async fn each_fault_is_one_and_is_found_and_mended() {
    let mut missed = Vec::new();
    for (name, seed, proof, expected) in FAULTS {
        let patient = Patient::seeded(seed).await;
        patient.prove(name, proof).await;
        let mut report = probed(&patient).await;
        if !codes(&report).contains(expected) {
            missed.push(format!("{name}: {expected}\n{report}"));
        }
        if BY_HAND.contains(name) {
            patient.end().await;
            continue;
        }
        // What a fault hid shows in the next report.
        for _ in 0..3 {
            run(&patient.db, &mends(&report)).await;
            report = probed_anew(&patient).await;
        }
        if !report.is_healthy() {
            missed.push(format!("{name} is not mended\n{report}"));
        }
        patient.end().await;
    }
    let number = missed.len();
    assert!(
        missed.is_empty(),
        "{number} of {}\n{}",
        FAULTS.len(),
        missed.join("\n\n")
    );
}

#[tokio::test]
async fn what_is_none_is_not_found() {
    for (name, seed) in FINE {
        let patient = Patient::seeded(seed).await;
        let report = probed(&patient).await;
        assert!(report.is_healthy(), "{name}\n{report}");
        patient.end().await;
    }
}
