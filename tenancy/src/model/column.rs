//! Columns: the handles that filters, orderings and assignments are written with.

use crate::model::contract::Model;
use crate::sql::node::Node;
use crate::sql::text::{Text, text};
use std::marker::PhantomData;

/// A column of type `T` of the model `M`.
///
/// Handles come as the argument of a closure: `User::query().filter(|u| u.email.eq("…"))`. `K` says
/// what kind of column it is, and so what may be assigned to it.
pub struct Column<M, T, const I: usize, K = Required> {
    model: PhantomData<fn() -> (M, T, K)>,
}

/// The kind of a column that always has a value.
#[derive(Debug)]
pub struct Required(());

/// The kind of a column that may be NULL: an `Option` in the struct.
#[derive(Debug)]
pub struct Nullable(());

/// The kind of the primary key, which is never assigned.
#[derive(Debug)]
pub struct PrimaryKey(());

/// The kind of the tenant column, which is never assigned.
#[derive(Debug)]
pub struct TenantKey(());

/// The kind of a column that the database fills.
#[derive(Debug)]
pub struct Generated(());

/// The kind of a column that would be of kind `K`, if field policies did not guard it.
#[derive(Debug)]
pub struct Guarded<K>(PhantomData<fn() -> K>);

/// The kind of a foreign key to `R`.
#[derive(Debug)]
pub struct ForeignKey<R>(PhantomData<fn() -> R>);

/// The kind of a foreign key to `R` that may be NULL.
#[derive(Debug)]
pub struct NullableForeignKey<R>(PhantomData<fn() -> R>);

impl<M, T, const I: usize, K> Clone for Column<M, T, I, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, T, const I: usize, K> Copy for Column<M, T, I, K> {}

impl<M: Model, T, const I: usize, K> std::fmt::Debug for Column<M, T, I, K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", M::TABLE, M::FIELDS[I].name)
    }
}

impl<M: Model, T, const I: usize, K> Node for Column<M, T, I, K> {
    const COLUMNS: u128 = 1 << I;
    const TEXT: &'static Text = &if M::FIELDS[I].guarded() {
        text!(guarded(M::TABLE, M::FIELDS[I].name))
    } else {
        text!(column(M::TABLE, M::FIELDS[I].name))
    };
    const PRESENT: &'static Text = &text!(
        push(" AND "),
        column(M::TABLE, M::FIELDS[I].name),
        push(" IS NOT NULL")
    );
}

impl<M, T, const I: usize, K> Column<M, T, I, K> {
    pub(crate) const fn handle() -> Self {
        Self { model: PhantomData }
    }
}

/// The primary key column of `M`, without its type.
#[derive(Debug)]
pub struct KeyColumn<M>(PhantomData<fn() -> M>);

impl<M> Clone for KeyColumn<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for KeyColumn<M> {}

impl<M> KeyColumn<M> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<M: Model> Node for KeyColumn<M> {
    const COLUMNS: u128 = 1 << M::KEY;
    const TEXT: &'static Text = &text!(column(M::TABLE, M::FIELDS[M::KEY].name));
}
