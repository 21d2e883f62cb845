//! Why a role is not one that row-level security holds for.

/// Why a role cannot be trusted with row-level security.
#[derive(Debug, thiserror::Error)]
#[error("row-level security does not hold for the role of the connection: {why}")]
pub struct UnsafeRole {
    pub(crate) why: String,
}
