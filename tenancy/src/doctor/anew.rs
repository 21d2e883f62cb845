//! A table of SQLite's that is made anew, as it cannot be changed in place. It keeps what it has, or is not made.

use std::fmt::Write as _;

use crate::ddl::table::{Column, Filled};
use crate::ddl::text::{listed, quoted};
use crate::doctor::forms::{Form, affinity};
use crate::doctor::live::{LiveColumn, Pair, same};
use crate::doctor::mend::Mender;
use crate::doctor::{definition, keys, references};

impl Mender<'_> {
    /// The table as the models want it, with the rows and the columns of the one that is there.
    pub(super) fn anew(&self, pair: Pair<'_>) -> String {
        let Pair { table, live, .. } = pair;
        let (name, new) = (quoted(&live.name), quoted(&format!("{} (new)", live.name)));
        let mut more = unknown_columns(pair);
        let open = keys::not_widened(table, live);
        let tenant = table.tenant().unwrap_or_default();
        for index in live
            .unique()
            .filter(|index| index.constraint || index.primary)
        {
            let widened = open.iter().any(|open| open.name == index.name);
            let before = table.tenant().filter(|_| widened);
            let columns = index.columns.iter().map(String::as_str);
            let columns: Vec<_> = before.into_iter().chain(columns).collect();
            if !keys::is_wanted(table, &columns)
                && !columns.iter().all(|column| same(column, tenant))
            {
                more.push(format!("UNIQUE {}", listed(&columns)));
            }
        }
        more.extend(live.checks.iter().cloned());
        for key in &table.foreign_keys {
            let there = live
                .foreign_keys
                .iter()
                .find(|there| references::is_for(there, key));
            more.push(format!(
                "{}{}",
                self.scribe.foreign_key(key),
                self.actions(table, key, there)
            ));
        }
        for key in references::others(table, live) {
            more.push(references::carried(table, key, self));
        }
        let column = |column: &Column| self.column_anew(pair, column);
        let create = self.scribe.table_as(table, &new, &column, more);
        let kept = live.columns.iter().filter(|column| !column.generated);
        let (names, values): (Vec<_>, Vec<_>) = kept.map(|column| copied(pair, column)).unzip();
        let (names, values) = (names.join(", "), values.join(", "));
        let mut text = format!(
            "-- SQLite makes the table anew, with its rows. Run it so that it ends at the first error, and roll back\n\
             -- then: `.bail on` in its shell.\n\
             PRAGMA foreign_keys = OFF;\nPRAGMA legacy_alter_table = ON;\nBEGIN IMMEDIATE;\n{}{create}\
             INSERT INTO {new} ({names}) SELECT {values} FROM {name};\n\
             DROP TABLE {name};\nALTER TABLE {new} RENAME TO {name};\n",
            self.unless_lost(pair),
        );
        for column in &table.columns {
            let there = live.column(column.name).filter(|there| !there.generated);
            if let Some((_, form)) = there.zip(Form::of(column)) {
                text.push_str(&self.followers(pair, column.name, form));
            }
        }
        for (index, sql) in &live.belongings {
            match open.iter().find(|open| open.name == *index) {
                None => {
                    let _ = writeln!(text, "{sql};");
                }
                Some(open) => text.push_str(&self.unique_index(pair, open)),
            }
        }
        for index in table.all_indexes() {
            let written = self.scribe.index(table, &index);
            let there = live
                .belongings
                .iter()
                .any(|(name, _)| written.contains(&format!(" {} ON", quoted(name))));
            if !there {
                text.push_str(&written);
            }
        }
        text.push_str("COMMIT;\nPRAGMA legacy_alter_table = OFF;\nPRAGMA foreign_keys = ON;\n");
        text
    }

    /// A column of the models, with what the models do not say and the table that is there does.
    fn column_anew(&self, pair: Pair<'_>, column: &Column) -> (String, &'static str) {
        let Some(live) = pair.live.column(column.name) else {
            return self.scribe.column(pair.table, column);
        };
        if live.generated {
            return (live.written.clone(), "");
        }
        let (mut text, mut comment) = self.scribe.column(pair.table, column);
        let default = match column.filled {
            Filled::Sql(sql) => Some(sql),
            Filled::Somehow => live.default.as_deref(),
            Filled::No | Filled::Number => None,
        };
        if let Some(default) = default {
            let form = Form::of(column);
            let formed = form.and_then(|form| form.default(column, default));
            let default = formed.as_deref().unwrap_or(default);
            let null = if column.nullable { "" } else { " NOT NULL" };
            let sql_type = self.scribe.sql_type(column);
            text = format!(
                "{} {sql_type}{null} DEFAULT ({default})",
                quoted(column.name)
            );
            comment = "";
        }
        if let Some(collation) = definition::collation(&live.written) {
            let _ = write!(text, " COLLATE {collation}");
        }
        for check in definition::checks(&live.written) {
            let _ = write!(text, " CHECK {check}");
        }
        (text, comment)
    }

    /// Fails if a value is another one as a value of its new column.
    fn unless_lost(&self, pair: Pair<'_>) -> String {
        let lost: Vec<_> = pair
            .table
            .columns
            .iter()
            .filter_map(|column| lost(column, pair.live.column(column.name)?))
            .collect();
        if lost.is_empty() {
            return String::new();
        }
        format!(
            "-- Fails, as something too large, if a value would become another one.\n\
             SELECT zeroblob(1 << 62) FROM {} WHERE {};\n",
            quoted(&pair.live.name),
            lost.join(" OR ")
        )
    }
}

/// Columns that no model knows. What is computed is computed as before.
fn unknown_columns(pair: Pair<'_>) -> Vec<String> {
    let unknown = pair.live.columns.iter();
    let unknown = unknown.filter(|column| pair.table.column(&column.name).is_none());
    let written = unknown.map(|column| {
        if column.generated {
            let rest = &column.written[definition::first(&column.written).len()..];
            // With its name in quotes it is taken for a column, and not for a constraint.
            return format!("{}{rest}", quoted(&column.name));
        }
        let mut text = format!("{} {}", quoted(&column.name), column.sql_type);
        if let Some(default) = &column.default {
            let _ = write!(text, " DEFAULT ({default})");
            if !column.nullable {
                text.push_str(" NOT NULL");
            }
        }
        if let Some(collation) = definition::collation(&column.written) {
            let _ = write!(text, " COLLATE {collation}");
        }
        for check in definition::checks(&column.written) {
            let _ = write!(text, " CHECK {check}");
        }
        text
    });
    written.collect()
}

/// The name of a column that is copied, and the value: in the form that statements look for, if it is known how.
fn copied(pair: Pair<'_>, live: &LiveColumn) -> (String, String) {
    let name = quoted(&live.name);
    let form = pair.table.column(&live.name).and_then(Form::of);
    let made = form.and_then(|form| form.made_of(&name));
    let value = made.map_or_else(|| name.clone(), |made| format!("coalesce({made}, {name})"));
    (name, value)
}

/// What is true of a value that SQLite would make another one of when it is stored in the column
/// (sqlite.org/datatype3.html, 3).
fn lost(column: &Column, live: &LiveColumn) -> Option<String> {
    let name = quoted(&live.name);
    let (from, to) = (affinity(&live.sql_type), affinity(&column.sql_type));
    if live.generated || from == to {
        return None;
    }
    Some(match to {
        "TEXT" => {
            format!("typeof({name}) = 'real' AND CAST(CAST({name} AS TEXT) AS REAL) <> {name}")
        }
        "REAL" => format!(
            "typeof({name}) = 'integer' AND CAST(CAST({name} AS REAL) AS INTEGER) <> {name} \
             OR typeof({name}) = 'text' AND CAST(CAST({name} AS REAL) AS TEXT) <> {name}"
        ),
        // No number is a moment, and nothing is made of a text that is none.
        "NUMERIC" if Form::of(column) != Some(Form::Class("integer")) => format!(
            "typeof({name}) = 'text' AND ltrim({name}, '+-') NOT GLOB '*[^0-9.eE]*' \
             AND CAST(CAST({name} AS NUMERIC) AS TEXT) <> {name}"
        ),
        "INTEGER" | "NUMERIC" => {
            format!("typeof({name}) = 'text' AND CAST(CAST({name} AS NUMERIC) AS TEXT) <> {name}")
        }
        _ => return None,
    })
}
