//! The databases of tenants: `#[tenancy(strategy = database)]`.
//!
//! Where the database of a tenant is, the program says
//! ([`Db::with_databases`](crate::Db::with_databases)). That it is the tenant's, the database itself
//! says: its table `tenancy_tenant` names the tenant, and has the mark of the tenant's row (column `tenancy_mark`),
//! which the database made at random. Every new connection is asked. So a lookup that is
//! wrong, a file in the place of another, a name that differs from another only in case, or an id that was given out
//! again, cannot show the rows of one tenant to another: it ends in [`Error::NoDatabase`].
//!
//! ```
//! # use tenancy::{Db, DbOf, Root as _, TenantRoot, TenantScoped};
//! # use sqlx::sqlite::SqliteConnectOptions;
//! #[derive(Debug, TenantRoot)]
//! #[tenancy(database = sqlx::Sqlite, databases)]
//! struct Organization { id: i64, name: String }
//!
//! #[derive(Debug, TenantScoped)]
//! #[tenancy(root = Organization, strategy = database)]
//! struct Invoice { id: uuid::Uuid, number: i64 }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().to_owned();
//! # let options = tenancy::PoolOptions::new().max_connections(2);
//! let db: DbOf<Organization> = Db::connect_with(options, "sqlite::memory:".parse()?).await?
//!     .with_databases(move |id: i64| {
//!         let file = path.join(format!("{id}.db"));
//!         async move { Ok(SqliteConnectOptions::new().filename(file)) }
//!     });
//! # sqlx::raw_sql("CREATE TABLE organizations (id INTEGER PRIMARY KEY, name TEXT NOT NULL,
//! #     tenancy_mark BLOB NOT NULL UNIQUE DEFAULT (randomblob(16)))")
//! #     .execute(&mut *db.acquire().await?).await?;
//! let acme = Organization::create(NewOrganization { name: "Acme".into() }).execute(&db).await?;
//! acme.create_database("CREATE TABLE invoices (id BLOB PRIMARY KEY NOT NULL, number INTEGER NOT NULL)").await?;
//! tenancy::enter!(acme = acme);
//! Invoice::create(NewInvoice { number: 1 }).execute(&acme).await?;
//! # Ok(()) }
//! ```

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_core::future::BoxFuture;
use sqlx::error::BoxDynError;
use uuid::Uuid;

use crate::backend::Backend;
use crate::backend::sealed::Options;
use crate::id::{AnyId, Repr};
use crate::model::{TenantIdOf, TenantRoot};
use crate::pool::{Check, Place, Pool, PoolConnection};
use crate::{Error, Reported, Result};

mod claim;
mod known;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;
mod storage;

use known::{Known, Owner};

type Lookup<DB> =
    dyn Fn(AnyId) -> BoxFuture<'static, Result<Options<DB>, BoxDynError>> + Send + Sync;

/// The databases of tenants: how they are looked up, and those that were.
pub(crate) struct Databases<DB: Backend> {
    /// What the tenants are called.
    root: &'static str,
    lookup: Box<Lookup<DB>>,
    known: Mutex<Known<DB>>,
}

impl<DB: Backend> Databases<DB> {
    pub(crate) fn new<R, F, O>(lookup: F) -> Self
    where
        R: TenantRoot<Database = DB>,
        F: Fn(TenantIdOf<R>) -> O + Send + Sync + 'static,
        O: Future<Output = Result<Options<DB>, BoxDynError>> + Send + 'static,
    {
        Self {
            root: R::TABLE,
            lookup: Box::new(move |id| {
                let looked_up = TenantIdOf::<R>::from_any(id).map(&lookup);
                Box::pin(async move {
                    match looked_up {
                        Some(looked_up) => looked_up.await,
                        None => Err("the id is not one of the root's".into()),
                    }
                })
            }),
            known: Mutex::new(Known::new()),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known<DB>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the database of a tenant is. It is looked up by one at a time, for all who want to know.
    async fn place(
        &self,
        pool: &Pool<DB>,
        tenant: &impl Repr,
        mark: Uuid,
    ) -> Result<Arc<Place<DB>>> {
        let id = tenant.any();
        let owner = Owner {
            id: id.clone(),
            mark,
        };
        let looking = self.looking(&id);
        loop {
            if let Some(place) = self.known().find(&owner)? {
                return Ok(place);
            }
            let _alone = looking.turn().await;
            let before = {
                let known = self.known();
                if let Some(place) = known.find(&owner)? {
                    return Ok(place);
                }
                looking.forgotten()
            };
            let options = DB::existing(self.options(pool, id.clone()).await?)?;
            let mut known = self.known();
            // Otherwise what was found out may be wrong by now.
            if looking.forgotten() == before {
                let check = Check::Tenant(self.name(tenant, mark));
                return Ok(known.add(owner, pool.place(options, check)));
            }
        }
    }

    /// What a tenant's database says of itself.
    fn name(&self, tenant: &impl Repr, mark: Uuid) -> TenantName {
        TenantName {
            root: self.root,
            tenant: tenant.to_string(),
            mark,
        }
    }

    /// A connection to the database of a tenant, within the time that the pool waits for one.
    pub(crate) async fn acquire(
        &self,
        pool: &Pool<DB>,
        tenant: &impl Repr,
        mark: Uuid,
    ) -> Result<PoolConnection<DB>> {
        let owner = Owner {
            id: tenant.any(),
            mark,
        };
        let known = self.known().find(&owner)?;
        if let Some(place) = known
            && let Some(connection) = to(pool, &place).await?
        {
            return Ok(connection);
        }
        Box::pin(pool.within(async {
            loop {
                let place = self.place(pool, tenant, mark).await?;
                if let Some(connection) = to(pool, &place).await? {
                    return Ok(connection);
                }
            }
        }))
        .await
    }

    /// The same, of which nothing is left of what statements of this crate left by way of the database, and which says
    /// at this moment that it is the tenant's.
    async fn acquire_clean(
        &self,
        pool: &Pool<DB>,
        tenant: &impl Repr,
        mark: Uuid,
    ) -> Result<PoolConnection<DB>> {
        loop {
            let connection = self.acquire(pool, tenant, mark).await?;
            if let Some(connection) = connection.cleaned().await {
                return Ok(connection.asked().await?);
            }
        }
    }

    /// Asks the program, within the time that the pool waits for a connection.
    async fn options(&self, pool: &Pool<DB>, id: AnyId) -> Result<Options<DB>> {
        let looked_up = pool
            .within(async { Ok::<_, Error>((self.lookup)(id).await) })
            .await?;
        looked_up.map_err(|error| {
            // A lookup may ask a table: what the database says to that has values in it, too.
            let error = match error.downcast::<sqlx::Error>() {
                Ok(error) => Box::new(pool.reported(*error)),
                Err(error) => error,
            };
            Error::NoDatabase(NoDatabase::Lookup(error))
        })
    }

    pub(crate) fn forget(&self, tenant: &impl Repr) {
        self.known().forget(&tenant.any());
    }
}

/// A connection to a place, unless that was forgotten meanwhile.
async fn to<DB: Backend>(
    pool: &Pool<DB>,
    place: &Arc<Place<DB>>,
) -> Result<Option<PoolConnection<DB>>> {
    let mut connection = pool.acquire(place).await?;
    if place.is_abandoned() {
        connection.finished();
        return Ok(None);
    }
    Ok(Some(connection))
}

/// What a database says of the tenant it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TenantName {
    /// The table of the root.
    pub(crate) root: &'static str,
    pub(crate) tenant: String,
    /// The mark of the tenant's row.
    pub(crate) mark: Uuid,
}

/// Why a tenant has no database. It is for the operator, and belongs into no answer to a client.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NoDatabase {
    /// The program's lookup failed.
    #[error("the database of the tenant could not be looked up")]
    Lookup(#[source] BoxDynError),
    /// The row of the tenant has no mark that its database could carry, too.
    #[error(
        "the row of the tenant has no mark that its database could carry, too: `tenancy::ddl` and `tenancy::doctor` \
         write the column"
    )]
    Unmarked,
    /// The database is not the tenant's: its table `tenancy_tenant` is missing, or has another mark than the
    /// tenant's row.
    #[error(
        "the database does not say that it is the tenant's: its table `tenancy_tenant` is missing, or has \
         another mark than the tenant's row; `VerifiedTenant::create_database` makes it"
    )]
    NotTheTenants,
    /// There is none where the lookup says, or it cannot be opened.
    #[error("the database of the tenant is not there")]
    Absent(#[source] Reported),
    /// Its server is down, the connection broke, or the login was refused.
    #[error("the database of the tenant cannot be reached")]
    Unreachable(#[source] Reported),
    /// It is being created or removed at this moment.
    #[error("the database of the tenant is being created or removed")]
    Changing,
    /// The name cannot be the name of a tenant's database.
    #[error("the database cannot be a tenant's: {0}")]
    Unfit(&'static str),
}

/// No program without a lookup has a model that needs one.
pub(crate) const NO_LOOKUP: NoDatabase = NoDatabase::Unfit("nothing looks it up");

impl<DB: Backend> fmt::Debug for Databases<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Databases").finish_non_exhaustive()
    }
}
