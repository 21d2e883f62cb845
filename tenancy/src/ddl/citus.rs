//! Citus: tables that are spread over several machines by their tenant.

use std::fmt::Write as _;

use crate::ddl::table::{Place, Rows, Table};
use crate::ddl::{Tables, order};
use crate::model::contract::TenantRoot;

/// The statements that distribute the shared tables: first those that others refer to.
///
/// What is unique on a distributed table must include the column that it is distributed by. If something else of
/// the root is unique (a subdomain), then the root is not distributed, and every machine has a copy.
pub(super) fn sql<R: TenantRoot>(tables: &Tables<R>) -> String {
    let sorted = order::sorted(&tables.tables, Place::Shared);
    let root_is_copied = sorted
        .iter()
        .any(|table| table.rows == Rows::Root && !table.unique.is_empty());
    let mut text =
        "-- 1. On every machine of the cluster.\nCREATE EXTENSION IF NOT EXISTS citus;\n\n\
         -- 2. What all tenants share: a copy on every machine.\n"
            .to_owned();
    let copied =
        |table: &Table| table.rows == Rows::Plain || (table.rows == Rows::Root && root_is_copied);
    for table in sorted.iter().filter(|table| copied(table)) {
        let _ = writeln!(
            text,
            "SELECT create_reference_table({});",
            literal(table.name)
        );
    }
    text.push_str("\n-- 3. The rows of a tenant, together on one machine.\n");
    let mut first: Option<&str> = None;
    for table in sorted.iter().filter(|table| !copied(table)) {
        let column = table.tenant().unwrap_or(table.key);
        let (name, column) = (literal(table.name), literal(column));
        let with = first.map_or_else(|| literal("none"), literal);
        let _ = writeln!(
            text,
            "SELECT create_distributed_table({name}, {column}, colocate_with => {with});"
        );
        first.get_or_insert(table.name);
    }
    text
}

/// A text; `create_…` reads it as the name of a table, so that it needs quotes inside.
fn literal(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let name = name.replace('\'', "''");
    if name.bytes().all(plain) {
        format!("'{name}'")
    } else {
        format!("'\"{name}\"'")
    }
}
