//! The rules of an action as data: what `policies!` was given, for whoever asks what decided.
//!
//! The statements do not read this: their conditions were folded from the same tree by the macro.

use crate::error::denial::Denial;

/// The rules of one action.
#[doc(hidden)]
#[derive(Debug)]
pub struct Rules {
    /// What the action is called.
    pub action: &'static str,
    /// The blocks, in the order they were written.
    pub blocks: &'static [Block],
}

/// A list of checks, and what it is for.
#[doc(hidden)]
#[derive(Debug)]
pub struct Block {
    pub kind: Kind,
    /// What it was named.
    pub name: Option<&'static str>,
    /// The position of its `when` among the answers, and its text.
    pub when: Option<(usize, &'static str)>,
    pub checks: &'static [Check],
}

/// What a block is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It may only forbid, and nothing overrides it.
    Guard,
    /// It may only authorize, whatever the policies of the action say.
    Bypass,
    /// All that apply must authorize.
    Policy,
}

/// One line of a block.
#[doc(hidden)]
#[derive(Debug)]
pub struct Check {
    pub verb: Verb,
    pub condition: &'static Tree,
    /// The condition as it was written.
    pub text: &'static str,
    /// What a denial by this check is called.
    pub code: Option<&'static str>,
}

/// How a check decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Authorizes if the condition is true.
    AuthorizeIf,
    /// Authorizes if the condition is false.
    AuthorizeUnless,
    /// Forbids unless the condition is false.
    ForbidIf,
    /// Forbids unless the condition is true.
    ForbidUnless,
}

/// A condition, made of atoms that are known by their positions.
#[doc(hidden)]
#[derive(Debug)]
pub enum Tree {
    Constant(bool),
    /// About the actor alone.
    Actor(usize),
    /// About the row.
    Row(usize),
    Not(&'static Self),
    And(&'static Self, &'static Self),
    Or(&'static Self, &'static Self),
}

impl Tree {
    fn atoms(&self, found: &mut Atoms) {
        match self {
            Self::Constant(_) => {}
            Self::Actor(atom) => Atoms::add(&mut found.actor, *atom),
            Self::Row(atom) => Atoms::add(&mut found.row, *atom),
            Self::Not(inner) => inner.atoms(found),
            Self::And(left, right) | Self::Or(left, right) => {
                left.atoms(found);
                right.atoms(found);
            }
        }
    }
}

impl Verb {
    /// Whether the check authorizes (`true`), forbids (`false`), or leaves it to the next one.
    pub(crate) fn decides(self, value: Option<bool>) -> Option<bool> {
        match self {
            Self::AuthorizeIf if value == Some(true) => Some(true),
            Self::AuthorizeUnless if value == Some(false) => Some(true),
            // Unless it is certain that there is nothing to forbid, they forbid.
            Self::ForbidIf if value != Some(false) => Some(false),
            Self::ForbidUnless if value != Some(true) => Some(false),
            _ => None,
        }
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizeIf => "authorize_if",
            Self::AuthorizeUnless => "authorize_unless",
            Self::ForbidIf => "forbid_if",
            Self::ForbidUnless => "forbid_unless",
        }
    }
}

impl Kind {
    /// As it is written; a policy is written as the name of its action.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Guard => "guard",
            Self::Bypass => "bypass",
            Self::Policy => "policy",
        }
    }
}

/// The atoms that some rules are made of, each once.
#[derive(Debug, Default)]
pub(crate) struct Atoms {
    pub(crate) actor: Vec<usize>,
    pub(crate) whens: Vec<usize>,
    pub(crate) row: Vec<usize>,
}

impl Atoms {
    pub(crate) fn of(parts: &[&Rules]) -> Self {
        let mut found = Self::default();
        for block in parts.iter().flat_map(|rules| rules.blocks) {
            if let Some((when, _)) = block.when {
                Self::add(&mut found.whens, when);
            }
            for check in block.checks {
                check.condition.atoms(&mut found);
            }
        }
        found
    }

    fn add(to: &mut Vec<usize>, atom: usize) {
        if !to.contains(&atom) {
            to.push(atom);
        }
    }
}

/// The denial of an action for which nothing was found to blame.
pub(crate) fn unexplained(parts: &[&Rules]) -> Denial {
    Denial::new(parts.last().map_or("", |rules| rules.action), None)
}
