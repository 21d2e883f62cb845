//! Rules that would look further than there is room for.

/// Rules that look into rows whose rules look further, and come to more than 64 sub-queries: see
/// [`Error::RulesTooDeep`](crate::Error::RulesTooDeep).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "rules for `{action}` of `{table}` would be asked more than {depth} rows away, which is more than 64 sub-queries: \
     write `#![depth({depth})]` at the top of the rules of the statement's model, whose rules then permit nothing \
     beyond; or look into fewer rows"
)]
pub struct TooDeep {
    pub(crate) table: &'static str,
    pub(crate) action: &'static str,
    pub(crate) depth: u8,
}

impl TooDeep {
    /// How many rows away there is room for.
    #[must_use]
    pub const fn depth(&self) -> u8 {
        self.depth
    }
}
