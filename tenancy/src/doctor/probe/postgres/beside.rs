//! Writing to tables that no model is for, and to rows that all tenants share: what runs then, or goes along, may be
//! of a tenant.

use crate::ddl::text::quoted;
use crate::doctor::probe::plot::Row;
use crate::doctor::probe::postgres::functions::fits;
use crate::doctor::probe::postgres::sources::{Kind, Source};
use crate::doctor::probe::postgres::world::World;
use crate::doctor::probe::values::{Style, literal, on_postgres};
use crate::doctor::probe::ward::Ward;

/// How many rows that are there are written to, as somebody may wait for them.
const ROWS: usize = 20;

/// How often a row with the key of another is written.
const KEYS: usize = 20;

/// Statements that write to a table in which something runs, or whose rows take others along: what they are called, and
/// their text.
pub(super) fn statements(
    world: &World<'_>,
    source: &Source,
    target: &Ward,
) -> Vec<(&'static str, String)> {
    let mut statements = Vec::new();
    if source.kind != Kind::Table {
        return statements;
    }
    if source.active {
        let rows = world.plots.iter().filter(|plot| !plot.global());
        let keys = rows.filter_map(|plot| world.planted.row(plot, target)?.plain(plot.table.key));
        for value in std::iter::once(target.mark.as_str()).chain(keys.take(KEYS)) {
            if let Some(row) = row(source, target, value) {
                let (columns, values): (Vec<_>, Vec<_>) = row.0.into_iter().unzip();
                statements.push((
                    "INSERT INTO",
                    format!(
                        "INSERT INTO {} ({}) VALUES ({})",
                        source.from,
                        columns.join(", "),
                        values.join(", ")
                    ),
                ));
            }
        }
    }
    let some = format!(
        "ctid = ANY (ARRAY (SELECT ctid FROM {} LIMIT {ROWS}))",
        source.from
    );
    let set = source.changed.iter();
    let set: Vec<_> = set
        .filter(|column| source.columns.contains(column))
        .map(|column| format!("{column} = {column}"))
        .collect();
    if source.active && !set.is_empty() {
        let set = set.join(", ");
        statements.push((
            "UPDATE",
            format!("UPDATE {} SET {set} WHERE {some}", source.from),
        ));
    }
    if source.deletes && (source.active || source.takes_along) {
        statements.push((
            "DELETE FROM",
            format!("DELETE FROM {} WHERE {some}", source.from),
        ));
    }
    statements
}

/// A new row that has this value wherever it fits.
fn row(source: &Source, target: &Ward, value: &str) -> Option<Row> {
    let mut row = Row::default();
    for slot in &source.slots {
        let column = quoted(&slot.name);
        let may = source.inserted.contains(&column) && !slot.generated;
        if !may || (slot.filled && slot.unique) {
            continue;
        }
        let known = match fits(&slot.base, value) {
            true => Some(format!("{}::{}", literal(value), slot.sql_type)),
            false => on_postgres(slot, target, Style::ALL[0], target.number()),
        };
        match known {
            Some(value) => row.0.push((column, value)),
            None if slot.nullable || slot.filled => {}
            None => return None,
        }
    }
    (!row.0.is_empty()).then_some(row)
}
