//! The text of what makes a table.

use std::fmt::Write as _;

use crate::ddl::table::{Column, Filled, ForeignKey, Place, Rows, Table};
use crate::ddl::types;
use crate::sql::render::Dialect;

/// PostgreSQL cuts off longer names.
const LONGEST_NAME: usize = 63;

/// Says that nobody told which default it is.
const LOOK: &str = " -- the model does not say which default: look at it";

/// Writes about tables.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scribe<'a> {
    pub(crate) dialect: Dialect,
    /// Where tables are created: names from there need no schema.
    pub(crate) here: Place,
    /// The schema of the shared tables.
    pub(crate) shared: &'a str,
    /// The schema of the tenant, where it has to be named.
    pub(crate) own: Option<&'a str>,
}

/// A name in quotes.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Names in quotes and parentheses.
pub(crate) fn listed<S: AsRef<str>>(names: &[S]) -> String {
    let names: Vec<_> = names.iter().map(|name| quoted(name.as_ref())).collect();
    format!("({})", names.join(", "))
}

impl Scribe<'_> {
    /// `CREATE TABLE`, without the foreign keys that `late` says are added afterwards.
    pub(crate) fn table(&self, table: &Table, late: impl Fn(&ForeignKey) -> bool) -> String {
        let name = self.name(table.name, table.place);
        let foreign_keys = table.foreign_keys.iter().filter(|key| !late(key));
        let foreign_keys = foreign_keys.map(|key| self.foreign_key(key)).collect();
        let column = |column: &Column| self.column(table, column);
        self.table_as(table, &name, &column, foreign_keys)
    }

    /// The name of a table as it is written from here.
    pub(crate) fn name(&self, table: &str, place: Place) -> String {
        let schema = if place == self.here {
            self.own
        } else {
            Some(self.shared)
        };
        match schema {
            Some(schema) => format!("{}.{}", quoted(schema), quoted(table)),
            None => quoted(table),
        }
    }

    /// The same, under another name, with columns as they are written by `column`, these foreign keys and what else
    /// there is to say about columns.
    pub(crate) fn table_as(
        &self,
        table: &Table,
        name: &str,
        column: &dyn Fn(&Column) -> (String, &'static str),
        more: Vec<String>,
    ) -> String {
        // The text of each line and a comment behind its comma.
        let mut lines: Vec<_> = table.columns.iter().map(column).collect();
        let (columns, constraints): (Vec<_>, Vec<_>) =
            more.into_iter().partition(|line| line.starts_with('"'));
        let mut keys = columns;
        if self.rowid(table) {
            if table.tenant().is_some() {
                keys.push(format!("UNIQUE {}", listed(&table.identity())));
            }
        } else {
            keys.push(format!("PRIMARY KEY {}", listed(&table.identity())));
        }
        keys.extend(
            table
                .unique
                .iter()
                .map(|columns| format!("UNIQUE {}", listed(columns))),
        );
        keys.extend(constraints);
        lines.extend(keys.into_iter().map(|key| (key, "")));
        let last = lines.len() - 1;
        let mut text = String::new();
        for to in &table.not_kept {
            let _ = writeln!(
                text,
                "-- No foreign key can keep {} inside the tenant, as {} is elsewhere: statements do.",
                quoted(to.column),
                quoted(to.table)
            );
        }
        let _ = writeln!(text, "CREATE TABLE {name} (");
        for (index, (line, comment)) in lines.iter().enumerate() {
            let comma = if index == last { "" } else { "," };
            let _ = writeln!(text, "    {line}{comma}{comment}");
        }
        text.push_str(");\n");
        text
    }

    /// Whether the key is SQLite's own number of a row, which is the only one that it makes.
    pub(crate) fn rowid(&self, table: &Table) -> bool {
        self.dialect == Dialect::Sqlite && table.numbered()
    }

    /// A column, and a comment.
    pub(crate) fn column(&self, table: &Table, column: &Column) -> (String, &'static str) {
        let mut text = format!("{} {}", quoted(column.name), self.sql_type(column));
        if column.name == table.key && self.rowid(table) {
            // Numbers of removed rows are not given out again, perhaps to another tenant.
            text.push_str(" PRIMARY KEY AUTOINCREMENT");
            return (text, "");
        }
        if !column.nullable {
            text.push_str(" NOT NULL");
        }
        let (default, comment) = self.default(column);
        if let Some(default) = default {
            let _ = write!(text, " {default}");
        }
        (text, comment)
    }

    /// What fills a column, and a comment.
    pub(crate) fn default(&self, column: &Column) -> (Option<String>, &'static str) {
        match column.filled {
            Filled::No => (None, ""),
            Filled::Number if self.dialect == Dialect::Sqlite => (None, ""),
            Filled::Number => (Some("GENERATED BY DEFAULT AS IDENTITY".to_owned()), ""),
            Filled::Sql(sql) => (Some(self.default_of(column, sql)), ""),
            Filled::Somehow => match types::zero(&column.sql_type) {
                _ if column.nullable => (None, LOOK),
                Some(zero) => (Some(self.default_of(column, zero)), LOOK),
                None => (
                    None,
                    " -- the model says that there is a default: write one",
                ),
            },
        }
    }

    /// `DEFAULT sql`.
    fn default_of(&self, column: &Column, sql: &'static str) -> String {
        let sql = types::default(self.dialect, &column.sql_type, sql);
        let plain = types::zero(&column.sql_type) == Some(sql)
            || sql.bytes().all(|byte| byte.is_ascii_alphanumeric());
        match plain {
            true => format!("DEFAULT {sql}"),
            false => format!("DEFAULT ({sql})"),
        }
    }

    /// The type of a column. In the schema of a tenant, types of the program's own are those of all.
    pub(crate) fn sql_type(&self, column: &Column) -> String {
        let name = &column.sql_type;
        let own = types::is_own(self.dialect, name) && !name.contains('.');
        if own && self.here == Place::Schema {
            format!("{}.{name}", quoted(self.shared))
        } else {
            name.clone()
        }
    }

    pub(crate) fn foreign_key(&self, key: &ForeignKey) -> String {
        let table = self.name(key.table, key.place);
        let (columns, referred) = (listed(&key.columns), listed(&key.referred));
        let cascade = if key.cascades {
            " ON DELETE CASCADE"
        } else {
            ""
        };
        format!("FOREIGN KEY {columns} REFERENCES {table} {referred}{cascade}")
    }

    /// `CREATE INDEX`.
    pub(crate) fn index(&self, table: &Table, columns: &[&str]) -> String {
        let written = self.name(table.name, table.place);
        let name = format!("{}_{}_idx", table.name, columns.join("_"));
        let name = if self.dialect == Dialect::Postgres && name.len() > LONGEST_NAME {
            String::new() // PostgreSQL finds one
        } else {
            format!("{} ", quoted(&name))
        };
        format!("CREATE INDEX {name}ON {written} {};\n", listed(columns))
    }
}

/// Whose rows a table has, for people.
pub(crate) fn about(table: &Table) -> &'static str {
    match (table.place, table.rows) {
        (_, Rows::Root) => "The tenants.",
        (Place::Shared, Rows::Tenanted(_)) => "Rows of tenants.",
        (Place::Shared, Rows::Plain) => "Rows that all tenants share.",
        (Place::Schema, _) => "Rows of the tenant whose schema it is.",
        (Place::Database, _) => "Rows of the tenant whose database it is.",
    }
}
