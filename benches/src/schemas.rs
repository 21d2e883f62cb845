//! What a schema for each tenant costs: a read by key in one table for all, in the schema of one tenant, and of
//! many in turn, whose statements do not all stay prepared.

use std::time::Instant;

use sqlx::postgres::PgConnectOptions;
use tenancy::{Db, PoolOptions, Root as _, TenantRoot, TenantScoped, VerifiedTenant};
use uuid::Uuid;

use crate::bench::Error;
use crate::{median, order};

#[derive(Debug, TenantRoot)]
#[tenancy(database = sqlx::Postgres)]
#[expect(dead_code, reason = "read to be measured")]
struct Organization {
    id: i64,
    name: String,
}

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization)]
#[expect(dead_code, reason = "read to be measured")]
struct Shared {
    #[tenancy(given)]
    id: Uuid,
    title: String,
    views: i64,
}

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, strategy = schema)]
#[expect(dead_code, reason = "read to be measured")]
struct Own {
    #[tenancy(given)]
    id: Uuid,
    title: String,
    views: i64,
}

const TABLES: &str = "
    CREATE TABLE organizations (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, name text NOT NULL);
    CREATE TABLE shareds (tenant_id bigint NOT NULL, id uuid NOT NULL, title text NOT NULL,
        views bigint NOT NULL, PRIMARY KEY (tenant_id, id))";
const OWN: &str =
    "CREATE TABLE owns (id uuid PRIMARY KEY, title text NOT NULL, views bigint NOT NULL)";

/// How many tenants there are: more than statements stay prepared.
const TENANTS: usize = 150;
/// How often each way has its turn, with a number of reads each time.
const TURNS: usize = 60;
const READS: usize = 20;

/// A table for all, or one in each tenant's schema.
#[derive(Clone, Copy)]
enum Table {
    Shared,
    Own,
}

/// One way to read.
struct Way<'a> {
    name: &'static str,
    table: Table,
    /// Whose rows are read, in turn.
    tenants: &'a [VerifiedTenant<Organization>],
    /// How long a read took, turn by turn, in microseconds.
    times: Vec<f64>,
}

impl<'a> Way<'a> {
    fn new(name: &'static str, table: Table, tenants: &'a [VerifiedTenant<Organization>]) -> Self {
        Self {
            name,
            table,
            tenants,
            times: Vec::new(),
        }
    }

    /// Reads a row of each of the tenants whose turn it is.
    async fn turn(&mut self, turn: usize) -> Result<(), Error> {
        let started = Instant::now();
        for read in turn * READS..(turn + 1) * READS {
            let tenant = &self.tenants[read % self.tenants.len()];
            tenancy::enter!(acme = tenant.clone());
            match self.table {
                Table::Shared => drop(Shared::find(ID).fetch_one(&acme).await?),
                Table::Own => drop(Own::find(ID).fetch_one(&acme).await?),
            }
        }
        let time = started.elapsed();
        // The first turns prepare the statements.
        if turn * READS > TENANTS {
            self.times.push(time.as_secs_f64() * 1e6 / READS as f64);
        }
        Ok(())
    }
}

/// The row of each tenant.
const ID: Uuid = Uuid::from_u128(1);

/// Creates the tenants, each with its schema and a row in either table.
async fn tenants(db: &Db<sqlx::Postgres>) -> Result<Vec<VerifiedTenant<Organization>>, Error> {
    let mut tenants = Vec::new();
    for number in 0..TENANTS {
        let create = Organization::create(NewOrganization {
            name: number.to_string(),
        });
        let tenant = create.execute(db).await?;
        tenant.create_schema(OWN).await?;
        tenancy::enter!(acme = tenant.clone());
        let title = || "a title".to_owned();
        Shared::create(NewShared {
            id: ID,
            title: title(),
            views: 1,
        })
        .execute(&acme)
        .await?;
        Own::create(NewOwn {
            id: ID,
            title: title(),
            views: 1,
        })
        .execute(&acme)
        .await?;
        tenants.push(tenant);
    }
    Ok(tenants)
}

/// Prints the median time of each way, in microseconds.
pub(crate) async fn run(options: PgConnectOptions) -> Result<(), Error> {
    let pool = || PoolOptions::new().max_connections(1);
    let db = Db::connect_with(pool(), options.clone()).await?;
    sqlx::raw_sql(TABLES)
        .execute(&mut *db.acquire().await?)
        .await?;
    let tenants = tenants(&db).await?;
    sqlx::raw_sql("ANALYZE")
        .execute(&mut *db.acquire().await?)
        .await?;
    let roomy = Db::connect_with(pool(), options.statement_cache_capacity(1000)).await?;
    let roomy: Vec<_> = tenants
        .iter()
        .map(|tenant| VerifiedTenant::assume_verified(&roomy, *tenant.id(), "a bench"))
        .collect();
    let (one, room) = (
        &tenants[..1],
        "schemas, many tenants, room for 1,000 statements",
    );
    let mut ways = [
        Way::new("one table, one tenant", Table::Shared, one),
        Way::new("schemas, one tenant", Table::Own, one),
        Way::new("one table, many tenants", Table::Shared, &tenants),
        Way::new("schemas, many tenants", Table::Own, &tenants),
        Way::new(room, Table::Own, &roomy),
    ];
    for turn in 0..=TURNS {
        for index in order(turn, ways.len()) {
            ways[index].turn(turn).await?;
        }
    }
    for Way { name, times, .. } in ways {
        println!("| {name} | {:.0} µs |", median(times));
    }
    Ok(())
}
