//! Why a value is not read.

/// Why a value is not given to the driver. Never with the value.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Unfit {
    #[error("is of the type {sql}, which `{rust}` is not read from")]
    Mismatch { sql: String, rust: &'static str },
    #[error("is infinite, or too far away for the type that it is read as")]
    TooFar,
    #[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "on PostgreSQL"))]
    #[error("is 24:00, which the type that it is read as does not have")]
    EndOfDay,
}
