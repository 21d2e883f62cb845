//! What may be stored: values that every database keeps as they are, and gives back.
//!
//! A value is looked at when it is encoded, whatever its type in Rust: so an `Option`, a newtype and an enum are
//! looked at, too. What one database would refuse, cut off or make NULL of is refused on all, before it is sent.

#[cfg(feature = "sqlite")]
pub(crate) mod form;
pub(crate) mod json;
#[cfg(feature = "sqlite")]
pub(crate) mod ordered;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;

use crate::error::unstorable::Unstorable;

/// Refuses a text that not every database has.
pub(crate) fn text(text: &str) -> Result<(), Unstorable> {
    match text.contains('\0') {
        true => Err(Unstorable::Nul),
        false => Ok(()),
    }
}
