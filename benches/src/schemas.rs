//! What a schema for each tenant costs: a read by key in one table for all, in the schema of one tenant, and of
//! many in turn, whose statements do not all stay prepared.

use sqlx::postgres::PgConnectOptions;
use tenancy::{Db, PoolOptions, Root as _, TenantRoot, TenantScoped, VerifiedTenant};
use uuid::Uuid;

use crate::bench::Error;
use crate::way::{Way, compare};

#[derive(Debug, TenantRoot)]
#[tenancy(database = sqlx::Postgres, schemas)]
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
    CREATE TABLE organizations (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, name text NOT NULL,
        tenancy_mark uuid NOT NULL UNIQUE DEFAULT gen_random_uuid());
    CREATE TABLE shareds (tenant_id bigint NOT NULL, id uuid NOT NULL, title text NOT NULL,
        views bigint NOT NULL, PRIMARY KEY (tenant_id, id))";
const OWN: &str =
    "CREATE TABLE owns (id uuid PRIMARY KEY, title text NOT NULL, views bigint NOT NULL)";

/// How many tenants there are: more than statements stay prepared.
const TENANTS: usize = 150;
/// A table for all, or one in each tenant's schema.
#[derive(Clone, Copy)]
enum Table {
    Shared,
    Own,
}

/// Reads a row of each of the tenants in turn.
struct Reads<'a> {
    table: Table,
    tenants: &'a [VerifiedTenant<Organization>],
}

impl Way for Reads<'_> {
    async fn go(&self, index: usize) -> Result<(), Error> {
        let tenant = &self.tenants[index % self.tenants.len()];
        tenancy::enter!(acme = tenant.clone());
        match self.table {
            Table::Shared => drop(Shared::find(ID).fetch_one(&acme).await?),
            Table::Own => drop(Own::find(ID).fetch_one(&acme).await?),
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
    // A hundred is what sqlx says if nobody says anything.
    let narrow = Db::connect_with(pool(), options.statement_cache_capacity(101)).await?;
    let narrow: Vec<_> = tenants
        .iter()
        .map(|tenant| VerifiedTenant::assume_verified(&narrow, *tenant.id(), "a bench"))
        .collect();
    let one = &tenants[..1];
    let reads = |table, tenants| Reads { table, tenants };
    compare(
        TENANTS,
        &[
            ("one table, one tenant", reads(Table::Shared, one)),
            ("schemas, one tenant", reads(Table::Own, one)),
            ("one table, many tenants", reads(Table::Shared, &tenants)),
            ("schemas, many tenants", reads(Table::Own, &tenants)),
            (
                "schemas, many tenants, room for 101 statements",
                reads(Table::Own, &narrow),
            ),
        ],
    )
    .await
}
