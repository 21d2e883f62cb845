//! Tables that get rows of the probe, and those rows.

use crate::ddl::table::{Place, Rows, Table};
use crate::ddl::text::quoted;
use crate::doctor::probe::values::{Slot, Style, literal};
use crate::doctor::probe::ward::Ward;
use crate::sql::render::Dialect;
use std::collections::{HashMap, HashSet};

#[cfg(feature = "postgres")]
use crate::doctor::probe::values::on_postgres;
#[cfg(feature = "sqlite")]
use crate::doctor::probe::values::on_sqlite;

/// A table of a model, and what is there of it.
pub(super) struct Plot<'a> {
    pub(super) dialect: Dialect,
    /// PostgreSQL's number of it.
    #[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "on PostgreSQL"))]
    pub(super) oid: u32,
    #[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "on PostgreSQL"))]
    pub(super) view: bool,
    pub(super) table: &'a Table,
    /// As it is written in SQL, with its schema.
    pub(super) name: String,
    /// For people.
    pub(super) shown: String,
    /// The schema of a tenant that it is in.
    #[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "on PostgreSQL"))]
    pub(super) schema: Option<String>,
    pub(super) slots: Vec<Slot>,
    pub(super) foreign: Vec<Foreign>,
}

/// Columns whose values must be somewhere else, too.
pub(super) struct Foreign {
    pub(super) columns: Vec<String>,
    /// The table, as SQL.
    pub(super) to: String,
    pub(super) referred: Vec<String>,
}

/// A row: its columns and their values, as SQL.
#[derive(Clone, Debug, Default)]
pub(super) struct Row(pub(super) Vec<(String, String)>);

/// The rows that are there.
#[derive(Default)]
pub(super) struct Planted {
    /// By table and ward, each with the style that the table took.
    rows: HashMap<(String, String), (Row, Style)>,
    numbers: HashMap<String, Vec<String>>,
    /// Values of the rows that have the mark of their ward in them.
    texts: HashMap<String, Vec<String>>,
    /// Those that were moved when they were written.
    lost: HashSet<(String, String)>,
}

impl<'a> Plot<'a> {
    /// The column that says whose a row is.
    pub(super) fn owner(&self) -> Option<&'static str> {
        match self.table.rows {
            Rows::Root => Some(self.table.key),
            Rows::Tenanted(column) => Some(column),
            Rows::Plain => None,
        }
    }

    /// Whether its rows are the tenants themselves.
    #[cfg(feature = "postgres")]
    pub(super) fn is_root(&self) -> bool {
        self.table.rows == Rows::Root
    }

    /// Whether all tenants share its rows.
    pub(super) fn global(&self) -> bool {
        self.table.place == Place::Shared && self.table.rows == Rows::Plain
    }

    /// The condition that is true of this row of the tenant alone.
    pub(super) fn own(&self, ward: &Ward, row: &Row) -> Option<String> {
        let mut conditions = Vec::new();
        if let Some(owner) = self.owner() {
            conditions.push(format!("{} = {}", quoted(owner), self.tenant(ward)));
        }
        let key = self.table.key;
        if self.owner() != Some(key) {
            conditions.push(format!("{} = {}", quoted(key), row.value(key)?));
        }
        Some(conditions.join(" AND "))
    }

    /// The id of the tenant.
    pub(super) fn tenant(&self, ward: &Ward) -> String {
        match self.dialect {
            Dialect::Postgres => literal(&ward.tenant),
            // It is one already.
            Dialect::Sqlite => ward.tenant.clone(),
        }
    }

    /// Values of a new row for the tenant, or what there is no value for.
    pub(super) fn row(
        &self,
        ward: &Ward,
        global: &Ward,
        planted: &Planted,
        style: Style,
    ) -> Result<Row, String> {
        let number = ward.number();
        let mut values: Vec<(String, String)> = Vec::new();
        for slot in self.slots.iter().filter(|slot| !slot.generated) {
            let column = slot.name.as_str();
            let key = column == self.table.key;
            if self.owner() == Some(column) {
                values.push((slot.name.clone(), self.tenant(ward)));
                continue;
            }
            let leads = |foreign: &&Foreign| foreign.columns.last() == Some(&slot.name);
            let names = |foreign: &&Foreign| foreign.columns.contains(&slot.name);
            let foreign = self
                .foreign
                .iter()
                .find(leads)
                .or_else(|| self.foreign.iter().find(names));
            if let Some(foreign) = foreign {
                let at = foreign.columns.iter().position(|name| name == column);
                let referred = at.and_then(|at| foreign.referred.get(at));
                let referred = referred.map(String::as_str).unwrap_or_default();
                let mut wards = [ward, global].into_iter();
                let there = wards.find_map(|ward| planted.of(&foreign.to, ward));
                match there.and_then(|row| row.value(referred)) {
                    Some(value) => values.push((slot.name.clone(), value.to_owned())),
                    None if slot.nullable => {}
                    // Of no model: any row that is there.
                    None => values.push((
                        slot.name.clone(),
                        format!(
                            "(SELECT r.{} FROM {} AS r LIMIT 1)",
                            quoted(referred),
                            foreign.to
                        ),
                    )),
                }
                continue;
            }
            if style.sparse && !key && (slot.nullable || slot.filled) {
                continue;
            }
            match self.value(slot, ward, style, number) {
                Some(value) => values.push((slot.name.clone(), value)),
                None if slot.nullable || slot.filled => {}
                None => {
                    return Err(format!(
                        "the probe knows no value of the type {}",
                        slot.sql_type
                    ));
                }
            }
        }
        Ok(Row(values))
    }

    fn value(&self, slot: &Slot, ward: &Ward, style: Style, number: i64) -> Option<String> {
        match self.dialect {
            #[cfg(feature = "postgres")]
            Dialect::Postgres => on_postgres(slot, ward, style, number),
            #[cfg(feature = "sqlite")]
            Dialect::Sqlite => Some(on_sqlite(slot, ward, style, number)),
            #[allow(unreachable_patterns, reason = "with both databases")]
            _ => None,
        }
    }

    /// The row with the values of another tenant's, apart from its key, the tenant, and what refers to other rows.
    pub(super) fn alike(&self, own: &Row, theirs: &Row) -> Row {
        let kept = |column: &String| {
            let mut foreign = self.foreign.iter();
            column == self.table.key
                || self.owner() == Some(column.as_str())
                || foreign.any(|foreign| foreign.columns.contains(column))
        };
        let values = own.0.iter().map(|(column, value)| {
            let theirs = theirs.value(column).filter(|_| !kept(column));
            (column.clone(), theirs.unwrap_or(value).to_owned())
        });
        Row(values.collect())
    }

    /// The row with what is unique in another, apart from the tenant, references, and one more column.
    #[cfg(feature = "sqlite")]
    pub(super) fn with_unique(&self, mut row: Row, of: &Row, but: &str) -> Row {
        for (column, value) in &mut row.0 {
            let unique = self
                .slots
                .iter()
                .any(|slot| slot.name == *column && slot.unique);
            let foreign = self
                .foreign
                .iter()
                .any(|foreign| foreign.columns.contains(column));
            let kept = foreign || column == but || self.owner() == Some(column.as_str());
            if let Some(other) = of.value(column).filter(|_| unique && !kept) {
                other.clone_into(value);
            }
        }
        row
    }

    /// `INSERT` of a row, into the table or into what leads to it.
    pub(super) fn insert(&self, row: &Row, into: &str) -> String {
        let (columns, values): (Vec<_>, Vec<_>) = row
            .0
            .iter()
            .map(|(column, value)| (quoted(column), value.as_str()))
            .unzip();
        let overriding = match self.dialect {
            Dialect::Postgres => "OVERRIDING SYSTEM VALUE ",
            Dialect::Sqlite => "",
        };
        format!(
            "INSERT INTO {into} ({}) {overriding}VALUES ({})",
            columns.join(", "),
            values.join(", ")
        )
    }

    /// Statements like the library's on one's own row: what they are called, and their text.
    pub(super) fn own_writes(
        &self,
        ward: &Ward,
        global: &Ward,
        planted: &Planted,
    ) -> Vec<(&'static str, String)> {
        let mut statements = Vec::new();
        let Some(row) = planted.row(self, ward) else {
            return statements;
        };
        let Some(condition) = self.own(ward, row) else {
            return statements;
        };
        let fixed = |column: &str| column == self.table.key || self.owner() == Some(column);
        let mut set = Vec::new();
        for column in self
            .table
            .columns
            .iter()
            .filter(|column| !fixed(column.name))
        {
            if self
                .slots
                .iter()
                .any(|slot| slot.name == column.name && !slot.generated)
            {
                set.push(format!("{0} = {0}", quoted(column.name)));
            }
        }
        if !set.is_empty() {
            let set = set.join(", ");
            statements.push((
                "UPDATE",
                format!("UPDATE {} SET {set} WHERE {condition}", self.name),
            ));
        }
        statements.push((
            "DELETE FROM",
            format!("DELETE FROM {} WHERE {condition}", self.name),
        ));
        let new = planted.another(self, ward, global);
        if let Some(new) = new.filter(|_| self.table.rows != Rows::Root) {
            statements.push(("INSERT INTO", self.insert(&new, &self.name)));
        }
        statements
    }
}

impl Row {
    pub(super) fn value(&self, column: &str) -> Option<&str> {
        let there = self.0.iter().find(|(name, _)| name == column);
        there.map(|(_, value)| value.as_str())
    }

    /// A value that is a literal, without its type.
    pub(super) fn plain(&self, column: &str) -> Option<&str> {
        self.value(column)?.strip_prefix('\'')?.split('\'').next()
    }
}

impl Planted {
    pub(super) fn row(&self, plot: &Plot<'_>, ward: &Ward) -> Option<&Row> {
        self.of(&plot.name, ward)
    }

    fn of(&self, table: &str, ward: &Ward) -> Option<&Row> {
        let key = (table.to_owned(), ward.mark.clone());
        self.rows.get(&key).map(|(row, _)| row)
    }

    /// Another row like the one that is there.
    pub(super) fn another(&self, plot: &Plot<'_>, ward: &Ward, global: &Ward) -> Option<Row> {
        let (_, style) = self.rows.get(&key(plot, ward))?;
        plot.row(ward, global, self, *style).ok()
    }

    /// Keys of the tenant's rows that are numbers.
    #[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "on PostgreSQL"))]
    pub(super) fn numbers(&self, ward: &Ward) -> &[String] {
        self.numbers.get(&ward.mark).map_or(&[], Vec::as_slice)
    }

    /// Values of the tenant's rows that have its mark in them.
    #[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "on PostgreSQL"))]
    pub(super) fn texts(&self, ward: &Ward) -> &[String] {
        self.texts.get(&ward.mark).map_or(&[], Vec::as_slice)
    }

    /// A row was written.
    pub(super) fn add(&mut self, plot: &Plot<'_>, ward: &Ward, row: Row, style: Style) {
        let number = row.plain(plot.table.key).unwrap_or_default();
        if number.parse::<i64>().is_ok() {
            let numbers = self.numbers.entry(ward.mark.clone()).or_default();
            numbers.push(number.to_owned());
        }
        let texts = self.texts.entry(ward.mark.clone()).or_default();
        for (column, _) in &row.0 {
            if let Some(text) = row.plain(column).filter(|text| text.contains(&ward.mark))
                && !texts.iter().any(|other| other == text)
            {
                texts.push(text.to_owned());
            }
        }
        self.rows.insert(key(plot, ward), (row, style));
    }

    /// The row that was written is not there.
    pub(super) fn lose(&mut self, plot: &Plot<'_>, ward: &Ward) {
        self.lost.insert(key(plot, ward));
    }

    pub(super) fn is_lost(&self, plot: &Plot<'_>, ward: &Ward) -> bool {
        self.lost.contains(&key(plot, ward))
    }
}

fn key(plot: &Plot<'_>, ward: &Ward) -> (String, String) {
    (plot.name.clone(), ward.mark.clone())
}
