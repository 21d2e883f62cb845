//! Values of the user on PostgreSQL, encoded apart from the other parameters.
//!
//! sqlx's buffer remembers places that it writes to when the statement runs: the OIDs of types that
//! only the server knows. An `Encode` impl that encodes such a value and cuts it off again leaves
//! the place behind, and what is bound next is overwritten there: the tenant, for one. So code of
//! the user gets a buffer of its own, of which only the bytes are taken.
//!
//! What needs those places does not work, then: an array of a type that the server knows by name
//! only, such as a `Vec` of an enum. The server refuses it.

use crate::backend::storable;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgArguments, PgTypeInfo};
use sqlx::{Encode, Postgres, Type};
use std::cell::RefCell;

use sqlx::Arguments as _;

/// Adds a value.
pub(crate) fn add<V>(
    to: &mut PgArguments,
    scratch: &mut PgArgumentBuffer,
    value: V,
) -> Result<(), BoxDynError>
where
    V: for<'q> Encode<'q, Postgres> + Type<Postgres>,
{
    scratch.clear();
    to.add(Isolated {
        value,
        scratch: RefCell::new(scratch),
    })
}

/// A value with a buffer of its own.
struct Isolated<'s, V> {
    value: V,
    scratch: RefCell<&'s mut PgArgumentBuffer>,
}

impl<V: Type<Postgres>> Type<Postgres> for Isolated<'_, V> {
    fn type_info() -> PgTypeInfo {
        V::type_info()
    }

    fn compatible(ty: &PgTypeInfo) -> bool {
        V::compatible(ty)
    }
}

impl<'q, V: Encode<'q, Postgres> + Type<Postgres>> Encode<'q, Postgres> for Isolated<'_, V> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let mut scratch = self.scratch.try_borrow_mut()?;
        let is_null = self.value.encode_by_ref(&mut scratch)?;
        if matches!(is_null, IsNull::No) {
            let of = self.value.produces().unwrap_or_else(V::type_info);
            storable::postgres::check::<V>(&of, &scratch)?;
            buffer.extend_from_slice(&scratch);
        }
        Ok(is_null)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        self.value.produces()
    }

    fn size_hint(&self) -> usize {
        self.value.size_hint()
    }
}
