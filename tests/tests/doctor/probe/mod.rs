//! Faults that nobody thought of, or few: the doctor tries.

mod faults;
mod in_schemas;
mod limits;
mod on_sqlite;
mod secured_schemas;
mod shown;

use tenancy::doctor::{Doctor, Report};
use tenancy::rls::SigningKey;
use tenancy::{Db, PoolOptions};

use crate::security::{FINE, Patient, run};
use crate::{codes, mends};
use faults::{BY_HAND, FAULTS, SIGNED};

/// Rows of tenants, whose copies can be recognized.
const ROWS: &str = "
    INSERT INTO organizations VALUES ('00000000-0000-0000-0000-000000000001', 'acme', true),
        ('00000000-0000-0000-0000-000000000002', 'globex', true);
    INSERT INTO users SELECT id, md5(subdomain)::uuid, subdomain || '@example.com', subdomain FROM organizations;
    INSERT INTO plans VALUES ('free', 1);
    INSERT INTO notes (tenant_id, author_id, plan) SELECT tenant_id, id, 'free' FROM users;
    INSERT INTO documents SELECT tenant_id, md5(email)::uuid, id, 'Plan', false, 1, 1 FROM users";

async fn probed(patient: &Patient) -> Report {
    let doctor = Doctor::new(&patient.tables).with_probe();
    doctor.examine(&patient.db).await.expect("a report")
}

/// The same on a connection of its own: settings of the database are those that a connection begins with.
async fn probed_anew(patient: &Patient) -> Report {
    let options = patient.db.connect_options().clone();
    let db = Db::connect_lazy_with(PoolOptions::new(), options);
    let doctor = Doctor::new(&patient.tables).with_probe();
    let report = doctor.examine(&db).await.expect("a report");
    db.close().await;
    report
}

#[tokio::test]
async fn each_fault_is_found_and_mended() {
    let mut missed = Vec::new();
    for (name, seed, expected) in FAULTS {
        let patient = Patient::new().await;
        patient.seed(ROWS).await;
        patient.seed(seed).await;
        let mut report = probed(&patient).await;
        if !codes(&report).contains(expected) {
            missed.push(format!("{name}: {expected}\n{report}"));
        }
        // What a fault hid shows in the next report.
        for _ in 0..3 {
            run(&patient.db, &mends(&report)).await;
            report = probed_anew(&patient).await;
        }
        // What code of theirs has to do instead, only people know.
        if !report.is_healthy() && !BY_HAND.contains(name) {
            missed.push(format!("{name} is not mended\n{report}"));
        }
        patient.remove().await;
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
async fn with_signatures_each_fault_is_found() {
    let mut missed = Vec::new();
    for (name, seed, expected) in SIGNED {
        let patient = Patient::signed(&SigningKey::new([7; 32])).await;
        patient.seed(ROWS).await;
        let report = probed(&patient).await;
        assert!(
            report.is_healthy() && report.not_tried().is_empty(),
            "{report}"
        );
        patient.seed(seed).await;
        let report = probed(&patient).await;
        if !codes(&report).contains(expected) {
            missed.push(format!("{name}: {expected}\n{report}"));
        }
        patient.remove().await;
    }
    assert!(
        missed.is_empty(),
        "{} of {}\n{}",
        missed.len(),
        SIGNED.len(),
        missed.join("\n\n")
    );
}

#[tokio::test]
async fn what_is_no_fault_is_not_found() {
    for seed in FINE {
        let patient = Patient::new().await;
        patient.seed(ROWS).await;
        let report = probed(&patient).await;
        assert!(
            report.is_healthy() && report.not_tried().is_empty(),
            "{report}"
        );
        patient.seed(seed).await;
        let report = probed(&patient).await;
        assert!(report.is_healthy(), "{report}\nafter\n{seed}");
        patient.remove().await;
    }
}

/// The path of a database is that of whoever examines, too, who finds the wrong table first then.
#[tokio::test]
async fn a_table_before_the_tenants_is_found_by_whoever_looks_there_first() {
    let patient = Patient::new().await;
    let seed = "CREATE SCHEMA before; GRANT USAGE ON SCHEMA before TO APP; CREATE VIEW before.users AS SELECT 1;
        ALTER DATABASE SELF SET search_path = before, public";
    patient.seed(seed).await;
    let options = patient.db.connect_options().clone();
    let db = Db::connect_with(PoolOptions::new(), options)
        .await
        .expect("a connection");
    let doctor = Doctor::new(&patient.tables).with_probe();
    let report = doctor.examine(&db).await.expect("a report");
    assert!(codes(&report).contains(&"shadowed-table"), "{report}");
    let left = report
        .not_tried()
        .iter()
        .any(|left| left.subject == "users");
    assert!(left, "{report}");
    db.close().await;
    patient.remove().await;
}
