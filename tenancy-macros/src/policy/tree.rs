//! The decision of an action: what the actor answers, and what is left for the database then.

use super::condition::{Atoms, Condition, Test};
use super::fold::{Assumed, Predicate, Rules};

/// What is left for the database, by what the actor answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tree {
    Leaf(Predicate),
    /// An atom about the actor: if true, if false, if unknown.
    Actor(usize, Box<[Tree; 3]>),
    /// A `when`: if true, if false.
    When(usize, Box<[Tree; 2]>),
}

impl Tree {
    /// How many predicates there are to compile.
    fn leaves(&self) -> usize {
        match self {
            Self::Leaf(_) => 1,
            Self::Actor(_, branches) if branches[1] == branches[2] => {
                branches[..2].iter().map(Self::leaves).sum()
            }
            Self::Actor(_, branches) if branches[0] == branches[2] => {
                branches[..2].iter().map(Self::leaves).sum()
            }
            Self::Actor(_, branches) => branches.iter().map(Self::leaves).sum(),
            Self::When(_, branches) => branches.iter().map(Self::leaves).sum(),
        }
    }
}

/// The most questions about the actor, and the most predicates that their answers may lead to, that are
/// worth a statement each: more take too long to compile, and are put together at run time.
const QUESTIONS: usize = 7;
const LEAVES: usize = 8;

impl Atoms {
    /// The rows that all of the actions are allowed on, for each of the actor's answers; `None` if there
    /// are too many.
    pub(crate) fn tree(&self, rules: &[&Rules]) -> Option<Tree> {
        let (whens, actor) = self.asked(rules);
        if actor.len() + whens.len() > QUESTIONS {
            return None;
        }
        let highest = |positions: &[usize]| positions.iter().max().map_or(0, |last| last + 1);
        let mut assumed = Assumed {
            actor: vec![None; highest(&actor)],
            whens: vec![false; highest(&whens)],
        };
        let tree = self.branch(rules, &whens, &actor, &mut assumed);
        (tree.leaves() <= LEAVES).then_some(tree)
    }

    /// What rules ask about the actor: the positions of their `when`s, and of their atoms.
    pub(crate) fn asked(&self, rules: &[&Rules]) -> (Vec<usize>, Vec<usize>) {
        let (mut whens, mut actor) = (Vec::new(), Vec::new());
        for block in rules.iter().flat_map(|rules| rules.blocks()) {
            whens.extend(block.when.filter(|when| !whens.contains(when)));
            for check in &block.checks {
                self.questions(&check.condition, &mut actor);
            }
        }
        (whens, actor)
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
        let allowed = rules.iter().map(|rules| self.allowed(rules, &*assumed));
        Tree::Leaf(allowed.fold(Predicate::True, Predicate::and))
    }

    /// Adds the atoms about the actor in a condition.
    pub(super) fn questions(&self, condition: &Condition, found: &mut Vec<usize>) {
        match condition {
            Condition::Constant(_) => {}
            Condition::Actor(index) => {
                if !found.contains(index) {
                    found.push(*index);
                }
            }
            Condition::Row(index) => {
                if let Test::Any(_, _, inner) = &self.row[*index].test {
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
