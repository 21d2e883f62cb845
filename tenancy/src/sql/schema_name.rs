//! Names of schemas.

use crate::error::origin::is_raised;
use crate::error::reported::Reported;
use crate::error::unavailable::{InvalidSchema, NoSchema};
use crate::error::{Error, Result};
use std::fmt;
use std::fmt::Write as _;
use uuid::Uuid;

/// The longest name of a schema, in bytes: PostgreSQL cuts off what is longer.
const LONGEST: usize = 63;

/// How many bytes of a tenant's schema's name are its mark: `_` and sixteen hexadecimal digits.
const MARK: usize = 17;

/// How long the rest of the name may be.
const LONGEST_BEGINNING: usize = LONGEST - MARK;

/// The name of a tenant's schema: one to 63 lower-case letters, digits and underscores of ASCII that do not
/// begin with a digit, and none of PostgreSQL's own.
///
/// So two names are the same only if they are spelled the same: none that differ in case, in their Unicode
/// normalisation, or after their 63rd byte.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SchemaName(String);

impl SchemaName {
    /// Checks a name.
    ///
    /// ```
    /// use tenancy::schema::SchemaName;
    ///
    /// assert_eq!(SchemaName::new("tenant_7")?.as_str(), "tenant_7");
    /// assert!(SchemaName::new("Acme").is_err());
    /// assert!(SchemaName::new("pg_catalog").is_err());
    /// # Ok::<_, tenancy::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::NoSchema`] if it cannot be the name of a tenant's schema.
    pub fn new(name: impl Into<String>) -> Result<Self> {
        let name = name.into();
        let own = matches!(name.as_str(), "information_schema" | "public");
        let own = own.then_some("it is one of PostgreSQL's own, or the one that all share");
        match refused(&name, LONGEST).or(own) {
            None => Ok(Self(name)),
            Some(why) => Err(Error::NoSchema(NoSchema::Unfit(InvalidSchema::new(
                name, why,
            )))),
        }
    }

    /// The name of a tenant's schema: `name`, which the root says for its id, and the mark of its row.
    ///
    /// So the schema is the tenant's in every statement: none has the name of another's, of a shared one, or of one
    /// whose tenant is gone and whose id was given out again.
    pub(crate) fn marked(mut name: String, mark: Option<Uuid>) -> Result<Self> {
        let why = match (refused(&name, LONGEST_BEGINNING), mark) {
            (Some(why), _) => why,
            (None, None) => "the row of the tenant has no mark for it to end with",
            (None, Some(mark)) => {
                let (mark, _) = mark.as_u64_pair();
                let _ = write!(name, "_{mark:016x}");
                return Ok(Self(name));
            }
        };
        Err(Error::NoSchema(NoSchema::Unfit(InvalidSchema::new(
            name, why,
        ))))
    }

    /// What an error says of the schema: that it is not there, or no such table in it, or that the role may not use it.
    ///
    /// PostgreSQL says the same of other schemas and tables, but for the name.
    pub(crate) fn missed(&self, error: &sqlx::Error) -> Option<fn(Reported) -> NoSchema> {
        let error = error.as_database_error()?;
        // `undefined_table`, `invalid_schema_name` and `insufficient_privilege` (PostgreSQL, appendix A).
        let why: fn(Reported) -> NoSchema = match error.code()?.as_ref() {
            "42P01" | "3F000" => NoSchema::Absent,
            "42501" => NoSchema::Closed,
            _ => return None,
        };
        if is_raised(error) {
            return None;
        }
        let part = |character: char| character.is_alphanumeric() || character == '_';
        let mut words = error.message().split(|character| !part(character));
        words.any(|word| word == self.0).then_some(why)
    }

    /// The name, without quotes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why it cannot be the name of a schema, or the beginning of one.
fn refused(name: &str, longest: usize) -> Option<&'static str> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if name.is_empty() {
        Some("it is empty")
    } else if name.len() > longest {
        Some(match longest {
            LONGEST => "it is longer than 63 bytes",
            _ => "it is longer than 46 bytes, and ends with 17 more",
        })
    } else if !name.bytes().all(plain) {
        Some("it has other characters than a to z, 0 to 9 and _")
    } else if name.as_bytes()[0].is_ascii_digit() {
        Some("it begins with a digit")
    } else if name.starts_with("pg_") {
        Some("it is one of PostgreSQL's own")
    } else {
        None
    }
}

impl fmt::Display for SchemaName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
