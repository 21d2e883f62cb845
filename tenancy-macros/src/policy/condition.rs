//! Conditions: what a Rust expression means to a policy.
//!
//! Truth has three values, as in SQL: a comparison with NULL, or with a `None` of the actor, is
//! unknown. Only the tests for NULL have two.

use proc_macro2::Span;
use syn::ext::IdentExt as _;
use syn::{Expr, Ident, Path};

use super::located::Place;
use super::meaning::meaning;

/// A condition, made of the atoms in a table of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Constant(bool),
    /// About the actor alone: decided in Rust, before the statement is made.
    Actor(usize),
    /// About the row: decided by the database, or in Rust for a row in memory.
    Row(usize),
    Not(Box<Self>),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
}

impl Condition {
    /// Whether it asks about a row.
    pub(super) fn about_row(&self) -> bool {
        match self {
            Self::Constant(_) | Self::Actor(_) => false,
            Self::Row(_) => true,
            Self::Not(inner) => inner.about_row(),
            Self::And(left, right) | Self::Or(left, right) => left.about_row() || right.about_row(),
        }
    }
}

/// The atoms that the conditions of one block are made of. Each is there once.
#[derive(Debug, Default)]
pub(crate) struct Atoms {
    pub(crate) actor: Vec<Atom>,
    pub(crate) row: Vec<Atom>,
}

/// What cannot be taken apart.
#[derive(Clone, Debug)]
pub(crate) struct Atom {
    pub(crate) test: Test,
    pub(crate) place: Place,
    /// The relations that it is inside of: whose row it is about.
    pub(crate) within: Vec<Relation>,
    /// What it asks, and of which row: atoms with the same key are the same atom.
    pub(super) key: String,
    /// As it was written.
    #[cfg(test)]
    pub(super) text: String,
}

/// What an atom asks.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    /// `left == right` and the like. With a column, that is on the left.
    Compare(Operand, Comparison, Operand),
    /// `operand.is_none()`: the one test that has two values.
    Null(Operand),
    /// `operand.is_in([a, b])`.
    Among(Operand, Vec<Expr>),
    /// A boolean.
    True(Operand),
    /// `relation.any(|row| …)`, of the rows on which the actor may do this.
    Any(Relation, Ident, Box<Condition>),
}

/// What is compared.
#[derive(Clone, Debug)]
pub(crate) enum Operand {
    /// A column of the row (depth 0), or of the row of a relation around this condition.
    Column(usize, Ident),
    /// A column of the tenant's own row.
    Tenant(Ident),
    /// The actor's key.
    Actor(Span),
    /// The present moment.
    Now(Span),
    /// Anything that Rust can say without the row.
    Value(Expr),
}

/// Other rows that a row is related to.
#[derive(Clone, Debug)]
pub(crate) enum Relation {
    /// The one row that a foreign key names: one of this row (depth 0), or of the row of a relation around
    /// this condition.
    One(usize, Ident),
    /// The rows whose foreign key names this row.
    Many(Path, Ident),
    /// The tenant's own row.
    Tenant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    /// The comparison that is true where this one is false, and unknown where it is.
    pub(crate) fn negated(self) -> Self {
        match self {
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
            Self::Less => Self::GreaterOrEqual,
            Self::LessOrEqual => Self::Greater,
            Self::Greater => Self::LessOrEqual,
            Self::GreaterOrEqual => Self::Less,
        }
    }

    /// The comparison with its sides exchanged.
    pub(super) fn turned(self) -> Self {
        match self {
            Self::Equal | Self::NotEqual => self,
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
        }
    }
}

impl Test {
    /// The values that it compares with.
    pub(super) fn values(&self) -> Vec<&Expr> {
        match self {
            Self::Compare(_, _, Operand::Value(value)) => vec![value],
            Self::Among(_, values) => values.iter().collect(),
            Self::Compare(..) | Self::Null(_) | Self::True(_) | Self::Any(..) => Vec::new(),
        }
    }
}

impl Test {
    /// What tells it from other tests inside of the same relations. An atom in a condition is known by its
    /// number.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Compare(left, comparison, right) => {
                format!("{} {comparison:?} {}", left.key(), right.key())
            }
            Self::Null(operand) => format!("null {}", operand.key()),
            Self::Among(operand, values) => {
                let values: Vec<_> = values.iter().map(meaning).collect();
                format!("{} among {}", operand.key(), values.join(", "))
            }
            Self::True(operand) => format!("true {}", operand.key()),
            Self::Any(relation, action, condition) => {
                format!("{} {action} {condition:?}", relation.key())
            }
        }
    }
}

impl Relation {
    /// What tells it from other relations.
    pub(super) fn key(&self) -> String {
        match self {
            Self::One(depth, column) => format!("{depth}.{}", column.unraw()),
            Self::Many(model, column) => format!("{}.{}", meaning(model), column.unraw()),
            Self::Tenant => "tenant".to_owned(),
        }
    }
}

impl Operand {
    fn key(&self) -> String {
        match self {
            Self::Column(depth, name) => format!("{depth}.{}", name.unraw()),
            Self::Tenant(name) => format!("tenant.{}", name.unraw()),
            Self::Actor(_) => "actor".to_owned(),
            Self::Now(_) => "now()".to_owned(),
            Self::Value(value) => format!("`{}`", meaning(value)),
        }
    }

    pub(super) fn is_column(&self) -> bool {
        matches!(self, Self::Column(..))
    }

    /// Where the actor is named.
    pub(super) fn actor(&self) -> Option<Span> {
        match self {
            Self::Actor(span) => Some(*span),
            _ => None,
        }
    }
}
