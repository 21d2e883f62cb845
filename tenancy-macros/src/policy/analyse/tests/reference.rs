//! What is true of rules, found by asking them in one world after the other.

use super::super::super::fold::{Check, Checks, Rules};
use super::super::super::fold_tests::reference::{allowed, decision, truth};
use super::super::super::resolve::{Action, Resolved, resolve};
use super::super::super::syntax::{Kind, Policies};
use super::super::super::written::written;
use super::super::finding::{Finding, Idle, Place, What};
use super::super::findings;
use crate::errors::Errors;

/// Values of all atoms and of all `when`s, in their order.
#[derive(Debug)]
pub(super) struct World {
    pub(super) actor: Vec<Option<bool>>,
    pub(super) row: Vec<Option<bool>>,
    pub(super) whens: Vec<bool>,
}

/// Rules, and the worlds that there are.
pub(super) struct Case {
    pub(super) policies: Policies,
    pub(super) resolved: Resolved,
    pub(super) findings: Vec<Finding>,
    pub(super) worlds: Vec<World>,
}

/// The texts of the `when`s.
pub(super) fn whens(resolved: &Resolved) -> Vec<String> {
    resolved
        .whens
        .iter()
        .map(|(when, _)| written(when))
        .collect()
}

/// A block, or a check of a block.
type Part = (usize, Option<usize>);

impl Case {
    pub(super) fn new(rules: &str, worlds: impl FnOnce(&Resolved) -> Vec<World>) -> Self {
        let text = format!("(tenancy) Page, actor: User {{ {rules} }}");
        let policies: Policies = syn::parse_str(&text).expect("policies");
        let mut errors = Errors::new();
        let resolved = resolve(&policies, &mut errors);
        assert!(errors.finish().is_none(), "{rules}");
        Self {
            findings: findings(&policies, &resolved),
            worlds: worlds(&resolved),
            policies,
            resolved,
        }
    }

    /// The rules of a block, which are the same for each of its actions.
    pub(super) fn checks(&self, block: usize) -> Option<&Checks> {
        let mut blocks = self.actions(block).flat_map(|action| action.rules.blocks());
        blocks.find(|checks| checks.block == block)
    }

    fn actions(&self, block: usize) -> impl Iterator<Item = &Action> {
        let has = move |checks: &Checks| checks.block == block;
        let actions = self.resolved.actions.iter();
        actions.filter(move |action| action.rules.blocks().any(has))
    }

    pub(super) fn decides(world: &World, check: &Check) -> bool {
        let truth = |condition: &_| truth(condition, &world.actor, &world.row);
        decision(std::slice::from_ref(check), truth).is_some()
    }

    /// Where a block applies.
    pub(super) fn where_applied(&self, block: &Checks) -> impl Iterator<Item = &World> {
        let when = block.when;
        let worlds = self.worlds.iter();
        worlds.filter(move |world| when.is_none_or(|when| world.whens[when]))
    }

    /// Whether the first checks of a block always decide.
    pub(super) fn stops(&self, block: &Checks, checks: usize) -> bool {
        self.where_applied(block).all(|world| {
            block.checks[..checks]
                .iter()
                .any(|check| Self::decides(world, check))
        })
    }

    /// Whether a check always decides.
    pub(super) fn stops_alone(&self, block: &Checks, check: usize) -> bool {
        self.where_applied(block)
            .all(|world| Self::decides(world, &block.checks[check]))
    }

    /// Whether a check decides nowhere that it is reached.
    pub(super) fn idles(&self, block: &Checks, check: usize) -> bool {
        self.where_applied(block).all(|world| {
            let before = &block.checks[..check];
            before.iter().any(|check| Self::decides(world, check))
                || !Self::decides(world, &block.checks[check])
        })
    }

    pub(super) fn says(world: &World, block: &Checks) -> Option<bool> {
        decision(&block.checks, |condition| {
            truth(condition, &world.actor, &world.row)
        })
    }

    pub(super) fn always_authorizes(&self, block: &Checks) -> bool {
        self.where_applied(block)
            .all(|world| Self::says(world, block) == Some(true))
    }

    /// In which worlds an action is allowed, with some parts left out.
    pub(super) fn allowed(&self, action: &Action, out: &[Part]) -> Vec<bool> {
        let left = |blocks: &[Checks]| {
            let blocks = blocks.iter();
            let blocks = blocks.filter(|block| !out.contains(&(block.block, None)));
            let left = blocks.map(|block| {
                let checks = block.checks.iter().enumerate();
                let checks = checks.filter(|(at, _)| !out.contains(&(block.block, Some(*at))));
                Checks {
                    block: block.block,
                    when: block.when,
                    name: block.name.clone(),
                    checks: checks.map(|(_, check)| check.clone()).collect(),
                }
            });
            left.collect()
        };
        let rules = Rules {
            guards: left(&action.rules.guards),
            bypasses: left(&action.rules.bypasses),
            policies: left(&action.rules.policies),
        };
        let worlds = self.worlds.iter();
        let allowed = worlds.map(|world| {
            allowed(&rules, &world.whens, |condition| {
                truth(condition, &world.actor, &world.row)
            })
        });
        allowed.collect()
    }

    /// Whether nothing changes without some parts.
    pub(super) fn same_without(&self, block: usize, out: &[Part]) -> bool {
        self.actions(block)
            .all(|action| self.allowed(action, out) == self.allowed(action, &[]))
    }

    /// The parts of which it was said that they can be left out.
    pub(super) fn spare(&self) -> Vec<Part> {
        let spare = self.findings.iter().filter_map(|finding| match finding {
            Finding {
                place: Place::Check(block, check),
                what: What::Spare(_),
            } => Some((*block, Some(*check))),
            Finding {
                place: Place::Block(block),
                what: What::Spare(_) | What::Repeated,
            } => Some((*block, None)),
            _ => None,
        });
        spare.collect()
    }

    /// Whether what was found is true in every world.
    pub(super) fn is_true(&self, finding: Finding) -> bool {
        let block = |block| self.checks(block).expect("a block of an action");
        let action = |action: usize| self.allowed(&self.resolved.actions[action], &[]);
        match (finding.place, finding.what) {
            (Place::Check(position, check), What::Unreached { after, alone }) => {
                let block = block(position);
                let alone = !alone || self.stops_alone(block, after);
                after < check && alone && self.stops(block, after + 1)
            }
            (Place::Check(position, check), What::Idle(why)) => {
                let block = block(position);
                let this = &block.checks[check];
                let fits = match why {
                    Idle::Condition => self
                        .where_applied(block)
                        .all(|world| !Self::decides(world, this)),
                    Idle::Repeated(same) => same < check && block.checks[same].says_as(this),
                    Idle::Late => true,
                };
                fits && self.idles(block, check)
            }
            (Place::Check(position, check), What::AlwaysAuthorized) => {
                let block = block(position);
                self.always_authorizes(block) && self.stops(block, check + 1)
            }
            (Place::Block(position), What::Barren) => self
                .where_applied(block(position))
                .all(|world| Self::says(world, block(position)) != Some(true)),
            (Place::Block(position), What::Empty) => block(position).checks.is_empty(),
            (Place::Block(position), What::Shut) => {
                self.policies.blocks[position].kind == Kind::Guard
                    && self
                        .worlds
                        .iter()
                        .all(|world| Self::says(world, block(position)) == Some(false))
            }
            (Place::Check(position, check), What::Spare(_)) => {
                self.same_without(position, &[(position, Some(check))])
                    && self.same_without(position, &self.spare())
            }
            (Place::Block(position), What::Spare(_) | What::Repeated) => {
                self.same_without(position, &[(position, None)])
                    && self.same_without(position, &self.spare())
            }
            (Place::Action(position), What::NeverAllowed) => !action(position).contains(&true),
            (Place::Action(position), What::AlwaysAllowed) => !action(position).contains(&false),
            (place, what) => panic!("{what:?} of {place:?}"),
        }
    }
}
