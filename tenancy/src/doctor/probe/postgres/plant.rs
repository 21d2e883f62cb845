//! Rows of the probe.

use std::collections::HashMap;

use super::super::super::Findings;
use super::super::Said;
use super::super::values::{Style, literal, on_postgres};
use super::super::ward::Ward;
use super::plots::Plot;
use super::session::{Outcome, Session};
use crate::Result;
use crate::ddl::table::Rows;
use crate::ddl::text::quoted;

/// A row: its columns and their values, as SQL.
#[derive(Clone, Debug, Default)]
pub(super) struct Row(pub(super) Vec<(String, String)>);

impl Row {
    pub(super) fn value(&self, column: &str) -> Option<&str> {
        let there = self.0.iter().find(|(name, _)| name == column);
        there.map(|(_, value)| value.as_str())
    }

    /// A value that is a literal, without its type.
    pub(super) fn plain(&self, column: &str) -> Option<&str> {
        self.value(column)?.strip_prefix('\'')?.split('\'').next()
    }

    pub(super) fn insert(&self, name: &str) -> String {
        let (columns, values): (Vec<_>, Vec<_>) = self
            .0
            .iter()
            .map(|(column, value)| (quoted(column), value.as_str()))
            .unzip();
        format!(
            "INSERT INTO {name} ({}) OVERRIDING SYSTEM VALUE VALUES ({})",
            columns.join(", "),
            values.join(", ")
        )
    }
}

/// The rows that are there, by table and ward.
#[derive(Default)]
pub(super) struct Planted {
    rows: HashMap<(String, String), (Row, Style)>,
    numbers: HashMap<String, Vec<String>>,
}

impl Planted {
    pub(super) fn row(&self, plot: &Plot<'_>, ward: &Ward) -> Option<&Row> {
        self.of(&plot.name, ward)
    }

    /// Keys of the tenant's rows that are numbers.
    pub(super) fn numbers(&self, ward: &Ward) -> &[String] {
        self.numbers.get(&ward.mark).map_or(&[], Vec::as_slice)
    }

    fn of(&self, table: &str, ward: &Ward) -> Option<&Row> {
        let key = (table.to_owned(), ward.mark.clone());
        self.rows.get(&key).map(|(row, _)| row)
    }

    /// Another row like the one that is there.
    pub(super) fn another(&self, plot: &Plot<'_>, ward: &Ward, global: &Ward) -> Option<Row> {
        let key = (plot.name.clone(), ward.mark.clone());
        let (_, style) = self.rows.get(&key)?;
        row(plot, ward, global, self, *style).ok()
    }

    /// Puts a row of the tenant into a table. What nobody could be told about is found at once: a row that is not
    /// the tenant's afterwards.
    pub(super) async fn plant(
        &mut self,
        plot: &Plot<'_>,
        ward: &Ward,
        global: &Ward,
        session: &mut Session<'_>,
        said: &mut Said,
        found: &mut Findings,
    ) -> Result<()> {
        let key = (plot.name.clone(), ward.mark.clone());
        // The tenants whose schemas were asked for are there already.
        if plot.table.rows == Rows::Root && ward.schema.is_some() {
            let row = Row(vec![(plot.table.key.to_owned(), literal(&ward.tenant))]);
            self.rows.insert(key, (row, Style::ALL[0]));
            return Ok(());
        }
        let mut why = String::new();
        // At last without foreign keys and triggers: tables may refer to each other in a circle.
        for replica in [false, true] {
            for style in Style::ALL {
                let row = match row(plot, ward, global, self, style) {
                    Ok(row) => row,
                    Err(missing) => {
                        why = missing;
                        continue;
                    }
                };
                let mut sql = row.insert(&plot.name);
                if replica {
                    sql = format!(
                        "SET LOCAL session_replication_role TO replica; {sql}; \
                         SET LOCAL session_replication_role TO DEFAULT"
                    );
                }
                match session.keep(&sql).await? {
                    Outcome::Done(_) => {
                        moved(plot, ward, &row, session, said, found).await?;
                        let number = row.plain(plot.table.key).unwrap_or_default();
                        if number.parse::<i64>().is_ok() {
                            self.numbers
                                .entry(ward.mark.clone())
                                .or_default()
                                .push(number.to_owned());
                        }
                        self.rows.insert(key, (row, style));
                        return Ok(());
                    }
                    Outcome::Failed(code) => {
                        why = format!("it takes no row that the probe makes (SQLSTATE {code})")
                    }
                }
            }
        }
        found.not_tried(&plot.shown, why);
        Ok(())
    }
}

/// Whether the row is the tenant's.
async fn moved(
    plot: &Plot<'_>,
    ward: &Ward,
    row: &Row,
    session: &mut Session<'_>,
    said: &mut Said,
    found: &mut Findings,
) -> Result<()> {
    let Some(own) = own(plot, ward, row) else {
        return Ok(());
    };
    let there = format!("SELECT 1 FROM {} AS t WHERE {own}", plot.name);
    let rows = session.examine(&there).await?.rows();
    if rows.is_none_or(|rows| !rows.is_empty()) {
        return Ok(());
    }
    let problem = "a row that is written for a tenant is not the tenant's afterwards: something moves it, or leaves \
                   it out"
        .to_owned();
    let mend = format!(
        "-- Look at what is run when a row is written: triggers and rules.\nSELECT tgname, tgfoid::regproc FROM \
         pg_trigger WHERE tgrelid = {}::regclass AND NOT tgisinternal;\n",
        literal(&plot.name)
    );
    said.error("probe-moves", &plot.shown, problem, mend, found);
    Ok(())
}

/// The condition that is true of this row of the tenant alone.
pub(super) fn own(plot: &Plot<'_>, ward: &Ward, row: &Row) -> Option<String> {
    let mut conditions = Vec::new();
    if let Some(owner) = plot.owner() {
        conditions.push(format!("t.{} = {}", quoted(owner), literal(&ward.tenant)));
    }
    let key = plot.table.key;
    conditions.push(format!("t.{} = {}", quoted(key), row.value(key)?));
    Some(conditions.join(" AND "))
}

/// The values of a new row, or what there is no value for.
fn row(
    plot: &Plot<'_>,
    ward: &Ward,
    global: &Ward,
    planted: &Planted,
    style: Style,
) -> Result<Row, String> {
    let number = ward.number();
    let mut values: Vec<(String, String)> = Vec::new();
    for slot in plot.slots.iter().filter(|slot| !slot.generated) {
        let key = slot.name == plot.table.key;
        if plot.owner() == Some(slot.name.as_str()) {
            values.push((slot.name.clone(), literal(&ward.tenant)));
            continue;
        }
        let foreign = plot.foreign.iter().find(|foreign| {
            foreign.columns.last() == Some(&slot.name)
                || (foreign.columns.contains(&slot.name)
                    && plot.owner() != Some(slot.name.as_str()))
        });
        if let (Some(foreign), false) = (foreign, key && plot.table.rows == Rows::Root) {
            let at = foreign
                .columns
                .iter()
                .position(|column| *column == slot.name);
            let referred = at
                .and_then(|at| foreign.referred.get(at))
                .map(String::as_str)
                .unwrap_or_default();
            let there = [ward, global]
                .into_iter()
                .find_map(|ward| planted.of(&foreign.to, ward));
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
        match on_postgres(slot, ward, style, number) {
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
