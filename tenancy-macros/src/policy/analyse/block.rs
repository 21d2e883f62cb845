//! What makes no sense in a block, whatever the others are.

use super::super::fold::{Check, Checks};
use super::super::resolve::Resolved;
use super::super::syntax::{Kind, Policies};
use super::finding::{Findings, Idle, Place, What};
use super::table::Table;

pub(super) fn inspect(policies: &Policies, resolved: &Resolved, findings: &mut Findings) {
    for (position, block) in policies.blocks.iter().enumerate() {
        // The same for each of its actions, or fields.
        let all = resolved.actions.iter().chain(&resolved.fields);
        let mut blocks = all.flat_map(|action| action.rules.blocks());
        let checks = blocks.find(|checks| checks.block == position);
        if let Some(checks) = checks
            && let Ok(table) = Table::new(resolved, [checks])
        {
            self::block(block.kind, checks, &table, findings);
        }
    }
}

fn block(kind: Kind, block: &Checks, table: &Table<'_>, findings: &mut Findings) {
    let last = checks(block, table, findings);
    if kind == Kind::Field {
        // One without checks hides the field always.
        return;
    }
    let here = Place::Block(block.block);
    let mut authorizing = block
        .checks
        .iter()
        .filter(|check| check.verb.authorizes())
        .peekable();
    let literal = |check: &Check| check.condition.is_literal();
    if kind != Kind::Policy {
        if block.checks.is_empty() {
            findings.add(here, What::Empty);
        }
    } else if authorizing.peek().is_none() && !block.checks.iter().any(literal) {
        // `forbid_if always` would say that it is on purpose.
        findings.add(here, What::Barren);
    }
    let applies = table.applies(block);
    if let Some(last) = last
        && kind != Kind::Guard
        && !findings.faulty.contains(&block.block)
        && table.passes(block, false).and(&applies) == applies
        && !authorizing.any(literal)
    {
        findings.add(Place::Check(block.block, last), What::AlwaysAuthorized);
    }
}

/// Finds the checks that decide nothing. Gives the one that nothing gets past, if there is one.
fn checks(block: &Checks, table: &Table<'_>, findings: &mut Findings) -> Option<usize> {
    let applies = table.applies(block);
    let mut reached = applies.clone();
    // The check that nothing gets past, and whether it needs none before it.
    let mut last = None;
    for (position, check) in block.checks.iter().enumerate() {
        let place = Place::Check(block.block, position);
        if let Some((after, alone)) = last {
            findings.add(place, What::Unreached { after, alone });
            continue;
        }
        let decides = table.decides(check).and(&applies);
        let decided = decides.clone().and(&reached);
        if decided.is_empty() {
            let mut before = block.checks[..position].iter();
            let why = match before.position(|other| other.says_as(check)) {
                _ if decides.is_empty() => Idle::Condition,
                Some(same) => Idle::Repeated(same),
                None => Idle::Late,
            };
            findings.add(place, What::Idle(why));
        }
        reached = reached.and(&decided.not());
        if reached.is_empty() {
            last = Some((position, decides == applies));
        }
    }
    last.map(|(position, _)| position)
}
