//! Rows in the schema of a tenant that lead out of it, and rows of the tenant that lead into it: no foreign key is
//! there to look.

use crate::ddl::table::{NotKept, Place, Table};
use crate::ddl::text::{Scribe, quoted};
use crate::doctor::rows::Question;

/// What to ask about one tenant, whose tables are all there; each with the table that it is about.
pub(super) fn questions<'t>(
    tables: &'t [Table],
    scribe: Scribe<'_>,
    tenant: &str,
) -> Vec<(&'t Table, Question)> {
    // The value of an id as a text, which PostgreSQL reads as one of the column's type.
    let tenant = format!("'{}'", tenant.replace('\'', "''"));
    let mut questions = Vec::new();
    for table in tables {
        if let (Place::Schema, Some(column)) = (table.place, table.tenant()) {
            let (key, column) = (quoted(table.key), quoted(column));
            let name = scribe.name(table.name, table.place);
            questions.push((
                table,
                Question {
                    code: "rows-cross-tenants",
                    problem: format!(
                        "say in {column} that they are of another tenant than the schema"
                    ),
                    query: format!(
                        "SELECT t.{key}, t.{column} FROM {name} AS t WHERE t.{column} <> {tenant}"
                    ),
                },
            ));
        }
        for to in &table.not_kept {
            questions.extend(about(table, to, scribe, &tenant).map(|question| (table, question)));
        }
    }
    questions
}

fn about(
    table: &Table,
    to: &NotKept,
    scribe: Scribe<'_>,
    tenant: &str,
) -> impl Iterator<Item = Question> {
    let (key, column, shown) = (quoted(table.key), quoted(to.column), to.table);
    let (name, other) = (
        scribe.name(table.name, table.place),
        scribe.name(to.table, to.place),
    );
    // Of a shared table only the tenant's own rows.
    let own = match (table.place, table.tenant()) {
        (Place::Shared, Some(own)) => format!("t.{} = {tenant} AND ", quoted(own)),
        _ => String::new(),
    };
    let select = format!("SELECT t.{key}, t.{column} FROM {name} AS t WHERE {own}");
    let there = format!(
        "EXISTS (SELECT 1 FROM {other} AS r WHERE r.{} = t.{column}",
        quoted(to.key)
    );
    let crossing = (to.place == Place::Shared && !to.tenant.is_empty()).then(|| Question {
        code: "rows-cross-tenants",
        problem: format!("refer through {column} to a row of `{shown}` that is another tenant's"),
        query: format!(
            "{select}{there}) AND NOT {there} AND r.{} = {tenant})",
            quoted(to.tenant)
        ),
    });
    let dangling = Question {
        code: "dangling-rows",
        problem: format!("refer through {column} to a row of `{shown}` that is not there"),
        query: format!("{select}t.{column} IS NOT NULL AND NOT {there})"),
    };
    crossing.into_iter().chain([dangling])
}
