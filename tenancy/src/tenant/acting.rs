//! Tokens on which somebody acts.

use crate::error::Result;
use crate::execute::context::Which;
use crate::model::contract::{Model, TenantRoot};
use crate::policy::actor::{ModelActor, State};
use crate::policy::contract::Actor;
use crate::row::scoped::Scoped;
use crate::tenant::system::SystemActor;
use crate::tenant::token::Tenant;
use crate::tenant::transaction::{ActingTransaction, TokenTransaction, usual};
use std::fmt;
use std::ops::Deref;

/// The token of an actor: a [`Tenant`] that acts as someone.
///
/// It dereferences to the tenant, so whatever needs no actor runs on it as well.
pub struct Acting<'t, T: TenantRoot, A: Actor> {
    pub(crate) tenant: Tenant<'t, T>,
    pub(crate) actor: A::State,
}

impl<'t, T: TenantRoot> Tenant<'t, T> {
    /// Acts as a row of this tenant from now on.
    ///
    /// A row that all tenants share, and that was read on the [`Db`](crate::Db), is no proof in a tenant until the
    /// tenant [adopts](Tenant::adopt) it, which compares databases. Rustc's error about it has no code, so a law says
    /// what it is about (`ui-tests/laws/brand/what_was_read_on_the_database_is_not_of_a_tenant.rs`):
    ///
    /// ```compile_fail
    /// # use tenancy::{Db, Tenant, TenantRoot, TenantScoped};
    /// # use uuid::Uuid;
    /// # #[derive(Debug, TenantRoot)] #[tenancy(database = sqlx::Sqlite)]
    /// # struct Organization { id: Uuid, name: String }
    /// # #[derive(Debug, TenantScoped)] #[tenancy(root = Organization, global = true)]
    /// # struct User { id: Uuid, email: String }
    /// # async fn f<'t>(acme: Tenant<'t, Organization>, db: Db<sqlx::Sqlite>, id: Uuid) -> tenancy::Result<()> {
    /// let user = User::find(id).fetch_one(&db).await?;
    /// let acme = acme.acting_as(user); // `acme.acting_as(acme.adopt(user)?)`
    /// # Ok(()) }
    /// ```
    pub fn acting_as<A>(self, actor: Scoped<'t, A>) -> Acting<'t, T, A>
    where
        A: Model<Root = T> + Actor<State = ModelActor<A>>,
    {
        Acting {
            tenant: self,
            actor: ModelActor::new(actor.into_decoded()),
        }
    }
}

/// An actor whose token can be handed over to another one: a part of the program, which read the row of who is to
/// act, say. Sealed: it is for those that derive [`SystemActor`](super::SystemActor).
#[diagnostic::on_unimplemented(
    message = "this token acts as `{Self}` already, and does not act as someone else",
    label = "acts as `{Self}`",
    note = "write `acting_as` or `as_system` at the token of the tenant, and keep one token for each who acts; only that of a system actor is handed over"
)]
pub trait HandsOver: Actor {}

#[diagnostic::do_not_recommend]
impl<A: SystemActor> HandsOver for A {}

impl<'t, T: TenantRoot, A: Actor> Acting<'t, T, A> {
    /// Acts as a row of this tenant from now on, and no longer as the system actor that read the row.
    pub fn acting_as<B>(self, actor: Scoped<'t, B>) -> Acting<'t, T, B>
    where
        A: HandsOver,
        B: Model<Root = T> + Actor<State = ModelActor<B>>,
    {
        self.tenant.acting_as(actor)
    }

    /// Acts as another part of the program from now on: [`Tenant::as_system`].
    #[track_caller]
    pub fn as_system<B: SystemActor>(self, system: B, reason: &str) -> Acting<'t, T, B>
    where
        A: HandsOver,
    {
        self.tenant.as_system(system, reason)
    }

    /// The actor.
    #[must_use]
    pub fn actor(&self) -> &A {
        self.actor.actor()
    }

    /// Begins a transaction, or a savepoint inside one: [`Tenant::begin`].
    ///
    /// # Errors
    ///
    /// If the database cannot be reached or is busy.
    pub async fn begin(&mut self) -> Result<ActingTransaction<'_, 't, T, A>> {
        TokenTransaction::open(self, usual::<T>()).await
    }

    /// Begins a transaction on the database that tenants share: [`Tenant::begin_shared`].
    ///
    /// # Errors
    ///
    /// Those of [`Tenant::begin_shared`](crate::Tenant::begin_shared).
    pub async fn begin_shared(&mut self) -> Result<ActingTransaction<'_, 't, T, A>> {
        TokenTransaction::open(self, Which::Shared).await
    }
}

impl<'t, T: TenantRoot, A: Actor> Deref for Acting<'t, T, A> {
    type Target = Tenant<'t, T>;

    fn deref(&self) -> &Tenant<'t, T> {
        &self.tenant
    }
}

impl<T: TenantRoot, A: Actor> fmt::Debug for Acting<'_, T, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Acting").field(self.tenant.id()).finish()
    }
}
