//! Statements under an action of the program's own.

use crate::execute::fetch::{FetchAll, FetchOne, FetchOptional, Rows};
use crate::execute::operation::Operation;
use crate::execute::scalar::{Count, Exists};
use crate::execute::write::{Execute, ExecuteOne};
use crate::execute::zero::Zero;
use crate::expr::assign::Assignments;
use crate::expr::bind::Bind;
use crate::expr::order::Ordering;
use crate::model::contract::{DatabaseOf, Model, Owned};
use crate::policy::action;
use crate::policy::action::{Action, LikeOf};
use crate::policy::contract::Cascades;
use crate::policy::permit::Permits;
use crate::policy::place::Writes;
use crate::query::create::Create;
use crate::query::creating::Creating;
use crate::query::destroy::{Destroy, DestroyWhere};
use crate::query::page::{Page, Whole};
use crate::query::permitted;
use crate::query::read::{AllColumns, Counted, Existing};
use crate::query::select::Query;
use crate::query::update::{Update, UpdateWhere};
use crate::sealed::INSIDE;
use crate::tenant::scope::Scope;
use std::fmt;
use std::marker::PhantomData;

/// A statement under an action of the program's own: `Document::update(&document).set(…).action(Publish)`.
///
/// It does what the statement does, and is allowed where the rules for that action allow it: `update as
/// Publish { … }`. Those for `update` are not asked then, but for its guards, which nothing overrides.
///
/// ```
/// # use tenancy::{Acting, Scoped, Tenant, TenantRoot, TenantScoped};
/// # use uuid::Uuid;
/// # #[derive(Debug, TenantRoot)] #[tenancy(database = sqlx::Sqlite)]
/// # struct Organization { id: Uuid, name: String }
/// # #[derive(Debug, TenantScoped)] #[tenancy(root = Organization)]
/// # struct User { id: Uuid, email: String, editor: bool }
/// # #[derive(Debug, TenantScoped)] #[tenancy(root = Organization, policies)]
/// # struct Document { id: Uuid, #[tenancy(belongs_to = User)] owner_id: Uuid, title: String, public: bool }
/// use tenancy::policy::action::{self, Action};
///
/// /// Making a document public.
/// #[derive(Clone, Copy, Debug)]
/// struct Publish;
///
/// impl Action for Publish {
///     type Like = action::Update;
///     const NAME: &'static str = "publish";
/// }
///
/// tenancy::policies! {
///     Document, actor: User {
///         read { authorize_if always; }
///         update { authorize_if owner_id == actor; }
///         update as Publish => "editors" { authorize_if actor.editor; }
///     }
/// }
///
/// async fn publish<'t>(
///     acme: &Acting<'t, Organization, User>,
///     document: &Scoped<'t, Document>,
/// ) -> tenancy::Result<()> {
///     Document::update(document)
///         .set(|d| d.public.to(true))
///         .action(Publish)
///         .execute(acme)
///         .await
/// }
/// # fn main() {}
/// ```
#[must_use = "a statement does nothing until it is executed on a tenant"]
pub struct Custom<S, Act> {
    statement: S,
    action: PhantomData<fn() -> Act>,
}

impl<S, Act> Custom<S, Act> {
    fn new(statement: S) -> Self {
        Self {
            statement,
            action: PhantomData,
        }
    }
}

impl<S: fmt::Debug, Act: Action> fmt::Debug for Custom<S, Act> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} as {}", self.statement, Act::NAME)
    }
}

macro_rules! under {
    ($([$($generics:tt)*] $statement:ty, $like:ident;)*) => {$(
        impl<$($generics)*> $statement {
            /// Runs it under an action of the program's own: see [`Custom`].
            pub fn action<Act: LikeOf<action::$like>>(self, action: Act) -> Custom<Self, Act> {
                let _ = action;
                Custom::new(self)
            }
        }
    )*};
}

under! {
    ['t, M: Model, S] Update<'t, M, S>, Update;
    ['t, M: Model, P, S] UpdateWhere<'t, M, P, S>, Update;
    ['t, M: Model] Destroy<'t, M>, Destroy;
    [M: Model, P] DestroyWhere<M, P>, Destroy;
    ['t, M: Owned, S] Create<'t, M, S>, Create;
    [M: Model, P, O, L] Query<M, P, O, L>, Read;
}

impl<'t, M: Model, S: Assignments<'t, M>, Act: Action> Custom<Update<'t, M, S>, Act> {
    /// Updates the row: [`Update::execute`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn execute<'e, E>(self, on: &'e E) -> ExecuteOne<'e, DatabaseOf<M>>
    where
        E: Scope<'t, M, Actor: Writes<M>>,
        M::Policies: Permits<M, E::Actor, Act>,
    {
        permitted::execute_one::<M, Act, _, E>(Operation::Update, self.statement.0, on)
    }

    /// Updates the row and reads it back: [`Update::fetch_one`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn fetch_one<'e, E>(self, on: &'e E) -> FetchOne<'e, 't, M>
    where
        E: Scope<'t, M, Actor: Writes<M>>,
        M::Policies: Permits<M, E::Actor, Act>,
    {
        permitted::fetch_one::<M, Act, _, E>(Operation::Update, self.statement.0, on)
    }
}

impl<'t, M, P, S, Act> Custom<UpdateWhere<'t, M, P, S>, Act>
where
    M: Model,
    P: Bind<DatabaseOf<M>>,
    S: Assignments<'t, M>,
    Act: Action,
{
    /// Updates the rows and says how many: [`UpdateWhere::execute`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn execute<'e, E>(self, on: &'e E) -> Execute<'e, DatabaseOf<M>>
    where
        E: Scope<'t, M, Actor: Writes<M>>,
        M::Policies: Permits<M, E::Actor, Act>,
    {
        permitted::execute::<M, Act, _, E>(Operation::Update, self.statement.0, on)
    }

    /// Updates the rows and reads them back: [`UpdateWhere::fetch_all`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn fetch_all<'e, E>(self, on: &'e E) -> FetchAll<'e, 't, M>
    where
        E: Scope<'t, M, Actor: Writes<M>>,
        M::Policies: Permits<M, E::Actor, Act>,
    {
        permitted::fetch_all::<M, Act, _, E>(Operation::Update, self.statement.0, on)
    }
}

impl<'t, M: Model, Act: Action> Custom<Destroy<'t, M>, Act> {
    /// Removes the row: [`Destroy::execute`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn execute<'e, E>(self, on: &'e E) -> ExecuteOne<'e, DatabaseOf<M>>
    where
        E: Scope<'t, M, Actor: Writes<M>>,
        M: Cascades<E::Actor>,
        M::Policies: Permits<M, E::Actor, Act>,
    {
        permitted::removal::execute_one::<M, Act, _, E>(self.statement.destroying, on)
    }

    /// Removes the row and gives it as it last was: [`Destroy::fetch_one`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn fetch_one<'e, E>(self, on: &'e E) -> FetchOne<'e, 't, M>
    where
        E: Scope<'t, M, Actor: Writes<M>>,
        M: Cascades<E::Actor>,
        M::Policies: Permits<M, E::Actor, Act>,
    {
        permitted::removal::fetch_one::<M, Act, _, E>(self.statement.destroying, on)
    }
}

impl<M: Model, P: Bind<DatabaseOf<M>>, Act: Action> Custom<DestroyWhere<M, P>, Act> {
    /// Removes the rows and says how many: [`DestroyWhere::execute`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn execute<'e, 't, E>(self, on: &'e E) -> Execute<'e, DatabaseOf<M>>
    where
        E: Scope<'t, M, Actor: Writes<M>>,
        M: Cascades<E::Actor>,
        M::Policies: Permits<M, E::Actor, Act>,
    {
        permitted::removal::execute::<M, Act, _, E>(self.statement.0, on)
    }

    /// Removes the rows and gives them as they last were: [`DestroyWhere::fetch_all`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn fetch_all<'e, 't, E>(self, on: &'e E) -> FetchAll<'e, 't, M>
    where
        E: Scope<'t, M, Actor: Writes<M>>,
        M: Cascades<E::Actor>,
        M::Policies: Permits<M, E::Actor, Act>,
    {
        permitted::removal::fetch_all::<M, Act, _, E>(self.statement.0, on)
    }
}

impl<'t, M: Owned, S: Assignments<'t, M>, Act: Action> Custom<Create<'t, M, S>, Act> {
    /// Creates the row: [`Create::execute`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn execute<'e, E>(self, on: &'e E) -> ExecuteOne<'e, DatabaseOf<M>>
    where
        E: Scope<'t, M, Actor: Writes<M>>,
        M::Policies: Permits<M, E::Actor, Act>,
    {
        let creating = Creating::<M, E::Actor, Act, _, false>::new(self.statement, on);
        let permitted = <M::Policies as Permits<M, E::Actor, Act>>::permit(on.by(INSIDE), creating);
        permitted.execute_one(on.context(), Operation::Create)
    }

    /// Creates the row and reads it back: [`Create::fetch_one`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn fetch_one<'e, E>(self, on: &'e E) -> FetchOne<'e, 't, M>
    where
        E: Scope<'t, M, Actor: Writes<M>>,
        M::Policies: Permits<M, E::Actor, Act>,
    {
        let creating = Creating::<M, E::Actor, Act, _, true>::new(self.statement, on);
        let permitted =
            <M::Policies as Permits<M, E::Actor, Act>>::returned(on.by(INSIDE), creating);
        permitted.fetch_one(on.context(), Operation::Create)
    }
}

impl<M, P, O, L, Act> Custom<Query<M, P, O, L>, Act>
where
    M: Model,
    P: Bind<DatabaseOf<M>>,
    O: Ordering<M>,
    L: Page,
    Act: Action,
{
    /// Reads all rows: [`Query::fetch_all`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn fetch_all<'e, 't, E>(self, on: &'e E) -> FetchAll<'e, 't, M>
    where
        E: Scope<'t, M>,
        M::Policies: Permits<M, E::Actor, Act>,
    {
        match self.statement.permitted::<AllColumns, Act, _>(on) {
            Some(statement) => FetchAll::new(on.context(), Operation::Read, statement),
            None => FetchAll::nothing(),
        }
    }

    /// Reads rows one by one: [`Query::fetch`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn fetch<'e, 't, E>(self, on: &'e E) -> Rows<'e, 't, M>
    where
        E: Scope<'t, M>,
        M::Policies: Permits<M, E::Actor, Act>,
    {
        match self.statement.permitted::<AllColumns, Act, _>(on) {
            Some(statement) => Rows::new(on.context(), Operation::Read, statement),
            None => Rows::nothing(),
        }
    }

    /// Reads the first row, if there is one: [`Query::fetch_optional`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn fetch_optional<'e, 't, E>(self, on: &'e E) -> FetchOptional<'e, 't, M>
    where
        E: Scope<'t, M>,
        M::Policies: Permits<M, E::Actor, Act>,
    {
        match self.statement.permitted::<AllColumns, Act, _>(on) {
            Some(statement) => FetchOptional::new(on.context(), Operation::Read, statement),
            None => FetchOptional::nothing(),
        }
    }

    /// Reads the first row: [`Query::fetch_one`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn fetch_one<'e, 't, E>(self, on: &'e E) -> FetchOne<'e, 't, M>
    where
        E: Scope<'t, M>,
        M::Policies: Permits<M, E::Actor, Act>,
    {
        FetchOne::new(self.fetch_optional(on), Zero::NotFound)
    }

    /// Counts the rows: [`Query::count`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn count<'e, 't, E>(self, on: &'e E) -> Count<'e, DatabaseOf<M>>
    where
        E: Scope<'t, M>,
        M::Policies: Permits<M, E::Actor, Act>,
        L: Whole,
    {
        match self.statement.permitted::<Counted, Act, _>(on) {
            Some(statement) => Count::new::<M>(on.context(), Operation::Count, statement),
            None => Count::nothing(),
        }
    }

    /// Says whether there is a row: [`Query::exists`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn exists<'e, 't, E>(self, on: &'e E) -> Exists<'e, DatabaseOf<M>>
    where
        E: Scope<'t, M>,
        M::Policies: Permits<M, E::Actor, Act>,
        L: Whole,
    {
        match self.statement.permitted::<Existing, Act, _>(on) {
            Some(statement) => Exists::new::<M>(on.context(), Operation::Exists, statement),
            None => Exists::nothing(),
        }
    }
}
