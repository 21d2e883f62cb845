//! Independent atoms: all that is claimed is true, and all that is true is claimed.

use super::super::super::condition::{Atoms, Condition};
use super::super::super::fold::{Check, Checks};
use super::super::super::fold_tests::random::{Random, value};
use super::super::super::resolve::Resolved;
use super::super::super::syntax::Kind;
use super::super::finding::{Place, What};
use super::reference::{Case, World, whens};
use super::rules::{ALL, Tally, rules};

/// Every combination of so many values of each.
fn combinations(sizes: &[usize]) -> impl Iterator<Item = Vec<usize>> {
    let sizes = sizes.to_vec();
    (0..sizes.iter().product()).map(move |mut number: usize| {
        let values = sizes.iter().map(|size| {
            let value = number % size;
            number /= size;
            value
        });
        values.collect()
    })
}

/// All worlds of atoms that have nothing to do with each other.
fn free(resolved: &Resolved) -> Vec<World> {
    let Atoms { actor, row } = &resolved.atoms;
    let texts = whens(resolved);
    let mut different = texts.clone();
    different.sort();
    different.dedup();
    let (actor, row) = (actor.len(), row.len());
    let sizes = [vec![3; actor + row], vec![2; different.len()]].concat();
    combinations(&sizes)
        .map(|values| {
            let truths =
                |range: std::ops::Range<usize>| values[range].iter().map(|at| value(*at)).collect();
            let when = |text| {
                let position = different.iter().position(|other| other == text);
                values[actor + row + position.expect("it is there")] == 0
            };
            World {
                actor: truths(0..actor),
                row: truths(actor..actor + row),
                whens: texts.iter().map(when).collect(),
            }
        })
        .collect()
}

fn literal(condition: &Condition) -> bool {
    match condition {
        Condition::Constant(_) => true,
        Condition::Actor(_) | Condition::Row(_) => false,
        Condition::Not(inner) => literal(inner),
        Condition::And(left, right) | Condition::Or(left, right) => literal(left) && literal(right),
    }
}

fn says_literally(check: &Check, authorize: bool) -> bool {
    check.verb.authorizes() == authorize && literal(&check.condition)
}

impl Case {
    fn claims(&self, place: Place, what: impl Fn(What) -> bool) -> bool {
        let mut findings = self.findings.iter();
        findings.any(|finding| finding.place == place && what(finding.what))
    }

    /// Whether a mistake was found in a block.
    fn faulty(&self, block: usize) -> bool {
        self.findings.iter().any(|finding| match finding.place {
            Place::Check(of, _) => of == block && !matches!(finding.what, What::Spare(_)),
            Place::Block(of) => {
                of == block && !matches!(finding.what, What::Spare(_) | What::Repeated)
            }
            Place::Action(_) => false,
        })
    }

    /// Panics if something is true that was not found.
    fn assert_complete(&self) {
        for block in 0..self.policies.blocks.len() {
            if let Some(checks) = self.checks(block) {
                self.assert_complete_block(block, checks);
                self.assert_complete_spare(block, checks);
            }
        }
        for (position, action) in self.resolved.actions.iter().enumerate() {
            let allowed = self.allowed(action, &[]);
            let checks = action.rules.blocks().flat_map(|block| &block.checks);
            let checks: Vec<_> = checks.collect();
            let mut blocks = action.rules.blocks();
            let explained = blocks.any(|block| self.faulty(block.block));
            let place = Place::Action(position);
            let never = !allowed.contains(&true)
                && !explained
                && checks.iter().any(|check| check.verb.authorizes());
            assert_eq!(self.claims(place, |what| what == What::NeverAllowed), never);
            let always = !allowed.contains(&false)
                && !explained
                && !checks.iter().any(|check| says_literally(check, true));
            assert_eq!(
                self.claims(place, |what| what == What::AlwaysAllowed),
                always
            );
        }
    }

    fn assert_complete_block(&self, block: usize, checks: &Checks) {
        let kind = self.policies.blocks[block].kind;
        let mut faulty = false;
        for check in 0..checks.checks.len() {
            let place = Place::Check(block, check);
            let unreached = self.stops(checks, check);
            let idle = !unreached && self.idles(checks, check);
            // It is the first check at which nothing is left.
            assert!(!self.claims(place, |what| match what {
                What::Unreached { after, alone } => {
                    self.stops(checks, after) || alone != self.stops_alone(checks, after)
                }
                _ => false,
            }));
            let claims = |what: fn(What) -> bool| self.claims(place, what);
            assert_eq!(
                claims(|what| matches!(what, What::Unreached { .. })),
                unreached
            );
            assert_eq!(claims(|what| matches!(what, What::Idle(_))), idle);
            faulty |= unreached || idle;
        }
        let place = Place::Block(block);
        let empty = checks.checks.is_empty() && kind != Kind::Policy;
        assert_eq!(self.claims(place, |what| what == What::Empty), empty);
        let barren = kind == Kind::Policy
            && !checks
                .checks
                .iter()
                .any(|check| check.verb.authorizes() || literal(&check.condition));
        assert_eq!(self.claims(place, |what| what == What::Barren), barren);
        let always = kind != Kind::Guard
            && !faulty
            && self.always_authorizes(checks)
            && !checks
                .checks
                .iter()
                .any(|check| says_literally(check, true));
        let found = (0..checks.checks.len()).any(|check| {
            self.claims(Place::Check(block, check), |what| {
                what == What::AlwaysAuthorized
            })
        });
        assert_eq!(found, always);
    }

    fn assert_complete_spare(&self, block: usize, checks: &Checks) {
        let all = self.spare();
        let mut actions = self.resolved.actions.iter();
        let never = actions.any(|action| {
            let mut blocks = action.rules.blocks();
            blocks.any(|other| other.block == block) && !self.allowed(action, &[]).contains(&true)
        });
        if self.faulty(block) || never || all.contains(&(block, None)) {
            return;
        }
        let says_no = |check: &_| says_literally(check, false);
        let mut parts = Vec::new();
        if !checks.checks.iter().any(says_no) {
            parts.push((block, None));
        }
        for (position, check) in checks.checks.iter().enumerate() {
            if !says_no(check) {
                parts.push((block, Some(position)));
            }
        }
        for part in parts {
            let rest = [all.clone(), vec![part]].concat();
            let spare = self.same_without(block, &[part]) && self.same_without(block, &rest);
            assert!(!spare || all.contains(&part), "{part:?} is spare, too");
        }
    }
}

#[test]
fn what_is_true_of_independent_atoms_is_found_and_nothing_else() {
    let mut tally = Tally::default();
    for seed in 0..1500 {
        let random = &mut Random::new(seed);
        let atoms = &["a", "b", "actor.a", "actor.b"][..1 + random.below(4)];
        let text = rules(random, atoms, &["actor.c()", "actor.d()"]);
        let case = Case::new(&text, free);
        for finding in &case.findings {
            assert!(case.is_true(*finding), "{finding:?}\n{text}");
        }
        case.assert_complete();
        tally.add(&case);
    }
    tally.assert_found(&ALL);
    tally.assert_found(&["Repeated"]);
}
