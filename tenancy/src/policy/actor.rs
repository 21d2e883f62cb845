//! Actors: who acts.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::deeper::Way;
use super::permit::Decoy;
use super::place::{InTenant, OutsideTenants};
use super::system::SystemActor;
use crate::Result;
use crate::barrier::Actor;
use crate::execute::Which;
use crate::model::{KeyOf, Model, TenantRoot};
use crate::seal::{SEAL, Seal};
use crate::tenant::{ActingTransaction, Decoded, Scoped, Tenant, TokenTransaction, usual};

/// Nobody: what a [`Tenant`] acts as until it [acts as](Tenant::acting_as) someone.
#[derive(Clone, Copy, Debug)]
pub struct NoActor(());

/// The program itself, outside of any tenant: what acts on a [`Db`](crate::Db).
///
/// A model with `global = true` and policies is reached on the `Db` as far as it has rules for this actor:
///
/// ```
/// # use tenancy::{Db, TenantRoot, TenantScoped};
/// # use uuid::Uuid;
/// # #[derive(Debug, TenantRoot)] #[tenancy(database = sqlx::Sqlite)]
/// # struct Organization { id: Uuid, name: String }
/// #[derive(Debug, TenantScoped)]
/// #[tenancy(root = Organization, global = true, policies)]
/// struct Person { id: Uuid, email: String, retired: bool }
///
/// tenancy::policies! {
///     Person, actor: tenancy::NoTenant {
///         read { authorize_unless retired; }
///         create { authorize_if always; }
///     }
/// }
///
/// async fn sign_up(db: &Db<sqlx::Sqlite>, email: String) -> tenancy::Result<()> {
///     Person::create(NewPerson { email, retired: false }).execute(db).await
/// }
/// # fn main() {}
/// ```
///
/// There is no tenant, so its rules ask no rows of one: that does not compile.
#[derive(Clone, Copy, Debug)]
pub struct NoTenant(());

impl NoTenant {
    pub(crate) const NOBODY: Self = Self(());
}

impl NoActor {
    pub(crate) const NOBODY: Self = Self(());
}

/// What a token keeps of the actor `A`. Sealed.
#[doc(hidden)]
pub trait State<A>: Clone + Send + Sync + 'static {
    #[doc(hidden)]
    const SEALED: Seal;

    /// Where it acts: [`InTenant`], or [`OutsideTenants`].
    #[doc(hidden)]
    type Place;

    #[doc(hidden)]
    fn actor(&self) -> &A;
}

impl State<Self> for NoTenant {
    const SEALED: Seal = SEAL;
    type Place = OutsideTenants;

    fn actor(&self) -> &Self {
        self
    }
}

impl State<Self> for NoActor {
    const SEALED: Seal = SEAL;
    type Place = InTenant;

    fn actor(&self) -> &Self {
        self
    }
}

impl<A: 'static, const N: u8> State<Self> for Decoy<A, N> {
    const SEALED: Seal = SEAL;
    type Place = InTenant;

    fn actor(&self) -> &Self {
        self.never()
    }
}

impl<A: Model> State<A> for ModelActor<A> {
    const SEALED: Seal = SEAL;
    type Place = InTenant;

    fn actor(&self) -> &A {
        self.0.model()
    }
}

/// The row of an actor, shared by all tokens that act as it.
///
/// Its key is the one that the database gave, and is not read back through the model.
#[doc(hidden)]
pub struct ModelActor<A: Model>(Arc<Decoded<A>>);

impl<A: Model> ModelActor<A> {
    pub(crate) fn key(&self) -> &KeyOf<A> {
        self.0.key()
    }
}

impl<A: Model> Clone for ModelActor<A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<A: Model> fmt::Debug for ModelActor<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", A::TABLE, self.key())
    }
}

/// Who acts, while a policy decides.
#[doc(hidden)]
pub struct By<'a, A: Actor> {
    state: &'a A::State,
    /// How many rows away from the statement's the rules are that are asked.
    depth: u8,
    /// How they find what the rules of other rows permit.
    way: Way<'a, A>,
    /// Where it is noted that some rules were too far away to be asked.
    cut: Option<&'a AtomicBool>,
}

impl<'a, A: Actor> By<'a, A> {
    pub(crate) fn new(state: &'a A::State) -> Self {
        Self {
            state,
            depth: 0,
            way: Way::NOT,
            cut: None,
        }
    }

    pub(super) fn depth(self) -> u8 {
        self.depth
    }

    pub(super) fn way(self) -> Way<'a, A> {
        self.way
    }

    /// The same, for the rules of another row.
    pub(super) fn at(self, depth: u8, way: Way<'a, A>) -> Self {
        Self { depth, way, ..self }
    }

    /// The same; that rules were not asked is noted here.
    pub(super) fn noting(self, cut: &'a AtomicBool) -> Self {
        Self {
            cut: Some(cut),
            ..self
        }
    }

    /// Notes that rules were not asked, and so on for the rules that led here.
    pub(super) fn note_cut(self) {
        if let Some(cut) = self.cut {
            cut.store(true, Ordering::Relaxed);
        }
    }

    /// The actor.
    #[must_use]
    pub fn actor(self) -> &'a A {
        self.state.actor()
    }
}

impl<'a, A: Model + Actor<State = ModelActor<A>>> By<'a, A> {
    pub(crate) fn key(self) -> &'a KeyOf<A> {
        self.state.key()
    }
}

impl<A: Actor> Clone for By<'_, A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A: Actor> Copy for By<'_, A> {}

impl<A: Actor> fmt::Debug for By<'_, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("By(..)")
    }
}

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
            actor: ModelActor(Arc::new(actor.into_decoded())),
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
    /// As there.
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
