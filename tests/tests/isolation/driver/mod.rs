//! Runs random programs through the public interface of the library, on the models of one
//! database; compiled once for each.

mod changes;
mod condition;
mod creates;
mod handles;
mod new;
mod outside;
mod program;
mod reads;
mod running;
mod session;
mod subject;
mod templates;
mod transaction;
mod world;
mod writes;

use super::models;
use models::Organization;
use tenancy::{Tenant, TenantTransaction};

pub(crate) use program::run;

use crate::schema::Table;

/// Whether tenants have databases of their own.
const APART: bool = if_apart!({ true } else { false });

impl On<'_, '_, '_> {
    /// Whether the transaction is on another database than the rows of a table.
    fn is_elsewhere(&self, table: Table) -> bool {
        APART && self.transaction.is_some() && table.shared() != self.shared
    }
}

/// What a statement runs on.
#[derive(Clone, Copy)]
struct On<'e, 'p, 't> {
    tenant: &'e Tenant<'t, Organization>,
    transaction: Option<&'e TenantTransaction<'p, 't, Organization>>,
    /// Whether the transaction is on the database that tenants share, where they have others besides.
    shared: bool,
}
