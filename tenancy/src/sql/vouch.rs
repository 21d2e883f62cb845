//! The one place that vouches for SQL text made at run time.

use std::borrow::Cow;
use std::fmt::Write as _;

use sqlx::{AssertSqlSafe, SqlSafeStr as _, SqlStr};

use super::render::{Dialect, Fixed, render_summed_up};
use super::text::{SCHEMA, Summary};
use crate::Result;
use crate::schema::SchemaName;

/// The text of a statement.
pub(crate) struct Sql {
    pub(crate) text: SqlStr,
    /// Whether it names the tenant, which must be bound then.
    pub(crate) tenanted: bool,
}

/// A text that the compiler made, in the schema of a tenant if it has to be.
pub(crate) fn fixed(fixed: Fixed, schema: impl FnOnce() -> Result<SchemaName>) -> Result<Sql> {
    let text = if fixed.in_schema {
        vouched(in_schema(fixed.sql, &schema()?))
    } else {
        SqlStr::from_static(fixed.sql)
    };
    Ok(Sql {
        text,
        tenanted: fixed.tenanted,
    })
}

/// Renders a template, in the schema of a tenant if it has to be.
pub(crate) fn rendered(
    template: &[u8],
    dialect: Dialect,
    schema: impl FnOnce() -> Result<SchemaName>,
) -> Result<Sql> {
    let summary = Summary::of(template);
    let mut text = render_summed_up(template, &summary, dialect);
    if summary.in_schema {
        text = in_schema(&text, &schema()?);
    }
    Ok(Sql {
        text: vouched(text),
        tenanted: summary.tenanted,
    })
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

/// Switches row-level security on for every table of a schema, and lets transactions through of which `told` says
/// that they are the tenant's, and no others.
///
/// The tenant is spelled in hexadecimal digits, so that it does not matter how the server reads backslashes.
#[cfg(feature = "postgres")]
pub(crate) fn close_schema(schema: &SchemaName, tenant: &str, told: &str) -> SqlStr {
    let (policy, tenant) = (crate::rls::POLICY, hex(tenant));
    vouched(format!(
        "DO $tenancy$
DECLARE
    place CONSTANT pg_catalog.regnamespace := '\"{schema}\"';
    tenant CONSTANT text := pg_catalog.convert_from(pg_catalog.decode('{tenant}', 'hex'), 'UTF8');
    told CONSTANT text := $told${told}$told$;
    qualified text;
    there boolean;
BEGIN
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
