//! The order in which tables are created: what is referred to comes first.

use crate::ddl::table::{ForeignKey, Place, Table};

/// The tables of a place, each after those that it refers to, as far as there is no circle.
pub(crate) fn sorted(tables: &[Table], place: Place) -> Vec<&Table> {
    let mut sorted = Vec::new();
    let mut seen = vec![false; tables.len()];
    for index in 0..tables.len() {
        visit(tables, place, index, &mut seen, &mut sorted);
    }
    sorted
}

fn visit<'t>(
    tables: &'t [Table],
    place: Place,
    index: usize,
    seen: &mut [bool],
    sorted: &mut Vec<&'t Table>,
) {
    let table = &tables[index];
    if table.place != place || std::mem::replace(&mut seen[index], true) {
        return;
    }
    for key in &table.foreign_keys {
        let referred = tables.iter().position(|other| refers(key, other));
        if let Some(referred) = referred {
            visit(tables, place, referred, seen, sorted);
        }
    }
    sorted.push(table);
}

fn refers(key: &ForeignKey, table: &Table) -> bool {
    key.place == table.place && key.table == table.name
}

/// Whether the table that `key` refers to comes after `table`.
pub(crate) fn is_late(sorted: &[&Table], table: &Table, key: &ForeignKey) -> bool {
    let position = |found: &dyn Fn(&Table) -> bool| sorted.iter().position(|table| found(table));
    let own = position(&|other| other.name == table.name);
    let referred = position(&|other| refers(key, other));
    matches!((own, referred), (Some(own), Some(referred)) if referred > own)
}
