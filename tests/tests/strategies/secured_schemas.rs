//! Row-level security in the schemas of tenants: seen from outside, over plain sqlx, as the program's role.
//!
//! Covers L17 (a wall that is missing where nobody looked) for every way in which such a schema is made.

use sqlx::{Connection as _, Executor as _, PgConnection, Postgres};
use tenancy::ddl::Tables;
use tenancy::doctor::{self, Report};
use tenancy::{Error, Root as _, Tenant, TenantRoot, TenantScoped, VerifiedTenant};
use tenancy_tests::database;
use tenancy_tests::rls::{Installed, installed};
use uuid::Uuid;

/// What SQL is that names no tenant: it says whether it must fail, as nobody could say how many rows it met.
const STATEMENTS: [(&str, bool); 6] = [
    ("SELECT * FROM $schema.tickets", false),
    ("UPDATE $schema.tickets SET title = 'x'", false),
    ("DELETE FROM $schema.tickets", false),
    ("SELECT * FROM $schema.tickets FOR UPDATE", false),
    (
        "INSERT INTO $schema.tickets ($columns) VALUES ($values)",
        true,
    ),
    (
        "INSERT INTO $schema.tickets ($columns) SELECT $columns FROM $schema.tickets",
        false,
    ),
];

/// How many rows a statement meets while this is the setting, which then was nothing.
async fn met(connection: &mut PgConnection, setting: Option<&str>, sql: &str) -> sqlx::Result<u64> {
    let mut transaction = connection.begin().await?;
    if let Some(setting) = setting {
        sqlx::query("SELECT set_config('tenancy.tenant', $1, true)")
            .bind(setting)
            .execute(&mut *transaction)
            .await?;
    }
    #[expect(clippy::disallowed_methods, reason = "made of constants of the test")]
    let sql = sqlx::AssertSqlSafe(sql);
    let met = transaction.execute(sqlx::raw_sql(sql)).await;
    transaction.rollback().await?;
    Ok(met?.rows_affected())
}

fn code(error: &sqlx::Error) -> String {
    let error = error.as_database_error().expect("the database's word");
    error.code().expect("a code").into_owned()
}

macro_rules! suite {
    ($suite:ident, signed: $signed:literal, column: $column:literal, [$($strategy:tt)*]) => {
        mod $suite {
            use super::*;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = Postgres, rls, schemas)]
            struct Organization {
                id: Uuid,
                name: String,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            struct Member {
                id: Uuid,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, strategy = schema $($strategy)*)]
            struct Ticket {
                id: Uuid,
                title: String,
                #[tenancy(belongs_to = Member)]
                member_id: Option<Uuid>,
                /// What the database was told.
                #[tenancy(default = "current_setting('tenancy.tenant', true)")]
                told: String,
            }

            const BY_HAND: &str = if $column {
                "CREATE TABLE tickets (tenant_id uuid NOT NULL, id uuid, title text NOT NULL, member_id uuid,
                    told text NOT NULL DEFAULT current_setting('tenancy.tenant', true), PRIMARY KEY (tenant_id, id))"
            } else {
                "CREATE TABLE tickets (id uuid PRIMARY KEY, title text NOT NULL, member_id uuid,
                    told text NOT NULL DEFAULT current_setting('tenancy.tenant', true))"
            };

            async fn ground() -> Installed<Organization> {
                let tables = Tables::new().with::<Member>().with::<Ticket>();
                installed(tables, $signed).await
            }

            async fn registered(on: &Installed<Organization>, name: &str) -> VerifiedTenant<Organization> {
                let new = NewOrganization { name: name.into() };
                Organization::create(new).execute(&on.db).await.unwrap()
            }

            /// Writes a ticket, and gives what the database was told.
            async fn ticket(tenant: &Tenant<'_, Organization>) -> String {
                let new = NewTicket { title: "one".into(), member_id: None };
                Ticket::create(new).fetch_one(tenant).await.unwrap().told.clone()
            }

            /// Two tenants with a ticket each: what the database was told of them, and the names of their schemas.
            async fn with_tickets(
                tenants: &[VerifiedTenant<Organization>; 2],
            ) -> [(String, String); 2] {
                let mut told = Vec::new();
                for tenant in tenants {
                    let schema = tenant.schema().await.unwrap().to_string();
                    tenancy::enter!(tenant = tenant.clone());
                    told.push((ticket(&tenant).await, schema));
                }
                told.try_into().unwrap()
            }

            fn spelled(statement: &str, schema: &str, tenant: &Uuid) -> String {
                let id = Uuid::now_v7();
                let (columns, values) = if $column {
                    ("tenant_id, id, title", format!("'{tenant}', '{id}', 'x'"))
                } else {
                    ("id, title", format!("'{id}', 'x'"))
                };
                statement
                    .replace("$schema", schema)
                    .replace("$columns", columns)
                    .replace("$values", &values)
                    // The key of what is copied has to be another one.
                    .replace("SELECT tenant_id, id", "SELECT tenant_id, gen_random_uuid()")
                    .replace("SELECT id", "SELECT gen_random_uuid()")
            }

            async fn expect_closed(on: &Installed<Organization>, tenants: &[VerifiedTenant<Organization>; 2]) {
                let [(acme_told, acme), (globex_told, globex)] = with_tickets(tenants).await;
                let mut connection = PgConnection::connect_with(&on.program).await.unwrap();
                let ids = [tenants[0].id(), tenants[1].id()];
                let unsigned = ids[0].to_string();
                let strangers = [
                    None,
                    Some(""),
                    Some(globex_told.as_str()),
                    Some("00000000-0000-0000-0000-000000000000"),
                    // Where signatures are asked for, the bare id is nobody's.
                    if $signed { Some(unsigned.as_str()) } else { None },
                ];
                for (statement, fails) in STATEMENTS {
                    let sql = spelled(statement, &acme, ids[0]);
                    for stranger in strangers {
                        match met(&mut connection, stranger, &sql).await {
                            Ok(met) => assert!(met == 0 && !fails, "{sql}: {met} under {stranger:?}"),
                            Err(error) => assert!(fails && code(&error) == "42501", "{sql}: {error}"),
                        }
                    }
                    let own = met(&mut connection, Some(&acme_told), &sql).await.unwrap();
                    assert_eq!(own, 1, "{sql}");
                }
                // A row that names another tenant would refer to what is that one's.
                if $column {
                    for sql in [STATEMENTS[4].0, "UPDATE $schema.tickets SET tenant_id = $values"] {
                        let sql = sql.replace("= $values", &format!("= '{}'", ids[1]));
                        let sql = spelled(&sql, &acme, ids[1]);
                        let refused = met(&mut connection, Some(&acme_told), &sql).await.unwrap_err();
                        assert_eq!(code(&refused), "42501", "{sql}: {refused}");
                    }
                }
                // Nor is there a way around it for the program's role.
                for sql in [
                    "ALTER TABLE $schema.tickets NO FORCE ROW LEVEL SECURITY",
                    "DROP POLICY tenancy_isolation ON $schema.tickets",
                    "DROP TABLE $schema.tickets",
                    "TRUNCATE $schema.tickets",
                    "DROP SCHEMA $schema CASCADE",
                    "CREATE TABLE $schema.more (id int)",
                ] {
                    let sql = spelled(sql, &acme, ids[0]);
                    let refused = met(&mut connection, Some(&acme_told), &sql).await.unwrap_err();
                    assert_eq!(code(&refused), "42501", "{sql}: {refused}");
                }
                // Who owns the tables sees no row either.
                let all = spelled("SELECT * FROM $schema.tickets", &globex, ids[1]);
                let mut owner = on.owner.acquire().await.unwrap();
                assert_eq!(met(&mut owner, None, &all).await.unwrap(), 0);
                assert_eq!(met(&mut owner, Some(&acme_told), &all).await.unwrap(), 0);
                // The library does.
                for tenant in tenants {
                    tenancy::enter!(tenant = tenant.clone());
                    assert_eq!(Ticket::query().count(&tenant).await.unwrap(), 1);
                }
            }

            #[tokio::test]
            async fn tables_of_the_models_are_closed() {
                let on = ground().await;
                let tenants = [registered(&on, "Acme").await, registered(&on, "Globex").await];
                for tenant in &tenants {
                    tenant.create_schema_as(&on.owner, on.tables.of_schema()).await.unwrap();
                }
                expect_closed(&on, &tenants).await;
                let report = doctor::examine(&on.tables, &database::postgres_at(&on.superuser).await).await.unwrap();
                assert!(report.is_healthy(), "{report}");
            }

            /// What somebody wrote knows nothing of row-level security.
            #[tokio::test]
            async fn tables_written_by_hand_are_closed() {
                let on = ground().await;
                let tenants = [registered(&on, "Acme").await, registered(&on, "Globex").await];
                for tenant in &tenants {
                    let tables = format!(
                        "{BY_HAND}; CREATE TABLE more (id int PRIMARY KEY, title text) PARTITION BY HASH (id);
                        CREATE TABLE more_0 PARTITION OF more FOR VALUES WITH (MODULUS 1, REMAINDER 0);
                        GRANT USAGE ON SCHEMA {schema} TO {program};
                        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {program}",
                        schema = tenant.schema().await.unwrap(),
                        program = on.program.get_username(),
                    );
                    #[expect(clippy::disallowed_methods, reason = "made of constants of the test")]
                    let tables = sqlx::AssertSqlSafe(tables);
                    tenant.create_schema_as(&on.owner, tables).await.unwrap();
                    if $column {
                        // Of columns nobody told; the doctor does.
                        let column = format!("CREATE POLICY tenancy_column ON {}.tickets AS RESTRICTIVE USING (
                            tenant_id = {}::uuid)", tenant.schema().await.unwrap(), if $signed {
                                "tenancy.tenant()"
                            } else {
                                "nullif(current_setting('tenancy.tenant', true), '')"
                            });
                        database::run(&on.owner, &column).await.unwrap();
                    }
                }
                expect_closed(&on, &tenants).await;
                let schema = tenants[0].schema().await.unwrap();
                let mut connection = PgConnection::connect_with(&on.program).await.unwrap();
                for table in ["more", "more_0"] {
                    let insert = format!("INSERT INTO {schema}.{table} VALUES (1, 'x')");
                    let refused = met(&mut connection, None, &insert).await.unwrap_err();
                    assert_eq!(code(&refused), "42501", "{table}: {refused}");
                }
            }

            /// Tables that come later are closed by a call.
            #[tokio::test]
            async fn tables_that_come_later_are_closed() {
                let on = ground().await;
                let tenants = [registered(&on, "Acme").await, registered(&on, "Globex").await];
                for tenant in &tenants {
                    let absent = tenant.secure_schema(&on.owner).await;
                    assert!(matches!(absent, Err(Error::NotFound)), "{absent:?}");
                    let schema = tenant.schema().await.unwrap();
                    tenant.create_schema_as(&on.owner, "").await.unwrap();
                    let later = format!("SET search_path = {schema}; {};", on.tables.of_schema().as_str());
                    database::run(&on.owner, &later).await.unwrap();
                    tenancy::enter!(inside = tenant.clone());
                    // Until then they are closed to all.
                    assert_eq!(Ticket::query().count(&inside).await.unwrap(), 0);
                    let new = NewTicket { title: "one".into(), member_id: None };
                    Ticket::create(new).execute(&inside).await.unwrap_err();
                    tenant.secure_schema(&on.owner).await.unwrap();
                    tenant.secure_schema(&on.owner).await.unwrap();
                }
                expect_closed(&on, &tenants).await;
            }

            #[tokio::test]
            async fn the_role_of_the_program_owns_nothing() {
                let on = ground().await;
                let acme = registered(&on, "Acme").await;
                let grant = format!(
                    "GRANT CREATE ON DATABASE {} TO {}",
                    on.superuser.get_database().unwrap(),
                    on.program.get_username()
                );
                tenancy_tests::rls::execute(&on.superuser, grant).await;
                let program = database::postgres_at(&on.program).await;
                for refused in [
                    acme.create_schema_as(&program, on.tables.of_schema()).await,
                    acme.secure_schema(&program).await,
                ] {
                    assert!(matches!(refused, Err(Error::UnsafeRole(_))), "{refused:?}");
                }
                // Nor as a member of the owner.
                let owner = on.owner.connect_options().get_username().to_owned();
                let member = format!("GRANT {owner} TO {}", on.program.get_username());
                tenancy_tests::rls::execute(&on.superuser, member).await;
                let refused = acme.create_schema_as(&on.owner, on.tables.of_schema()).await;
                assert!(matches!(refused, Err(Error::UnsafeRole(_))), "{refused:?}");
                let revoke = format!("REVOKE {owner} FROM {}", on.program.get_username());
                tenancy_tests::rls::execute(&on.superuser, revoke).await;

                acme.create_schema_as(&on.owner, on.tables.of_schema()).await.unwrap();
                let again = acme.create_schema_as(&on.owner, on.tables.of_schema()).await;
                assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
                // Whoever owns the schema may remove what is in it.
                if $signed {
                    let schema = acme.schema().await.unwrap();
                    let role = on.program.get_username();
                    let give = |to: &str| format!("ALTER SCHEMA {schema} OWNER TO {to}");
                    tenancy_tests::rls::execute(&on.superuser, give(role)).await;
                    let refused = database::postgres_at(&on.program).await;
                    let refused = refused.with_signed_rls(tenancy_tests::rls::key()).await;
                    assert!(matches!(refused, Err(Error::UnsafeRole(_))), "{refused:?}");
                    tenancy_tests::rls::execute(&on.superuser, give(&owner)).await;
                }
                let not_its_own = acme.drop_schema_as(&program).await;
                assert!(matches!(not_its_own, Err(Error::Database(_))), "{not_its_own:?}");
                acme.drop_schema_as(&on.owner).await.unwrap();
                let gone = acme.drop_schema_as(&on.owner).await;
                assert!(matches!(gone, Err(Error::NotFound)), "{gone:?}");
            }

            #[tokio::test]
            async fn the_doctor_finds_and_mends_what_is_open() {
                let column: &[(&str, &str)] = if $column {
                    &[
                        ("DROP POLICY tenancy_column ON $schema.tickets", "policy-without-column"),
                        (
                            "ALTER POLICY tenancy_column ON $schema.tickets WITH CHECK (true)",
                            "policy-without-column",
                        ),
                    ]
                } else {
                    &[]
                };
                let faults = [
                    ("ALTER TABLE $schema.tickets DISABLE ROW LEVEL SECURITY", "rls-disabled"),
                    ("ALTER TABLE $schema.tickets NO FORCE ROW LEVEL SECURITY", "rls-not-forced"),
                    ("DROP POLICY tenancy_isolation ON $schema.tickets", "policy-missing"),
                    ("CREATE POLICY support ON $schema.tickets USING (title = '')", "policy-widens"),
                    // That of another tenant, from a schema that was copied.
                    (
                        "ALTER POLICY tenancy_isolation ON $schema.tickets USING ($told = '$other') WITH CHECK ($told = '$id')",
                        "policy-widens",
                    ),
                    (
                        "ALTER POLICY tenancy_isolation ON $schema.tickets WITH CHECK ($told = '$other')",
                        "policy-without-check",
                    ),
                    ("ALTER TABLE $schema.tickets OWNER TO $app", "role-owns-table"),
                    ("ALTER SCHEMA $schema OWNER TO $app", "role-owns-schema"),
                    ("GRANT TRUNCATE ON $schema.tickets TO $app", "truncate-granted"),
                    (
                        "CREATE VIEW $schema.seen AS SELECT * FROM $schema.tickets; GRANT SELECT ON $schema.seen TO $app",
                        "view-bypasses-rls",
                    ),
                    // A table that no model knows.
                    (
                        "CREATE TABLE $schema.more (id int); ALTER TABLE $schema.more FORCE ROW LEVEL SECURITY;
                        GRANT SELECT (id) ON $schema.more TO $app; CREATE POLICY tenancy_isolation ON $schema.more
                            USING ((SELECT $told = '$id')) WITH CHECK ((SELECT $told = '$id'))",
                        "rls-disabled",
                    ),
                    ("DROP SCHEMA $schema CASCADE", "missing-schema"),
                ];
                let told = if $signed {
                    "tenancy.tenant()"
                } else {
                    "nullif(current_setting('tenancy.tenant', true), '')"
                };
                let on = ground().await;
                let tenants = [registered(&on, "Acme").await, registered(&on, "Globex").await];
                for tenant in &tenants {
                    tenant.create_schema_as(&on.owner, on.tables.of_schema()).await.unwrap();
                }
                let superuser = database::postgres_at(&on.superuser).await;
                let report = async || -> Report {
                    doctor::examine(&on.tables, &superuser).await.unwrap()
                };
                let schema = tenants[0].schema().await.unwrap();
                for (fault, expected) in faults.iter().chain(column) {
                    let healthy = report().await;
                    assert!(healthy.is_healthy(), "{healthy}\nbefore {fault}");
                    let fault = fault
                        .replace("$schema", schema.as_str())
                        .replace("$told", told)
                        .replace("$id", &tenants[0].id().to_string())
                        .replace("$other", &tenants[1].id().to_string())
                        .replace("$app", on.program.get_username());
                    database::run(&superuser, &fault).await.unwrap();
                    let found = report().await;
                    let codes: Vec<_> = found.findings().iter().map(|finding| finding.code).collect();
                    assert_eq!(codes, [*expected], "after {fault}\n{found}");
                    let finding = &found.findings()[0];
                    assert!(
                        finding.subject.contains(schema.as_str()) || finding.subject == "seen",
                        "{found}"
                    );
                    database::run(&superuser, &finding.mend).await.unwrap();
                    // What the fault hid, the next report shows: rights that the owner did not need.
                    for finding in report().await.findings() {
                        assert_eq!(finding.code, "missing-grant", "{finding:?}");
                        database::run(&superuser, &finding.mend).await.unwrap();
                    }
                    database::run(&superuser, &format!("DROP VIEW IF EXISTS {schema}.seen")).await.unwrap();
                }
                expect_closed(&on, &tenants).await;
            }

            /// A schema that was made before there was row-level security in it.
            #[tokio::test]
            async fn the_doctor_closes_a_schema_that_is_open() {
                let on = ground().await;
                let tenants = [registered(&on, "Acme").await, registered(&on, "Globex").await];
                let superuser = database::postgres_at(&on.superuser).await;
                for tenant in &tenants {
                    let schema = tenant.schema().await.unwrap();
                    let tables = on.tables.of_schema();
                    let plain = tables.as_str().lines().filter(|line| {
                        !line.contains("ROW LEVEL SECURITY")
                            && !line.contains("POLICY")
                            && !line.trim().starts_with("USING")
                            && !line.trim().starts_with("WITH CHECK")
                    });
                    let plain = plain.collect::<Vec<_>>().join("\n");
                    assert!(plain.contains("CREATE TABLE") && plain.contains("GRANT"), "{plain}");
                    let made = format!("CREATE SCHEMA {schema}; SET search_path = {schema}; {plain}");
                    database::run(&on.owner, &made).await.unwrap();
                }
                let report = doctor::examine(&on.tables, &superuser).await.unwrap();
                let mut codes: Vec<_> = report.findings().iter().map(|finding| finding.code).collect();
                codes.sort_unstable();
                codes.dedup();
                let mut expected = vec!["policy-missing", "rls-disabled", "rls-not-forced"];
                if $column {
                    expected.insert(1, "policy-without-column");
                }
                assert_eq!(codes, expected, "{report}");
                let mends = report.findings().iter().map(|finding| finding.mend.as_str());
                let mends = mends.collect::<Vec<_>>().join("");
                database::run(&superuser, &mends).await.unwrap();
                expect_closed(&on, &tenants).await;
                let report = doctor::examine(&on.tables, &superuser).await.unwrap();
                assert!(report.is_healthy(), "{report}");
            }
        }
    };
}

suite!(by_the_setting, signed: false, column: false, []);
suite!(by_the_setting_and_a_column, signed: false, column: true, [, attribute = tenant_id]);
suite!(signed, signed: true, column: false, []);
suite!(signed_and_a_column, signed: true, column: true, [, attribute = tenant_id]);

/// Ids that are texts are spelled in policies as they are, whatever is in them.
mod texts {
    use super::*;

    #[derive(Debug, TenantRoot)]
    #[tenancy(database = Postgres, rls, schemas = schema_of)]
    struct Organization {
        #[tenancy(given)]
        id: String,
    }

    /// Two ids of one length are told apart by their marks.
    fn schema_of(id: &str) -> String {
        format!("org_{}", id.len())
    }

    #[derive(Clone, Debug, TenantScoped)]
    #[tenancy(root = Organization, strategy = schema, attribute = organization)]
    struct Ticket {
        id: Uuid,
    }

    async fn each_has_its_own(signed: bool) {
        let tables = Tables::new().with::<Ticket>();
        let on: Installed<Organization> = installed(tables, signed).await;
        let ids = [
            "acme",
            "o'Brien",
            "a\\'; DROP SCHEMA public --",
            "x' AND (true) OR 'x' = 'x",
            "$told$ $tenancy$ CASE WHEN %s %L",
            "\"Ähre\" 公開 — 🦀",
        ];
        let mut schemas = Vec::new();
        for id in ids {
            let new = NewOrganization { id: id.into() };
            let tenant = Organization::create(new).execute(&on.db).await.unwrap();
            tenant
                .create_schema_as(&on.owner, on.tables.of_schema())
                .await
                .unwrap();
            schemas.push(tenant.schema().await.unwrap());
            tenancy::enter!(tenant = tenant);
            Ticket::create(NewTicket {}).execute(&tenant).await.unwrap();
        }
        for id in ids {
            let tenant = Organization::verify(&on.db, id.to_owned()).await.unwrap();
            tenancy::enter!(tenant = tenant);
            assert_eq!(Ticket::query().count(&tenant).await.unwrap(), 1, "{id}");
        }
        let mut connection = PgConnection::connect_with(&on.program).await.unwrap();
        for schema in schemas {
            let sql = format!("SELECT * FROM {schema}.tickets");
            for stranger in [None, Some(""), Some("nobody")] {
                assert_eq!(met(&mut connection, stranger, &sql).await.unwrap(), 0);
            }
        }
        let superuser = database::postgres_at(&on.superuser).await;
        let report = doctor::examine(&on.tables, &superuser).await.unwrap();
        assert!(report.is_healthy(), "{report}");
    }

    #[tokio::test]
    async fn by_the_setting() {
        each_has_its_own(false).await;
    }

    #[tokio::test]
    async fn signed() {
        each_has_its_own(true).await;
    }
}
