//! Markers of what decides about a model's rows: nothing, policies, or that tenants only read them.

use crate::model::contract::Model;

/// The way of a model without policies: whoever has the tenant may do everything.
#[derive(Debug)]
pub struct Unpolicied(());

/// The way of a model without policies whose rows all tenants share: they read them, and the program writes
/// them on the [`Db`](crate::Db).
#[derive(Debug)]
pub struct ReadByTenants(());

/// The way of a model with policies: what they do not cover does not compile.
#[derive(Debug)]
pub struct ByPolicies(());

/// The way of a model with policies that also say which fields an actor sees.
#[derive(Debug)]
pub struct ByFieldPolicies(());

/// The way of this model is the one that was derived.
///
/// A derive says it twice, as a type and as data. The type is found where `#[tenancy(crate = …)]` points, and
/// there may be another one under its name.
///
/// ```compile_fail,E0080
/// mod facade {
///     pub use tenancy::*;
///     pub mod __private {
///         pub use tenancy::__private::*;
///         pub use tenancy::__private::Unpolicied as ByPolicies;
///     }
/// }
/// # use tenancy::{Tenant, TenantRoot, TenantScoped};
/// # use uuid::Uuid;
/// # #[derive(Debug, TenantRoot)] #[tenancy(database = sqlx::Sqlite)]
/// # struct Organization { id: Uuid }
/// #[derive(Debug, TenantScoped)]
/// #[tenancy(root = Organization, policies, crate = facade)]
/// struct Letter { id: Uuid, text: String }
/// # fn f<'t>(acme: &Tenant<'t, Organization>) {
/// let letters = Letter::query().fetch_all(acme);
/// # }
/// # let _: for<'t> fn(&Tenant<'t, Organization>) = f;
/// ```
pub(crate) const fn derived<M: Model>(policied: bool, guarded: bool) {
    assert!(
        M::POLICIED == policied && M::GUARDED == guarded,
        "the policies of this model are not those that were derived"
    );
}

/// That tenants write the rows of this model, or do not, as was derived.
///
/// A derive says that twice, too.
///
/// ```compile_fail,E0080
/// mod facade {
///     pub use tenancy::*;
///     pub mod __private {
///         pub use tenancy::__private::*;
///         pub use tenancy::__private::Unpolicied as ReadByTenants;
///     }
/// }
/// # use tenancy::{Tenant, TenantRoot, TenantScoped};
/// # use uuid::Uuid;
/// # #[derive(Debug, TenantRoot)] #[tenancy(database = sqlx::Sqlite)]
/// # struct Organization { id: Uuid }
/// #[derive(Debug, TenantScoped)]
/// #[tenancy(root = Organization, global = true, crate = facade)]
/// struct Plan { id: Uuid, name: String }
/// # fn f<'t>(acme: &Tenant<'t, Organization>) {
/// let removal = Plan::destroy_where(|p| p.name.eq("")).execute(acme);
/// # }
/// # let _: for<'t> fn(&Tenant<'t, Organization>) = f;
/// ```
pub(crate) const fn derived_read_only<M: Model>(read_only: bool) {
    derived::<M>(false, false);
    assert!(
        M::READ_ONLY == read_only,
        "whether tenants write the rows of this model is not what was derived"
    );
}

/// The way of models that a sub-query may look into, whoever acts.
#[diagnostic::on_unimplemented(
    message = "policies decide who may see these rows: a statement that looks for them here would tell",
    label = "this is about a model with policies"
)]
pub trait Transparent {}

impl Transparent for Unpolicied {}

#[diagnostic::do_not_recommend]
impl Transparent for ReadByTenants {}
