//! The statement form of entering a tenant.

/// Enters a tenant until the end of the block.
///
/// `enter!(acme = verified)` declares `acme`, the [`Tenant`](crate::Tenant) of a
/// [`VerifiedTenant`](crate::VerifiedTenant). Its brand is like no other: rows, keys and
/// transactions of this entry fit together and with nothing else.
///
/// ```
/// # use tenancy::{TenantRoot, TenantScoped, VerifiedTenant};
/// # #[derive(Debug, TenantRoot)]
/// # #[tenancy(database = tenancy::sqlx::Sqlite)]
/// # struct Organization { id: uuid::Uuid }
/// # #[derive(Debug, TenantScoped)]
/// # #[tenancy(root = Organization)]
/// # struct User { id: uuid::Uuid, tenant_id: uuid::Uuid, email: String }
/// # async fn f(verified: VerifiedTenant<Organization>) -> tenancy::Result<()> {
/// tenancy::enter!(acme = verified);
/// let users = User::query().fetch_all(&acme).await?;
/// # Ok(())
/// # }
/// ```
///
/// Rows of two tenants never meet (`ui-tests/laws/brand/`):
///
/// ```compile_fail,E0597
/// # use tenancy::{TenantRoot, TenantScoped, VerifiedTenant};
/// # #[derive(Debug, TenantRoot)]
/// # #[tenancy(database = tenancy::sqlx::Sqlite)]
/// # struct Organization { id: uuid::Uuid }
/// # #[derive(Debug, TenantScoped)]
/// # #[tenancy(root = Organization)]
/// # struct User { id: uuid::Uuid, tenant_id: uuid::Uuid, email: String }
/// # async fn f(one: VerifiedTenant<Organization>, other: VerifiedTenant<Organization>) -> tenancy::Result<()> {
/// tenancy::enter!(acme = one);
/// tenancy::enter!(globex = other);
/// let user = User::query().fetch_one(&acme).await?;
/// User::update(&user).set(|u| u.email.to("…")).execute(&globex).await?;
/// # Ok(())
/// # }
/// ```
#[macro_export]
macro_rules! enter {
    ($($input:tt)*) => {
        $crate::__private::enter! { ($crate) $($input)* }
    };
}
