//! Policies whose remainder only the running program knows: the actor's answers lead to more
//! predicates than are worth a statement each.

use crate::backend::Backend;
use crate::expr::bind::Bind;
use crate::expr::condition::Condition;
use crate::expr::logic::{And, Or};
use crate::model::contract::{DatabaseOf, Model};
use crate::model::params::Binder;
use crate::policy::contract::{Actor, Policy};
use crate::policy::permit::{Permission, Visit};
use crate::sql::node::Node;
use crate::sql::text::Text;
use std::fmt;
use std::marker::PhantomData;

/// Rules whose columns are known, whatever is left of them.
#[doc(hidden)]
pub trait Named: 'static {
    const COLUMNS: u128;
}

/// The rules of an action.
#[doc(hidden)]
#[derive(Debug)]
pub struct RulesOf<M, A, Act>(PhantomData<fn() -> (M, A, Act)>);

impl<M: Policy<A, Act>, A: Actor, Act: 'static> Named for RulesOf<M, A, Act> {
    const COLUMNS: u128 = M::NAMED;
}

/// Rules about a related row, whose columns are not the statement's, or about columns that nobody needs
/// to know any more.
impl Named for () {
    const COLUMNS: u128 = 0;
}

/// A part of a policy without its type.
#[doc(hidden)]
pub struct Piece<'q, DB, K> {
    node: Box<dyn Erased<'q, DB> + Send + 'q>,
    rules: PhantomData<fn() -> K>,
}

impl<'q, DB: Backend, K> Piece<'q, DB, K> {
    /// The condition without its type.
    pub(crate) fn of<M, P: Permission<DB> + 'q>(condition: Condition<M, P>) -> Self {
        Self::new(Box::new(condition.into_node()))
    }

    fn new(node: Box<dyn Erased<'q, DB> + Send + 'q>) -> Self {
        Self {
            node,
            rules: PhantomData,
        }
    }
}

impl<DB: Backend, K> Clone for Piece<'_, DB, K> {
    fn clone(&self) -> Self {
        Self::new(self.node.copy())
    }
}

impl<DB, K> fmt::Debug for Piece<'_, DB, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Piece(..)")
    }
}

impl<DB: Backend, K: Named> Node for Piece<'_, DB, K> {
    const TEXT: &'static Text = &Text::EMPTY;
    const COLUMNS: u128 = K::COLUMNS;
    const DYNAMIC: bool = true;

    fn render(&self, template: &mut Vec<u8>) {
        self.node.render_erased(template);
    }
}

impl<DB: Backend, K: Named> Bind<DB> for Piece<'_, DB, K> {
    fn bind(self, binder: &mut Binder<DB>) {
        self.node.bind_erased(binder);
    }
}

/// [`Permission`] as a trait object.
trait Erased<'q, DB: Backend> {
    fn copy(&self) -> Box<dyn Erased<'q, DB> + Send + 'q>;
    fn render_erased(&self, template: &mut Vec<u8>);
    fn bind_erased(self: Box<Self>, binder: &mut Binder<DB>);
}

impl<'q, DB: Backend, P: Permission<DB> + 'q> Erased<'q, DB> for P {
    fn copy(&self) -> Box<dyn Erased<'q, DB> + Send + 'q> {
        Box::new(self.clone())
    }

    fn render_erased(&self, template: &mut Vec<u8>) {
        self.render(template);
    }

    fn bind_erased(self: Box<Self>, binder: &mut Binder<DB>) {
        self.bind(binder);
    }
}

/// What is left of a policy: constants are folded away, since they would cost an index.
#[doc(hidden)]
pub enum Decided<'q, M: Model, K> {
    All,
    None,
    Rows(Piece<'q, DatabaseOf<M>, K>),
}

impl<'q, M: Model, K: Named> Decided<'q, M, K> {
    /// All rows, or none.
    #[must_use]
    pub fn constant(value: bool) -> Self {
        if value { Self::All } else { Self::None }
    }

    /// The rows that meet a condition.
    pub fn rows<P: Permission<DatabaseOf<M>> + 'q>(condition: Condition<M, P>) -> Self {
        Self::Rows(Piece::of(condition))
    }

    /// Both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::None, _) | (_, Self::None) => Self::None,
            (Self::All, other) | (other, Self::All) => other,
            (Self::Rows(left), Self::Rows(right)) => {
                Self::rows(Condition::new(And::new(left, right)))
            }
        }
    }

    /// Both hold, for as long as what both of them borrow.
    #[must_use]
    pub fn with<'r, 'o: 'r>(self, other: Decided<'o, M, K>) -> Decided<'r, M, K>
    where
        'q: 'r,
    {
        fn shorter<'r, 'l: 'r, M: Model, K: Named>(of: Decided<'l, M, K>) -> Decided<'r, M, K> {
            match of {
                Decided::All => Decided::All,
                Decided::None => Decided::None,
                Decided::Rows(piece) => Decided::rows(Condition::new(piece)),
            }
        }
        shorter(self).and(shorter(other))
    }

    /// At least one holds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, _) | (_, Self::All) => Self::All,
            (Self::None, other) | (other, Self::None) => other,
            (Self::Rows(left), Self::Rows(right)) => {
                Self::rows(Condition::new(Or::new(left, right)))
            }
        }
    }

    /// Tells `visit`.
    pub fn visit<V: Visit<M>>(self, visit: V) -> V::Output {
        match self {
            Self::All => visit.all(),
            Self::None => visit.none(),
            Self::Rows(piece) => visit.filter(Condition::new(piece)),
        }
    }
}

impl<M: Model, K> Clone for Decided<'_, M, K> {
    fn clone(&self) -> Self {
        match self {
            Self::All => Self::All,
            Self::None => Self::None,
            Self::Rows(piece) => Self::Rows(piece.clone()),
        }
    }
}

impl<M: Model, K: Named> Node for Decided<'_, M, K> {
    const TEXT: &'static Text = &Text::EMPTY;
    const COLUMNS: u128 = K::COLUMNS;
    const DYNAMIC: bool = true;

    fn render(&self, template: &mut Vec<u8>) {
        match self {
            Self::All => template.extend_from_slice(b"TRUE"),
            Self::None => template.extend_from_slice(b"FALSE"),
            Self::Rows(piece) => piece.render(template),
        }
    }
}

impl<M: Model, K: Named> Bind<DatabaseOf<M>> for Decided<'_, M, K> {
    fn bind(self, binder: &mut Binder<DatabaseOf<M>>) {
        if let Self::Rows(piece) = self {
            piece.bind(binder);
        }
    }
}

impl<M: Model, K> fmt::Debug for Decided<'_, M, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::All => "All",
            Self::None => "None",
            Self::Rows(_) => "Rows(..)",
        })
    }
}
