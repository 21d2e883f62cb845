//! Runs random programs through the public interface of the library, on the models of one
//! database; compiled once for each.

mod changes;
mod condition;
mod creates;
mod handles;
mod new;
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

/// What a statement runs on.
#[derive(Clone, Copy)]
struct On<'e, 'p, 't> {
    tenant: &'e Tenant<'t, Organization>,
    transaction: Option<&'e TenantTransaction<'p, 't, Organization>>,
}
