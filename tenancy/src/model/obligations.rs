//! Obligations that rustc checks, each a trait with a message.
//!
//! They compare types by a blanket impl for the type itself. An equality of associated types would do
//! as well, but rustc calls its failure a type mismatch and says nothing of what is meant.
//!
//! A derive demands them by naming a constant of the trait, `<T as TenantColumn<K>>::CHECKED`. A bound
//! of a function would do as well, but rustc then quotes the function, of which users know nothing.
//! The type of the constant is the seal: no one else can implement such a trait.

use crate::backend::Backend;
use crate::model::column::{
    Column, ForeignKey, Generated, Guarded, Nullable, NullableForeignKey, PrimaryKey, Required,
    TenantKey,
};
use crate::model::contract::{Model, TenantRoot};
use crate::model::fit::{NEVER, NoId, Nobody};
use crate::model::isolation;
use crate::model::scoping::{Global, InDatabase, InSchema, Tenanted, WithSchemas};
use crate::sealed::{SEAL, Seal};

/// The type of the tenant column, if tenants are identified by `K`.
#[diagnostic::on_unimplemented(
    message = "the tenant column must be of the type of the tenant root's primary key: `{K}`, not `{Self}`",
    label = "not the type of the root's primary key"
)]
pub trait TenantColumn<K> {
    #[doc(hidden)]
    const CHECKED: Seal;
}

#[diagnostic::do_not_recommend]
impl<K> TenantColumn<Self> for K {
    const CHECKED: Seal = SEAL;
}

// The root's key is what has to be mended.
#[diagnostic::do_not_recommend]
impl<K> TenantColumn<NoId<K>> for K {
    const CHECKED: Seal = SEAL;
}

/// The type of a foreign key to a model whose primary key is of the type `K`.
#[diagnostic::on_unimplemented(
    message = "a foreign key must be of the type of the primary key that it refers to: `{K}`, not `{Self}`",
    label = "not the type of the primary key that it refers to"
)]
pub trait ForeignKeyOf<K> {
    #[doc(hidden)]
    const CHECKED: Seal;

    /// The key.
    #[doc(hidden)]
    fn key(self) -> K;
}

#[diagnostic::do_not_recommend]
impl<K> ForeignKeyOf<Self> for K {
    const CHECKED: Seal = SEAL;

    fn key(self) -> K {
        self
    }
}

// The key that is referred to is what has to be mended.
#[diagnostic::do_not_recommend]
impl<K> ForeignKeyOf<NoId<K>> for K {
    const CHECKED: Seal = SEAL;

    fn key(self) -> NoId<K> {
        unreachable!("{NEVER}")
    }
}

/// A type that there is of every tenant root.
#[doc(hidden)]
pub trait OfRoot {
    /// The one of the root `R`.
    type Of<R: TenantRoot>;
}

/// The tenant root `T` itself. Sealed.
#[diagnostic::on_unimplemented(
    message = "rows of a tenant of `{Self}` have nothing to do with a tenant of `{T}`",
    label = "`{Self}` and `{T}` are different tenant roots"
)]
pub trait IsRoot<T: TenantRoot>: TenantRoot {
    #[doc(hidden)]
    const CHECKED: Seal;

    /// Something of the root `T`, which is this one.
    #[doc(hidden)]
    fn same<F: OfRoot>(of: F::Of<T>) -> F::Of<Self>;
}

impl<T: TenantRoot> IsRoot<Self> for T {
    const CHECKED: Seal = SEAL;

    fn same<F: OfRoot>(of: F::Of<T>) -> F::Of<T> {
        of
    }
}

/// A database in which every tenant can have a schema.
#[diagnostic::on_unimplemented(
    message = "there are no schemas in the database of this root, so tenants cannot have one each",
    label = "needs `sqlx::Postgres`",
    note = "leave out `schemas`, or name another database: `#[tenancy(database = sqlx::Postgres)]`"
)]
pub trait KnowsSchemas {
    #[doc(hidden)]
    const CHECKED: Seal;
}

#[cfg(feature = "postgres")]
#[diagnostic::do_not_recommend]
impl KnowsSchemas for sqlx::Postgres {
    const CHECKED: Seal = SEAL;
}

/// What a root says of schemas, where tenants have schemas of their own.
#[diagnostic::on_unimplemented(
    message = "the tenants of this root have no schemas of their own",
    label = "needs `schemas` at the root",
    note = "leave out `strategy = schema`, or say at the root that tenants have schemas: `#[tenancy(schemas)]`"
)]
pub trait HasSchemas {
    #[doc(hidden)]
    const CHECKED: Seal;
}

#[diagnostic::do_not_recommend]
impl HasSchemas for WithSchemas {
    const CHECKED: Seal = SEAL;
}

#[diagnostic::do_not_recommend]
impl HasSchemas for Nobody {
    const CHECKED: Seal = SEAL;
}

/// A database with row-level security.
#[diagnostic::on_unimplemented(
    message = "there is no row-level security in the database of this root",
    label = "needs `sqlx::Postgres`",
    note = "leave out `rls`, or name another database at the root: `#[tenancy(database = sqlx::Postgres)]`"
)]
pub trait HasRowSecurity {
    #[doc(hidden)]
    const CHECKED: Seal;
}

#[cfg(feature = "postgres")]
#[diagnostic::do_not_recommend]
impl HasRowSecurity for sqlx::Postgres {
    const CHECKED: Seal = SEAL;
}

/// What a [`Db`](crate::Db) does, where tenants have databases of their own.
#[diagnostic::on_unimplemented(
    message = "the tenants of this root have no databases of their own",
    label = "needs `databases` at the root",
    note = "leave out `strategy = database`, or say at the root that tenants have databases: `#[tenancy(databases)]`"
)]
pub trait HasDatabases {
    #[doc(hidden)]
    const CHECKED: Seal;
}

#[diagnostic::do_not_recommend]
impl<R, I> HasDatabases for isolation::Databases<R, I> {
    const CHECKED: Seal = SEAL;
}

#[diagnostic::do_not_recommend]
impl HasDatabases for Nobody {
    const CHECKED: Seal = SEAL;
}

/// What a [`Db`](crate::Db) does, where its role may own the tables of tenants.
#[diagnostic::on_unimplemented(
    message = "under row-level security the role of the program owns no tables, so it makes and removes no schemas",
    label = "this runs as the role of the program",
    note = "let the role that owns the tables do it: `create_schema_as(&owner, tables)` and `drop_schema_as(&owner)`, where \
            `owner` is a `Db<sqlx::Postgres>` that connects as that role"
)]
pub trait MayOwnTables {
    #[doc(hidden)]
    const CHECKED: Seal;
}

#[diagnostic::do_not_recommend]
impl MayOwnTables for isolation::Plain {
    const CHECKED: Seal = SEAL;
}

#[diagnostic::do_not_recommend]
impl<R, I: MayOwnTables> MayOwnTables for isolation::Databases<R, I> {
    const CHECKED: Seal = SEAL;
}

#[diagnostic::do_not_recommend]
impl MayOwnTables for Nobody {
    const CHECKED: Seal = SEAL;
}

/// What a [`Db`](crate::Db) does, where the database knows the tenant of every statement.
#[diagnostic::on_unimplemented(
    message = "the tenants of this root have no row-level security",
    label = "needs `rls` at the root",
    note = "policies are for roots with `#[tenancy(rls)]`, and nothing is to be secured without them"
)]
pub trait HasRls {
    #[doc(hidden)]
    const CHECKED: Seal;
}

#[diagnostic::do_not_recommend]
impl HasRls for isolation::Rls {
    const CHECKED: Seal = SEAL;
}

#[diagnostic::do_not_recommend]
impl<R, I: HasRls> HasRls for isolation::Databases<R, I> {
    const CHECKED: Seal = SEAL;
}

#[diagnostic::do_not_recommend]
impl HasRls for Nobody {
    const CHECKED: Seal = SEAL;
}

/// A key that can be made up.
#[diagnostic::on_unimplemented(
    message = "a random key is a UUID, so it cannot be of the type `{Self}`",
    label = "expected `Uuid` or a newtype of it",
    note = "a key of this type is `generated` by the database, or `given` with the new row"
)]
pub trait RandomKey {
    #[doc(hidden)]
    fn random() -> Self;
}

#[diagnostic::do_not_recommend]
impl RandomKey for uuid::Uuid {
    fn random() -> Self {
        Self::now_v7()
    }
}

/// A type that counts the versions of a row.
#[diagnostic::on_unimplemented(
    message = "a version counts, so it cannot be of the type `{Self}`",
    label = "expected `i64`, `i32` or `i16`"
)]
pub trait Version: Copy {
    /// The last one.
    #[doc(hidden)]
    const LAST: u64;

    #[doc(hidden)]
    fn number(self) -> i64;
}

macro_rules! versions {
    ($($ty:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Version for $ty {
            const LAST: u64 = <$ty>::MAX as u64;

            fn number(self) -> i64 {
                self.into()
            }
        }
    )*};
}

versions! { i16 i32 i64 }

/// The type of a guarded field whose column holds `V`. Sealed.
#[diagnostic::on_unimplemented(
    message = "a guarded field is a `tenancy::Masked<{V}>`, not `{Self}`",
    label = "not tenancy's `Masked`"
)]
pub trait MaskedOf<V>: Sized {
    #[doc(hidden)]
    const SEALED: Seal;

    /// Whether the value is hidden.
    #[doc(hidden)]
    fn hidden(&self) -> bool;

    /// Reads the column at `index`. The row says at the position `visible` whether it may be seen, if it
    /// does not end before.
    #[doc(hidden)]
    fn read<DB: Backend>(
        row: &DB::Row,
        index: usize,
        visible: usize,
        get: fn(&DB::Row, usize) -> Result<V, sqlx::Error>,
    ) -> Result<Self, sqlx::Error>;
}

/// A kind of column that field policies guard. Sealed.
#[diagnostic::on_unimplemented(
    message = "this field is not guarded, so no rules say who may see it",
    label = "whoever may read the row sees it",
    note = "guard it in the model: `#[tenancy(guarded)]`, and the type `Masked<…>`"
)]
pub trait IsGuarded {
    #[doc(hidden)]
    const SEALED: Seal;
}

impl<K> IsGuarded for Guarded<K> {
    const SEALED: Seal = SEAL;
}

/// A value that may be assigned to a column, and a kind of column whose value may. Sealed.
#[diagnostic::on_unimplemented(
    message = "an assignment does not read a guarded field",
    label = "reads a guarded field",
    note = "rules say who sees it, and what it is copied into would show it to others: assign a plain value"
)]
pub trait Unguarded {
    #[doc(hidden)]
    const SEALED: Seal;
}

macro_rules! unguarded {
    ($([$($parameters:tt)*] $kind:ty,)*) => {$(
        impl<$($parameters)*> Unguarded for $kind {
            const SEALED: Seal = SEAL;
        }
    )*};
}

unguarded! {
    [] Required,
    [] Nullable,
    [] PrimaryKey,
    [] TenantKey,
    [] Generated,
    [R] ForeignKey<R>,
    [R] NullableForeignKey<R>,
    [M, T, const I: usize, K: Unguarded] Column<M, T, I, K>,
}

/// Columns that may say which row is in the place of a new one, and a kind of column that may. Sealed.
#[diagnostic::on_unimplemented(
    message = "an upsert does not look for its row by a guarded field",
    label = "goes by a guarded field",
    note = "rules say who sees it, and the row that is found would tell whose value it is: name columns that whoever reads the row sees"
)]
pub trait Telling {
    #[doc(hidden)]
    const SEALED: Seal;
}

macro_rules! telling {
    ($([$($parameters:tt)*] $kind:ty,)*) => {$(
        impl<$($parameters)*> Telling for $kind {
            const SEALED: Seal = SEAL;
        }
    )*};
}

telling! {
    [] Required,
    [] Nullable,
    [] PrimaryKey,
    [] TenantKey,
    [] Generated,
    [R] ForeignKey<R>,
    [R] NullableForeignKey<R>,
    [M, T, const I: usize, K: Telling] Column<M, T, I, K>,
    [A: Telling] (A,),
    [A: Telling, B: Telling] (A, B),
    [A: Telling, B: Telling, C: Telling] (A, B, C),
    [A: Telling, B: Telling, C: Telling, D: Telling] (A, B, C, D),
}

/// A model that a row of the model `M` may refer to.
#[diagnostic::on_unimplemented(
    message = "a row of `{M}` cannot refer to a row of `{Self}`",
    label = "`{Self}` is not there wherever `{M}` is",
    note = "rows that all tenants share (`global = true`) cannot refer to a row of one of them",
    note = "what is in the tenant's own database (`strategy = database`) and what is not cannot refer to each other"
)]
pub trait ReferredBy<M> {
    #[doc(hidden)]
    const CHECKED: Seal;
}

#[diagnostic::do_not_recommend]
impl<M: Model, R: Model<Scoping: SeenFrom<M::Scoping>>> ReferredBy<M> for R {
    const CHECKED: Seal = SEAL;
}

/// A model that a statement on the model `M` may look into.
///
/// A statement on a global model may run without a tenant, and then there is none to scope the
/// sub-query to.
#[diagnostic::on_unimplemented(
    message = "a statement on rows of `{M}` cannot look into rows of `{Self}`",
    label = "`{Self}` is not there wherever `{M}` is",
    note = "a statement on rows that all tenants share (`global = true`) may run without a tenant, and then there is none to look into",
    note = "what is in the tenant's own database (`strategy = database`) and what is not cannot be seen from each other"
)]
pub trait SubqueryOf<M> {
    #[doc(hidden)]
    const CHECKED: Seal;
}

#[diagnostic::do_not_recommend]
impl<M: Model, N: Model<Scoping: SeenFrom<M::Scoping>>> SubqueryOf<M> for N {
    const CHECKED: Seal = SEAL;
}

/// A scoping whose rows there are wherever there are rows of the scoping `S`. Sealed.
pub trait SeenFrom<S> {
    #[doc(hidden)]
    const SEALED: Seal;
}

impl SeenFrom<Self> for Tenanted {
    const SEALED: Seal = SEAL;
}

impl<const C: bool> SeenFrom<Tenanted> for InSchema<C> {
    const SEALED: Seal = SEAL;
}

impl<const C: bool, const D: bool> SeenFrom<InSchema<D>> for InSchema<C> {
    const SEALED: Seal = SEAL;
}

// What is in the tenant's own database is seen from there, and from nowhere else; nor is anything else.
impl<const C: bool, const D: bool> SeenFrom<InDatabase<D>> for InDatabase<C> {
    const SEALED: Seal = SEAL;
}

impl<const C: bool> SeenFrom<InSchema<C>> for Tenanted {
    const SEALED: Seal = SEAL;
}

impl<const C: bool> SeenFrom<InSchema<C>> for Global {
    const SEALED: Seal = SEAL;
}

impl SeenFrom<Tenanted> for Global {
    const SEALED: Seal = SEAL;
}

impl SeenFrom<Self> for Global {
    const SEALED: Seal = SEAL;
}
