//! System actors: parts of the program that act without a user.

use crate::model::contract::TenantRoot;
use crate::policy::actor::State;
use crate::policy::contract::Actor;
use crate::policy::declared::ActsOn;
use crate::policy::place::InTenant;
use crate::sealed::{SEAL, Seal};
use crate::tenant::acting::Acting;
use crate::tenant::token::Tenant;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

/// A part of the program that acts on tenants without a user: a job that bills, one that cleans up.
///
/// Derived, on an enum whose variants are these parts (or on a unit struct). It is an actor type of its
/// own: [`policies!`](crate::policies) says what it may do, and what it does not say does not compile.
///
/// ```
/// # use tenancy::{Scoped, Tenant, TenantRoot, TenantScoped};
/// # use uuid::Uuid;
/// # #[derive(Debug, TenantRoot)] #[tenancy(database = sqlx::Sqlite)]
/// # struct Organization { id: Uuid, name: String }
/// # #[derive(Debug, TenantScoped)] #[tenancy(root = Organization, policies)]
/// # struct Document { id: Uuid, title: String, archived: bool }
/// #[derive(Debug, tenancy::SystemActor)]
/// enum System {
///     Billing,
///     Cleanup,
/// }
///
/// tenancy::policies! {
///     Document, actor: System {
///         read { authorize_if always; }
///         destroy { authorize_if archived && matches!(actor, System::Cleanup); }
///     }
/// }
///
/// async fn clean_up<'t>(acme: Tenant<'t, Organization>) -> tenancy::Result<u64> {
///     let acme = acme.as_system(System::Cleanup, "archived for a year");
///     Document::destroy_where(|d| d.archived.eq(true)).execute(&acme).await
/// }
/// # fn main() {}
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a system actor",
    label = "expected a type with `#[derive(tenancy::SystemActor)]`",
    note = "a row of the tenant acts with `tenant.acting_as(row)`"
)]
pub trait SystemActor: Actor<State = SystemState<Self>> {
    /// What it is called in the audit trail: the variant's name in snake case.
    fn name(&self) -> &'static str;
}

/// A system actor, shared by all tokens that act as it.
#[doc(hidden)]
pub struct SystemState<A>(Arc<A>);

impl<A> Clone for SystemState<A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<A> fmt::Debug for SystemState<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SystemState(..)")
    }
}

impl<A: Send + Sync + 'static> State<A> for SystemState<A> {
    const SEALED: Seal = SEAL;
    type Place = InTenant;

    fn actor(&self) -> &A {
        &self.0
    }
}

impl<'t, T: TenantRoot> Tenant<'t, T> {
    /// Acts as a part of the program from now on, for background work that no user asked for.
    ///
    /// Every call is an event of `tracing` at the level `INFO`, with the tenant, the actor's type and name,
    /// the reason and the place in the code: send the target `tenancy::audit` to where it is kept.
    #[track_caller]
    pub fn as_system<A: SystemActor>(self, system: A, reason: &str) -> Acting<'t, T, A> {
        let location = Location::caller();
        tracing::info!(
            target: "tenancy::audit",
            tenant = %self.id(),
            root = T::TABLE,
            actor = std::any::type_name::<A>(),
            name = system.name(),
            reason,
            file = location.file(),
            line = location.line(),
            "a system actor acts"
        );
        Acting {
            tenant: self,
            actor: SystemState(Arc::new(system)),
        }
    }
}

impl<M, A> ActsOn<M> for SystemState<A> {}
