//! A tenant that every session begins with.

use tenancy::doctor::Doctor;
use tenancy_tests::{database, rls};

use crate::expect;
use crate::secured::tables;

/// As a file of the server's would, the options of a connection give one to whoever uses them.
#[tokio::test]
async fn a_tenant_from_outside() {
    let fresh = database::postgres("").await;
    let superuser = fresh.outside().shared.clone();
    let program = rls::role(&superuser, "").await;
    let tables = tables()
        .granted_to(program.get_username())
        .expect("the name of a role");
    rls::execute(&superuser, tables.sql().as_str().to_owned()).await;
    // Whoever may read the server's files, and who may not.
    for role in [&superuser, &program] {
        let report = async |options| {
            let db = database::postgres_at(&options).await;
            let doctor = Doctor::new(&tables).for_role(program.get_username());
            doctor.examine(&db).await.expect("a report")
        };
        let healthy = report(role.clone()).await;
        assert!(healthy.is_healthy(), "{healthy}");
        let preset = role.clone().options([("tenancy.tenant", "7")]);
        expect(&report(preset).await, &["tenant-preset"], "an option");
    }
    // What the role or the database says is found as theirs, and once.
    let of_role = format!(
        "ALTER ROLE {} SET tenancy.tenant = '7'",
        program.get_username()
    );
    rls::execute(&superuser, of_role).await;
    for options in [superuser, program] {
        let db = database::postgres_at(&options).await;
        let report = Doctor::new(&tables).examine(&db).await;
        expect(&report.expect("a report"), &["tenant-preset"], "a role");
    }
}
