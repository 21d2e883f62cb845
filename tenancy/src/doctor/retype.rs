//! Another type for a column of PostgreSQL's. It keeps every value and the default, or it fails.

use crate::ddl::text::quoted;
use crate::doctor::live::{LiveColumn, Pair};
use crate::doctor::mend::Mender;
use crate::sql::render::Dialect;

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
        let (policies, [close, open]) = match self.rls {
            true => ("", closed(&name, &live.name)),
            false => (" or a policy", Default::default()),
        };
        format!(
            "-- Fails if a value would become another one, and while a view{policies} names the column.\n{zone}\
             DO $mend$ DECLARE policy record; sql text; open text[] := '{{}}'; BEGIN\n    \
             PERFORM set_config('row_security', 'off', true);\n    \
             IF EXISTS (SELECT FROM {name} WHERE {lost}) THEN\n        \
             RAISE EXCEPTION 'a value would be lost';\n    END IF;\n{close}    {alter}{open}END $mend$;\n"
        )
    }
}

/// Closes the policies that let rows through by the column, as PostgreSQL gives it no other type while one names it;
/// and opens those again that can be. The others compare the column with values of its old type: they are findings of
/// their own, whose mends come later. A policy that only narrows stays as it is: then the mend fails.
fn closed(table: &str, column: &str) -> [String; 2] {
    let (table, column) = (literal(table), literal(column));
    let close = format!(
        "    FOR policy IN SELECT p.polcmd, format('ALTER POLICY %I ON %s', p.polname, p.polrelid::regclass) AS sql,\n            \
         coalesce(' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '')\n            \
         || coalesce(' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '') AS open\n        \
         FROM pg_policy p WHERE p.polpermissive AND EXISTS (\n            \
         SELECT FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid\n            \
         WHERE d.classid = 'pg_policy'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_class'::regclass\n                \
         AND a.attrelid = {table}::regclass AND a.attname = {column}\n        ) LOOP\n        \
         open := open || (policy.sql || policy.open);\n        \
         EXECUTE policy.sql || CASE WHEN policy.polcmd = 'a' THEN '' ELSE ' USING (FALSE)' END\n            \
         || CASE WHEN policy.polcmd IN ('r', 'd') THEN '' ELSE ' WITH CHECK (FALSE)' END;\n    END LOOP;\n"
    );
    let open = "    -- What does not fit the new type stays closed until it is mended, too.\n    \
         FOREACH sql IN ARRAY open LOOP\n        \
         BEGIN EXECUTE sql; EXCEPTION WHEN undefined_function OR datatype_mismatch OR cannot_coerce THEN NULL; END;\n    \
         END LOOP;\n";
    [close, open.to_owned()]
}

/// A text, as SQL.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
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
