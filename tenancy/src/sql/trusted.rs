//! The one place that vouches for SQL text made at run time.

use crate::error::Result;
use crate::error::origin::OF_PROGRAM;
use crate::sql::render::{Dialect, Fixed, render_summed_up};
use crate::sql::schema_name::SchemaName;
use crate::sql::text::{SCHEMA, Summary};
use sqlx::SqlSafeStr as _;
use sqlx::{AssertSqlSafe, SqlStr};
use std::borrow::Cow;
use std::fmt::Write as _;
use uuid::Uuid;

/// The text of a statement.
pub(crate) struct Sql {
    pub(crate) text: Text,
    /// Whether it names the tenant, which must be bound then.
    pub(crate) tenanted: bool,
}

/// A text, up to the schema of the tenant.
#[derive(Clone)]
pub(crate) enum Text {
    Ready(SqlStr),
    /// Tables are in the tenant's schema, whose name is not known yet.
    InSchema(Cow<'static, str>),
}

impl Text {
    fn of(text: Cow<'static, str>, in_schema: bool) -> Self {
        match (text, in_schema) {
            (text, true) => Self::InSchema(text),
            (Cow::Borrowed(text), false) => Self::Ready(SqlStr::from_static(text)),
            (Cow::Owned(text), false) => Self::Ready(vouched(text)),
        }
    }

    /// The text in the schema of a tenant, if it has to be.
    pub(crate) fn placed(self, schema: impl FnOnce() -> Result<SchemaName>) -> Result<SqlStr> {
        match self {
            Self::Ready(text) => Ok(text),
            Self::InSchema(text) => Ok(vouched(in_schema(&text, &schema()?))),
        }
    }
}

/// A text that the compiler made.
pub(crate) fn fixed(fixed: Fixed) -> Sql {
    Sql {
        text: Text::of(Cow::Borrowed(fixed.sql), fixed.in_schema),
        tenanted: fixed.tenanted,
    }
}

/// Renders a template.
pub(crate) fn rendered(template: &[u8], dialect: Dialect) -> Sql {
    let summary = Summary::of(template);
    let text = render_summed_up(template, &summary, dialect);
    Sql {
        text: Text::of(Cow::Owned(text), summary.in_schema),
        tenanted: summary.tenanted,
    }
}

/// A text that holds only what the library wrote, identifiers that the derive checked, and the name of a
/// schema, which was checked, too; every value is a parameter.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that vouches for SQL text"
)]
fn vouched(text: String) -> SqlStr {
    AssertSqlSafe(text).into_sql_str()
}

/// Puts the schema before every table that is in it.
fn in_schema(sql: &str, schema: &SchemaName) -> String {
    let schema = schema.as_str();
    let tables = sql.bytes().filter(|&byte| byte == SCHEMA).count();
    let mut text = String::with_capacity(sql.len() + tables * (schema.len() + 2));
    for (index, part) in sql.split(char::from(SCHEMA)).enumerate() {
        if index > 0 {
            text.push('"');
            text.push_str(schema);
            text.push_str("\".");
        }
        text.push_str(part);
    }
    text
}

/// Creates a schema, in which names are looked up until the transaction ends.
#[cfg(feature = "postgres")]
pub(crate) fn create_schema(schema: &SchemaName) -> SqlStr {
    vouched(format!(
        "CREATE SCHEMA \"{schema}\"; SET LOCAL search_path TO \"{schema}\""
    ))
}

/// Runs a text of the program's as a part of the transaction, which it does not end: PostgreSQL refuses statements that
/// would, in what code executes. Otherwise a `COMMIT` in it would leave behind what was begun, and nobody would undo
/// it, or close it.
pub(crate) fn inside(text: &SqlStr) -> SqlStr {
    let text = text.as_str();
    let mut number = 0;
    let quotes = loop {
        let quotes = [format!("$code_{number}$"), format!("$text_{number}$")];
        if !quotes.iter().any(|quote| text.contains(quote)) {
            break quotes;
        }
        number += 1;
    };
    let [code, quote] = quotes;
    vouched(format!(
        "DO {code} BEGIN EXECUTE {quote}{OF_PROGRAM}{text}\n{quote}; END {code}"
    ))
}

/// Waits for no lock of the transaction longer than this.
#[cfg(feature = "postgres")]
pub(crate) fn patience(patience: std::time::Duration) -> SqlStr {
    let patience = patience.as_millis().clamp(1, i32::MAX as u128);
    vouched(format!("SET LOCAL lock_timeout TO {patience}"))
}

/// Switches row-level security on for every table of a schema, and lets transactions through of which `told` says
/// that they are the tenant's, and no others.
///
/// The tenant is spelled in hexadecimal digits, so that it does not matter how the server reads backslashes.
#[cfg(feature = "postgres")]
pub(crate) fn close_schema(schema: &SchemaName, tenant: &str, told: &str) -> SqlStr {
    let (policy, tenant) = (crate::sql::rls::POLICY, hex(tenant));
    vouched(format!(
        "DO $tenancy$
DECLARE
    place CONSTANT pg_catalog.regnamespace := '\"{schema}\"';
    tenant CONSTANT text := pg_catalog.convert_from(pg_catalog.decode('{tenant}', 'hex'), 'UTF8');
    told CONSTANT text := $told${told}$told$;
    qualified text;
    there boolean;
BEGIN
    -- What is in the schema, or comes first for the role, has no part in what policies mean.
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    FOR qualified, there IN
        SELECT pg_catalog.format('\"{schema}\".%I', c.relname), p.oid IS NOT NULL
        FROM pg_catalog.pg_class c
            LEFT JOIN pg_catalog.pg_policy p ON p.polrelid = c.oid AND p.polname = '{policy}'
        WHERE c.relnamespace = place AND c.relkind IN ('r', 'p')
    LOOP
        EXECUTE pg_catalog.format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', qualified);
        IF there THEN
            EXECUTE pg_catalog.format('DROP POLICY {policy} ON %s', qualified);
        END IF;
        EXECUTE pg_catalog.format(
            'CREATE POLICY {policy} ON %s USING ((SELECT %s = %L)) WITH CHECK ((SELECT %2$s = %3$L))',
            qualified, told, tenant
        );
    END LOOP;
END $tenancy$"
    ))
}

/// A text of `tenancy::ddl`: what the library wrote, names that were checked, and SQL from attributes of models.
#[cfg(feature = "ddl")]
pub(crate) fn tables(text: String) -> SqlStr {
    vouched(text)
}

/// A query of `tenancy::doctor`, which reads: what the library wrote, and names in quotes.
#[cfg(all(feature = "doctor", any(feature = "sqlite", feature = "postgres")))]
pub(crate) fn of_doctor(text: String) -> SqlStr {
    vouched(text)
}

/// Locks the tables of a schema, one after the other.
#[cfg(feature = "postgres")]
pub(crate) fn lock_schema(schema: &SchemaName) -> SqlStr {
    // Not those that a view reads, nor children elsewhere.
    vouched(format!(
        "DO $tenancy$ DECLARE place text; BEGIN
            FOR place IN SELECT pg_catalog.format('%I.%I', nspname, relname) FROM pg_catalog.pg_class AS class
                JOIN pg_catalog.pg_namespace AS own ON own.oid = relnamespace
                WHERE nspname = '{schema}' AND relkind IN ('r', 'p') ORDER BY class.oid
            LOOP
                BEGIN
                    EXECUTE 'LOCK TABLE ONLY ' || place || ' IN ACCESS EXCLUSIVE MODE';
                EXCEPTION WHEN undefined_table OR invalid_schema_name THEN
                    -- Somebody drops it at the same time: there is nothing to lock.
                END;
            END LOOP;
        END $tenancy$"
    ))
}

/// What would be dropped along with a schema and is not in it, as texts for people; not all, if there is much.
///
/// A part of a table (a default, a rule, a policy) is where its table is, and a cast where its types are. The triggers that keep a foreign key are on
/// the table that it refers to, and no object of their own. Long values of a table are in a schema of PostgreSQL's.
#[cfg(feature = "postgres")]
pub(crate) fn dependents(schema: &SchemaName) -> SqlStr {
    vouched(format!(
        "WITH RECURSIVE falls (classid, objid, objsubid) AS (
            SELECT 'pg_catalog.pg_namespace'::pg_catalog.regclass::oid, oid, 0
                FROM pg_catalog.pg_namespace WHERE nspname = '{schema}'
            UNION
            SELECT next.classid, next.objid, next.objsubid FROM falls JOIN pg_catalog.pg_depend AS next
                ON refclassid = falls.classid AND refobjid = falls.objid
                AND (falls.objsubid = 0 OR refobjsubid = falls.objsubid)
            WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_trigger AS own
                WHERE next.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass
                AND own.oid = next.objid AND tgisinternal)
        )
        SELECT DISTINCT object.type || ' ' || object.identity FROM falls,
            LATERAL pg_catalog.pg_identify_object(classid, objid, objsubid) AS object,
            LATERAL pg_catalog.pg_identify_object_as_address(classid, objid, objsubid) AS address
        WHERE object.type NOT IN ('schema', 'default acl')
            AND coalesce(object.schema, address.object_names[1]) NOT IN ('{schema}', 'pg_toast')
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_cast AS own
                JOIN pg_catalog.pg_type AS type ON type.oid IN (castsource, casttarget)
                JOIN pg_catalog.pg_namespace AS place ON place.oid = typnamespace
                WHERE classid = 'pg_catalog.pg_cast'::pg_catalog.regclass AND own.oid = objid
                AND nspname = '{schema}')
        ORDER BY 1 LIMIT 10"
    ))
}

/// A statement of the doctor's probe, which is rolled back: what the library wrote, names and literals in quotes, and
/// types and functions as the catalog writes them.
#[cfg(all(feature = "doctor", any(feature = "sqlite", feature = "postgres")))]
pub(crate) fn of_probe(text: String) -> SqlStr {
    vouched(text)
}

#[cfg(feature = "postgres")]
pub(crate) fn drop_schema(schema: &SchemaName) -> SqlStr {
    vouched(format!("DROP SCHEMA \"{schema}\" CASCADE"))
}

#[cfg(feature = "postgres")]
pub(crate) fn create_database(name: &SchemaName) -> SqlStr {
    vouched(format!("CREATE DATABASE \"{name}\""))
}

#[cfg(feature = "postgres")]
pub(crate) fn drop_database(name: &SchemaName) -> SqlStr {
    vouched(format!("DROP DATABASE \"{name}\" WITH (FORCE)"))
}

/// Counts the claims with this mark on a database that is not complete.
pub(crate) fn count_claims(mark: Uuid) -> SqlStr {
    vouched(format!(
        "SELECT count(*) FROM tenancy_tenant WHERE mark = '{mark}' AND complete = FALSE"
    ))
}

/// `begin`, and in the same round trip that the database has this mark and no other, and is complete if it has to be: if
/// not, it fails, with a division by zero.
pub(crate) fn begin_at(begin: &str, mark: Uuid, complete: bool) -> SqlStr {
    let complete = if complete {
        " AND complete IS TRUE"
    } else {
        ""
    };
    vouched(format!(
        "{begin}; SELECT 1 / (count(*) = 1 AND bool_and(mark = '{mark}'{complete}))::pg_catalog.int4 FROM tenancy_tenant"
    ))
}

/// `begin`, and in the same round trip the tenant of the transaction.
///
/// Whatever is not plain is spelled in hexadecimal digits, so that it does not matter how the server reads
/// backslashes. That takes a query, which costs the server more than `SET LOCAL` does.
pub(crate) fn begin_as(begin: &str, tenant: &str) -> SqlStr {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_:.@ ".contains(&byte);
    if tenant.bytes().all(plain) {
        return vouched(format!("{begin}; SET LOCAL tenancy.tenant TO '{tenant}'"));
    }
    let digits = hex(tenant);
    vouched(format!(
        "{begin}; SELECT pg_catalog.set_config('tenancy.tenant', \
         pg_catalog.convert_from(pg_catalog.decode('{digits}', 'hex'), 'UTF8'), true)"
    ))
}

fn hex(text: &str) -> String {
    let mut digits = String::with_capacity(2 * text.len());
    for byte in text.bytes() {
        write!(digits, "{byte:02x}").expect("a string takes all");
    }
    digits
}

/// A text without a tenant, to be read by people.
pub(crate) fn shown(sql: Cow<'static, str>) -> Cow<'static, str> {
    if sql.as_bytes().contains(&SCHEMA) {
        Cow::Owned(sql.replace(char::from(SCHEMA), "\"<schema>\"."))
    } else {
        sql
    }
}
