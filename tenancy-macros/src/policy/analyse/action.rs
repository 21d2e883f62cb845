//! What makes no sense in an action as a whole.

use super::super::resolve::{Action, Resolved};
use super::bits::Bits;
use super::finding::{Findings, Place, What};
use super::table::Table;

/// An action that some can do, and some cannot.
pub(super) struct Inspected<'a> {
    pub(super) action: &'a Action,
    pub(super) table: Table<'a>,
    pub(super) allowed: Bits,
}

/// What can be said of each action; `None` if there is nothing more to say.
pub(super) fn inspect<'a>(
    resolved: &'a Resolved,
    findings: &mut Findings,
) -> Vec<Option<Inspected<'a>>> {
    let actions = resolved.actions.iter().enumerate();
    let inspected = actions.map(|(position, action)| {
        let place = Place::Action(position);
        match Table::new(resolved, action.rules.blocks()) {
            Ok(table) => self::action(action, place, table, findings),
            Err(questions) => {
                findings.add(place, What::Unchecked(questions));
                None
            }
        }
    });
    inspected.collect()
}

fn action<'a>(
    action: &'a Action,
    place: Place,
    table: Table<'a>,
    findings: &mut Findings,
) -> Option<Inspected<'a>> {
    let rules = &action.rules;
    let faulty = rules
        .blocks()
        .any(|block| findings.faulty.contains(&block.block));
    let mut authorizing = rules
        .blocks()
        .flat_map(|block| &block.checks)
        .filter(|check| check.verb.authorizes());
    let allowed = table.allowed(rules);
    if allowed.is_empty() {
        // Where nothing authorizes, it says literally that it forbids.
        if !faulty && authorizing.next().is_some() {
            let mut guards = rules.guards.iter();
            match guards.find(|guard| guard.when.is_none() && table.passes(guard, true).is_empty())
            {
                Some(guard) => findings.add(Place::Block(guard.block), What::Shut),
                None => findings.add(place, What::NeverAllowed),
            }
        }
        return None;
    }
    if allowed.is_full() && !faulty && !authorizing.any(|check| check.condition.is_literal()) {
        findings.add(place, What::AlwaysAllowed);
    }
    Some(Inspected {
        action,
        table,
        allowed,
    })
}
