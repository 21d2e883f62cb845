//! What rules mean: they are asked one after the other, and nothing is folded.

use super::super::condition::{Atoms, Condition, Test};
use super::super::fold::{Check, Checks, Rules};
use super::super::syntax::Verb;
use super::random::{Row, World};

pub(in super::super) fn truth(
    condition: &Condition,
    actor: &[Option<bool>],
    row: &[Option<bool>],
) -> Option<bool> {
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

/// What the atoms about a row come to that is inside of so many relations; those about other rows are
/// not asked of it.
fn answers(atoms: &Atoms, actor: &[Option<bool>], row: &Row, nested: usize) -> Vec<Option<bool>> {
    let asked = atoms.row.iter().enumerate();
    let answers = asked.map(|(index, atom)| match &atom.test {
        _ if atom.within.len() != nested => None,
        Test::Any(_, _, inner) => {
            let rows = row.related(index).iter();
            exists(rows.map(|row| truth(inner, actor, &answers(atoms, actor, row, nested + 1))))
        }
        _ => row.value(index),
    });
    answers.collect()
}

/// Whether it is true of one of several rows: unknown if it is of none, but may be.
fn exists(rows: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut answer = Some(false);
    for row in rows {
        match row {
            Some(true) => return Some(true),
            Some(false) => {}
            None => answer = None,
        }
    }
    answer
}

/// What a block says: authorized, forbidden, or nothing.
pub(in super::super) fn decision(
    checks: &[Check],
    truth: impl Fn(&Condition) -> Option<bool>,
) -> Option<bool> {
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

pub(in super::super) fn allowed(
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

/// Whether the rules allow their action in a world.
pub(super) fn allowed_in(world: &World, atoms: &Atoms, rules: &Rules) -> bool {
    let actor = &world.assumed.actor;
    let row = answers(atoms, actor, &world.row, 0);
    allowed(rules, &world.assumed.whens, |condition| {
        truth(condition, actor, &row)
    })
}
