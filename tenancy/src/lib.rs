//! Many tenants from one code base: compile-time tenant isolation for sqlx.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod backend;
mod barrier;
mod binder;
mod builtin;
mod changes;
mod check;
pub mod column;
mod db;
mod error;
pub mod execute;
pub mod expr;
pub mod id;
pub mod model;
pub mod query;
mod seal;
mod sql;
pub mod tenant;

pub use backend::{Backend, DefaultDatabase};
pub use barrier::{Id, Insert, Model, TenantRoot};
pub use changes::{Changes, IntoChanges, Patch};
pub use column::Column;
pub use db::Db;
pub use error::{Constraint, Error, Result};
pub use expr::Condition;
pub use model::{Root, TenantScoped};
pub use tenancy_macros::{Changes, Id, TenantRoot, TenantScoped};
pub use tenant::{Detached, Key, Ref, Scope, Scoped, Tenant, TenantTransaction, VerifiedTenant};

/// The sqlx that this crate is built on.
pub use sqlx;
pub use uuid;

/// What the macros write; not for use by hand.
#[doc(hidden)]
pub mod __private {
    pub use crate::backend::StubDatabase;
    pub use crate::barrier::{Place, RowsOfTwoTenantsWereMixed};
    pub use crate::binder::{Binder, NewKey, Reference, References};
    pub use crate::builtin::{NotBuiltin, Probe};
    pub use crate::changes::patch;
    pub use crate::check::{foreign_key, referred, same_root, tenant_column, version};
    pub use crate::column::{
        ForeignKey, Generated, Nullable, NullableForeignKey, PrimaryKey, Required, TenantKey,
    };
    pub use crate::model::{DatabaseOf, Field, Global, RowOf, Tenanted};
    pub use ::sqlx;
    pub use ::tenancy_macros::enter;
    pub use ::uuid;
}
