//! How many statements a connection keeps prepared.

/// How many prepared statements a connection keeps.
#[derive(Clone, Copy, Debug)]
pub enum Room {
    /// None: the next transaction is another connection's.
    None,
    Statements(usize),
    /// What its options say.
    Usual,
}
