//! What can be left out.
//!
//! Of two rules that make each other superfluous, the later one is named: whatever is named can be left
//! out alone, and together with all else.

use super::super::fold::{Check, Checks, Rules};
use super::super::meaning::meaning;
use super::super::resolve::Resolved;
use super::super::syntax::{Block, Kind, Policies};
use super::action::Inspected;
use super::finding::{Findings, Place, Spare, What};
use super::question::Formula;

/// What is left out: a block, or a check of a block.
type Out = Vec<(usize, Option<usize>)>;

pub(super) fn inspect(
    policies: &Policies,
    resolved: &Resolved,
    actions: &[Option<Inspected<'_>>],
    findings: &mut Findings,
) {
    let mut out = Out::new();
    for position in (0..policies.blocks.len()).rev() {
        if policies.tolerates(position) || findings.faulty.contains(&position) {
            continue;
        }
        if repeats(policies, resolved, position, &out) {
            findings.add(Place::Block(position), What::Repeated);
            out.push((position, None));
        } else if let Some(actions) = of_block(position, resolved, actions) {
            block(
                &policies.blocks[position],
                position,
                &actions,
                &mut out,
                findings,
            );
        }
    }
}

/// The actions of a block, if all of them were inspected.
fn of_block<'a, 'b>(
    block: usize,
    resolved: &Resolved,
    actions: &'a [Option<Inspected<'b>>],
) -> Option<Vec<&'a Inspected<'b>>> {
    let all = resolved.actions.iter().zip(actions);
    let has = all.filter(|(action, _)| action.rules.blocks().any(|checks| checks.block == block));
    let inspected: Option<Vec<_>> = has.map(|(_, inspected)| inspected.as_ref()).collect();
    inspected.filter(|actions| !actions.is_empty())
}

fn block(
    block: &Block,
    position: usize,
    actions: &[&Inspected<'_>],
    out: &mut Out,
    findings: &mut Findings,
) {
    let mut spare = |part| {
        let alone = vec![part];
        let mut all = out.clone();
        all.push(part);
        let spare = actions.iter().all(|action| {
            [&alone, &all].into_iter().all(|out| {
                let rules = without(&action.action.rules, out);
                action.table.allowed(&rules) == action.allowed
            })
        });
        if spare {
            out.push(part);
        }
        spare
    };
    let checks = actions[0].checks(position);
    if checks.name.is_none() && !checks.checks.iter().any(is_meant) && spare((position, None)) {
        findings.add(Place::Block(position), What::Spare(Spare::Blocks));
        return;
    }
    for (at, check) in checks.checks.iter().enumerate().rev() {
        if !is_meant(check) && spare((position, Some(at))) {
            let what = What::Spare(why(actions[0], block.kind, checks, at));
            findings.add(Place::Check(position, at), what);
        }
    }
}

/// Whether a check is there for more than what it decides: who writes `forbid_if always` knows, and a code
/// is what a denial is called.
fn is_meant(check: &Check) -> bool {
    check.code.is_some() || !check.verb.authorizes() && check.condition.is_literal()
}

/// Whether the same block is there for each of its actions.
fn repeats(policies: &Policies, resolved: &Resolved, block: usize, out: &Out) -> bool {
    let kind = policies.blocks[block].kind;
    let says = |checks: &Checks| {
        let when = checks.when.map(|when| meaning(&resolved.whens[when].0));
        let name = checks.name.as_ref().map(syn::LitStr::value);
        let checks = checks.checks.iter();
        let checks: Vec<_> = checks
            .map(|check| {
                let code = check.code.as_ref().map(syn::LitStr::value);
                (
                    check.verb,
                    Formula::of(&check.condition, &resolved.atoms),
                    code,
                )
            })
            .collect();
        (when, name, checks)
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
    if kind == Kind::Policy && !after.iter().any(|check| check.verb.authorizes()) {
        return Spare::End;
    }
    let out = vec![(block.block, Some(position))];
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
        name: block.name.clone(),
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
