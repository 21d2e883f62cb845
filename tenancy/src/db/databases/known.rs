//! What is known of where the databases of tenants are.

use crate::backend::Backend;
use crate::db::databases::Databases;
use crate::error::unavailable::NoDatabase;
use crate::error::{Error, Result};
use crate::model::id::{AnyId, Repr};
use crate::pool::place::Place;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use tokio::sync::{Mutex, MutexGuard};
use uuid::Uuid;

/// How many places are remembered at least before any is forgotten.
const FEW: usize = 64;

/// Whose a database is: the id for the lookup, and the mark, which tells tenants apart who had the same id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Owner {
    pub(crate) id: AnyId,
    pub(crate) mark: Uuid,
}

pub(crate) struct Known<DB: Backend> {
    /// Those that connections may lead to. One without any is looked up again.
    places: HashMap<Owner, Weak<Place<DB>>>,
    /// How many there may be before those without connections are taken out.
    sweep: usize,
    /// Those that were forgotten, as long as somebody uses them.
    left: Vec<(AnyId, Weak<Place<DB>>)>,
    /// Those that are being created or dropped.
    changing: HashSet<AnyId>,
    /// Those that are being looked up.
    looking: HashMap<AnyId, Arc<Looking>>,
}

/// The lookup of one tenant's database, shared by all who wait for it.
#[derive(Default)]
pub(crate) struct Looking {
    turn: Mutex<()>,
    /// How often it was forgotten meanwhile.
    forgotten: AtomicU64,
}

impl<DB: Backend> Known<DB> {
    pub(crate) fn new() -> Self {
        Self {
            places: HashMap::new(),
            sweep: FEW,
            left: Vec::new(),
            changing: HashSet::new(),
            looking: HashMap::new(),
        }
    }

    /// Where a database is, if somebody looked already.
    pub(crate) fn find(&self, owner: &Owner) -> Result<Option<Arc<Place<DB>>>> {
        if self.changing.contains(&owner.id) {
            return Err(Error::NoDatabase(NoDatabase::Changing));
        }
        Ok(self.places.get(owner).and_then(Weak::upgrade))
    }

    /// Forgets where the database of a tenant is: no connection to it is used again.
    pub(crate) fn forget(&mut self, id: &AnyId) {
        if let Some(looking) = self.looking.get(id) {
            looking.forgotten.fetch_add(1, Ordering::Relaxed);
        }
        self.left.retain(|(_, place)| place.strong_count() > 0);
        self.places.retain(|owner, place| {
            let forgotten = owner.id == *id;
            if let (true, Some(place)) = (forgotten, place.upgrade()) {
                place.abandon();
                self.left.push((id.clone(), Arc::downgrade(&place)));
            }
            !forgotten
        });
    }

    /// Remembers a place, unless somebody else was faster: connections lead to the same then.
    pub(crate) fn add(&mut self, owner: Owner, place: Arc<Place<DB>>) -> Arc<Place<DB>> {
        if let Some(known) = self.places.get(&owner).and_then(Weak::upgrade) {
            return known;
        }
        if self.places.len() >= self.sweep {
            self.places.retain(|_, place| place.strong_count() > 0);
            self.sweep = FEW.max(2 * self.places.len());
        }
        self.places.insert(owner, Arc::downgrade(&place));
        place
    }
}

impl Looking {
    /// Waits for the lookup that is on its way.
    pub(crate) async fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// How often it was forgotten.
    pub(crate) fn forgotten(&self) -> u64 {
        self.forgotten.load(Ordering::Relaxed)
    }
}

/// Whoever wants to know where the database of a tenant is.
pub(crate) struct Looker<'a, DB: Backend> {
    databases: &'a Databases<DB>,
    id: AnyId,
    looking: Arc<Looking>,
}

impl<DB: Backend> Databases<DB> {
    pub(crate) fn looking(&self, id: &AnyId) -> Looker<'_, DB> {
        let looking = Arc::clone(self.known().looking.entry(id.clone()).or_default());
        Looker {
            databases: self,
            id: id.clone(),
            looking,
        }
    }

    /// Nobody gets a connection to the database of the tenant until the guard is dropped.
    pub(crate) fn change(&self, tenant: &impl Repr) -> Result<Changing<'_, DB>> {
        let id = tenant.any();
        let mut known = self.known();
        if !known.changing.insert(id.clone()) {
            return Err(Error::NoDatabase(NoDatabase::Changing));
        }
        known.forget(&id);
        drop(known);
        Ok(Changing {
            databases: self,
            id,
        })
    }
}

impl<DB: Backend> std::ops::Deref for Looker<'_, DB> {
    type Target = Looking;

    fn deref(&self) -> &Looking {
        &self.looking
    }
}

impl<DB: Backend> Drop for Looker<'_, DB> {
    fn drop(&mut self) {
        let mut known = self.databases.known();
        // Besides this one there is the one in the map.
        if Arc::strong_count(&self.looking) == 2 {
            known.looking.remove(&self.id);
        }
    }
}

/// The database of a tenant that is being created or dropped.
pub(crate) struct Changing<'a, DB: Backend> {
    databases: &'a Databases<DB>,
    id: AnyId,
}

impl<DB: Backend> Changing<'_, DB> {
    /// The places that somebody may use still, also since before the database was moved.
    pub(crate) fn in_use(&self) -> Vec<Arc<Place<DB>>> {
        let known = self.databases.known();
        let own = known.left.iter().filter(|(id, _)| *id == self.id);
        own.filter_map(|(_, place)| place.upgrade()).collect()
    }
}

impl<DB: Backend> Drop for Changing<'_, DB> {
    fn drop(&mut self) {
        self.databases.known().changing.remove(&self.id);
    }
}
