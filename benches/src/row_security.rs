//! What row-level security costs: the same statements on tables with and without it, the tenant's predicate in
//! all of them.
//!
//! Of each, the time of the server's process on a processor is told, besides that of the clock: it is what the
//! policies cost, without the round trips.

use std::time::Instant;

use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnectOptions;
use tenancy::rls::SigningKey;
use tenancy::{Db, DbOf, PoolOptions, Root as _, Tenant, TenantRoot, TenantScoped, VerifiedTenant};
use uuid::Uuid;

use crate::bench::Error;
use crate::{median, order};

/// The models, for roots with and without row-level security.
macro_rules! models {
    ($module:ident, $table:literal $(, $rls:ident)?) => {
        mod $module {
            use super::*;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = sqlx::Postgres $(, $rls)?)]
            #[expect(dead_code, reason = "read to be measured")]
            pub(super) struct Organization {
                id: Uuid,
                name: String,
            }

            #[derive(Debug, TenantScoped)]
            #[tenancy(root = Organization, table = $table)]
            #[expect(dead_code, reason = "read to be measured")]
            pub(super) struct Document {
                #[tenancy(given)]
                id: Uuid,
                title: String,
                body: String,
                views: i64,
            }

            pub(super) async fn tenant(db: &DbOf<Organization>) -> Result<VerifiedTenant<Organization>, Error> {
                Ok(Organization::verify(db, TENANT).await?)
            }

            pub(super) async fn run(
                on: &Tenant<'_, Organization>,
                operation: Operation,
                times: usize,
            ) -> Result<(), Error> {
                for index in 0..times {
                    match operation {
                        Operation::Read => drop(Document::find(id(index)).fetch_one(on).await?),
                        Operation::List => {
                            let some = Document::query().order_by(|d| d.id.asc()).limit(100);
                            drop(some.fetch_all(on).await?);
                        }
                        Operation::Rows => {
                            let rows = Document::query().filter(|d| d.views.ge(0));
                            drop(rows.fetch_all(on).await?);
                        }
                        Operation::Count => {
                            Document::query().filter(|d| d.views.ge(0)).count(on).await?;
                        }
                        Operation::Update => {
                            Document::update_where(|d| d.id.eq(id(index)))
                                .set(|d| d.views.to(1))
                                .execute(on)
                                .await?;
                        }
                    }
                }
                Ok(())
            }
        }
    };
}

models!(plain, "plain_documents");
models!(secured, "secured_documents", rls);
models!(signed, "signed_documents", rls);

#[derive(Clone, Copy, PartialEq)]
enum Operation {
    Read,
    List,
    Rows,
    Count,
    Update,
}

const OPERATIONS: [(Operation, &str, usize); 5] = [
    (Operation::Read, "read by key", 100),
    (Operation::List, "list of 100 rows", 20),
    (Operation::Rows, "scan, all 2,000 rows sent", 3),
    (Operation::Count, "scan, 2,000 rows counted", 10),
    (Operation::Update, "update of one row", 50),
];

const TENANT: Uuid = Uuid::from_u128(1);
/// How often each side has its turn.
const TURNS: usize = 40;

fn id(index: usize) -> Uuid {
    Uuid::from_u128(index as u128 % 2_000 + 1)
}

const ROLE: &str = "tenancy_bench";

fn tables(key: &SigningKey) -> String {
    let mut sql = format!(
        "{}
        DO $$ BEGIN
            CREATE ROLE {ROLE} LOGIN PASSWORD '{ROLE}';
        EXCEPTION WHEN duplicate_object THEN NULL;
        END $$;
        CREATE TABLE organizations (id uuid PRIMARY KEY, name text NOT NULL);
        INSERT INTO organizations SELECT lpad(to_hex(t), 32, '0')::uuid, 'Acme' FROM generate_series(1, 20) t;
        GRANT SELECT ON organizations TO {ROLE};",
        key.setup()
    );
    for (name, tenant, again) in [
        ("plain", None, ""),
        (
            "secured",
            Some("nullif(current_setting('tenancy.tenant', true), '')"),
            "",
        ),
        ("signed", Some("tenancy.tenant()"), "SELECT "),
    ] {
        sql.push_str(&format!(
            "CREATE TABLE {name}_documents (tenant_id uuid NOT NULL, id uuid NOT NULL, title text NOT NULL,
                body text NOT NULL, views bigint NOT NULL, PRIMARY KEY (tenant_id, id));
            INSERT INTO {name}_documents
                SELECT lpad(to_hex(t), 32, '0')::uuid, lpad(to_hex(d), 32, '0')::uuid, 'a title ' || d,
                    repeat('text ', 40), d
                FROM generate_series(1, 20) t, generate_series(1, 2000) d;
            GRANT SELECT, UPDATE ON {name}_documents TO {ROLE};"
        ));
        if let Some(tenant) = tenant {
            sql.push_str(&format!(
                "ALTER TABLE {name}_documents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
                CREATE POLICY tenancy_isolation ON {name}_documents
                    USING (tenant_id = {tenant}::uuid) WITH CHECK (tenant_id = ({again}{tenant})::uuid);"
            ));
        }
    }
    sql
}

/// The time that a process of the server was on a processor, in microseconds, where Linux tells.
fn on_processor(pid: i32) -> Result<f64, Error> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/schedstat"))?;
    let nanoseconds: f64 = text.split(' ').next().unwrap_or_default().parse()?;
    Ok(nanoseconds / 1e3)
}

/// The process that serves the only connection of a pool.
macro_rules! pid {
    ($db:expr) => {
        sqlx::query_scalar::<_, i32>("SELECT pg_backend_pid()")
            .fetch_one(&mut *$db.acquire().await?)
            .await?
    };
}

/// A token's operations as something that is measured.
macro_rules! turn {
    ($module:ident, $tenant:expr, $pid:expr, $operation:expr, $times:expr, $alone:expr) => {{
        tenancy::enter!(acme = $tenant.clone());
        let mut acme = acme;
        $module::run(&acme, $operation, 1).await?;
        let before = (Instant::now(), on_processor($pid)?);
        if $alone {
            $module::run(&acme, $operation, $times).await?;
        } else {
            let transaction = acme.begin().await?;
            $module::run(&transaction, $operation, $times).await?;
            transaction.commit().await?;
        }
        let times = $times as f64;
        (
            before.0.elapsed().as_secs_f64() * 1e6 / times,
            (on_processor($pid)? - before.1) / times,
        )
    }};
}

/// Prints a table: each statement alone, and in a transaction with others.
pub(crate) async fn run(options: PgConnectOptions) -> Result<(), Error> {
    let key = SigningKey::new(*b"a key of a bench, of 32 letters.");
    let one = || PoolOptions::new().max_connections(1).max_lifetime(None);
    let owner = Db::<sqlx::Postgres>::connect_with(one(), options.clone()).await?;
    #[expect(clippy::disallowed_methods, reason = "made of constants")]
    let sql = AssertSqlSafe(tables(&key));
    sqlx::raw_sql(sql)
        .execute(&mut *owner.acquire().await?)
        .await?;
    sqlx::raw_sql("VACUUM ANALYZE")
        .execute(&mut *owner.acquire().await?)
        .await?;
    let options = options.username(ROLE).password(ROLE);
    let connect = async || Db::<sqlx::Postgres>::connect_with(one(), options.clone()).await;
    let dbs = (
        connect().await?,
        connect().await?.with_rls().await?,
        connect().await?.with_signed_rls(key).await?,
    );
    let pids = [pid!(dbs.0), pid!(dbs.1), pid!(dbs.2)];
    let tenants = (
        plain::tenant(&dbs.0).await?,
        secured::tenant(&dbs.1).await?,
        signed::tenant(&dbs.2).await?,
    );
    println!("| | predicate alone | with a policy | signed |\n|---|--:|--:|--:|");
    for alone in [false, true] {
        for (operation, name, times) in OPERATIONS {
            let mut taken = [const { (Vec::new(), Vec::new()) }; 3];
            for turn in 0..=TURNS {
                for index in order(turn, 3) {
                    let (time, server) = match index {
                        0 => turn!(plain, tenants.0, pids[0], operation, times, alone),
                        1 => turn!(secured, tenants.1, pids[1], operation, times, alone),
                        _ => turn!(signed, tenants.2, pids[2], operation, times, alone),
                    };
                    if turn > 0 {
                        taken[index].0.push(time);
                        taken[index].1.push(server);
                    }
                }
            }
            let when = if alone { "alone" } else { "in a transaction" };
            print!("| {name}, {when} |");
            let ratio =
                |of: &[f64], to: &[f64]| median(of.iter().zip(to).map(|(a, b)| a / b).collect());
            let [plain, others @ ..] = taken;
            print!(
                " {:.0} µs, server {:.0} µs |",
                median(plain.0.clone()),
                median(plain.1.clone())
            );
            for (times, servers) in others {
                print!(
                    " {:.0} µs ({:.2}), server {:.0} µs (**{:.2}**) |",
                    median(times.clone()),
                    ratio(&times, &plain.0),
                    median(servers.clone()),
                    ratio(&servers, &plain.1),
                );
            }
            println!();
        }
    }
    Ok(())
}
