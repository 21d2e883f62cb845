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

pub(crate) mod api;
pub mod backend;
pub(crate) mod db;
#[cfg(feature = "ddl")]
pub mod ddl;
#[cfg(all(feature = "doctor", any(feature = "sqlite", feature = "postgres")))]
pub mod doctor;
pub(crate) mod error;
pub mod execute;
pub mod expr;
pub mod model;
pub mod policy;
pub(crate) mod pool;
pub mod query;
pub(crate) mod row;
pub(crate) mod sealed;
pub(crate) mod sql;
pub(crate) mod stmt;
pub mod tenant;

#[doc = include_str!("docs/guide.md")]
pub mod guide {}

pub use api::{Root, TenantScoped};
pub use backend::{Backend, DefaultDatabase};
pub use db::{Db, DbOf};
pub use error::{Constraint, Error, Reported, Result, Unreadable};
pub use expr::Condition;
pub use expr::changes::{Changes, IntoChanges, Patch};
pub use expr::order::Sort;
pub use model::column::Column;
pub use model::contract::{Id, Insert, Model, TenantRoot};
pub use model::masked::Masked;
pub use policy::{NoActor, NoTenant};
pub use pool::{Connections, PoolConnection, PoolOptions};
pub use tenancy_macros::{Changes, Id, SystemActor, TenantRoot, TenantScoped};
pub use tenant::{
    Acting, Detached, Key, Ref, Scope, Scoped, SystemActor, Tenant, TenantTransaction,
    VerifiedTenant,
};

/// Columns: the handles that filters, orderings and assignments are written with.
pub mod column {
    pub use crate::model::column::{
        Column, ForeignKey, Generated, Guarded, KeyColumn, Nullable, NullableForeignKey,
        PrimaryKey, Required, TenantKey,
    };
    pub use crate::model::obligations::{IsGuarded, MaskedOf, Telling, Unguarded};
    pub use crate::model::stored::{Readable, Writable, Written};
}

pub mod databases {
    #![doc = include_str!("docs/databases.md")]

    pub use crate::error::unavailable::NoDatabase;
}

/// What can identify a tenant or a row.
pub mod id {
    pub use crate::model::id::{AnyId, KeyType, Repr};
}

pub mod isolation {
    #![doc = include_str!("docs/isolation.md")]

    pub use crate::model::isolation::{Databases, Isolation, Plain, Rls};
}

pub mod rls {
    #![doc = include_str!("docs/rls.md")]

    #[cfg(feature = "postgres")]
    pub use crate::db::rls::signing::SigningKey;
    pub use crate::error::role::UnsafeRole;
}

pub mod schema {
    #![doc = include_str!("docs/schema.md")]

    pub use crate::error::in_use::Dependents;
    pub use crate::error::unavailable::{InvalidSchema, NoSchema};
    pub use crate::sql::schema_name::SchemaName;
}

/// The sqlx that this crate is built on.
pub use sqlx;
/// The uuid that keys are made of.
pub use uuid;

/// What the macros write; not for use by hand.
#[doc(hidden)]
pub mod __private {
    pub use crate::backend::Known;
    pub use crate::backend::StubDatabase;
    pub use crate::expr::changes::PatchOf;
    pub use crate::expr::reference::Reference;
    pub use crate::model::column::{
        ForeignKey, Generated, Guarded, Nullable, NullableForeignKey, PrimaryKey, Required,
        TenantKey,
    };
    pub use crate::model::contract::Owned;
    pub use crate::model::contract::{DatabaseOf, KeyOf, RowOf};
    pub use crate::model::decoded::Decoded;
    pub use crate::model::field::Field;
    pub use crate::model::fit::{Fit, NoId, Nobody, Or, Refers};
    pub use crate::model::isolation::{Databases, Plain as PlainDb, Rls};
    pub use crate::model::obligations::{
        ForeignKeyOf, HasDatabases, HasRls, HasRowSecurity, HasSchemas, IsRoot, KnowsSchemas,
        MaskedOf, MayOwnTables, RandomKey, ReferredBy, TenantColumn, Version,
    };
    pub use crate::model::params::{Binder, NewKey, References};
    pub use crate::model::probe::{Otherwise, Probe};
    pub use crate::model::scoping::{
        Global, InDatabase, InSchema, Tenanted, WithSchemas, WithoutSchemas,
    };
    pub use crate::model::stored::{Readable, Writable};
    pub use crate::model::table_spec::Shape;
    pub use crate::policy::action::{Action, LikeOf};
    pub use crate::policy::contract::{Actor, Cascades};
    pub use crate::policy::{
        ActsOn, Answer, Before, Block, Both, By, ByFieldPolicies, ByPolicies, Check, Decided,
        DeclaresPolicies, Dependant, FieldsNamed, Guarded as GuardedValue, InMemory, Incomparable,
        Judged, Keyed, Kind, Last, Level, Masks, OneOf, Perishes, Plain, Policy, Questions,
        ReadByTenants, Removal, Rules, RulesOf, Single, Tell, Timed, Tree, Unpolicied, Verb, Visit,
        Wrap, action, among, any_row, compare, compare_now, equal, is_column, is_none, is_true,
        look_at_tenant, not_true, now_like, of, removed,
    };
    pub use crate::tenant::brand_guard::{
        Place, RowsOfTwoTenantsWereMixedOrATokenWasBorrowedForItsOwnBrand,
    };
    pub use crate::tenant::system::SystemState;
    pub use ::sqlx;
    pub use ::tenancy_macros::{checks, enter, policies};
    pub use ::uuid;
}
