//! Values are looked at before the driver decodes them.
//!
//! PostgreSQL has moments that the driver's types have not: `infinity`, years after 9999, 24:00. The driver
//! does not refuse them: it panics (sqlx 0.9.0: `PG_EPOCH.midnight() + Duration::microseconds(…)`), or gives
//! another moment.

use crate::error::unfit::Unfit;
use sqlx::Column as _;
use sqlx::Row as _;
use sqlx::TypeInfo as _;
use sqlx::ValueRef as _;
use sqlx::error::BoxDynError;
use sqlx::{ColumnIndex, Database, Decode, Type};

/// As `sqlx::Row::try_get`, for values that `look` lets pass.
pub(crate) fn try_get<'r, DB, V>(
    row: &'r DB::Row,
    index: usize,
    look: impl FnOnce(&DB::ValueRef<'r>) -> Result<(), Unfit>,
) -> Result<V, sqlx::Error>
where
    DB: Database,
    V: Decode<'r, DB> + Type<DB>,
    usize: ColumnIndex<DB::Row>,
{
    let value = row.try_get_raw(index)?;
    if !value.is_null() {
        let found = value.type_info();
        if !found.is_null() && !V::compatible(&found) {
            let mismatch = Unfit::Mismatch {
                sql: found.name().to_owned(),
                rust: std::any::type_name::<V>(),
            };
            return Err(refused::<DB>(row, index, mismatch.into()));
        }
        drop(found);
        look(&value).map_err(|unfit| refused::<DB>(row, index, unfit.into()))?;
    }
    V::decode(value).map_err(|error| refused::<DB>(row, index, error))
}

#[cold]
fn refused<DB: Database>(row: &DB::Row, index: usize, source: BoxDynError) -> sqlx::Error {
    let column = row.columns().get(index);
    sqlx::Error::ColumnDecode {
        index: column.map_or_else(
            || index.to_string(),
            |column| format!("`{}`", column.name()),
        ),
        source,
    }
}

#[cfg(feature = "sqlite")]
pub(crate) mod sqlite {
    use sqlx::sqlite::{Sqlite, SqliteValueRef};
    use sqlx::{Decode, Type, TypeInfo as _, Value as _, ValueRef as _};

    use super::{Unfit, is_chronos};

    /// The seconds from 1970 to the first moment of the year -9999, and to the last of 9999.
    const SECONDS: std::ops::RangeInclusive<i64> = -377_705_116_800..=253_402_300_799;

    /// Refuses seconds since 1970 that are too many for a moment (sqlx 0.9.0 unwraps
    /// `OffsetDateTime::from_unix_timestamp`).
    pub(crate) fn look<V: Type<Sqlite>>(value: &SqliteValueRef<'_>) -> Result<(), Unfit> {
        let moment = V::type_info().name() == "DATETIME" && !is_chronos::<V>();
        if !moment || value.type_info().name() != "INTEGER" {
            return Ok(());
        }
        match <i64 as Decode<Sqlite>>::decode(value.to_owned().as_ref()) {
            Ok(seconds) if !SECONDS.contains(&seconds) => Err(Unfit::TooFar),
            _ => Ok(()),
        }
    }
}

/// Whether a type is one of chrono's, which reach farther than others.
fn is_chronos<V>() -> bool {
    let name = std::any::type_name::<V>();
    name.contains("chrono::naive::") || name.contains("chrono::datetime::")
}

#[cfg(feature = "postgres")]
pub(crate) mod postgres {
    use sqlx::ValueRef as _;
    use sqlx::postgres::types::Oid;
    use sqlx::postgres::{PgTypeInfo, PgTypeKind, PgValueFormat, PgValueRef};

    use super::{Unfit, is_chronos};

    /// The last day of 9999, and that of 262142 (the last but one of chrono's), in days after 2000-01-01.
    const LAST: [i64; 2] = [2_921_939, 95_015_278];

    const DAY: i64 = 86_400_000_000;

    /// Refuses moments that neither the driver's types nor those that are made of them can hold.
    ///
    /// What a type of the program is made of is not known, so it counts as one that ends with the year 9999.
    pub(crate) fn look<V>(value: &PgValueRef<'_>) -> Result<(), Unfit> {
        let found = value.type_info();
        if value.format() != PgValueFormat::Binary || !has_moments(&found) {
            return Ok(());
        }
        let Ok(bytes) = value.as_bytes() else {
            return Ok(());
        };
        // What does not have the form that is expected, the driver refuses.
        walk(&found, bytes, LAST[usize::from(is_chronos::<V>())]).unwrap_or(Ok(()))
    }

    /// Whether a value that was encoded would be given to the driver when it is read again.
    pub(crate) fn is_readable<V>(of: &PgTypeInfo, bytes: &[u8]) -> bool {
        let last = LAST[usize::from(is_chronos::<V>())];
        !matches!(walk(of, bytes, last), Some(Err(_)))
    }

    /// Whether moments may be in values of a type.
    fn has_moments(of: &PgTypeInfo) -> bool {
        match of.kind() {
            PgTypeKind::Simple => matches!(of.oid(), Some(Oid(1082 | 1083 | 1114 | 1184 | 1266))),
            PgTypeKind::Pseudo | PgTypeKind::Enum(_) => false,
            PgTypeKind::Domain(of) | PgTypeKind::Array(of) | PgTypeKind::Range(of) => {
                has_moments(of)
            }
            PgTypeKind::Composite(fields) => fields.iter().any(|(_, of)| has_moments(of)),
        }
    }

    /// Looks at every moment in a value of PostgreSQL's binary formats; `None` if it has another form.
    fn walk(of: &PgTypeInfo, mut bytes: &[u8], last: i64) -> Option<Result<(), Unfit>> {
        match of.kind() {
            PgTypeKind::Simple => return Some(moment(of.oid()?, bytes, last)),
            PgTypeKind::Pseudo | PgTypeKind::Enum(_) => {}
            PgTypeKind::Domain(of) => return walk(of, bytes, last),
            // The number of dimensions, flags, the type of elements; of each dimension its length and where it
            // begins; elements.
            PgTypeKind::Array(of) => {
                let dimensions = usize::try_from(int(&mut bytes)?).ok()?;
                bytes = bytes.get(8 + 8 * dimensions..)?;
                while !bytes.is_empty() {
                    if let Err(unfit) = element(of, &mut bytes, last)? {
                        return Some(Err(unfit));
                    }
                }
            }
            // Flags; the bounds that there are.
            PgTypeKind::Range(of) => {
                bytes = bytes.get(1..)?;
                while !bytes.is_empty() {
                    if let Err(unfit) = element(of, &mut bytes, last)? {
                        return Some(Err(unfit));
                    }
                }
            }
            // The number of fields; of each its type and its value.
            PgTypeKind::Composite(fields) => {
                int(&mut bytes)?;
                for (_, of) in fields.iter() {
                    int(&mut bytes)?;
                    if let Err(unfit) = element(of, &mut bytes, last)? {
                        return Some(Err(unfit));
                    }
                }
            }
        }
        Some(Ok(()))
    }

    /// A value after its length, which is negative for NULL.
    fn element(of: &PgTypeInfo, bytes: &mut &[u8], last: i64) -> Option<Result<(), Unfit>> {
        let Ok(length) = usize::try_from(int(bytes)?) else {
            return Some(Ok(()));
        };
        let (value, rest) = bytes.split_at_checked(length)?;
        *bytes = rest;
        walk(of, value, last)
    }

    fn int(bytes: &mut &[u8]) -> Option<i32> {
        let (first, rest) = bytes.split_first_chunk()?;
        *bytes = rest;
        Some(i32::from_be_bytes(*first))
    }

    /// Looks at a value that is one moment: days or microseconds, after 2000-01-01 or midnight.
    fn moment(of: Oid, bytes: &[u8], last: i64) -> Result<(), Unfit> {
        let fits = match (of.0, bytes) {
            (1082, days) => days.try_into().is_ok_and(|days| {
                let days = i64::from(i32::from_be_bytes(days));
                (-last..=last).contains(&days)
            }),
            (1114 | 1184, moment) => moment.try_into().is_ok_and(|moment| {
                let days = i64::from_be_bytes(moment).div_euclid(DAY);
                (-last..=last).contains(&days)
            }),
            // With a time zone, that comes after it.
            (1083 | 1266, time) => {
                let end = time.first_chunk().map(|time| i64::from_be_bytes(*time));
                return match end {
                    Some(end) if end >= DAY => Err(Unfit::EndOfDay),
                    _ => Ok(()),
                };
            }
            _ => true,
        };
        match fits {
            true => Ok(()),
            false => Err(Unfit::TooFar),
        }
    }
}
