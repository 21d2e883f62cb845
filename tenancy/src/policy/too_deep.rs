//! The refusal of a statement whose rules would look further than there is room for.

use crate::backend::Backend;
use crate::binder::Binder;
use crate::expr::{Bind, Node};
use crate::sql::{Text, text};

/// Rules that look into rows whose rules look further, and come to more than 64 sub-queries: see
/// [`Error::RulesTooDeep`](crate::Error::RulesTooDeep).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "rules for `{action}` of `{table}` would be asked more than {depth} rows away, which is more than 64 sub-queries: \
     write `#![depth({depth})]` at the top of the rules of the statement's model, whose rules then permit nothing \
     beyond; or look into fewer rows"
)]
pub struct TooDeep {
    pub(super) table: &'static str,
    pub(super) action: &'static str,
    pub(super) depth: u8,
}

impl TooDeep {
    /// How many rows away there is room for.
    #[must_use]
    pub const fn depth(&self) -> u8 {
        self.depth
    }
}

// A condition that is asked nowhere: whoever binds it refuses the statement.
impl Node for TooDeep {
    const TEXT: &'static Text = &text!(push("FALSE"));
    const COLUMNS: u128 = 0;
}

impl<DB: Backend> Bind<DB> for TooDeep {
    fn bind(self, binder: &mut Binder<DB>) {
        binder.too_deep(self);
    }
}
