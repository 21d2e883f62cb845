//! What errors say of a connection.

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
