//! Another type for a column of PostgreSQL's. It keeps every value and the default, or it fails.

use super::live::{LiveColumn, Pair};
use super::mend::Mender;
use crate::ddl::text::quoted;
use crate::sql::Dialect;

impl Mender<'_> {
    /// Another type for a column, unless one of its values would be another one then.
    pub(super) fn retype(&self, pair: Pair<'_>, live: &LiveColumn, wanted: &str) -> String {
        if pair.live.view || self.scribe.dialect == Dialect::Sqlite {
            return self.alter(pair, "");
        }
        let (name, column) = (self.name(pair), quoted(&live.name));
        let change = format!("ALTER COLUMN {column} TYPE {wanted}");
        if live.generated {
            // PostgreSQL computes its values anew.
            return self.alter(pair, &change);
        }
        let there = live.sql_type.as_str();
        let made = cast(&column, there, wanted);
        let mut action = format!("{change} USING {made}");
        if let Some(default) = &live.default {
            // PostgreSQL casts a default only as an assignment would, which from text is none.
            let default = cast(&format!("({default})::{there}"), there, wanted);
            action = format!(
                "ALTER COLUMN {column} DROP DEFAULT, {action},\n        ALTER COLUMN {column} SET DEFAULT {default}"
            );
        }
        let alter = self.alter(pair, &action);
        let back = cast(&made, wanted, there);
        let lost = format!("({back})::text IS DISTINCT FROM {column}::text");
        let zone = match made.ends_with(UTC) {
            true => "-- Moments without a time zone are taken for UTC.\n",
            false => "",
        };
        format!(
            "-- Fails if a value would become another one, and while a view or a policy names the column.\n{zone}\
             DO $mend$ BEGIN\n    PERFORM set_config('row_security', 'off', true);\n    \
             IF EXISTS (SELECT FROM {name} WHERE {lost}) THEN\n        \
             RAISE EXCEPTION 'a value would be lost';\n    END IF;\n    {alter}END $mend$;\n"
        )
    }
}

/// What makes a moment with a time zone of one without, and the other way round, whatever the zone of the session is.
const UTC: &str = " AT TIME ZONE 'UTC')";

/// A value of the type `there` as one of `wanted`.
fn cast(value: &str, there: &str, wanted: &str) -> String {
    match zoned(there).zip(zoned(wanted)) {
        Some((from, to)) if from != to => format!("({value}{UTC}"),
        _ => format!("{value}::{wanted}"),
    }
}

/// Whether the moments of this type have a time zone, if it is one of moments.
fn zoned(sql_type: &str) -> Option<bool> {
    let name = sql_type.to_ascii_lowercase();
    if !name.starts_with("timestamp") || name.ends_with(']') {
        return None;
    }
    Some(name.starts_with("timestamptz") || name.ends_with(" with time zone"))
}
