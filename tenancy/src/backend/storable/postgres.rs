//! Values on their way to PostgreSQL.

use crate::backend::guarded::postgres::is_readable;
use crate::error::unstorable::Unstorable;
use sqlx::TypeInfo as _;
use sqlx::postgres::PgTypeInfo;

/// Refuses a value of `V` that not every database keeps, or that could not be read again, by its type in the database
/// and the bytes that it was encoded as.
pub(crate) fn check<V>(of: &PgTypeInfo, bytes: &[u8]) -> Result<(), Unstorable> {
    match of.name() {
        "TEXT" | "VARCHAR" | "BPCHAR" | "CHAR" | "NAME" if bytes.contains(&0) => {
            Err(Unstorable::Nul)
        }
        "JSON" | "JSONB" => super::json::check(bytes),
        "DATE" | "TIMESTAMP" | "TIMESTAMPTZ" | "TIME" | "TIMETZ"
            if !is_readable::<V>(of, bytes) =>
        {
            Err(Unstorable::TooFar)
        }
        "FLOAT4" if is(bytes, |bytes| f32::from_be_bytes(bytes).is_nan()) => {
            Err(Unstorable::NotANumber)
        }
        "FLOAT8" if is(bytes, |bytes| f64::from_be_bytes(bytes).is_nan()) => {
            Err(Unstorable::NotANumber)
        }
        _ => Ok(()),
    }
}

fn is<const N: usize>(bytes: &[u8], holds: fn([u8; N]) -> bool) -> bool {
    bytes.try_into().is_ok_and(holds)
}
