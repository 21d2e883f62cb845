//! Folding: what is left of an action's rules once the actor's side of them is known.
//!
//! A condition becomes two predicates, one that is certainly true and one that is certainly false,
//! and a negation exchanges them. Nothing compound is ever negated: `NOT` of an unknown is unknown,
//! and a shortcut there permits what no rule authorized.

use super::condition::{Atoms, Condition, Test};
use super::syntax::Verb;

/// The rules of one action.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    pub(crate) guards: Vec<Checks>,
    pub(crate) bypasses: Vec<Checks>,
    pub(crate) policies: Vec<Checks>,
}

/// The rules of one block.
#[derive(Debug)]
pub(crate) struct Checks {
    /// The position of its `when` among the assumptions.
    pub(crate) when: Option<usize>,
    pub(crate) checks: Vec<(Verb, Condition)>,
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
    /// The predicate is certainly true of no row of the relation, nor unknown.
    No(usize, Box<Self>),
    And(Vec<Self>),
    Or(Vec<Self>),
}

impl Predicate {
    fn and(self, other: Self) -> Self {
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

impl Atoms {
    /// The predicate that the condition is certainly true (`holds`), or certainly false.
    pub(crate) fn certainly(
        &self,
        condition: &Condition,
        holds: bool,
        assumed: &Assumed,
    ) -> Predicate {
        match condition {
            Condition::Constant(value) => constant(*value == holds),
            Condition::Actor(index) => constant(assumed.actor[*index] == Some(holds)),
            Condition::Row(index) => match &self.row[*index].test {
                Test::Any(_, inner) if holds => {
                    match self.certainly(inner, true, assumed) {
                        // No row can meet it, whichever there are.
                        Predicate::False => Predicate::False,
                        predicate => Predicate::Some(*index, Box::new(predicate)),
                    }
                }
                Test::Any(_, inner) => match self.certainly(inner, false, assumed) {
                    Predicate::True => Predicate::True,
                    predicate => Predicate::No(*index, Box::new(predicate)),
                },
                _ => Predicate::Row(*index, holds),
            },
            Condition::Not(inner) => self.certainly(inner, !holds, assumed),
            Condition::And(left, right) => {
                let sides = [left, right].map(|side| self.certainly(side, holds, assumed));
                let [left, right] = sides;
                if holds {
                    left.and(right)
                } else {
                    left.or(right)
                }
            }
            Condition::Or(left, right) => {
                let [left, right] = [left, right].map(|side| self.certainly(side, holds, assumed));
                if holds {
                    left.or(right)
                } else {
                    left.and(right)
                }
            }
        }
    }

    /// What the checks of a block come to: the first that decides wins, and `end` is what it means
    /// if none does.
    fn fold(&self, checks: &[(Verb, Condition)], end: Predicate, assumed: &Assumed) -> Predicate {
        checks.iter().rev().fold(end, |rest, (verb, condition)| {
            let certainly = |holds| self.certainly(condition, holds, assumed);
            match verb {
                Verb::AuthorizeIf => certainly(true).or(rest),
                Verb::AuthorizeUnless => certainly(false).or(rest),
                // Unless they are certain that there is nothing to forbid, they forbid.
                Verb::ForbidIf => certainly(false).and(rest),
                Verb::ForbidUnless => certainly(true).and(rest),
            }
        })
    }

    /// The rows that the action is allowed on.
    pub(crate) fn allowed(&self, rules: &Rules, assumed: &Assumed) -> Predicate {
        let applies = |block: &&Checks| block.when.is_none_or(|when| assumed.whens[when]);
        let mut applicable = rules.policies.iter().filter(applies).peekable();
        let by_policies = if applicable.peek().is_none() {
            Predicate::False
        } else {
            applicable
                .map(|block| self.fold(&block.checks, Predicate::False, assumed))
                .fold(Predicate::True, Predicate::and)
        };
        let authorized = rules
            .bypasses
            .iter()
            .filter(applies)
            .map(|block| self.fold(&block.checks, Predicate::False, assumed))
            .fold(by_policies, |others, bypass| bypass.or(others));
        rules
            .guards
            .iter()
            .filter(applies)
            .map(|block| self.fold(&block.checks, Predicate::True, assumed))
            .fold(authorized, |rest, guard| guard.and(rest))
    }
}

fn constant(value: bool) -> Predicate {
    if value {
        Predicate::True
    } else {
        Predicate::False
    }
}

/// What is left for the database, by what the actor answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tree {
    Leaf(Predicate),
    /// An atom about the actor: if true, if false, if unknown.
    Actor(usize, Box<[Tree; 3]>),
    /// A `when`: if true, if false.
    When(usize, Box<[Tree; 2]>),
}

/// The questions about the actor that are worth a branch each: with more, the branches would be
/// too many to compile.
pub(crate) const QUESTIONS: usize = 7;

impl Atoms {
    /// The rows that all of the actions are allowed on, for each of the actor's answers; `None` if there are
    /// more than [`QUESTIONS`].
    pub(crate) fn tree(&self, rules: &[&Rules]) -> Option<Tree> {
        let (mut actor, mut whens) = (Vec::new(), Vec::new());
        for block in rules.iter().flat_map(|rules| rules.blocks()) {
            whens.extend(block.when.filter(|when| !whens.contains(when)));
            for (_, condition) in &block.checks {
                self.questions(condition, &mut actor);
            }
        }
        if actor.len() + whens.len() > QUESTIONS {
            return None;
        }
        let highest = |positions: &[usize]| positions.iter().max().map_or(0, |last| last + 1);
        let mut assumed = Assumed {
            actor: vec![None; highest(&actor)],
            whens: vec![false; highest(&whens)],
        };
        Some(self.branch(rules, &whens, &actor, &mut assumed))
    }

    fn branch(
        &self,
        rules: &[&Rules],
        whens: &[usize],
        actor: &[usize],
        assumed: &mut Assumed,
    ) -> Tree {
        if let Some((&when, whens)) = whens.split_first() {
            let branches = [true, false].map(|value| {
                assumed.whens[when] = value;
                self.branch(rules, whens, actor, assumed)
            });
            return if branches[0] == branches[1] {
                let [branch, _] = branches;
                branch
            } else {
                Tree::When(when, Box::new(branches))
            };
        }
        if let Some((&atom, actor)) = actor.split_first() {
            let branches = [Some(true), Some(false), None].map(|value| {
                assumed.actor[atom] = value;
                self.branch(rules, whens, actor, assumed)
            });
            return if branches[0] == branches[1] && branches[1] == branches[2] {
                let [branch, ..] = branches;
                branch
            } else {
                Tree::Actor(atom, Box::new(branches))
            };
        }
        let allowed = rules.iter().map(|rules| self.allowed(rules, assumed));
        Tree::Leaf(allowed.fold(Predicate::True, Predicate::and))
    }

    /// Adds the atoms about the actor in a condition.
    fn questions(&self, condition: &Condition, found: &mut Vec<usize>) {
        match condition {
            Condition::Constant(_) => {}
            Condition::Actor(index) => {
                if !found.contains(index) {
                    found.push(*index);
                }
            }
            Condition::Row(index) => {
                if let Test::Any(_, inner) = &self.row[*index].test {
                    self.questions(inner, found);
                }
            }
            Condition::Not(inner) => self.questions(inner, found),
            Condition::And(left, right) | Condition::Or(left, right) => {
                self.questions(left, found);
                self.questions(right, found);
            }
        }
    }
}

impl Rules {
    pub(crate) fn blocks(&self) -> impl Iterator<Item = &Checks> {
        self.guards
            .iter()
            .chain(&self.bypasses)
            .chain(&self.policies)
    }
}
