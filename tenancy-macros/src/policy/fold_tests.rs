//! Random rules, folded and evaluated, against an evaluator that knows nothing of folding.

use super::condition::{Atoms, Condition};
use super::fold::{Assumed, Check, Checks, Predicate, Rules};
use super::reader::Reader;
use super::syntax::Verb;
use super::tree::Tree;

const ACTOR: usize = 3;
const ROW: usize = 3;
const WHENS: usize = 2;

/// A small linear congruential generator: a failure comes back.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn condition(&mut self, depth: usize) -> Condition {
        match self.below(if depth == 0 { 5 } else { 8 }) {
            0 => Condition::Constant(self.below(2) == 0),
            1 | 2 => Condition::Actor(self.below(ACTOR)),
            3 | 4 => Condition::Row(self.below(ROW)),
            5 => Condition::Not(Box::new(self.condition(depth - 1))),
            6 => Condition::And(
                Box::new(self.condition(depth - 1)),
                Box::new(self.condition(depth - 1)),
            ),
            _ => Condition::Or(
                Box::new(self.condition(depth - 1)),
                Box::new(self.condition(depth - 1)),
            ),
        }
    }

    fn blocks(&mut self, most: usize, verbs: &[Verb]) -> Vec<Checks> {
        (0..self.below(most + 1))
            .map(|_| Checks {
                when: (self.below(2) == 0).then(|| self.below(WHENS)),
                name: None,
                checks: (0..=self.below(3))
                    .map(|_| Check {
                        verb: verbs[self.below(verbs.len())],
                        condition: self.condition(3),
                        text: String::new(),
                        code: None,
                    })
                    .collect(),
            })
            .collect()
    }

    fn rules(&mut self) -> Rules {
        let authorize = [Verb::AuthorizeIf, Verb::AuthorizeUnless];
        let forbid = [Verb::ForbidIf, Verb::ForbidUnless];
        Rules {
            guards: self.blocks(2, &forbid),
            bypasses: self.blocks(2, &authorize),
            policies: self.blocks(3, &[authorize, forbid].concat()),
        }
    }
}

/// The three values of an atom, by number.
fn value(number: usize) -> Option<bool> {
    [Some(true), Some(false), None][number % 3]
}

fn truth(condition: &Condition, actor: &[Option<bool>], row: &[Option<bool>]) -> Option<bool> {
    match condition {
        Condition::Constant(value) => Some(*value),
        Condition::Actor(index) => actor[*index],
        Condition::Row(index) => row[*index],
        Condition::Not(inner) => truth(inner, actor, row).map(|value| !value),
        Condition::And(left, right) => match (truth(left, actor, row), truth(right, actor, row)) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        },
        Condition::Or(left, right) => match (truth(left, actor, row), truth(right, actor, row)) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        },
    }
}

/// What a block says: authorized, forbidden, or nothing.
fn decision(checks: &[Check], truth: impl Fn(&Condition) -> Option<bool>) -> Option<bool> {
    for check in checks {
        let value = truth(&check.condition);
        match check.verb {
            Verb::AuthorizeIf if value == Some(true) => return Some(true),
            Verb::AuthorizeUnless if value == Some(false) => return Some(true),
            Verb::ForbidIf if value != Some(false) => return Some(false),
            Verb::ForbidUnless if value != Some(true) => return Some(false),
            _ => {}
        }
    }
    None
}

fn allowed(
    rules: &Rules,
    whens: &[bool],
    truth: impl Fn(&Condition) -> Option<bool> + Copy,
) -> bool {
    let applies = |block: &&Checks| block.when.is_none_or(|when| whens[when]);
    let says = |block: &Checks| decision(&block.checks, truth);
    if rules
        .guards
        .iter()
        .filter(applies)
        .any(|block| says(block) == Some(false))
    {
        return false;
    }
    if rules
        .bypasses
        .iter()
        .filter(applies)
        .any(|block| says(block) == Some(true))
    {
        return true;
    }
    let policies: Vec<_> = rules.policies.iter().filter(applies).collect();
    !policies.is_empty() && policies.iter().all(|block| says(block) == Some(true))
}

fn met(predicate: &Predicate, row: &[Option<bool>]) -> bool {
    match predicate {
        Predicate::True => true,
        Predicate::False => false,
        Predicate::Row(index, holds) => row[*index] == Some(*holds),
        Predicate::And(parts) => parts.iter().all(|part| met(part, row)),
        Predicate::Or(parts) => parts.iter().any(|part| met(part, row)),
        Predicate::Some(..) | Predicate::All(..) => unreachable!("no relations here"),
    }
}

fn leaf<'a>(tree: &'a Tree, assumed: &Assumed) -> &'a Predicate {
    match tree {
        Tree::Leaf(predicate) => predicate,
        Tree::When(when, branches) => leaf(&branches[usize::from(!assumed.whens[*when])], assumed),
        Tree::Actor(atom, branches) => {
            let branch = match assumed.actor[*atom] {
                Some(true) => 0,
                Some(false) => 1,
                None => 2,
            };
            leaf(&branches[branch], assumed)
        }
    }
}

/// Atoms that are only counted.
fn atoms() -> Atoms {
    let mut reader = Reader::default();
    for atom in ["a", "b", "c", "actor.a", "actor.b", "actor.c"] {
        let atom = syn::parse_str(atom).expect("an expression");
        reader.condition(&atom).expect("a condition");
    }
    reader.atoms
}

#[test]
fn folding_allows_what_the_rules_allow() {
    let (mut random, atoms) = (Random(1), atoms());
    let (mut cases, mut permitted) = (0, 0);
    for _ in 0..2000 {
        let rules = random.rules();
        let tree = atoms.tree(&[&rules]);
        for _ in 0..40 {
            let assumed = Assumed {
                actor: (0..ACTOR).map(|_| value(random.below(3))).collect(),
                whens: (0..WHENS).map(|_| random.below(2) == 0).collect(),
            };
            let row: Vec<_> = (0..ROW).map(|_| value(random.below(3))).collect();
            let expected = allowed(&rules, &assumed.whens, |condition| {
                truth(condition, &assumed.actor, &row)
            });
            let folded = atoms.allowed(&rules, &assumed);
            assert_eq!(
                met(&folded, &row),
                expected,
                "{rules:?} {assumed:?} {row:?}"
            );
            if let Some(tree) = &tree {
                assert_eq!(leaf(tree, &assumed), &folded);
            }
            cases += 1;
            permitted += usize::from(expected);
        }
    }
    assert!(
        permitted * 20 > cases,
        "only {permitted} of {cases} were allowed"
    );
}
