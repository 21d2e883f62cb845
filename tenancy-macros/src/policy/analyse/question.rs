//! From atoms to the questions in them: `a != 1`, `!(1 == a)` and `a.is_in([1])` ask the same.

use syn::Expr;
use syn::ext::IdentExt as _;

use super::super::condition::{Atoms, Comparison, Condition, Operand, Relation, Test};
use super::super::meaning::meaning;
use super::constant::Constant;

/// What has a value: a column, or an expression of Rust's, by what it means.
#[derive(Clone, PartialEq, PartialOrd)]
pub(super) enum Subject {
    /// How many relations it is inside of, and its name. It may be NULL, for all that is known here.
    Column(usize, String),
    /// What it means. It may be `None`.
    Value(String),
    /// What certainly has a value.
    Given(String),
}

/// What is asked: no two of them are each other's negation.
#[derive(Clone, PartialEq)]
pub(super) enum Question {
    Null(Subject),
    Equal(Subject, Constant),
    Less(Subject, i128),
    Greater(Subject, i128),
    Same(Subject, Subject),
    Before(Subject, Subject),
    /// That a row of a relation meets a condition.
    Related(usize, String, Box<Formula>),
    /// A `when`, which has two values.
    When(Subject),
}

/// A condition, made of questions.
#[derive(Clone, PartialEq)]
pub(super) enum Formula {
    Ask(Question),
    Not(Box<Self>),
    All(Vec<Self>),
    Any(Vec<Self>),
}

impl Question {
    pub(super) fn subjects(&self) -> Vec<&Subject> {
        match self {
            Self::Null(subject)
            | Self::Equal(subject, _)
            | Self::Less(subject, _)
            | Self::Greater(subject, _)
            | Self::When(subject) => vec![subject],
            Self::Same(left, right) | Self::Before(left, right) => vec![left, right],
            Self::Related(..) => Vec::new(),
        }
    }

    pub(super) fn when(condition: &Expr) -> Self {
        Self::When(Subject::Value(meaning(condition)))
    }

    fn same(left: Side, right: Side) -> Formula {
        let question = match (left, right) {
            (Side::Subject(subject), Side::Constant(constant))
            | (Side::Constant(constant), Side::Subject(subject)) => match (&subject, constant) {
                // A column that is compared with a `bool` holds nothing else.
                (Subject::Column(..), Constant::Boolean(false)) => {
                    return Formula::Ask(Self::Equal(subject, Constant::Boolean(true))).not();
                }
                (_, constant) => Self::Equal(subject, constant),
            },
            (left, right) => {
                let (left, right) = (left.subject(), right.subject());
                if left <= right {
                    Self::Same(left, right)
                } else {
                    Self::Same(right, left)
                }
            }
        };
        Formula::Ask(question)
    }

    fn before(left: Side, right: Side) -> Formula {
        Formula::Ask(match (left, right) {
            (Side::Subject(subject), Side::Constant(Constant::Integer(value))) => {
                Self::Less(subject, value)
            }
            (Side::Constant(Constant::Integer(value)), Side::Subject(subject)) => {
                Self::Greater(subject, value)
            }
            (left, right) => Self::Before(left.subject(), right.subject()),
        })
    }
}

impl Formula {
    pub(super) fn of(condition: &Condition, atoms: &Atoms) -> Self {
        let of = |condition: &Condition| Self::of(condition, atoms);
        match condition {
            Condition::Constant(true) => Self::All(Vec::new()),
            Condition::Constant(false) => Self::Any(Vec::new()),
            Condition::Actor(index) => Self::asked(&atoms.actor[*index].test, atoms),
            Condition::Row(index) => Self::asked(&atoms.row[*index].test, atoms),
            Condition::Not(inner) => of(inner).not(),
            Condition::And(left, right) => Self::All(vec![of(left), of(right)]),
            Condition::Or(left, right) => Self::Any(vec![of(left), of(right)]),
        }
    }

    pub(super) fn asked(test: &Test, atoms: &Atoms) -> Self {
        match test {
            Test::Compare(left, comparison, right) => {
                let (left, right) = (Side::of(left), Side::of(right));
                match comparison {
                    Comparison::Equal => Question::same(left, right),
                    Comparison::NotEqual => Question::same(left, right).not(),
                    Comparison::Less => Question::before(left, right),
                    Comparison::GreaterOrEqual => Question::before(left, right).not(),
                    Comparison::Greater => Question::before(right, left),
                    Comparison::LessOrEqual => Question::before(right, left).not(),
                }
            }
            Test::Null(operand) => Self::Ask(Question::Null(Side::of(operand).subject())),
            Test::Among(operand, values) => Self::Any(
                values
                    .iter()
                    .map(|value| Question::same(Side::of(operand), Side::value(value)))
                    .collect(),
            ),
            Test::True(operand) => {
                let subject = Side::of(operand).subject();
                Self::Ask(Question::Equal(subject, Constant::Boolean(true)))
            }
            Test::Any(relation, action, inner) => {
                let depth = match relation {
                    Relation::One(depth, _) => *depth,
                    Relation::Many(..) | Relation::Tenant => 0,
                };
                let name = format!("{} {action}", relation.key());
                Self::Ask(Question::Related(
                    depth,
                    name,
                    Box::new(Self::of(inner, atoms)),
                ))
            }
        }
    }

    fn not(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    pub(super) fn questions(&self, found: &mut Vec<Question>) {
        match self {
            Self::Ask(question) => {
                if !found.contains(question) {
                    found.push(question.clone());
                }
            }
            Self::Not(inner) => inner.questions(found),
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().for_each(|part| part.questions(found));
            }
        }
    }
}

/// A side of a comparison.
enum Side {
    Subject(Subject),
    Constant(Constant),
}

impl Side {
    fn of(operand: &Operand) -> Self {
        match operand {
            Operand::Column(depth, name) => {
                Self::Subject(Subject::Column(*depth, name.unraw().to_string()))
            }
            Operand::Actor(_) => Self::Subject(Subject::Given("actor".to_owned())),
            Operand::Tenant(name) => Self::Subject(Subject::Value(format!("tenant.{name}"))),
            Operand::Now(_) => Self::Subject(Subject::Value("now()".to_owned())),
            Operand::Value(value) => Self::value(value),
        }
    }

    fn value(value: &Expr) -> Self {
        match Constant::of(value) {
            Some(constant) => Self::Constant(constant),
            None if matches!(value, Expr::Lit(_)) => Self::Subject(Subject::Given(meaning(value))),
            None => Self::Subject(Subject::Value(meaning(value))),
        }
    }

    fn subject(self) -> Subject {
        match self {
            Self::Subject(subject) => subject,
            Self::Constant(constant) => Subject::of(&constant),
        }
    }
}

impl Subject {
    /// A constant of which nothing is known but that it is there.
    pub(super) fn of(constant: &Constant) -> Self {
        Self::Given(format!("{constant:?}"))
    }

    pub(super) fn is_column(&self) -> bool {
        matches!(self, Self::Column(..))
    }
}
