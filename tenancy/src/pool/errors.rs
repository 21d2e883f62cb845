//! What errors say of a connection.

use crate::error::origin::{ends_session, is_of_session};
use sqlx::Error;

/// Whether an error while connecting may pass by itself.
pub(super) fn passes(error: &Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};

    match error {
        Error::Io(error) => {
            matches!(
                error.kind(),
                ConnectionRefused | ConnectionAborted | ConnectionReset
            )
        }
        Error::Database(error) => error.is_transient_in_connect_phase(),
        _ => false,
    }
}

/// Whether an error of a statement says that its connection is gone. Others may be then, too: a server that is
/// shut down, or a network that fails, takes all of them.
pub(super) fn is_gone(error: &Error) -> bool {
    match error {
        Error::Io(_) | Error::Tls(_) | Error::Protocol(_) | Error::WorkerCrashed => true,
        // Connection exceptions, and what an operator did to the server (PostgreSQL, appendix A).
        Error::Database(error) => {
            let gone = |code: &str| code.starts_with("08") || code.starts_with("57P");
            let may_be = error.code().as_deref().is_some_and(gone);
            ends_session(error.as_ref()) || may_be && is_of_session(error.as_ref())
        }
        _ => false,
    }
}
