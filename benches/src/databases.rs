//! What a database for each tenant costs: a read by key in one database for all, and in the tenants' own, with
//! enough connections for all of them and with fewer.

use sqlx::postgres::PgConnectOptions;
use tenancy::{Db, DbOf, PoolOptions, Root as _, TenantRoot, TenantScoped, VerifiedTenant};
use uuid::Uuid;

use crate::bench::Error;
use crate::way::{Way, compare};

#[derive(Debug, TenantRoot)]
#[tenancy(database = sqlx::Postgres, databases)]
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
}

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, strategy = database)]
#[expect(dead_code, reason = "read to be measured")]
struct Own {
    #[tenancy(given)]
    id: Uuid,
    title: String,
}

const TABLES: &str = "
    CREATE TABLE organizations (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, name text NOT NULL,
        tenancy_mark uuid NOT NULL UNIQUE DEFAULT gen_random_uuid());
    CREATE TABLE shareds (tenant_id bigint NOT NULL, id uuid NOT NULL, title text NOT NULL,
        PRIMARY KEY (tenant_id, id))";
const OWN: &str = "CREATE TABLE owns (id uuid PRIMARY KEY, title text NOT NULL)";

/// How many tenants there are.
const TENANTS: usize = 8;
/// The row of each tenant.
const ID: Uuid = Uuid::from_u128(1);

enum Read<'a> {
    Shared(&'a [VerifiedTenant<Organization>]),
    Own(&'a [VerifiedTenant<Organization>]),
}

impl Way for Read<'_> {
    async fn go(&self, index: usize) -> Result<(), Error> {
        let (Self::Shared(tenants) | Self::Own(tenants)) = self;
        let tenant = &tenants[index % tenants.len()];
        tenancy::enter!(acme = tenant.clone());
        match self {
            Self::Shared(_) => drop(Shared::find(ID).fetch_one(&acme).await?),
            Self::Own(_) => drop(Own::find(ID).fetch_one(&acme).await?),
        }
        Ok(())
    }
}

/// A handle whose tenants' databases are called like the shared one, with a number.
async fn connect(
    connections: u32,
    options: &PgConnectOptions,
) -> Result<DbOf<Organization>, Error> {
    let own = options.clone();
    let name = options.get_database().unwrap_or_default().to_owned();
    let pool = PoolOptions::new().max_connections(connections);
    let db = Db::connect_with(pool, options.clone()).await?;
    Ok(db.with_databases(move |id| {
        let own = own.clone().database(&format!("{name}_{id}"));
        async move { Ok(own) }
    }))
}

/// Prints the median time of each way, in microseconds.
pub(crate) async fn run(options: PgConnectOptions) -> Result<(), Error> {
    // One for each tenant, and one for the shared database.
    let db = connect(TENANTS as u32 + 1, &options).await?;
    sqlx::raw_sql(TABLES)
        .execute(&mut *db.acquire().await?)
        .await?;
    let mut tenants = Vec::new();
    for number in 0..TENANTS {
        let create = Organization::create(NewOrganization {
            name: number.to_string(),
        });
        let tenant = create.execute(&db).await?;
        tenant.create_database(OWN).await?;
        tenancy::enter!(acme = tenant.clone());
        let title = || "a title".to_owned();
        Shared::create(NewShared {
            id: ID,
            title: title(),
        })
        .execute(&acme)
        .await?;
        Own::create(NewOwn {
            id: ID,
            title: title(),
        })
        .execute(&acme)
        .await?;
        tenants.push(tenant);
    }
    let few = connect(2, &options).await?;
    let crowded: Vec<_> = tenants
        .iter()
        .map(|tenant| VerifiedTenant::assume_verified(&few, *tenant.id(), "a bench"))
        .collect();
    compare(
        TENANTS,
        &[
            ("one database, one tenant", Read::Shared(&tenants[..1])),
            ("own databases, one tenant", Read::Own(&tenants[..1])),
            ("one database, 8 tenants", Read::Shared(&tenants)),
            (
                "own databases, 8 tenants, 9 connections",
                Read::Own(&tenants),
            ),
            (
                "own databases, 8 tenants, 2 connections",
                Read::Own(&crowded),
            ),
        ],
    )
    .await?;
    few.close().await;
    for tenant in tenants {
        tenant.drop_database().await?;
    }
    Ok(())
}
