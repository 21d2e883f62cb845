//! The barriers: everything that only the derives may implement or call.
//!
//! A hand-written implementation of [`Model`] with a wrong table or column would be arbitrary SQL,
//! a hand-made brand would mix tenants. Safe code must not be able to write either, so the traits
//! are `unsafe trait`s and the constructors `unsafe fn`s. No operation in this crate is unsafe in
//! the sense of memory: the keyword is a door, and this module is the only one that has any. The
//! code that a derive emits passes a user's `forbid(unsafe_code)`; the same code written by hand
//! does not.
#![allow(unsafe_code)]

use std::marker::PhantomData;

use crate::backend::Backend;
use crate::binder::{Binder, NewKey, References};
use crate::column::Column;
use crate::id::Repr;
use crate::isolation::Isolation;
use crate::model::{Field, KeyOf, RowOf, Schemas, Scoping};
use crate::policy::{
    By, Decided, Decoy, Level, Levels, Masks, ModelActor, NoActor, NoTenant, Questions, Removal,
    Rules, State, Tell, Visit,
};
use crate::shape::Shape;
use crate::tenant::{Brand, Tenant, VerifiedTenant};

/// A table whose rows belong to tenants (or to nobody): what the derives tell about a struct.
///
/// Implemented by `#[derive(TenantScoped)]` and `#[derive(TenantRoot)]` only. It holds data;
/// what one can do with a model is in the methods of [`TenantScoped`](crate::TenantScoped).
///
/// # Safety
///
/// Table and column names must be those of the struct's own table, free of quotes and control
/// characters, and the tenant column must be the one that isolates its rows. The derives see to it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "not a model",
    note = "a model is a struct with `#[derive(TenantScoped)]`, or with `#[derive(TenantRoot)]` if its rows are the tenants"
)]
pub unsafe trait Model: Sized + Send + Sync + Unpin + 'static {
    /// The tenant root that the rows belong to.
    type Root: TenantRoot;
    /// The type of the primary key.
    type Key: Id;
    /// The handles that filters, orderings and assignments are written with.
    type Columns: Copy + Send + Sync + 'static;
    /// Whether rows belong to a tenant or are shared by all.
    type Scoping: Scoping;
    /// Whether policies decide who may do what.
    type Policies;

    /// Named by a derive to demand that a type is a model.
    #[doc(hidden)]
    const CHECKED: () = ();
    /// The handles themselves.
    #[doc(hidden)]
    const COLUMNS: Self::Columns;
    /// The table.
    const TABLE: &'static str;
    /// The columns, in the order of the struct's fields.
    #[doc(hidden)]
    const FIELDS: &'static [Field];
    /// The position of the primary key among the fields.
    #[doc(hidden)]
    const KEY: usize;
    /// The column that says whose a row is; empty if there is none.
    #[doc(hidden)]
    const TENANT: &'static str;
    /// Whether every tenant has a table of its own, in a schema of its own.
    #[doc(hidden)]
    const IN_SCHEMA: bool = false;
    /// Whether every tenant has a table of its own, in a database of its own.
    #[doc(hidden)]
    const IN_DATABASE: bool = false;
    /// The column that counts the versions of a row, if one was declared.
    #[doc(hidden)]
    const VERSION: Option<&'static str> = None;
    /// The last version that the type of that column holds.
    #[doc(hidden)]
    const LAST_VERSION: u64 = 0;
    /// Whether policies were asked for.
    #[doc(hidden)]
    const POLICIED: bool = false;
    /// Whether tenants read rows and do not write them, since they are everybody's.
    #[doc(hidden)]
    const READ_ONLY: bool = false;
    /// Whether field policies guard any of the columns.
    #[doc(hidden)]
    const GUARDED: bool = false;

    /// Tells what the table must look like, beyond the names of its columns.
    #[doc(hidden)]
    fn describe(_: &mut Shape) {}

    /// Reads a row whose columns are in the order of the fields, and whose key was read already.
    #[doc(hidden)]
    fn decode(row: &RowOf<Self>, key: Self::Key) -> Result<Self, sqlx::Error>;

    /// The version that was read, if a version column was declared.
    #[doc(hidden)]
    fn version(&self) -> i64 {
        0
    }
}

/// What the tenants are: an organization, a workspace, an account.
///
/// Implemented by `#[derive(TenantRoot)]` only. Its methods are in
/// [`Root`](crate::Root).
///
/// # Safety
///
/// As for [`Model`]; and the tenant column must be the primary key, so that a tenant sees its own
/// row and no other.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tenant root",
    label = "expected a type with `#[derive(TenantRoot)]`",
    note = "the root is the struct whose rows are the tenants, such as `Organization`"
)]
pub unsafe trait TenantRoot: Model<Root = Self> {
    /// The database that the tenants live in.
    type Database: Backend;
    /// What a [`Db`](crate::Db) has to do to keep them apart.
    type Isolation: Isolation;
    /// Whether tenants have schemas of their own.
    type Schemas: Schemas;
    /// Whether the database has to know the tenant.
    #[doc(hidden)]
    const RLS: bool = false;
    /// Whether tenants have databases of their own.
    #[doc(hidden)]
    const DATABASES: bool = false;
    /// Whether tenants have schemas of their own.
    #[doc(hidden)]
    const SCHEMAS: bool = false;
    /// The column that tells a tenant's row from all others for good, which storages of the tenant carry, too;
    /// empty if tenants have none.
    #[doc(hidden)]
    const MARK: &'static str = "";

    /// Named by a derive to demand that a type is a tenant root.
    #[doc(hidden)]
    const CHECKED: () = ();
    /// The condition that makes a tenant available, as SQL; empty if every row is.
    #[doc(hidden)]
    const ACTIVE: &'static str = "";

    /// What the name of a tenant's schema begins with, for models with `strategy = schema`.
    #[doc(hidden)]
    fn schema(id: &<Self::Key as Id>::Repr) -> String {
        format!("tenant_{}", id.word())
    }
}

/// Who may act on a tenant: a row of a model with `#[derive(TenantScoped)]`, a part of the program with
/// `#[derive(SystemActor)]`, [`NoActor`](crate::NoActor) or, outside of tenants, [`NoTenant`](crate::NoTenant).
///
/// # Safety
///
/// The state must be that of a row of the model, or of the system actor.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot act",
    label = "not an actor",
    note = "an actor is a model with `#[derive(TenantScoped)]`, or a part of the program with `#[derive(tenancy::SystemActor)]`"
)]
pub unsafe trait Actor: Sized + Send + Sync + 'static {
    /// What a token keeps of the actor.
    #[doc(hidden)]
    type State: State<Self>;
}

// SAFETY: the state is made of a row.
#[diagnostic::do_not_recommend]
unsafe impl<M: Owned> Actor for M {
    type State = ModelActor<M>;
}

// SAFETY: there is only one.
unsafe impl Actor for NoActor {
    type State = NoActor;
}

// SAFETY: there is only one.
#[diagnostic::do_not_recommend]
unsafe impl Actor for NoTenant {
    type State = NoTenant;
}

// SAFETY: there is none.
unsafe impl<A: 'static, const N: u8> Actor for Decoy<A, N> {
    type State = Self;
}

/// A model whose policies can be asked, atom by atom, about the actor `A` and a row.
///
/// # Safety
///
/// As for [`Policy`]; and the atoms must be those that its rules are made of.
#[doc(hidden)]
pub unsafe trait Judged<A: Actor>: Model {
    /// How many rows away the rules are followed, if they say it.
    #[doc(hidden)]
    const DEPTH: Option<u8> = None;

    /// Tells every atom. `row` is the row in memory, if there is one.
    #[doc(hidden)]
    fn ask<Q: Questions<Self>>(by: By<'_, A>, row: Option<&Self>, questions: &mut Q);
}

/// A model whose policies let the actor `A` perform `Act`, on some rows or on none.
///
/// # Safety
///
/// Implemented by [`policies!`](crate::policies) only: what is written there is what people review.
pub unsafe trait Policy<A: Actor, Act>: Judged<A> {
    /// The columns that the rules name, as bits.
    #[doc(hidden)]
    const NAMED: u128;
    /// The rules that must all allow it: those for `read`, too, where the action needs them.
    #[doc(hidden)]
    const PARTS: &'static [&'static Rules];
    /// The same, where the row is read back.
    #[doc(hidden)]
    const RETURNED: &'static [&'static Rules] = Self::PARTS;

    /// Tells `visit` which rows the action reaches.
    #[doc(hidden)]
    fn decide<V: Visit<Self>>(by: By<'_, A>, visit: V) -> V::Output;

    /// Tells `visit` which of the rows that the action reaches may be read, too.
    #[doc(hidden)]
    fn returned<V: Visit<Self>>(by: By<'_, A>, visit: V) -> V::Output {
        Self::decide(by, visit)
    }

    /// Tells `with` which guarded fields may be seen: none, unless there are rules for them.
    #[doc(hidden)]
    fn fields<R>(_: By<'_, A>, with: impl FnOnce(Masks<'_, Self>) -> R) -> R {
        with(Masks::new([]))
    }
}

macro_rules! decoys {
    ($($number:literal)*) => {$(
        // SAFETY: there is no such actor.
        #[diagnostic::do_not_recommend]
        unsafe impl<M: Model, A: 'static> Judged<Decoy<A, $number>> for M {
            fn ask<Q: Questions<Self>>(
                by: By<'_, Decoy<A, $number>>,
                _: Option<&Self>,
                _: &mut Q,
            ) {
                by.actor().never()
            }
        }

        // SAFETY: there is no such actor.
        #[diagnostic::do_not_recommend]
        unsafe impl<M: Model, A: 'static, Act> Policy<Decoy<A, $number>, Act> for M {
            const NAMED: u128 = 0;
            const PARTS: &'static [&'static Rules] = &[];

            fn decide<V: Visit<Self>>(by: By<'_, Decoy<A, $number>>, _: V) -> V::Output {
                by.actor().never()
            }
        }
    )*};
}

decoys! { 0 1 }

/// A model whose rows tenants create and remove: not the tenants themselves.
///
/// # Safety
///
/// The model must not be a tenant root: its rows would be created under keys of other tenants.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the rows of `{Self}` are not created and removed by tenants",
    label = "not a model with `#[derive(TenantScoped)]`",
    note = "the rows of a tenant root are the tenants themselves; `TenantScoped` is derived, not implemented by hand"
)]
pub unsafe trait Owned: Model {
    /// Without an item, any marker trait that a program puts in the place of this one would be
    /// implemented by the derives.
    #[doc(hidden)]
    const OWNED: ();
}

/// A model that says what is removed with its rows, and whether `A` may remove that.
///
/// `L` says how many levels of models are left: those that go with each other would have no end.
///
/// # Safety
///
/// Implemented by derives only: for every key that the model declares with `destroys`, what goes by it must be
/// asked.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "nothing is known of what is removed with a row of `{Self}`",
    label = "not known for every actor",
    note = "a function that is generic over the model says so: `M: tenancy::model::Cascades<NoActor>`"
)]
pub unsafe trait Cascades<A: Actor, L: Level = Levels>: Model {
    /// Whether any policy is asked of what goes with a row.
    #[doc(hidden)]
    const ASKS: bool = false;

    /// Tells for which rows nothing stays that would have to go with them.
    #[doc(hidden)]
    fn leaves_none(_: By<'_, A>, tell: Tell<'_, Self>) {
        tell(Decided::All);
    }

    /// The same, for a statement: one about rows that nothing goes with is not made for any other.
    #[doc(hidden)]
    fn removed<R: Removal<Self>>(_: By<'_, A>, removal: R) -> R::Output {
        removal.all()
    }
}

/// A type that may identify a tenant or a row.
///
/// The set is closed: `Uuid`, `i32`, `i64` and `String`, and newtypes of these with
/// `#[derive(tenancy::Id)]`. Identity never goes through code of the user: an id type with an `Eq`,
/// `Clone` or `Encode` of its own could change which tenant a token stands for.
///
/// # Safety
///
/// Both conversions must be the plain field access that the derive writes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot identify a tenant or a row",
    label = "not an id type",
    note = "use `Uuid`, `i32`, `i64` or `String`, or a newtype of one of them with `#[derive(tenancy::Id)]`"
)]
pub unsafe trait Id: Sized + Send + Sync + 'static {
    /// The library-owned value that stands for the id.
    type Repr: Repr;

    /// Named by a derive to demand that a type is an id.
    #[doc(hidden)]
    const CHECKED: () = ();

    /// The value of the id.
    #[doc(hidden)]
    fn repr(&self) -> &Self::Repr;

    /// The id of a value.
    #[doc(hidden)]
    fn from_repr(repr: Self::Repr) -> Self;
}

/// The values of a new row: what the derive makes of the struct it calls `New…`.
///
/// # Safety
///
/// The columns named must be those that are bound, in the same order, and none may be the tenant
/// column.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not hold the values of a new `{M}`",
    label = "expected the struct that the derive made"
)]
pub unsafe trait Insert<M: Model>: Send {
    /// The proven keys among the values; bound after everything that user code encodes.
    #[doc(hidden)]
    type References: References<<M::Root as TenantRoot>::Database>;

    /// The positions of the columns of ordinary values, in the order of binding.
    #[doc(hidden)]
    const VALUES: &'static [usize];
    /// The positions of the columns of keys, in the order of binding.
    #[doc(hidden)]
    const REFERENCES: &'static [usize];
    /// The primary key that the row gets unless another is chosen for it, if it is known before the row is
    /// there. Asked of tenant roots only.
    #[doc(hidden)]
    fn key(&self) -> Option<KeyOf<M>> {
        None
    }

    /// Whether no value is encoded by code of the user, so that binding order does not matter.
    #[doc(hidden)]
    const BUILTIN: bool;
    /// Whether the library makes up the primary key.
    #[doc(hidden)]
    const RANDOM_KEY: bool = false;

    /// Binds the values and hands back the keys. `key` is the primary key to take instead of a
    /// random one.
    #[doc(hidden)]
    fn bind(
        self,
        key: Option<KeyOf<M>>,
        binder: &mut Binder<<M::Root as TenantRoot>::Database>,
    ) -> Self::References;
}

impl<R> NewKey<R> {
    /// The key of a new row.
    ///
    /// # Safety
    ///
    /// It must be the primary key of the row, and not a reference to another.
    #[doc(hidden)]
    pub const unsafe fn chosen_by_derive(key: R) -> Self {
        Self::key(key)
    }
}

impl<M, T, const I: usize, K> Column<M, T, I, K> {
    /// The handle of column `I`.
    ///
    /// # Safety
    ///
    /// `I` must be the position of a column of type `T` and kind `K` among the fields of `M`.
    #[doc(hidden)]
    #[must_use]
    pub const unsafe fn declared_by_derive() -> Self {
        Self::handle()
    }
}

/// The place whose borrow is a brand; [`enter!`](crate::enter) declares it.
#[doc(hidden)]
#[derive(Debug)]
pub struct Place(());

impl Place {
    /// A new place.
    ///
    /// # Safety
    ///
    /// It must be declared by [`enter!`](crate::enter): a place that is leaked, or that two brands
    /// share, would let two tenants share a brand.
    #[must_use]
    pub const unsafe fn declared_by_enter() -> Self {
        Self(())
    }
}

// Dropping the place ends every borrow of it, on every path out of the function, also on those
// that only unwinding takes. Without this impl two brands unify in functions that never return.
impl Drop for Place {
    fn drop(&mut self) {}
}

/// Keeps the brands of two [`enter!`](crate::enter)s apart.
///
/// Nothing is to be done with it: its name is what the compiler says where rows, keys or transactions
/// of two tenants meet.
///
/// ```text
/// error[E0597]: `globex` does not live long enough
///    | …
///    | borrow might be used here, when `acme` is dropped and runs the `Drop` code for type `RowsOfTwoTenantsWereMixedOrATokenWasBorrowedForItsOwnBrand`
/// ```
///
/// It names the two tenants, not the place where they meet: look for a line that uses what was read
/// on one of them together with the other. If there is but one tenant, look for a reference to the token whose
/// lifetime is that of the brand: `&'t Tenant<'t, _>` borrows the token until after it is gone, and
/// `&'a Tenant<'t, _>` does not.
#[derive(Debug)]
pub struct RowsOfTwoTenantsWereMixedOrATokenWasBorrowedForItsOwnBrand<'t>(PhantomData<Brand<'t>>);

impl<'t> RowsOfTwoTenantsWereMixedOrATokenWasBorrowedForItsOwnBrand<'t> {
    /// The guard that keeps the brand `'t` apart from all others.
    ///
    /// # Safety
    ///
    /// As for [`Place::declared_by_enter`]: once for each place, and the guard must be dropped where it was
    /// declared.
    #[doc(hidden)]
    #[must_use]
    pub const unsafe fn guarded_by_enter(_: &'t Place) -> Self {
        Self(PhantomData)
    }

    /// The tenant under this guard's brand.
    ///
    /// # Safety
    ///
    /// Once for each guard: two tenants under one guard would share a brand.
    #[doc(hidden)]
    pub unsafe fn entered_by_enter<T: TenantRoot>(
        &self,
        verified: VerifiedTenant<T>,
    ) -> Tenant<'t, T> {
        Tenant::enter(verified)
    }
}

// A guard that is dropped after the place of a later one uses its brand there, so the two brands
// cannot be the same.
impl Drop for RowsOfTwoTenantsWereMixedOrATokenWasBorrowedForItsOwnBrand<'_> {
    fn drop(&mut self) {}
}
