//! Actors: who acts.

use crate::model::contract::{KeyOf, Model};
use crate::policy::contract::Actor;
use crate::policy::deeper::Way;
use crate::policy::permit::Decoy;
use crate::policy::place::{InTenant, OutsideTenants};
use crate::row::scoped::Decoded;
use crate::sealed::{SEAL, Seal};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Nobody: what a [`Tenant`](crate::Tenant) acts as until it [acts as](crate::Tenant::acting_as) someone.
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
    pub(crate) fn new(row: Decoded<A>) -> Self {
        Self(Arc::new(row))
    }

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

    pub(crate) fn depth(self) -> u8 {
        self.depth
    }

    pub(crate) fn way(self) -> Way<'a, A> {
        self.way
    }

    /// The same, for the rules of another row.
    pub(crate) fn at(self, depth: u8, way: Way<'a, A>) -> Self {
        Self { depth, way, ..self }
    }

    /// The same; that rules were not asked is noted here.
    pub(crate) fn noting(self, cut: &'a AtomicBool) -> Self {
        Self {
            cut: Some(cut),
            ..self
        }
    }

    /// Notes that rules were not asked, and so on for the rules that led here.
    pub(crate) fn note_cut(self) {
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
