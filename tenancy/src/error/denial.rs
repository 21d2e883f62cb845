//! What a denial is called.

/// Why an action was denied, in words that are the program's own and stay the same.
///
/// It holds no value of any row. It is for the program and its clients: what decided in detail is for
/// the operator, see [`Acting::explain`](crate::Acting::explain).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denial {
    action: &'static str,
    code: Option<&'static str>,
}

impl Denial {
    pub(crate) const fn new(action: &'static str, code: Option<&'static str>) -> Self {
        Self { action, code }
    }

    /// The action that was denied: `update`. Where a new row may not be read by who creates it, or a
    /// changed one by who changes it, that is `read`.
    #[must_use]
    pub const fn action(&self) -> &'static str {
        self.action
    }

    /// The code of the check that forbade it (`forbid_if locked => "locked"`), or the name of the block
    /// whose end was reached (`update => "editors" { … }`); the action if neither has one, or if
    /// nothing was found to blame (the row has changed meanwhile, the statement was about many rows).
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self.code {
            Some(code) => code,
            None => self.action,
        }
    }
}
