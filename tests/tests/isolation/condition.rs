//! Conditions as plain data: what the oracle evaluates, and what the library is asked for.

use crate::schema::{Table, Val};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Match {
    Contains,
    StartsWith,
    EndsWith,
    Like,
}

/// What a column is compared with.
#[derive(Clone, Debug)]
pub(crate) enum Operand {
    Value(Val),
    Column(usize),
}

#[derive(Clone, Debug)]
pub(crate) enum Cond {
    /// Every row.
    All,
    Compare(usize, Op, Operand),
    Between(usize, Val, Val),
    In(usize, Vec<Val>),
    NotIn(usize, Vec<Val>),
    IsNull(usize),
    IsNotNull(usize),
    Matches(usize, Match, String),
    InQuery(usize, Box<Subquery>),
    /// A condition that may not be given.
    IfSome(Option<Box<Cond>>),
    Not(Box<Cond>),
    And(Box<Cond>, Box<Cond>),
    Or(Box<Cond>, Box<Cond>),
}

/// The values of one column of another table's rows.
#[derive(Clone, Debug)]
pub(crate) struct Subquery {
    pub(crate) table: Table,
    pub(crate) column: usize,
    pub(crate) filter: Option<Cond>,
}

impl Cond {
    pub(crate) fn not(self) -> Self {
        Self::Not(Box::new(self))
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self::And(Box::new(self), Box::new(other))
    }

    pub(crate) fn or(self, other: Self) -> Self {
        Self::Or(Box::new(self), Box::new(other))
    }
}

impl std::ops::Not for Cond {
    type Output = Self;

    fn not(self) -> Self {
        Self::not(self)
    }
}

impl std::ops::BitAnd for Cond {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.and(other)
    }
}

impl std::ops::BitOr for Cond {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.or(other)
    }
}
