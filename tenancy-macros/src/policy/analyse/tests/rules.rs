//! Random rules, and a count of what was found in them.

use super::super::super::fold_tests::random::Random;
use super::reference::Case;

const AUTHORIZE: [&str; 2] = ["authorize_if", "authorize_unless"];
const FORBID: [&str; 2] = ["forbid_if", "forbid_unless"];

fn condition(random: &mut Random, atoms: &[&str], depth: usize) -> String {
    match random.below(if depth == 0 { 8 } else { 14 }) {
        0 => ["always", "never"][random.below(2)].to_owned(),
        1..=7 => atoms[random.below(atoms.len())].to_owned(),
        8 | 9 => format!("!({})", condition(random, atoms, depth - 1)),
        number => {
            let operator = if number < 12 { "&&" } else { "||" };
            let left = condition(random, atoms, depth - 1);
            let right = condition(random, atoms, depth - 1);
            format!("({left}) {operator} ({right})")
        }
    }
}

/// The text of some blocks, over these atoms and these `when`s.
pub(super) fn rules(random: &mut Random, atoms: &[&str], whens: &[&str]) -> String {
    let mut text = String::new();
    for (kind, most) in [("guard", 2), ("bypass", 2), ("policy", 3)] {
        for _ in 0..random.below(most + 1) {
            let actions = ["read", "create", "read, create"][random.below(3)];
            text += &match kind {
                "policy" => actions.split(',').next().unwrap_or_default().to_owned(),
                kind => format!("{kind}({actions})"),
            };
            if random.below(3) == 0 {
                text += &format!(" when {}", whens[random.below(whens.len())]);
            }
            text += " {\n";
            let checks = [0, 1, 1, 1, 2, 2, 3][random.below(7)];
            for _ in 0..checks {
                let verbs = match kind {
                    "guard" => &FORBID,
                    "bypass" => &AUTHORIZE,
                    _ => [&AUTHORIZE, &FORBID][random.below(2)],
                };
                let verb = verbs[random.below(2)];
                text += &format!("    {verb} {};\n", condition(random, atoms, 2));
            }
            text += "}\n";
        }
    }
    text
}

/// How often what was found.
#[derive(Default)]
pub(super) struct Tally(Vec<(String, usize)>);

impl Tally {
    pub(super) fn add(&mut self, case: &Case) {
        for finding in &case.findings {
            let name = format!("{:?}", finding.what);
            let name = name.split(|c: char| !c.is_alphabetic() && c != '(').next();
            let name = name.unwrap_or_default().to_owned();
            match self.0.iter_mut().find(|(known, _)| *known == name) {
                Some((_, number)) => *number += 1,
                None => self.0.push((name, 1)),
            }
        }
    }

    /// Panics if something was hardly ever found.
    pub(super) fn assert_found(&self, names: &[&str]) {
        for name in names {
            let found = self.0.iter().find(|(known, _)| known == name);
            let enough = found.is_some_and(|(_, number)| *number > 4);
            assert!(enough, "{name} is not tested: {:?}", self.0);
        }
    }
}

/// What random rules lead to.
pub(super) const ALL: [&str; 12] = [
    "Unreached",
    "Idle(Condition",
    "Idle(Repeated(",
    "Idle(Late",
    "Barren",
    "Empty",
    "Shut",
    "NeverAllowed",
    "AlwaysAuthorized",
    "Spare(End",
    "Spare(Checks",
    "Spare(Blocks",
];
