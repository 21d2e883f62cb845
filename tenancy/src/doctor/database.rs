//! What is examined, and what only a concrete database can do.

use crate::backend::Backend;
use crate::ddl::Tables;
use crate::ddl::table::{Place, Table};
use crate::doctor::Findings;
use crate::doctor::mend::Mender;
use crate::error::Result;
use crate::model::contract::TenantRoot;
use futures_core::future::BoxFuture;

use crate::model::isolation::Isolation as _;

/// What to examine.
#[derive(Debug)]
pub struct Examination<'a, R: TenantRoot> {
    pub(super) tables: &'a Tables<R>,
    /// Which tables: those that tenants share, with those in schemas, or those of a tenant's own database.
    pub(super) here: Place,
    pub(super) rows: bool,
    pub(super) role: Option<&'a str>,
    /// Whether to try, and in how many schemas of tenants.
    pub(super) probe: Option<usize>,
}

impl<'a, R: TenantRoot> Examination<'a, R> {
    /// All tables of the models.
    pub(super) fn all(&self) -> &'a [Table] {
        &self.tables.tables
    }

    /// Writes statements about the tables of a place, with what comes with a new one besides.
    pub(super) fn mender<'m>(
        &self,
        place: Place,
        besides: &'m (dyn Fn(&Table) -> String + Sync),
    ) -> Mender<'m>
    where
        'a: 'm,
    {
        Mender {
            scribe: self.tables.scribe(place),
            tables: self.all(),
            besides,
            rls: R::Isolation::RLS && place != Place::Database,
            live: &[],
        }
    }
}

/// A database that can be examined: both of them. Sealed, as [`Backend`] is.
pub trait Examined: Backend {
    #[doc(hidden)]
    fn examine<'e, R: TenantRoot<Database = Self>>(
        examination: &'e Examination<'e, R>,
        connection: &'e mut Self::Connection,
    ) -> BoxFuture<'e, Result<(Findings, usize)>>;
}
