//! Faults that nobody thought of, or few: the doctor tries.

mod faults;
mod in_schemas;
mod on_sqlite;

use tenancy::doctor::{Doctor, Report};
use tenancy::rls::SigningKey;

use tenancy_tests::database;

use crate::security::{FINE, Patient};
use crate::{codes, mends};
use faults::{FAULTS, SIGNED};

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

#[tokio::test]
async fn each_fault_is_found() {
    let mut missed = Vec::new();
    for (name, seed, expected) in FAULTS {
        if std::env::var("ONLY").is_ok_and(|only| !name.contains(&only)) {
            continue;
        }
        let patient = Patient::new().await;
        patient.seed(ROWS).await;
        patient.seed(seed).await;
        let report = probed(&patient).await;
        if !codes(&report).contains(expected) {
            missed.push(format!("{name}: {expected}\n{report}"));
        }
        let mut after = report;
        for _ in 0..3 {
            if let Err(error) = database::run(&patient.db, &mends(&after)).await {
                eprintln!(
                    "MEND FAILS {name}: {:?}\n{after}",
                    std::error::Error::source(&error)
                );
                break;
            }
            after = probed(&patient).await;
            if after.is_healthy() {
                break;
            }
        }
        if !after.is_healthy() {
            eprintln!("NOT MENDED {name}: \n{after}");
        }
        patient.remove().await;
    }
    assert!(
        missed.is_empty(),
        "{} of {}\n{}",
        missed.len(),
        FAULTS.len(),
        missed.join("\n\n")
    );
}

#[tokio::test]
async fn with_signatures_each_fault_is_found() {
    let mut missed = Vec::new();
    for (name, seed, expected) in SIGNED {
        if std::env::var("ONLY").is_ok_and(|only| !name.contains(&only)) {
            continue;
        }
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
