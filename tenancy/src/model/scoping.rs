//! Whose the rows of a model are, and where they are.

use crate::model::contract::{Model, TenantRoot};
use crate::model::identity::Identity;
use crate::sealed::{SEAL, Seal};

/// Whose the rows of a model are. Sealed.
pub trait Scoping: 'static {
    #[doc(hidden)]
    const SEALED: Seal;
    /// Whether statements carry the tenant.
    #[doc(hidden)]
    const TENANTED: bool;
    /// Whether tables are in the schema of the tenant.
    #[doc(hidden)]
    const IN_SCHEMA: bool = false;
    /// Whether tables are in the database of the tenant.
    #[doc(hidden)]
    const IN_DATABASE: bool = false;
    /// What a row knows of the database that it was read in. The brand of a tenant ties its rows to its database,
    /// so only those that all tenants share need to know.
    #[doc(hidden)]
    type Origin: Copy + Send + Sync + Unpin + 'static;

    /// A row of this database.
    #[doc(hidden)]
    fn origin(database: Identity) -> Self::Origin;

    /// Whether a row is of this database.
    #[doc(hidden)]
    fn is_of(origin: Self::Origin, database: Identity) -> bool;
}

/// What a row of `M` knows of where it was read.
pub(crate) type OriginOf<M> = <<M as Model>::Scoping as Scoping>::Origin;

/// What of a scoping is the same wherever a brand says all.
macro_rules! branded {
    () => {
        type Origin = ();

        fn origin(_: Identity) {}

        fn is_of((): (), _: Identity) -> bool {
            true
        }
    };
}

/// Whether statements on `M` carry the tenant.
///
/// A derive says it twice, as a type and by the name of the column. The type is found where
/// `#[tenancy(crate = …)]` points, and there may be another one under its name; the text is not.
///
/// ```compile_fail,E0080
/// mod facade {
///     pub use tenancy::*;
///     pub mod __private {
///         pub use tenancy::__private::*;
///         pub use tenancy::__private::Global as Tenanted;
///     }
/// }
/// # use tenancy::{Scoped, Tenant, TenantRoot, TenantScoped};
/// # use uuid::Uuid;
/// # #[derive(Debug, TenantRoot)] #[tenancy(database = sqlx::Sqlite)]
/// # struct Organization { id: Uuid, name: String }
/// #[derive(Debug, TenantScoped)]
/// #[tenancy(root = Organization, crate = facade)]
/// struct User { id: Uuid, tenant_id: Uuid, email: String }
/// println!("{}", User::query().sql());
/// ```
pub(crate) const fn tenanted<M: Model>() -> bool {
    assert!(
        M::Scoping::TENANTED != M::TENANT.is_empty(),
        "the scoping of this model is not the one that was derived"
    );
    M::Scoping::TENANTED
}

/// Whether the table of `M` is in the schema of the tenant.
///
/// A derive says that twice, too.
///
/// ```compile_fail,E0080
/// mod facade {
///     pub use tenancy::*;
///     pub mod __private {
///         pub use tenancy::__private::*;
///         pub type InSchema<const COLUMN: bool> = tenancy::__private::Tenanted;
///     }
/// }
/// # use tenancy::{TenantRoot, TenantScoped};
/// # #[derive(Debug, TenantRoot)]
/// # #[tenancy(database = sqlx::Postgres, schemas)]
/// # struct Organization { id: i64, name: String }
/// #[derive(Debug, TenantScoped)]
/// #[tenancy(root = Organization, crate = facade, strategy = schema, attribute = tenant_id)]
/// struct Invoice { id: uuid::Uuid, number: i64 }
/// println!("{}", Invoice::query().sql());
/// ```
pub(crate) const fn in_schema<M: Model>() -> bool {
    assert!(
        M::Scoping::IN_SCHEMA == M::IN_SCHEMA,
        "the scoping of this model is not the one that was derived"
    );
    assert!(
        !M::IN_SCHEMA || M::Root::SCHEMAS,
        "the schemas of this model's root are not those that were derived"
    );
    M::IN_SCHEMA
}

/// What a root says of schemas of tenants. Sealed.
pub trait Schemas: 'static {
    #[doc(hidden)]
    const SEALED: Seal;
}

/// Tenants have schemas of their own: `#[tenancy(schemas)]` at the root.
#[derive(Debug)]
pub struct WithSchemas(());

/// Tenants have none.
#[derive(Debug)]
pub struct WithoutSchemas(());

impl Schemas for WithSchemas {
    const SEALED: Seal = SEAL;
}

impl Schemas for WithoutSchemas {
    const SEALED: Seal = SEAL;
}

/// Whether the table of `M` is in the database of the tenant.
///
/// A derive says that twice, too.
///
/// ```compile_fail,E0080
/// mod facade {
///     pub use tenancy::*;
///     pub mod __private {
///         pub use tenancy::__private::*;
///         pub type InDatabase<const COLUMN: bool> = tenancy::__private::Tenanted;
///     }
/// }
/// # use tenancy::{Tenant, TenantRoot, TenantScoped};
/// # #[derive(Debug, TenantRoot)]
/// # #[tenancy(database = sqlx::Sqlite, databases)]
/// # struct Organization { id: i64, name: String }
/// #[derive(Debug, TenantScoped)]
/// #[tenancy(root = Organization, crate = facade, strategy = database, attribute = tenant_id)]
/// struct Invoice { id: uuid::Uuid, number: i64 }
/// fn read(acme: &Tenant<'_, Organization>) {
///     drop(Invoice::query().fetch_all(acme));
/// }
/// # fn main() { let _: fn(&Tenant<'_, Organization>) = read; }
/// ```
pub(crate) const fn in_database<M: Model>() -> bool {
    assert!(
        M::Scoping::IN_DATABASE == M::IN_DATABASE,
        "the scoping of this model is not the one that was derived"
    );
    M::IN_DATABASE
}

/// The scoping of models whose rows belong to tenants.
#[derive(Debug)]
pub struct Tenanted(());

/// The scoping of models with `global = true`: their rows are shared by all tenants.
#[derive(Debug)]
pub struct Global(());

/// The scoping of models with `strategy = schema`: every tenant has a table of its own. With `COLUMN`, the
/// tenant is a column of it all the same.
#[derive(Debug)]
pub struct InSchema<const COLUMN: bool>(());

/// The scoping of models with `strategy = database`: every tenant has a table of its own, in a database of its
/// own. With `COLUMN`, the tenant is a column of it all the same.
#[derive(Debug)]
pub struct InDatabase<const COLUMN: bool>(());

impl<const COLUMN: bool> Scoping for InDatabase<COLUMN> {
    const SEALED: Seal = SEAL;
    const TENANTED: bool = COLUMN;
    const IN_DATABASE: bool = true;
    branded!();
}

impl<const COLUMN: bool> Scoping for InSchema<COLUMN> {
    const SEALED: Seal = SEAL;
    const TENANTED: bool = COLUMN;
    const IN_SCHEMA: bool = true;
    branded!();
}

impl Scoping for Tenanted {
    const SEALED: Seal = SEAL;
    const TENANTED: bool = true;
    branded!();
}

impl Scoping for Global {
    const SEALED: Seal = SEAL;
    const TENANTED: bool = false;
    type Origin = Identity;

    fn origin(database: Identity) -> Identity {
        database
    }

    fn is_of(origin: Identity, database: Identity) -> bool {
        origin == database
    }
}
