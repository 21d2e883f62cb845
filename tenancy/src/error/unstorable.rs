//! Why a value is not stored.

/// Why a value is not stored, and not looked for. It does not tell the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unstorable {
    /// PostgreSQL has no such text, and functions of SQLite's stop there.
    #[error("a text with the character NUL in it")]
    Nul,
    /// SQLite makes NULL of it.
    #[error("a number that is not a number (NaN)")]
    NotANumber,
    /// A setting that is empty is one that is not there.
    #[error("an empty id, which is nobody's to row-level security, and so no tenant's")]
    Nobody,
    /// `serde_json` writes it, and does not read it.
    #[error("JSON that is nested too deeply to be read again")]
    TooDeep,
    /// PostgreSQL writes all of its digits, which `serde_json` takes for more than there is.
    #[error("a number in JSON that is too great to be read again (of 1e308 and more)")]
    TooGreat,
    /// The driver would not read it again.
    #[cfg(feature = "postgres")]
    #[error("a date, a moment or a time of day that could not be read again")]
    TooFar,
    /// It would not be in order among others.
    #[cfg(feature = "sqlite")]
    #[error("a date or a moment that is not in the years 0 to 9999, or is not written as one")]
    NoMoment,
}
