//! Values on their way to PostgreSQL.

use sqlx::TypeInfo as _;
use sqlx::postgres::PgTypeInfo;

use super::Unstorable;

/// Refuses a value that not every database keeps, by its type and the bytes that it was encoded as.
pub(crate) fn check(of: &PgTypeInfo, bytes: &[u8]) -> Result<(), Unstorable> {
    match of.name() {
        "TEXT" | "VARCHAR" | "BPCHAR" | "CHAR" | "NAME" if bytes.contains(&0) => {
            Err(Unstorable::Nul)
        }
        "JSON" | "JSONB" if super::json::has_nul(bytes) => Err(Unstorable::Nul),
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
