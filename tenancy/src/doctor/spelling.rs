//! SQLite does not tell capitals from other letters: what is there gets the spelling of the models.

use crate::ddl::table::Table;
use crate::doctor::live::Live;

pub(super) fn spell(all: &mut [Live], tables: &[Table]) {
    for live in all {
        let table = table(tables, &live.name);
        if let Some(table) = table {
            table.name.clone_into(&mut live.name);
        }
        let own = live.columns.iter_mut().map(|column| &mut column.name);
        let indexed = live.indexes.iter_mut().flat_map(|index| &mut index.columns);
        for name in own.chain(indexed) {
            column(table, name);
        }
        for key in &mut live.foreign_keys {
            let to = self::table(tables, &key.table);
            if let Some(to) = to {
                to.name.clone_into(&mut key.table);
            }
            key.columns.iter_mut().for_each(|name| column(table, name));
            key.referred.iter_mut().for_each(|name| column(to, name));
        }
    }
}

fn table<'t>(tables: &'t [Table], name: &str) -> Option<&'t Table> {
    tables
        .iter()
        .find(|table| table.name.eq_ignore_ascii_case(name))
}

fn column(table: Option<&Table>, name: &mut String) {
    let columns = table.map_or(&[][..], |table| &table.columns);
    let there = columns
        .iter()
        .find(|column| column.name.eq_ignore_ascii_case(name));
    if let Some(column) = there {
        column.name.clone_into(name);
    }
}
