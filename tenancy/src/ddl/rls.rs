//! Row-level security: the tenant as a policy, which the database adds to every statement on a table.

use std::fmt::Write as _;

use super::table::{Place, Rows, Table};
use super::text::quoted;
use super::{Tables, order};
use crate::id::{Id, KeyType, Repr as _};
use crate::model::{Model, TenantRoot};

/// The policy's name.
pub(crate) const POLICY: &str = "tenancy_isolation";

/// The setting of the transaction that says which tenant it is.
const SETTING: &str = "tenancy.tenant";

/// The tenant of the transaction, or NULL, which is nobody's: not set at all, or set in a transaction before.
fn tenant(key: KeyType) -> String {
    let sql_type = match key {
        KeyType::Uuid => "uuid",
        KeyType::Integer => "integer",
        KeyType::BigInteger => "bigint",
        KeyType::Text => "text",
    };
    format!("nullif(current_setting('{SETTING}', true), '')::{sql_type}")
}

/// The column of a shared table that says whose a row is.
pub(crate) fn isolating(table: &Table) -> Option<&'static str> {
    match (table.place, table.rows) {
        (Place::Shared, Rows::Root) => Some(table.key),
        (Place::Shared, Rows::Tenanted(tenant)) => Some(tenant),
        _ => None,
    }
}

/// The statements that put the policy on a table, whose name is written like this.
pub(crate) fn isolated<R: TenantRoot>(column: &str, table: &str) -> String {
    let mut text = enabled(table);
    text.push_str(&policy::<R>(column, table));
    text
}

pub(crate) fn enabled(table: &str) -> String {
    format!(
        "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;\nALTER TABLE {table} FORCE ROW LEVEL SECURITY;\n"
    )
}

/// That a row is of the tenant.
pub(crate) fn condition<R: TenantRoot>(column: &str) -> String {
    let key = <<R as Model>::Key as Id>::Repr::TYPE;
    format!("{} = {}", quoted(column), tenant(key))
}

pub(crate) fn policy<R: TenantRoot>(column: &str, table: &str) -> String {
    let condition = condition::<R>(column);
    format!(
        "CREATE POLICY {POLICY} ON {table}\n    USING ({condition})\n    WITH CHECK ({condition});\n"
    )
}

/// The policies of all shared tables.
pub(super) fn sql<R: TenantRoot>(tables: &Tables<R>) -> String {
    let mut text = format!(
        "-- Whoever is subject to it sees the rows of the tenant in the setting `{SETTING}`, and without one none.\n"
    );
    for table in order::sorted(&tables.tables, Place::Shared) {
        if let Some(column) = isolating(table) {
            let _ = write!(text, "\n{}", isolated::<R>(column, &quoted(table.name)));
        }
    }
    text
}
