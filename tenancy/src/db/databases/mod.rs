//! The databases of tenants: `#[tenancy(strategy = database)]`.

pub(crate) mod claim;
pub(crate) mod known;

use crate::backend::Backend;
use crate::backend::sealed::Options;
use crate::db::databases::known::{Known, Owner};
use crate::error::unavailable::NoDatabase;
use crate::error::{Error, Result};
use crate::model::contract::{TenantIdOf, TenantRoot};
use crate::model::id::{AnyId, Repr};
use crate::pool::Pool;
use crate::pool::check::{Check, TenantName};
use crate::pool::connection::PoolConnection;
use crate::pool::place::Place;
use futures_core::future::BoxFuture;
use sqlx::error::BoxDynError;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

pub(crate) type Lookup<DB> =
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
    pub(crate) fn name(&self, tenant: &impl Repr, mark: Uuid) -> TenantName {
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
    pub(crate) async fn acquire_clean(
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
    pub(crate) async fn options(&self, pool: &Pool<DB>, id: AnyId) -> Result<Options<DB>> {
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

/// No program without a lookup has a model that needs one.
pub(crate) const NO_LOOKUP: NoDatabase = NoDatabase::Unfit("nothing looks it up");

impl<DB: Backend> fmt::Debug for Databases<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Databases").finish_non_exhaustive()
    }
}
