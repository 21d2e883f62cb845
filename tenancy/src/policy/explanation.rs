//! Explanations: which check decided, and why; for people and as data.

use crate::error::denial::Denial;
use serde::{Serialize, Serializer};
use std::fmt;

pub(crate) use crate::policy::rules::{Kind, Verb};

/// What the policies say about one action, one actor and one row, check by check.
///
/// It is data, and serializes as such; as text it is a few lines for people:
///
/// ```text
/// update of documents: denied (locked)
///   read: allowed
///     policy: authorizes
///     * authorize_if always [true]
///   update: denied
///     guard: forbids
///     * forbid_if locked => "locked" [true]
///     policy "editors": authorizes
///     * authorize_if owner_id == actor [true]
///       authorize_if actor.admin [not reached]
/// ```
///
/// It tells what the rules ask, and what came out, and so something about the row: it is for who
/// operates the program, not for its clients.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The table of the model.
    pub table: &'static str,
    /// The action.
    pub action: &'static str,
    /// Whether it is allowed.
    pub allowed: bool,
    /// The rules that must all allow it: those for `read`, too, where the action needs them.
    pub parts: Vec<RulesExplained>,
}

/// What the rules of one action say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RulesExplained {
    /// The action.
    pub action: &'static str,
    /// Whether they allow it.
    pub allowed: bool,
    /// Block by block, as they were written.
    pub blocks: Vec<BlockExplained>,
}

/// What a block says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct BlockExplained {
    /// What the block is for.
    pub kind: Kind,
    /// What it was named.
    pub name: Option<&'static str>,
    /// The condition on the actor under which it applies.
    pub when: Option<&'static str>,
    /// Whether it applies to this actor.
    pub applies: bool,
    /// What came out.
    pub outcome: Outcome,
    /// Check by check.
    pub checks: Vec<CheckExplained>,
}

/// What came out of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A check authorized.
    Authorizes,
    /// A check forbade.
    Forbids,
    /// No check decided: a denial for a policy, nothing for a guard or a bypass.
    NoDecision,
    /// The block is not about this actor.
    DoesNotApply,
}

/// What a check says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CheckExplained {
    /// How it decides.
    pub verb: Verb,
    /// Its condition, as it was written.
    pub condition: &'static str,
    /// What a denial by it is called.
    pub code: Option<&'static str>,
    /// Whether no check before it decided.
    pub reached: bool,
    /// What the condition came to; `None` is unknown (or it was not reached).
    #[serde(serialize_with = "truth")]
    pub value: Option<bool>,
    /// Whether it decided.
    pub decided: bool,
}

fn truth<S: Serializer>(value: &Option<bool>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(word(*value))
}

fn word(value: Option<bool>) -> &'static str {
    match value {
        Some(true) => "true",
        Some(false) => "false",
        None => "unknown",
    }
}

impl Explanation {
    pub(crate) fn new(
        table: &'static str,
        action: Option<&'static str>,
        parts: Vec<RulesExplained>,
    ) -> Self {
        let last = parts.last().map(|part| part.action);
        Self {
            table,
            action: action.or(last).unwrap_or_default(),
            allowed: parts.iter().all(|part| part.allowed),
            parts,
        }
    }

    /// What denied it; `None` if it is allowed.
    #[must_use]
    pub fn denial(&self) -> Option<Denial> {
        let denied = self.parts.iter().find(|part| !part.allowed)?;
        Some(denial(denied))
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}: ", self.action, self.table)?;
        match self.denial() {
            None => f.write_str("allowed")?,
            Some(denial) => write!(f, "denied ({})", denial.code())?,
        }
        for part in &self.parts {
            let allowed = if part.allowed { "allowed" } else { "denied" };
            write!(f, "\n  {}: {allowed}", part.action)?;
            for block in &part.blocks {
                write!(f, "{block}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for BlockExplained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n    {}", self.kind.as_str())?;
        if let Some(name) = self.name {
            write!(f, " {name:?}")?;
        }
        if let Some(when) = self.when {
            write!(f, " when {when}")?;
        }
        f.write_str(match self.outcome {
            Outcome::Authorizes => ": authorizes",
            Outcome::Forbids => ": forbids",
            Outcome::NoDecision => ": does not decide",
            Outcome::DoesNotApply => ": does not apply",
        })?;
        if self.applies {
            for check in &self.checks {
                write!(f, "{check}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for CheckExplained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.decided { '*' } else { ' ' };
        write!(f, "\n    {mark} {} {}", self.verb.as_str(), self.condition)?;
        if let Some(code) = self.code {
            write!(f, " => {code:?}")?;
        }
        if self.reached {
            write!(f, " [{}]", word(self.value))
        } else {
            f.write_str(" [not reached]")
        }
    }
}

/// What denied: the first guard that forbids, else the first policy that does not authorize.
pub(crate) fn denial(part: &RulesExplained) -> Denial {
    let forbids = |block: &&BlockExplained| {
        block.applies && block.kind == Kind::Guard && block.outcome == Outcome::Forbids
    };
    let refuses = |block: &&BlockExplained| {
        block.applies && block.kind == Kind::Policy && block.outcome != Outcome::Authorizes
    };
    let blamed = part
        .blocks
        .iter()
        .find(forbids)
        .or_else(|| part.blocks.iter().find(refuses));
    let code = blamed.and_then(|block| {
        let check = block.checks.iter().find(|check| check.decided);
        check.and_then(|check| check.code).or(block.name)
    });
    Denial::new(part.action, code)
}
