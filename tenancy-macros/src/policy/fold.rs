//! Folding: what is left of an action's rules once the actor's side of them is known.
//!
//! A condition becomes two predicates, one that is certainly true and one that is certainly false,
//! and a negation exchanges them. Nothing compound is ever negated: `NOT` of an unknown is unknown,
//! and a shortcut there permits what no rule authorized.

use syn::{Ident, LitStr};

use super::condition::{Atoms, Condition, Operand, Relation, Test};
use super::syntax::{Kind, Verb};

/// The rules of one action.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    pub(crate) guards: Vec<Checks>,
    pub(crate) bypasses: Vec<Checks>,
    pub(crate) policies: Vec<Checks>,
}

/// The rules of one block.
#[derive(Clone, Debug)]
pub(crate) struct Checks {
    /// The position of the block.
    pub(crate) block: usize,
    /// The position of its `when` among the assumptions.
    pub(crate) when: Option<usize>,
    pub(crate) name: Option<LitStr>,
    pub(crate) checks: Vec<Check>,
}

/// One line of a block.
#[derive(Clone, Debug)]
pub(crate) struct Check {
    pub(crate) verb: Verb,
    pub(crate) condition: Condition,
    /// The condition as it was written.
    pub(crate) text: String,
    pub(crate) code: Option<LitStr>,
}

impl Check {
    /// Whether it decides as another one does, whatever it is called.
    pub(crate) fn says_as(&self, other: &Self) -> bool {
        self.verb == other.verb && self.condition == other.condition
    }
}

/// What is assumed about the actor.
#[derive(Clone, Debug)]
pub(crate) struct Assumed {
    /// The value of each atom about the actor; `None` is unknown.
    pub(crate) actor: Vec<Option<bool>>,
    /// The value of each `when`.
    pub(crate) whens: Vec<bool>,
}

/// A predicate over the row: what the database has to decide.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Predicate {
    True,
    False,
    /// The atom is true, or is false.
    Row(usize, bool),
    /// A row of the relation meets the predicate.
    Some(usize, Box<Self>),
    /// Every row of the relation meets the predicate.
    All(usize, Box<Self>),
    And(Vec<Self>),
    Or(Vec<Self>),
}

impl Predicate {
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, other) | (other, Self::True) => other,
            (left, right) => join(left, right, Self::And, |part| match part {
                Self::And(parts) => Ok(parts),
                part => Err(part),
            }),
        }
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::True, _) | (_, Self::True) => Self::True,
            (Self::False, other) | (other, Self::False) => other,
            (left, right) => join(left, right, Self::Or, |part| match part {
                Self::Or(parts) => Ok(parts),
                part => Err(part),
            }),
        }
    }
}

/// Both sides in one list, without repetition.
fn join(
    left: Predicate,
    right: Predicate,
    make: impl FnOnce(Vec<Predicate>) -> Predicate,
    parts: impl Fn(Predicate) -> Result<Vec<Predicate>, Predicate>,
) -> Predicate {
    let mut all = parts(left).unwrap_or_else(|part| vec![part]);
    for part in parts(right).unwrap_or_else(|part| vec![part]) {
        if !all.contains(&part) {
            all.push(part);
        }
    }
    match <[Predicate; 1]>::try_from(all) {
        Ok([only]) => only,
        Err(all) => make(all),
    }
}

/// What a fold is made of: predicates, or the code that makes them.
pub(crate) trait Algebra {
    type Predicate;

    fn constant(&self, value: bool) -> Self::Predicate;
    /// The atom about the actor has this value.
    fn actor(&self, atom: usize, value: bool) -> Self::Predicate;
    /// The `when` has this value.
    fn when(&self, when: usize, value: bool) -> Self::Predicate;
    /// The atom about the row has this value.
    fn row(&self, atom: usize, value: bool) -> Self::Predicate;
    /// A related row meets a predicate.
    fn some(&self, relation: usize, inner: Self::Predicate) -> Self::Predicate;
    /// Every related row meets a predicate.
    fn all(&self, relation: usize, inner: Self::Predicate) -> Self::Predicate;
    fn and(&self, left: Self::Predicate, right: Self::Predicate) -> Self::Predicate;
    fn or(&self, left: Self::Predicate, right: Self::Predicate) -> Self::Predicate;
}

impl Atoms {
    /// The predicate that the condition is certainly true (`holds`), or certainly false.
    pub(super) fn certainly<A: Algebra>(
        &self,
        condition: &Condition,
        holds: bool,
        by: &A,
    ) -> A::Predicate {
        let sides = |left, right| {
            (
                self.certainly(left, holds, by),
                self.certainly(right, holds, by),
            )
        };
        match condition {
            Condition::Constant(value) => by.constant(*value == holds),
            Condition::Actor(index) => by.actor(*index, holds),
            Condition::Row(index) => match &self.row[*index].test {
                Test::Any(_, _, inner) if holds => by.some(*index, self.certainly(inner, true, by)),
                Test::Any(_, _, inner) => by.all(*index, self.certainly(inner, false, by)),
                _ => by.row(*index, holds),
            },
            Condition::Not(inner) => self.certainly(inner, !holds, by),
            Condition::And(left, right) => {
                let (left, right) = sides(left, right);
                if holds {
                    by.and(left, right)
                } else {
                    by.or(left, right)
                }
            }
            Condition::Or(left, right) => {
                let (left, right) = sides(left, right);
                if holds {
                    by.or(left, right)
                } else {
                    by.and(left, right)
                }
            }
        }
    }

    /// What the checks of a block come to: the first that decides wins, and `end` is what it means
    /// if none does.
    pub(super) fn fold<A: Algebra>(&self, block: &Checks, end: bool, by: &A) -> A::Predicate {
        let checks = block.checks.iter().rev();
        checks.fold(by.constant(end), |rest, check| {
            let certainly = |holds| self.certainly(&check.condition, holds, by);
            match check.verb {
                Verb::AuthorizeIf => by.or(certainly(true), rest),
                Verb::AuthorizeUnless => by.or(certainly(false), rest),
                // Unless they are certain that there is nothing to forbid, they forbid.
                Verb::ForbidIf => by.and(certainly(false), rest),
                Verb::ForbidUnless => by.and(certainly(true), rest),
            }
        })
    }

    /// The rows that the action is allowed on: no guard forbids, and a bypass authorizes, or all
    /// policies that apply do, of which there is one at least.
    pub(crate) fn allowed<A: Algebra>(&self, rules: &Rules, by: &A) -> A::Predicate {
        let applies = |block: &Checks, value| match block.when {
            Some(when) => by.when(when, value),
            None => by.constant(value),
        };
        let (mut all, mut any) = (by.constant(true), by.constant(false));
        for policy in &rules.policies {
            let passes = by.or(applies(policy, false), self.fold(policy, false, by));
            all = by.and(all, passes);
            any = by.or(any, applies(policy, true));
        }
        let mut allowed = by.and(any, all);
        for bypass in &rules.bypasses {
            let authorizes = by.and(applies(bypass, true), self.fold(bypass, false, by));
            allowed = by.or(authorizes, allowed);
        }
        for guard in &rules.guards {
            let passes = by.or(applies(guard, false), self.fold(guard, true, by));
            allowed = by.and(passes, allowed);
        }
        allowed
    }
}

/// Predicates, as far as they are known under an assumption.
impl Algebra for Assumed {
    type Predicate = Predicate;

    fn constant(&self, value: bool) -> Predicate {
        constant(value)
    }

    fn actor(&self, atom: usize, value: bool) -> Predicate {
        constant(self.actor[atom] == Some(value))
    }

    fn when(&self, when: usize, value: bool) -> Predicate {
        constant(self.whens[when] == value)
    }

    fn row(&self, atom: usize, value: bool) -> Predicate {
        Predicate::Row(atom, value)
    }

    fn some(&self, relation: usize, inner: Predicate) -> Predicate {
        match inner {
            // No row can meet it, whichever there are.
            Predicate::False => Predicate::False,
            inner => Predicate::Some(relation, Box::new(inner)),
        }
    }

    fn all(&self, relation: usize, inner: Predicate) -> Predicate {
        match inner {
            Predicate::True => Predicate::True,
            inner => Predicate::All(relation, Box::new(inner)),
        }
    }

    fn and(&self, left: Predicate, right: Predicate) -> Predicate {
        left.and(right)
    }

    fn or(&self, left: Predicate, right: Predicate) -> Predicate {
        left.or(right)
    }
}

fn constant(value: bool) -> Predicate {
    if value {
        Predicate::True
    } else {
        Predicate::False
    }
}

impl Atoms {
    /// The columns of the row that rules name. `None` is the key, which rows that belong to it name.
    pub(crate) fn columns(&self, rules: &[&Rules]) -> Vec<Option<Ident>> {
        let mut columns = Vec::new();
        for block in rules.iter().flat_map(|rules| rules.blocks()) {
            for check in &block.checks {
                self.named(&check.condition, &mut columns);
            }
        }
        columns
    }

    fn named(&self, condition: &Condition, found: &mut Vec<Option<Ident>>) {
        match condition {
            Condition::Constant(_) | Condition::Actor(_) => {}
            Condition::Row(index) => {
                let column = |operand: &Operand| match operand {
                    Operand::Column(0, ident) => Some(Some(ident.clone())),
                    _ => None,
                };
                match &self.row[*index].test {
                    Test::Compare(left, _, right) => {
                        found.extend([left, right].into_iter().filter_map(column));
                    }
                    Test::Null(operand) | Test::Among(operand, _) | Test::True(operand) => {
                        found.extend(column(operand));
                    }
                    Test::Any(Relation::One(0, ident), ..) => found.push(Some(ident.clone())),
                    Test::Any(Relation::Many(..), ..) if self.row[*index].within.is_empty() => {
                        found.push(None);
                    }
                    // A relation of a related row.
                    Test::Any(..) => {}
                }
            }
            Condition::Not(inner) => self.named(inner, found),
            Condition::And(left, right) | Condition::Or(left, right) => {
                self.named(left, found);
                self.named(right, found);
            }
        }
    }
}

impl Rules {
    pub(crate) fn blocks(&self) -> impl Iterator<Item = &Checks> {
        self.kinds().map(|(_, block)| block)
    }

    /// The blocks, each with what it is for.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = (Kind, &Checks)> {
        let all = |kind, blocks| std::iter::repeat(kind).zip::<&Vec<Checks>>(blocks);
        all(Kind::Guard, &self.guards)
            .chain(all(Kind::Bypass, &self.bypasses))
            .chain(all(Kind::Policy, &self.policies))
    }
}
