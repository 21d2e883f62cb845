//! The doctor's probe finds nothing on what the library made, and a fault that is planted there.

/// The table that the fault is planted in, as SQL names it.
macro_rules! planted {
    (shared, $tenant:expr) => {
        "items".to_owned()
    };
    (database, $tenant:expr) => {
        "members".to_owned()
    };
    ($schema:ident, $tenant:expr) => {
        format!("{}.items", $tenant.schema().await.unwrap())
    };
}

/// A database of one tenant has no wall to probe, and the report says so.
macro_rules! own_is_left_out {
    (shared, $doctor:expr, $tenant:expr) => {
        let _ = $tenant;
    };
    (schema, $doctor:expr, $tenant:expr) => {};
    ($database:ident, $doctor:expr, $tenant:expr) => {
        let report = $doctor.examine_database(&$tenant).await.unwrap();
        assert!(report.is_healthy(), "{report}");
        let left: Vec<_> = report
            .not_tried()
            .iter()
            .map(|left| left.subject.as_str())
            .collect();
        assert_eq!(left, ["database"], "{report}");
    };
}

macro_rules! probed {
    ($kind:ident) => {
        cells! { PROBED:
            async fn probe(_on) {
                // The fault is nobody else's.
                let on = &ground().await;
                let (acme, _globex) = (tenant(on).await, tenant(on).await);
                let pool = PoolOptions::new().max_connections(1);
                let superuser = Db::<Database>::connect_with(pool, on.places.superuser.clone()).await.unwrap();
                let doctor = Doctor::new(&on.tables).with_probe();
                let report = doctor.examine(&superuser).await.unwrap();
                assert!(report.is_healthy(), "{report}");
                assert!(report.not_tried().is_empty(), "{report}");
                own_is_left_out!($kind, doctor, acme);

                let table = planted!($kind, acme);
                run(&superuser, &<Database as Server>::leaving_rows_out(&table)).await.unwrap();
                let report = doctor.examine(&superuser).await.unwrap();
                let mut found = report.findings().iter();
                assert!(found.any(|found| (found.code, &found.subject) == ("probe-moves", &table)), "{report}");
            }
        }
    };
}
