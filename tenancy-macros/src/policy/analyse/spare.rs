//! What can be left out.
//!
//! Of two rules that make each other superfluous, the later one is named: whatever is named can be left
//! out alone, and together with all else.

use std::collections::BTreeSet;

use super::super::condition::Condition;
use super::super::fold::{Checks, Rules};
use super::super::resolve::Resolved;
use super::super::syntax::{Kind, Policies, Verb};
use super::action::Inspected;
use super::finding::{Findings, Place, Spare, What};
use super::question::{Formula, text};

/// What is left out: a block, or a check of a block.
type Out = BTreeSet<(usize, Option<usize>)>;

pub(super) fn inspect(
    policies: &Policies,
    resolved: &Resolved,
    actions: &[Option<Inspected<'_>>],
    findings: &mut Findings,
) {
    let mut out = Out::new();
    for block in (0..policies.blocks.len()).rev() {
        if policies.tolerates(block) || findings.faulty.contains(&block) {
            continue;
        }
        let here: Vec<_> = actions
            .iter()
            .zip(&resolved.actions)
            .filter(|(_, action)| action.rules.blocks().any(|checks| checks.block == block))
            .collect();
        if repeats(policies, resolved, block, &out) {
            findings.add(Place::Block(block), What::Repeated);
            out.insert((block, None));
            continue;
        }
        let here: Option<Vec<_>> = here
            .into_iter()
            .map(|(action, _)| action.as_ref())
            .collect();
        let Some(here) = here.filter(|here| !here.is_empty()) else {
            continue;
        };
        let mut spare = |what| {
            let alone = Out::from([what]);
            let mut all = out.clone();
            all.insert(what);
            let spare = here.iter().all(|action| {
                [&alone, &all].into_iter().all(|out| {
                    let rules = without(&action.action.rules, out);
                    action.table.allowed(&rules) == action.allowed
                })
            });
            if spare {
                out.insert(what);
            }
            spare
        };
        let kind = policies.blocks[block].kind;
        let checks = here[0].checks(block);
        let literal =
            |(verb, condition): &(Verb, Condition)| !verb.authorizes() && condition.is_literal();
        // What forbids literally says so on purpose.
        if !checks.checks.iter().any(literal) && spare((block, None)) {
            findings.add(Place::Block(block), What::Spare(Spare::Blocks));
            continue;
        }
        for position in (0..checks.checks.len()).rev() {
            let check = &checks.checks[position];
            if !literal(check) && spare((block, Some(position))) {
                let what = What::Spare(why(here[0], kind, checks, position));
                findings.add(Place::Check(block, position), what);
            }
        }
    }
}

/// Whether the same block is there for each of its actions.
fn repeats(policies: &Policies, resolved: &Resolved, block: usize, out: &Out) -> bool {
    let kind = policies.blocks[block].kind;
    let says = |checks: &Checks| {
        let when = checks.when.map(|when| text(&resolved.whens[when]));
        let checks = checks.checks.iter();
        let checks: Vec<_> = checks
            .map(|(verb, condition)| (*verb, Formula::of(condition, &resolved.atoms)))
            .collect();
        (when, checks)
    };
    let mut actions = resolved
        .actions
        .iter()
        .filter_map(|action| {
            let this = action.rules.blocks().find(|checks| checks.block == block)?;
            Some((action, this))
        })
        .peekable();
    actions.peek().is_some()
        && actions.all(|(action, this)| {
            action.rules.blocks().any(|other| {
                other.block != block
                    && policies.blocks[other.block].kind == kind
                    && !out.contains(&(other.block, None))
                    && says(other) == says(this)
            })
        })
}

/// Why a check can be left out.
fn why(action: &Inspected<'_>, kind: Kind, block: &Checks, position: usize) -> Spare {
    let after = &block.checks[position..];
    if kind == Kind::Policy && !after.iter().any(|(verb, _)| verb.authorizes()) {
        return Spare::End;
    }
    let out = Out::from([(block.block, Some(position))]);
    let left = without_checks(block, &out);
    let guard = kind == Kind::Guard;
    if action.table.passes(&left, guard) == action.table.passes(block, guard) {
        Spare::Checks
    } else {
        Spare::Blocks
    }
}

fn without(rules: &Rules, out: &Out) -> Rules {
    let left = |blocks: &[Checks]| {
        let blocks = blocks.iter();
        let blocks = blocks.filter(|block| !out.contains(&(block.block, None)));
        blocks.map(|block| without_checks(block, out)).collect()
    };
    Rules {
        guards: left(&rules.guards),
        bypasses: left(&rules.bypasses),
        policies: left(&rules.policies),
    }
}

fn without_checks(block: &Checks, out: &Out) -> Checks {
    let checks = block.checks.iter().enumerate();
    let checks = checks.filter(|(position, _)| !out.contains(&(block.block, Some(*position))));
    Checks {
        block: block.block,
        when: block.when,
        checks: checks.map(|(_, check)| check.clone()).collect(),
    }
}

impl Inspected<'_> {
    fn checks(&self, block: usize) -> &Checks {
        let mut blocks = self.action.rules.blocks();
        let found = blocks.find(|checks| checks.block == block);
        found.expect("the block is one of the action's")
    }
}
