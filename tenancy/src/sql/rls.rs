//! The words that policies of row-level security are made of.

/// The name of the policy that compares the tenant.
#[cfg(feature = "postgres")]
pub(crate) const POLICY: &str = "tenancy_isolation";

/// The name of the one that demands the tenant's column besides, in the schema of a tenant.
#[cfg(all(feature = "postgres", feature = "ddl"))]
pub(crate) const COLUMN_POLICY: &str = "tenancy_column";

/// The tenant of the transaction in a policy, or NULL, which is nobody's: not set at all, or set in a transaction
/// before.
#[cfg(feature = "postgres")]
pub(crate) const UNSIGNED: &str = "nullif(current_setting('tenancy.tenant', true), '')";

/// The same, if it is signed.
#[cfg(feature = "postgres")]
pub(crate) const SIGNED: &str = "tenancy.tenant()";

/// The same where each new row is asked, so that a signature is verified once for all of them.
#[cfg(all(feature = "postgres", feature = "ddl"))]
pub(crate) const SIGNED_ONCE: &str = "(SELECT tenancy.tenant())";
