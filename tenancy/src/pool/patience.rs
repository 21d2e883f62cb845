//! How long a server may take to answer.

use crate::backend::Backend;
use crate::pool::connection::PoolConnection;
use std::io::ErrorKind;
use std::time::Duration;

/// How long a server may take to answer, if there is an end to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience(Option<Duration>);

impl Patience {
    /// Gives up what takes longer. The connection is in the middle of it then.
    pub(crate) async fn with<T>(
        self,
        work: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, sqlx::Error> {
        let Some(most) = self.0 else {
            return work.await;
        };
        let ended = tokio::time::timeout(most, work).await;
        ended.unwrap_or_else(|_| Err(sqlx::Error::Io(ErrorKind::TimedOut.into())))
    }
}

/// Whether something was given up.
pub(crate) fn is_given_up(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Io(error) if error.kind() == ErrorKind::TimedOut)
}

impl<DB: Backend> PoolConnection<DB> {
    /// For what runs on it.
    pub(crate) fn patience(&self) -> Patience {
        Patience(self.seat().statement_timeout())
    }
}
