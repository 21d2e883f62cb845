//! Rows that are nobody's, or lead to another tenant.

use crate::backend::Backend;
use crate::ddl::Tables;
use crate::ddl::table::{Place, Rows, Table};
use crate::ddl::text::quoted;
use crate::doctor::Findings;
use crate::doctor::database::Examination;
use crate::doctor::mend::Mender;
use crate::doctor::tables::Expected;
use crate::error::{Error, Result};
use crate::model::contract::{DatabaseOf, TenantRoot};
use crate::sql::trusted;
use sqlx::Executor;
use sqlx::Row as _;

/// A fault of rows: its code, what is wrong, and the query that lists them.
pub(super) struct Question {
    pub(super) code: &'static str,
    /// What the rows do.
    pub(super) problem: String,
    pub(super) query: String,
}

impl Question {
    /// Asks how many there are.
    pub(super) async fn ask<DB: Backend>(
        self,
        shown: &str,
        connection: &mut DB::Connection,
        found: &mut Findings,
    ) -> Result<()>
    where
        for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
        usize: sqlx::ColumnIndex<DB::Row>,
        i64: for<'r> sqlx::Decode<'r, DB> + sqlx::Type<DB>,
    {
        let query = &self.query;
        let sql = trusted::of_doctor(format!("SELECT count(*) FROM ({query}) AS faults"));
        let row = connection
            .fetch_one(sqlx::raw_sql(sql))
            .await
            .map_err(Error::from)?;
        let number: i64 = row.try_get(0)?;
        if number > 0 {
            let rows = if number == 1 { "row" } else { "rows" };
            let problem = format!("{number} {rows} {}", self.problem);
            found.error(self.code, shown, problem, format!("{query};\n"));
        }
        Ok(())
    }
}

/// Asks for faults in the rows of shared tables that are there with their columns.
pub(super) async fn check<R: TenantRoot>(
    examination: &Examination<'_, R>,
    expected: &[Expected<'_>],
    mender: &Mender<'_>,
    connection: &mut <R::Database as sqlx::Database>::Connection,
    found: &mut Findings,
) -> Result<()>
where
    for<'c> &'c mut <R::Database as sqlx::Database>::Connection:
        Executor<'c, Database = R::Database>,
    usize: sqlx::ColumnIndex<<R::Database as sqlx::Database>::Row>,
    i64: for<'r> sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    let whole = |table: &Table| {
        let live = expected.iter().find(|(other, ..)| other.name == table.name);
        let live = live.and_then(|(_, live, _)| *live);
        live.is_some_and(|live| {
            table
                .columns
                .iter()
                .all(|column| live.column(column.name).is_some())
        })
    };
    for (table, _, shown) in expected.iter().filter(|(table, ..)| whole(table)) {
        for question in questions(table, examination.tables, mender, &whole) {
            question
                .ask::<DatabaseOf<R>>(shown, connection, found)
                .await?;
        }
    }
    Ok(())
}

fn questions<R: TenantRoot>(
    table: &Table,
    tables: &Tables<R>,
    mender: &Mender<'_>,
    whole: &dyn Fn(&Table) -> bool,
) -> Vec<Question> {
    let mut questions = Vec::new();
    let Some(tenant) = table.tenant() else {
        return questions;
    };
    let (name, key, tenant) = (
        mender.scribe.name(table.name, table.place),
        quoted(table.key),
        quoted(tenant),
    );
    let select = |columns: &str| format!("SELECT t.{key}, t.{tenant}{columns} FROM {name} AS t");
    questions.push(Question {
        code: "rows-without-tenant",
        problem: "have no tenant".to_owned(),
        query: format!("{} WHERE t.{tenant} IS NULL", select("")),
    });
    for root in tables
        .tables
        .iter()
        .filter(|other| other.rows == Rows::Root && whole(other))
    {
        let (root, id) = (mender.scribe.name(root.name, root.place), quoted(root.key));
        questions.push(Question {
            code: "orphaned-rows",
            problem: "are of a tenant that is not there".to_owned(),
            query: format!(
                "{} WHERE t.{tenant} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {root} AS r WHERE r.{id} = t.{tenant})",
                select("")
            ),
        });
    }
    for foreign in &table.foreign_keys {
        let referred = tables.tables.iter().find(|other| {
            other.name == foreign.table && other.place == foreign.place && whole(other)
        });
        let (Some(to), Some(column)) = (referred, foreign.columns.last()) else {
            continue;
        };
        if Some(*column) == table.tenant() || to.place == Place::Schema {
            continue;
        }
        let (column, shown) = (quoted(column), to.name);
        let (other, id) = (mender.scribe.name(to.name, to.place), quoted(to.key));
        let there = format!("EXISTS (SELECT 1 FROM {other} AS r WHERE r.{id} = t.{column}");
        let listed = select(&format!(", t.{column}"));
        let crossing = match to.rows {
            Rows::Root => Some(format!("t.{column} <> t.{tenant}")),
            Rows::Tenanted(theirs) => Some(format!(
                "{there}) AND NOT {there} AND r.{} = t.{tenant})",
                quoted(theirs)
            )),
            Rows::Plain => None,
        };
        if let Some(crossing) = crossing {
            questions.push(Question {
                code: "rows-cross-tenants",
                problem: format!(
                    "refer through {column} to a row of `{shown}` that is another tenant's"
                ),
                query: format!("{listed} WHERE {crossing}"),
            });
        }
        questions.push(Question {
            code: "dangling-rows",
            problem: format!("refer through {column} to a row of `{shown}` that is not there"),
            query: format!("{listed} WHERE t.{column} IS NOT NULL AND NOT {there})"),
        });
    }
    questions
}
