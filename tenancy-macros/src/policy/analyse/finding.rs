//! What was found.

use super::super::condition::Condition;
use super::super::syntax::Policies;

/// Something about the rules that makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) place: Place,
    pub(super) what: What,
}

/// Where it is, by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Of a block and of a check in it.
    Check(usize, usize),
    Block(usize),
    Action(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Of a check: those up to another one always decide, or that one alone does.
    Unreached { after: usize, alone: bool },
    /// Of a check: it never decides.
    Idle(Idle),
    /// Of a policy: no check in it authorizes.
    Barren,
    /// Of a guard or a bypass: there is no check in it.
    Empty,
    /// Of a guard: nothing gets past it.
    Shut,
    /// Of an action: nobody can ever do it.
    NeverAllowed,
    /// Of a block: the same is there before.
    Repeated,
    /// Of a check: at the latest here, everyone is authorized, and nobody said `always`.
    AlwaysAuthorized,
    /// Of an action: everyone can do it always, and nobody said `always`.
    AlwaysAllowed,
    /// Of a check or a block: without it, the same is allowed.
    Spare(Spare),
    /// Of an action: it asks so many questions that it was not analysed.
    Unchecked(usize),
}

/// Why a check never decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Idle {
    /// Its condition alone says so.
    Condition,
    /// It is the same as one before it.
    Repeated(usize),
    /// Where it could decide, one before it has.
    Late,
}

/// Why something can be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spare {
    /// It forbids what no check after it authorizes.
    End,
    /// The other checks of its block come to the same.
    Checks,
    /// The other blocks come to the same.
    Blocks,
}

/// What was found up to now.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) list: Vec<Finding>,
    /// The blocks with a mistake in them: what follows from it is not said again.
    pub(super) faulty: Vec<usize>,
}

impl Findings {
    pub(super) fn add(&mut self, place: Place, what: What) {
        if let Place::Check(block, _) | Place::Block(block) = place {
            self.faulty.push(block);
        }
        self.list.push(Finding { place, what });
    }
}

impl Policies {
    /// Whether nothing is to be said about a block.
    pub(super) fn tolerates(&self, block: usize) -> bool {
        self.allowed.senseless || self.blocks[block].allowed.senseless
    }
}

impl Condition {
    /// Whether it says literally what it comes to, such as `always`.
    pub(super) fn is_literal(&self) -> bool {
        match self {
            Self::Constant(_) => true,
            Self::Actor(_) | Self::Row(_) => false,
            Self::Not(inner) => inner.is_literal(),
            Self::And(left, right) | Self::Or(left, right) => {
                left.is_literal() && right.is_literal()
            }
        }
    }
}
