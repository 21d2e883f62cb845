//! Judging: what decided, check by check.
//!
//! The one evaluator in memory: [`allows`] is an [`explain`] that remembers nothing.

use crate::policy::along;
use crate::policy::answers::Answers;
use crate::policy::explanation::{
    BlockExplained, CheckExplained, Explanation, Outcome, RulesExplained,
};
use crate::policy::rules::{Block, Kind, Rules, Tree};

/// Whether the rules allow it.
pub(crate) fn allows(rules: &Rules, answers: &Answers) -> bool {
    decide(rules, answers, &mut |_, _, _| {})
}

/// What is told of every check that is reached: the block, the check, and what its condition came to.
type Told<'a> = dyn FnMut(usize, usize, Option<bool>) + 'a;

/// No guard forbids, and a bypass authorizes or all policies that apply do, of which there is one at
/// least.
fn decide(rules: &Rules, answers: &Answers, tell: &mut Told<'_>) -> bool {
    let (mut guarded, mut bypassed, mut any, mut all) = (false, false, false, true);
    for (position, block) in rules.blocks.iter().enumerate() {
        if !applies(block, answers) {
            continue;
        }
        let says = decision(block, answers, &mut |check, value| {
            tell(position, check, value);
        });
        match block.kind {
            Kind::Guard => guarded |= says == Some(false),
            Kind::Bypass => bypassed |= says == Some(true),
            Kind::Policy => {
                any = true;
                all &= says == Some(true);
            }
        }
    }
    !guarded && (bypassed || (any && all))
}

fn applies(block: &Block, answers: &Answers) -> bool {
    block.when.is_none_or(|(when, _)| answers.applies(when))
}

/// The first check that decides wins.
fn decision(
    block: &Block,
    answers: &Answers,
    tell: &mut dyn FnMut(usize, Option<bool>),
) -> Option<bool> {
    block
        .checks
        .iter()
        .enumerate()
        .find_map(|(position, check)| {
            let value = check.condition.truth(answers);
            tell(position, value);
            check.verb.decides(value)
        })
}

/// What decided, and why.
pub(crate) fn explain(
    table: &'static str,
    parts: &'static [&'static Rules],
    answers: &Answers,
) -> Explanation {
    let mut explained: Vec<_> = parts.iter().map(|rules| part(rules, answers)).collect();
    let action = explained.last().map(|part| part.action);
    explained.extend(answers.along().map(along::explained));
    Explanation::new(table, action, explained)
}

fn part(rules: &'static Rules, answers: &Answers) -> RulesExplained {
    let mut blocks: Vec<_> = rules
        .blocks
        .iter()
        .map(|block| unread(block, answers))
        .collect();
    let allowed = decide(rules, answers, &mut |block, check, value| {
        let checks = &mut blocks[block].checks;
        checks[check].reached = true;
        checks[check].value = value;
    });
    for block in &mut blocks {
        let mut decided = block.checks.iter_mut().rfind(|check| check.reached);
        let outcome = decided
            .as_deref()
            .and_then(|check| check.verb.decides(check.value));
        if let (Some(check), Some(_)) = (&mut decided, outcome) {
            check.decided = true;
        }
        block.outcome = match outcome {
            _ if !block.applies => Outcome::DoesNotApply,
            Some(true) => Outcome::Authorizes,
            Some(false) => Outcome::Forbids,
            None => Outcome::NoDecision,
        };
    }
    RulesExplained {
        action: rules.action,
        allowed,
        blocks,
    }
}

/// A block of which nothing is known yet.
fn unread(block: &'static Block, answers: &Answers) -> BlockExplained {
    BlockExplained {
        kind: block.kind,
        name: block.name,
        when: block.when.map(|(_, text)| text),
        applies: applies(block, answers),
        outcome: Outcome::NoDecision,
        checks: block
            .checks
            .iter()
            .map(|check| CheckExplained {
                verb: check.verb,
                condition: check.text,
                code: check.code,
                reached: false,
                value: None,
                decided: false,
            })
            .collect(),
    }
}

impl Tree {
    /// The condition in three-valued logic (Kleene's).
    pub(crate) fn truth(&self, answers: &Answers) -> Option<bool> {
        match self {
            Self::Constant(value) => Some(*value),
            Self::Actor(atom) => answers.of_actor(*atom),
            Self::Row(atom) => answers.of_row(*atom),
            Self::Not(inner) => inner.truth(answers).map(|value| !value),
            Self::And(left, right) => match (left.truth(answers), right.truth(answers)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Self::Or(left, right) => match (left.truth(answers), right.truth(answers)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
        }
    }
}

impl Answers {
    /// What the parts come to whatever the open atoms are; `None` if it depends on them (or if there
    /// are too many to try).
    pub(crate) fn settled(&self, parts: &[&Rules], open: &[usize]) -> Option<bool> {
        const MOST: usize = 5;
        if open.len() > MOST {
            return None;
        }
        let mut tried = self.clone();
        let mut result = None;
        for mut case in 0..3_usize.pow(u32::try_from(open.len()).ok()?) {
            for atom in open {
                tried.know(*atom, [Some(true), Some(false), None][case % 3]);
                case /= 3;
            }
            let allowed = parts.iter().all(|rules| allows(rules, &tried));
            match result {
                None => result = Some(allowed),
                Some(result) if result == allowed => {}
                Some(_) => return None,
            }
        }
        result
    }
}
