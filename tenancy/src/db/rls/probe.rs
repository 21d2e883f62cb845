//! Whether the database verifies signatures.

use crate::db::rls::signing::SigningKey;
use crate::error::role::UnsafeRole;
use crate::error::{Error, Result};
use sqlx::Connection as _;
use sqlx::PgConnection;

/// What is signed to find out: no tenant of whatever type.
const NOBODY: &str = "tenancy: nobody";

/// That the database takes signatures of this key for genuine, and nothing else: otherwise each statement would
/// meet no rows, and nobody would know why.
pub(crate) async fn verified(connection: &mut PgConnection, key: &SigningKey) -> Result<()> {
    let mut transaction = connection.begin().await?;
    let signed = key.signed(NOBODY);
    let forged = format!("{:064}:{NOBODY}", 0);
    for (value, expected) in [(signed, Some(NOBODY)), (forged, None)] {
        // Before the function, which is found when the statement is prepared.
        let tell = "SELECT pg_catalog.set_config('tenancy.tenant', $1, true)";
        sqlx::query(tell)
            .bind(value)
            .persistent(false)
            .execute(&mut *transaction)
            .await?;
        let asked = sqlx::query_scalar::<_, Option<String>>("SELECT tenancy.tenant()")
            .persistent(false)
            .fetch_one(&mut *transaction)
            .await;
        let told = match asked {
            Ok(told) => told,
            // There is no such function, or it is not for this role.
            Err(sqlx::Error::Database(_)) => return Err(unverified()),
            Err(error) => return Err(error.into()),
        };
        if told.as_deref() != expected {
            return Err(unverified());
        }
    }
    Ok(transaction.rollback().await?)
}

fn unverified() -> Error {
    Error::UnsafeRole(UnsafeRole {
        why: "the database does not verify signatures with this key: `SigningKey::setup` has what is missing"
            .to_owned(),
    })
}
