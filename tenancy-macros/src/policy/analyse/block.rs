//! What makes no sense in a block, whatever the others are.

use super::super::fold::Checks;
use super::super::resolve::Resolved;
use super::super::syntax::{Kind, Policies};
use super::finding::{Findings, Idle, Place, What};
use super::table::Table;

pub(super) fn inspect(policies: &Policies, resolved: &Resolved, findings: &mut Findings) {
    for (position, block) in policies.blocks.iter().enumerate() {
        let mut blocks = resolved
            .actions
            .iter()
            .flat_map(|action| action.rules.blocks());
        let Some(checks) = blocks.find(|checks| checks.block == position) else {
            continue;
        };
        if let Ok(table) = Table::new(resolved, [checks]) {
            self::checks(block.kind, checks, &table, findings);
        }
    }
}

fn checks(kind: Kind, block: &Checks, table: &Table<'_>, findings: &mut Findings) {
    let applies = table.applies(block);
    let mut reached = applies.clone();
    // Once nothing gets further: the check it stops at, and whether it needs those before it.
    let mut stops = None;
    let mut faulty = false;
    let mut fault = |place, what| {
        faulty = true;
        findings.add(place, what);
    };
    for (position, check) in block.checks.iter().enumerate() {
        let place = Place::Check(block.block, position);
        if let Some((after, alone)) = stops {
            fault(place, What::Unreached { after, alone });
            continue;
        }
        let decides = table.decides(check).and(&applies);
        let decided = decides.clone().and(&reached);
        if decided.is_empty() {
            let same = block.checks[..position]
                .iter()
                .position(|other| other == check);
            let why = match same {
                _ if decides.is_empty() => Idle::Condition,
                Some(same) => Idle::Repeated(same),
                None => Idle::Late,
            };
            fault(place, What::Idle(why));
        }
        reached = reached.and(&decided.not());
        if reached.is_empty() {
            stops = Some((position, decides == applies));
        }
    }
    let authorizing: Vec<_> = block
        .checks
        .iter()
        .filter(|(verb, _)| verb.authorizes())
        .collect();
    match kind {
        Kind::Policy if authorizing.is_empty() => {
            // `forbid_if always` says that this is on purpose.
            if !block
                .checks
                .iter()
                .any(|(_, condition)| condition.is_literal())
            {
                fault(Place::Block(block.block), What::Barren);
            }
        }
        Kind::Guard | Kind::Bypass if block.checks.is_empty() => {
            fault(Place::Block(block.block), What::Empty);
        }
        _ => {}
    }
    let literally = authorizing
        .iter()
        .any(|(_, condition)| condition.is_literal());
    let passes = kind != Kind::Guard && table.passes(block, false).and(&applies) == applies;
    if let Some((last, _)) = stops
        && passes
        && !literally
        && !faulty
    {
        let place = Place::Check(block.block, last);
        findings.add(place, What::AlwaysAuthorized);
    }
}
