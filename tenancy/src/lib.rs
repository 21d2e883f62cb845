//! Many tenants from one code base, with isolation that the compiler checks. Built on sqlx.
//!
//! Where sqlx takes a pool, tenancy takes a tenant: a [`Tenant`], which is made from a
//! [`VerifiedTenant`] and carries a brand that no other has. What is read through it carries the
//! brand, and what is written through it must carry the same. So a query without a tenant does not
//! compile, and neither does a row of one tenant in a statement of another.
//!
//! ```
//! use tenancy::{Db, Root as _, TenantRoot, TenantScoped};
//! use uuid::Uuid;
//!
//! #[derive(Debug, TenantRoot)]
//! #[tenancy(database = sqlx::Sqlite)]
//! struct Organization { id: Uuid, name: String }
//!
//! #[derive(Debug, TenantScoped)]
//! #[tenancy(root = Organization)]
//! struct User { id: Uuid, email: String }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let options = tenancy::PoolOptions::new().max_connections(1);
//! # let db = Db::connect_with(options, "sqlite::memory:".parse()?).await?;
//! # sqlx::raw_sql("CREATE TABLE organizations (id BLOB PRIMARY KEY, name TEXT NOT NULL);
//! #     CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, email TEXT NOT NULL,
//! #     PRIMARY KEY (tenant_id, id))").execute(&mut *db.acquire().await?).await?;
//! let verified = Organization::create(NewOrganization { name: "Acme".into() })
//!     .execute(&db)
//!     .await?;
//! tenancy::enter!(acme = verified);
//!
//! User::create(NewUser { email: "ann@acme.com".into() }).execute(&acme).await?;
//! let users = User::query().filter(|u| u.email.ends_with("@acme.com"));
//! assert_eq!(
//!     users.sql(),
//!     r#"SELECT "users"."id", "users"."email" FROM "users" WHERE ("users"."email" GLOB ?) AND "users"."tenant_id" = ?"#
//! );
//! assert_eq!(users.fetch_all(&acme).await?.len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! The same query on the database itself does not compile
//! (`ui-tests/laws/execute/`):
//!
//! ```compile_fail,E0277
//! # use tenancy::{Db, TenantRoot, TenantScoped};
//! # use uuid::Uuid;
//! # #[derive(Debug, TenantRoot)]
//! # #[tenancy(database = sqlx::Sqlite)]
//! # struct Organization { id: Uuid, name: String }
//! # #[derive(Debug, TenantScoped)]
//! # #[tenancy(root = Organization)]
//! # struct User { id: Uuid, email: String }
//! # async fn f(db: Db<sqlx::Sqlite>) -> tenancy::Result<()> {
//! let users = User::query().fetch_all(&db).await?;
//! # Ok(())
//! # }
//! ```
//!
//! Start with the [guide]. The doors around the types are [`VerifiedTenant::assume_verified`] and
//! [`Db::acquire`].

pub mod backend;
mod barrier;
mod binder;
mod builtin;
mod changes;
mod check;
pub mod column;
pub mod databases;
mod db;
#[cfg(feature = "ddl")]
pub mod ddl;
mod decoded;
#[cfg(all(feature = "doctor", any(feature = "sqlite", feature = "postgres")))]
pub mod doctor;
mod error;
pub mod execute;
pub mod expr;
#[doc = include_str!("docs/guide.md")]
pub mod guide {}
pub mod id;
#[cfg(feature = "postgres")]
mod isolated;
pub mod isolation;
mod masked;
pub mod model;
pub mod policy;
mod pool;
mod probe;
pub mod query;
pub mod rls;
pub mod schema;
mod seal;
mod shape;
mod sql;
mod stand_in;
#[cfg_attr(
    not(any(feature = "sqlite", feature = "postgres")),
    allow(dead_code, reason = "for databases")
)]
mod storable;
mod stored;
pub mod tenant;

pub use backend::{Backend, DefaultDatabase};
pub use barrier::{Id, Insert, Model, TenantRoot};
pub use changes::{Changes, IntoChanges, Patch};
pub use column::Column;
pub use db::{Db, DbOf};
pub use error::{Constraint, Error, Reported, Result, Unreadable};
pub use expr::Condition;
pub use masked::Masked;
pub use model::{Root, TenantScoped};
pub use policy::{Acting, NoActor, NoTenant, SystemActor};
pub use pool::{Connections, PoolConnection, PoolOptions};
pub use query::order::Sort;
pub use tenancy_macros::{Changes, Id, SystemActor, TenantRoot, TenantScoped};
pub use tenant::{Detached, Key, Ref, Scope, Scoped, Tenant, TenantTransaction, VerifiedTenant};

/// The sqlx that this crate is built on.
pub use sqlx;
/// The uuid that keys are made of.
pub use uuid;

/// What the macros write; not for use by hand.
#[doc(hidden)]
pub mod __private {
    pub use crate::backend::StubDatabase;
    pub use crate::barrier::{Actor, Cascades, Owned};
    pub use crate::barrier::{Place, RowsOfTwoTenantsWereMixedOrATokenWasBorrowedForItsOwnBrand};
    pub use crate::binder::{Binder, NewKey, Reference, References};
    pub use crate::changes::PatchOf;
    pub use crate::check::{
        ForeignKeyOf, HasDatabases, HasRls, HasRowSecurity, HasSchemas, IsRoot, Known,
        KnowsSchemas, MaskedOf, MayOwnTables, RandomKey, ReferredBy, TenantColumn, Version,
    };
    pub use crate::column::{
        ForeignKey, Generated, Guarded, Nullable, NullableForeignKey, PrimaryKey, Required,
        TenantKey,
    };
    pub use crate::decoded::Decoded;
    pub use crate::isolation::{Databases, Plain as PlainDb, Rls};
    pub use crate::model::{
        DatabaseOf, Field, Global, InDatabase, InSchema, KeyOf, RowOf, Tenanted, WithSchemas,
        WithoutSchemas,
    };
    pub use crate::policy::action::{Action, LikeOf};
    pub use crate::policy::{
        ActsOn, Answer, Before, Block, Both, By, ByFieldPolicies, ByPolicies, Check, Decided,
        DeclaresPolicies, Dependant, FieldsNamed, Guarded as GuardedValue, InMemory, Incomparable,
        Judged, Keyed, Kind, Last, Level, Masks, OneOf, Perishes, Plain, Policy, Questions,
        ReadByTenants, Removal, Rules, RulesOf, Single, SystemState, Tell, Timed, Tree, Unpolicied,
        Verb, Visit, Wrap, action, among, any_row, compare, compare_now, equal, is_column, is_none,
        is_true, look_at_tenant, not_true, now_like, of, removed,
    };
    pub use crate::probe::{Otherwise, Probe};
    pub use crate::shape::Shape;
    pub use crate::stand_in::{Fit, NoId, Nobody, Or, Refers};
    pub use crate::stored::{Readable, Writable};
    pub use ::sqlx;
    pub use ::tenancy_macros::{checks, enter, policies};
    pub use ::uuid;
}
