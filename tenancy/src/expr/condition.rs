//! Conditions: what a filter is made of.

use crate::backend::Backend;
use crate::expr::bind::Bind;
use crate::expr::compare::{Compare, Equal};
use crate::expr::flat::{Boxed, Flat};
use crate::expr::logic::{And, IfSome, Not, Or};
use crate::expr::value::IntoExpr;
use crate::model::column::KeyColumn;
use crate::model::contract::{DatabaseOf, Model};
use crate::model::params::Binder;
use crate::sealed::SEAL;
use crate::sql::node::Node;
use crate::sql::text::{Text, text};
use std::marker::PhantomData;
use std::{fmt, ops};

/// A condition on the rows of `M`.
///
/// Conditions combine with `&`, `|` and `!`, or with [`and`](Self::and), [`or`](Self::or) and
/// [`not`](Self::not). They follow SQL's three-valued logic: a comparison with NULL is neither true nor
/// false, and only rows for which the whole condition is true match.
#[must_use = "a condition does nothing until a statement filters by it"]
pub struct Condition<M, P> {
    node: P,
    model: PhantomData<fn() -> M>,
}

impl<M, P> Condition<M, P> {
    pub(crate) fn new(node: P) -> Self {
        Self {
            node,
            model: PhantomData,
        }
    }

    pub(crate) fn into_node(self) -> P {
        self.node
    }

    /// Both conditions hold.
    pub fn and<Q>(self, other: Condition<M, Q>) -> Condition<M, And<P, Q>> {
        Condition::new(And::new(self.node, other.node))
    }

    /// At least one of the conditions holds.
    pub fn or<Q>(self, other: Condition<M, Q>) -> Condition<M, Or<P, Q>> {
        Condition::new(Or::new(self.node, other.node))
    }

    /// The condition is false. Where it is unknown because of a NULL, so is this.
    #[expect(clippy::should_implement_trait, reason = "it is implemented, too")]
    pub fn not(self) -> Condition<M, Not<P>> {
        Condition::new(Not::new(self.node))
    }

    /// The condition with its type erased, so that it can be built step by step.
    ///
    /// The text of a statement with such a condition is made at run time. It may be made of as many conditions as a
    /// statement has parameters: each step costs the same, and none is on the stack. Conditions that are
    /// alternately joined by `and` and `or`, or negated, more than 500 deep, are
    /// [`TooLarge`](crate::Error::TooLarge).
    ///
    /// ```
    /// # use tenancy::{TenantRoot, TenantScoped, Tenant};
    /// # #[derive(Debug, TenantRoot)]
    /// # #[tenancy(database = tenancy::sqlx::Sqlite)]
    /// # struct Organization { id: uuid::Uuid }
    /// # #[derive(Debug, TenantScoped)]
    /// # #[tenancy(root = Organization)]
    /// # struct User { id: uuid::Uuid, tenant_id: uuid::Uuid, email: String, age: i64 }
    /// let (domain, minimum) = (Some("@acme.com"), None::<i64>);
    ///
    /// let mut wanted = User::condition(|u| u.email.ne("")).boxed();
    /// if let Some(domain) = domain {
    ///     wanted = User::condition(|u| u.email.ends_with(domain)).and(wanted).boxed();
    /// }
    /// if let Some(minimum) = minimum {
    ///     wanted = User::condition(|u| u.age.ge(minimum)).and(wanted).boxed();
    /// }
    /// let users = User::query().filter(|_| wanted);
    /// ```
    pub fn boxed<'q>(self) -> Condition<M, Boxed<'q, DatabaseOf<M>>>
    where
        M: Model,
        P: Flat<'q, DatabaseOf<M>>,
    {
        Condition::new(self.node.flatten())
    }
}

impl<M: Model> Condition<M, All> {
    /// Every row of the tenant.
    pub fn all() -> Self {
        Self::new(All::EVERY_ROW)
    }
}

impl<M: Model, P> Condition<M, P> {
    /// The condition that `make` makes of a value, or every row if there is no value.
    ///
    /// For optional filters of a search. The absent value is spelled out here on purpose: an
    /// `Option` alone is no condition, so none can be forgotten into matching everything.
    pub fn if_some<V>(value: Option<V>, make: impl FnOnce(V) -> Self) -> Condition<M, IfSome<P>> {
        Condition::new(IfSome::new(value.map(|value| make(value).node)))
    }
}

impl<M: Model, V> Condition<M, Compare<KeyColumn<M>, Equal, V>> {
    pub(crate) fn key(key: impl IntoExpr<M, M::Key, Expr = V>) -> Self {
        Self::compare(KeyColumn::new(), key.into_expr(SEAL))
    }
}

impl<M, L, O, R> Condition<M, Compare<L, O, R>> {
    pub(crate) fn compare(left: L, right: R) -> Self {
        Self::new(Compare::new(left, right))
    }
}

impl<M, P, Q> ops::BitAnd<Condition<M, Q>> for Condition<M, P> {
    type Output = Condition<M, And<P, Q>>;

    fn bitand(self, other: Condition<M, Q>) -> Self::Output {
        self.and(other)
    }
}

impl<M, P, Q> ops::BitOr<Condition<M, Q>> for Condition<M, P> {
    type Output = Condition<M, Or<P, Q>>;

    fn bitor(self, other: Condition<M, Q>) -> Self::Output {
        self.or(other)
    }
}

impl<M, P> ops::Not for Condition<M, P> {
    type Output = Condition<M, Not<P>>;

    fn not(self) -> Self::Output {
        Condition::not(self)
    }
}

impl<M, P: Clone> Clone for Condition<M, P> {
    fn clone(&self) -> Self {
        Self::new(self.node.clone())
    }
}

impl<M, P: fmt::Debug> fmt::Debug for Condition<M, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt(f)
    }
}

/// Every row.
#[derive(Clone, Copy, Debug)]
pub struct All(());

impl All {
    pub(crate) const EVERY_ROW: Self = Self(());
}

impl Node for All {
    const COLUMNS: u128 = 0;
    const TEXT: &'static Text = &text!(push("TRUE"));
}

impl<DB: Backend> Bind<DB> for All {
    fn bind(self, _: &mut Binder<DB>) {}
}
