//! What a schema for each tenant costs: a read by key in one table for all, in the schema of one tenant, and of
//! many in turn, whose statements do not all stay prepared.

use std::time::Instant;

use sqlx::postgres::PgConnectOptions;
use tenancy::{Db, PoolOptions, Root as _, TenantRoot, TenantScoped, VerifiedTenant};
use uuid::Uuid;

use crate::bench::Error;
use crate::median;

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
/// How often each has its turn, with a number of reads each time.
const TURNS: usize = 60;
const READS: usize = 20;

/// Prints the median time of each, in microseconds.
pub(crate) async fn run(options: PgConnectOptions) -> Result<(), Error> {
    let pool = || PoolOptions::new().max_connections(1);
    let db: Db<sqlx::Postgres> = Db::connect_with(pool(), options.clone()).await?;
    sqlx::raw_sql(TABLES)
        .execute(&mut *db.acquire().await?)
        .await?;
    let id = Uuid::from_u128(1);
    let mut tenants = Vec::new();
    for number in 0..TENANTS {
        let create = Organization::create(NewOrganization {
            name: number.to_string(),
        });
        let tenant = create.execute(&db).await?;
        tenant.create_schema(OWN).await?;
        tenancy::enter!(acme = tenant.clone());
        let title = || "a title".to_owned();
        Shared::create(NewShared {
            id,
            title: title(),
            views: 1,
        })
        .execute(&acme)
        .await?;
        Own::create(NewOwn {
            id,
            title: title(),
            views: 1,
        })
        .execute(&acme)
        .await?;
        tenants.push(tenant);
    }
    sqlx::raw_sql("ANALYZE")
        .execute(&mut *db.acquire().await?)
        .await?;
    let roomy = Db::connect_with(pool(), options.statement_cache_capacity(1000)).await?;
    let roomy: Vec<_> = tenants
        .iter()
        .map(|tenant| {
            VerifiedTenant::<Organization>::assume_verified(&roomy, *tenant.id(), "a bench")
        })
        .collect();
    let mut times = [const { Vec::new() }; 5];
    for turn in 0..=TURNS {
        for (way, times) in times.iter_mut().enumerate() {
            let started = Instant::now();
            for read in 0..READS {
                let next = (turn * READS + read) % TENANTS;
                let tenant = match way {
                    0 | 1 => &tenants[0],
                    2 | 3 => &tenants[next],
                    _ => &roomy[next],
                };
                tenancy::enter!(acme = tenant.clone());
                if way % 2 == 0 && way < 4 {
                    Shared::find(id).fetch_one(&acme).await?;
                } else {
                    Own::find(id).fetch_one(&acme).await?;
                }
            }
            // The first turns prepare the statements.
            if turn * READS > TENANTS {
                times.push(started.elapsed().as_secs_f64() * 1e6 / READS as f64);
            }
        }
    }
    let names = [
        "one table, one tenant",
        "schemas, one tenant",
        "one table, many tenants",
        "schemas, many tenants",
        "schemas, many tenants, room for 1,000 statements",
    ];
    for (name, times) in names.iter().zip(times) {
        println!("| {name} | {:.0} µs |", median(times));
    }
    Ok(())
}
