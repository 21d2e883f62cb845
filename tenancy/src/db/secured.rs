//! Handles of databases with row-level security.

use crate::db::rls::RowSecurity;
use crate::db::rls::signing::SigningKey;
use crate::db::{Db, Shared};
use crate::error::Result;
use crate::model::isolation;
use crate::pool::check::Check;
use std::sync::Arc;

impl Db<sqlx::Postgres> {
    /// The same database, which is told the tenant of every statement, for row-level security: for roots with
    /// `#[tenancy(rls)]`.
    ///
    /// Each statement runs in a transaction (its own, unless it is part of one), whose `BEGIN` sets the
    /// tenant in the same round trip, until the transaction ends. Policies of the tables compare it:
    /// see [`rls`](crate::rls).
    ///
    /// Every new connection is asked whether row-level security holds for it.
    ///
    /// # Errors
    ///
    /// [`Error::UnsafeRole`](crate::Error::UnsafeRole) if the role could get around it: it is a superuser, or has
    /// BYPASSRLS, or is a member of a role that does, or owns tables with row-level security that is not forced;
    /// if the database cannot be reached.
    pub async fn with_rls(self) -> Result<Db<sqlx::Postgres, isolation::Rls>> {
        self.secured(RowSecurity::Setting).await
    }

    /// As [`with_rls`](Self::with_rls), with a signature that only this program can make: SQL that was injected
    /// through other code cannot change to another tenant.
    ///
    /// Costs a computation of HMAC-SHA-256 here, and one on the server for each statement; and a round trip for
    /// each transaction, since the signature is a parameter: the text of a statement is shown to other
    /// sessions of the same role.
    ///
    /// # Errors
    ///
    /// As for [`with_rls`](Self::with_rls), and if SQL of the role could get around signatures: it has a
    /// privilege on the key; owns a table with row-level security or its schema, or may `TRUNCATE` it or add
    /// triggers; has
    /// CREATEROLE or REPLICATION; or may read or write files of the server. The same if the database does not
    /// verify signatures with this key.
    pub async fn with_signed_rls(
        self,
        key: SigningKey,
    ) -> Result<Db<sqlx::Postgres, isolation::Rls>> {
        self.secured(RowSecurity::Signed(Arc::new(key))).await
    }

    async fn secured(self, rls: RowSecurity) -> Result<Db<sqlx::Postgres, isolation::Rls>> {
        let Shared { pool, place, .. } = &*self.shared;
        let check = Check::Role {
            signed: matches!(rls, RowSecurity::Signed(_)),
        };
        let place = pool.place(place.options().clone(), check);
        let mut connection = pool.acquire(&place).await?;
        if let RowSecurity::Signed(key) = &rls {
            crate::db::rls::probe::verified(&mut connection, key).await?;
        }
        drop(connection);
        Ok(Db::new(pool.clone(), place, Some(rls), None))
    }
}
