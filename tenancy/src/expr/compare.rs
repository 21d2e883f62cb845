//! Comparisons: `=`, `<>`, `<`, `<=`, `>`, `>=`, `BETWEEN`, `IS NULL`.

use crate::backend::Backend;
use crate::expr::bind::Bind;
use crate::model::params::Binder;
use crate::sealed::{SEAL, Seal};
use crate::sql::node::Node;
use crate::sql::text::{Text, text};
use std::marker::PhantomData;

/// The operator of a comparison. Sealed.
pub trait Operator: 'static {
    #[doc(hidden)]
    const SYMBOL: &'static str;
    #[doc(hidden)]
    const SEALED: Seal;
}

macro_rules! operators {
    ($($(#[$doc:meta])* $name:ident = $symbol:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name(());

        impl Operator for $name {
            const SYMBOL: &'static str = $symbol;
            const SEALED: Seal = SEAL;
        }
    )*};
}

operators! {
    /// `=`
    Equal = " = ";
    /// `<>`
    NotEqual = " <> ";
    /// `<`
    Less = " < ";
    /// `<=`
    LessOrEqual = " <= ";
    /// `>`
    Greater = " > ";
    /// `>=`
    GreaterOrEqual = " >= ";
}

/// `left operator right`.
#[derive(Clone, Copy, Debug)]
pub struct Compare<L, O, R> {
    left: L,
    right: R,
    operator: PhantomData<O>,
}

impl<L, O, R> Compare<L, O, R> {
    pub(crate) fn new(left: L, right: R) -> Self {
        Self {
            left,
            right,
            operator: PhantomData,
        }
    }
}

impl<L: Node, O: Operator, R: Node> Node for Compare<L, O, R> {
    const COLUMNS: u128 = L::COLUMNS | R::COLUMNS;
    const TEXT: &'static Text = &text!(append(L::TEXT), push(O::SYMBOL), append(R::TEXT));
}

impl<DB: Backend, L: Bind<DB>, O: Operator, R: Bind<DB>> Bind<DB> for Compare<L, O, R> {
    fn bind(self, binder: &mut Binder<DB>) {
        self.left.bind(binder);
        self.right.bind(binder);
    }
}

/// `column BETWEEN low AND high`.
#[derive(Clone, Copy, Debug)]
pub struct Between<C, L, H> {
    column: C,
    low: L,
    high: H,
}

impl<C, L, H> Between<C, L, H> {
    pub(crate) fn new(column: C, low: L, high: H) -> Self {
        Self { column, low, high }
    }
}

impl<C: Node, L: Node, H: Node> Node for Between<C, L, H> {
    const COLUMNS: u128 = C::COLUMNS | L::COLUMNS | H::COLUMNS;
    const TEXT: &'static Text = &text!(
        append(C::TEXT),
        push(" BETWEEN "),
        append(L::TEXT),
        push(" AND "),
        append(H::TEXT),
    );
}

impl<DB: Backend, C: Bind<DB>, L: Bind<DB>, H: Bind<DB>> Bind<DB> for Between<C, L, H> {
    fn bind(self, binder: &mut Binder<DB>) {
        self.column.bind(binder);
        self.low.bind(binder);
        self.high.bind(binder);
    }
}

/// `column IS NULL`, or `IS NOT NULL`.
#[derive(Clone, Copy, Debug)]
pub struct NullTest<C, const NULL: bool>(C);

impl<C, const NULL: bool> NullTest<C, NULL> {
    pub(crate) fn new(column: C) -> Self {
        Self(column)
    }
}

impl<C: Node, const NULL: bool> Node for NullTest<C, NULL> {
    const COLUMNS: u128 = C::COLUMNS;
    const TEXT: &'static Text = &text!(
        append(C::TEXT),
        push(if NULL { " IS NULL" } else { " IS NOT NULL" }),
    );
}

impl<DB: Backend, C: Bind<DB>, const NULL: bool> Bind<DB> for NullTest<C, NULL> {
    fn bind(self, binder: &mut Binder<DB>) {
        self.0.bind(binder);
    }
}
