//! What errors say, and what they do not: no value of a row, whatever the database puts into its own; what was
//! written nevertheless; and whose fault it is.
//!
//! Covers L18 (side channels), L32 (values that the driver panics on), L33 (caches that outlive DDL) and L36 (rows
//! that a trigger skips) of what went wrong elsewhere.
#![allow(dead_code, reason = "columns that no test looks at")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod canaries;
mod conflict_targets;
mod kept;
mod lasting;
mod missing_schemas;
mod outdated;
mod outdated_walls;
mod raised;
mod skipped;
mod unavailable;
mod unreadable;

use std::error::Error;

/// All that an error says, in whatever way it is asked.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut said = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        said += &format!("{error}\n{error:?}\n{error:#?}\n");
        next = error.source();
    }
    said
}

/// Whether the driver's error can be got at, or the database's inside of it.
fn has_the_drivers(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<sqlx::Error>()
            || error.is::<Box<dyn sqlx::error::DatabaseError>>()
            || error.is::<sqlx::postgres::PgDatabaseError>()
            || error.is::<sqlx::sqlite::SqliteError>()
        {
            return true;
        }
        next = error.source();
    }
    false
}
