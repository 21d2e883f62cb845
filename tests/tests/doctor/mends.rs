//! Mends take nothing away that is not theirs, and do all that there is to do.

use tenancy::doctor;
use tenancy_tests::database;

use crate::schemas::{named, patient, tables};
use crate::security::{Patient, run};
use crate::{expect, mends};

/// What hangs on a schema that no tenant has, or is in it, and how much of it is there.
const HANGING: &[(&str, &str)] = &[
    (
        "CREATE VIEW kept AS SELECT * FROM org_3.lines",
        "SELECT count(*) FROM pg_class WHERE relname = 'kept'",
    ),
    (
        "CREATE TABLE kept (id uuid REFERENCES org_3.invoices)",
        "SELECT count(*) FROM pg_constraint WHERE conrelid = 'kept'::regclass AND contype = 'f'",
    ),
    (
        "CREATE TABLE org_3.kept AS SELECT 1 AS x",
        "SELECT count(*) FROM pg_class WHERE relname = 'kept'",
    ),
    (
        "CREATE TYPE org_3.mood AS ENUM ('fine'); CREATE TABLE kept (mood org_3.mood)",
        "SELECT count(*) FROM pg_attribute WHERE attrelid = 'kept'::regclass AND attname = 'mood' AND NOT attisdropped",
    ),
    (
        "CREATE FUNCTION org_3.kept() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "SELECT count(*) FROM pg_proc WHERE proname = 'kept'",
    ),
];

#[tokio::test]
async fn a_schema_of_nobody_takes_nothing_of_others_along() {
    for (seed, there) in HANGING {
        let db = patient().await;
        database::run(&db, &named(seed)).await.expect(seed);
        database::run(&db, "DELETE FROM organizations WHERE id = 3")
            .await
            .expect("no tenant");
        let report = doctor::examine(&tables(), &db).await.expect("a report");
        expect(&report, &["orphaned-schema"], seed);
        let mended = database::run(&db, &mends(&report)).await;
        assert!(mended.is_err(), "{seed}");
        let mut connection = db.acquire().await.expect("a connection");
        let there: i64 = sqlx::query_scalar(*there)
            .fetch_one(&mut *connection)
            .await
            .expect("a number");
        assert_eq!(there, 1, "{seed}");
        drop(connection);
        db.close().await;
    }
}

/// Policies and rights come with it: nothing is left for another report to say.
#[tokio::test]
async fn a_table_that_is_not_there_is_made_with_its_policies() {
    for seed in ["DROP TABLE documents", "DROP TABLE documents, notes, users"] {
        let patient = Patient::new().await;
        patient.seed(seed).await;
        let report = doctor::examine(&patient.tables, &patient.db)
            .await
            .expect("a report");
        expect(&report, &["missing-table"], seed);
        run(&patient.db, &mends(&report)).await;
        let report = doctor::examine(&patient.tables, &patient.db)
            .await
            .expect("a report");
        assert!(report.is_healthy(), "{report}");
        patient.remove().await;
    }
}
