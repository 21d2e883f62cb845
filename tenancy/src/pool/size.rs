//! How many connections there are.

/// How many connections a [`Db`](crate::Db) has at a moment, for metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Connections {
    /// All: idle, in use, being opened, cleaned or closed.
    pub open: usize,
    /// Those that nobody uses.
    pub idle: usize,
    /// How many may be open.
    pub max: usize,
}
