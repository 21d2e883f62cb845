//! What there is on SQLite.

use crate::ddl::table::Column;
use crate::ddl::text::quoted;
use crate::doctor::database::{Examination, Examined};
use crate::doctor::definition::Definition;
use crate::doctor::live::{Change, Live, LiveColumn, LiveForeignKey, LiveIndex, same};
use crate::doctor::mend::Mender;
use crate::doctor::probe::sqlite::probe;
use crate::doctor::{Findings, definition, forms, rows, spelling, sqlite_values, tables};
use crate::error::Result;
use crate::model::contract::TenantRoot;
use futures_core::future::BoxFuture;
use sqlx::Row as _;
use sqlx::{Sqlite, SqliteConnection};

impl Examined for Sqlite {
    fn examine<'e, R: TenantRoot<Database = Self>>(
        examination: &'e Examination<'e, R>,
        connection: &'e mut SqliteConnection,
    ) -> BoxFuture<'e, Result<(Findings, usize)>> {
        Box::pin(async move {
            let mut found = Findings::default();
            let enforced: i64 = sqlx::query_scalar("PRAGMA foreign_keys")
                .fetch_one(&mut *connection)
                .await?;
            if enforced == 0 {
                found.error(
                    "foreign-keys-off",
                    "connection",
                    "foreign keys are not enforced: `foreign_keys(true)` in the options of the connection"
                        .to_owned(),
                    "PRAGMA foreign_keys = ON;\n".to_owned(),
                );
            }
            let mut live = load(connection).await?;
            spelling::spell(&mut live, examination.all());
            let expected: Vec<_> = examination
                .all()
                .iter()
                .filter(|table| table.place == examination.here)
                .map(|table| {
                    let there = live.iter().find(|live| same(&live.name, table.name));
                    (table, there, table.name.to_owned())
                })
                .collect();
            let number = expected.len();
            let mender = Mender {
                live: &live,
                ..examination.mender(examination.here, &|_| String::new())
            };
            tables::check(&expected, &live, None, &mender, &fits, &mut found);
            let rows = examination.rows;
            sqlite_values::check(&expected, rows, &mender, connection, &mut found).await?;
            if rows {
                rows::check(examination, &expected, &mender, connection, &mut found).await?;
            }
            if examination.probe.is_some() {
                probe(examination, &live, connection, &mut found).await?;
            }
            Ok((found, number))
        })
    }
}

/// Whether what is written to such a column comes back (sqlite.org/datatype3.html, 3.1).
fn fits(column: &Column, live: &LiveColumn) -> bool {
    let there = forms::affinity(&live.sql_type);
    match column.sql_type.as_str() {
        "TEXT" => matches!(there, "TEXT" | "BLOB"),
        "INTEGER" | "BOOLEAN" => matches!(there, "INTEGER" | "NUMERIC"),
        // One that is NUMERIC stores 3.0 as a whole number, which is no `f64` when it is read.
        "REAL" => matches!(there, "REAL" | "BLOB"),
        "BLOB" => matches!(there, "BLOB" | "NUMERIC"),
        "DATETIME" | "DATE" | "TIME" => matches!(there, "TEXT" | "NUMERIC" | "BLOB"),
        _ => true,
    }
}

/// All tables.
async fn load(connection: &mut SqliteConnection) -> Result<Vec<Live>> {
    let mut all = Vec::new();
    let tables = sqlx::query(
        "SELECT name, type = 'view', EXISTS (
            SELECT 1 FROM sqlite_schema t WHERE t.type = 'trigger' AND t.tbl_name = s.name
        ) FROM sqlite_schema s WHERE type IN ('table', 'view') ORDER BY name",
    )
    .fetch_all(&mut *connection)
    .await?;
    for row in tables {
        all.push(Live {
            name: row.try_get(0)?,
            view: row.try_get(1)?,
            triggers: row.try_get(2)?,
            ..Live::default()
        });
    }
    let columns = sqlx::query(
        "SELECT s.name, c.name, c.type, c.\"notnull\", c.dflt_value, c.pk, c.hidden, s.sql FROM sqlite_schema s, \
         pragma_table_xinfo(s.name) c WHERE s.type IN ('table', 'view') AND c.hidden <> 1 ORDER BY s.name, c.cid",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut primary: Vec<(String, i64, LiveColumn)> = Vec::new();
    for row in columns {
        let (table, position): (String, i64) = (row.try_get(0)?, row.try_get(5)?);
        let default: Option<String> = row.try_get(4)?;
        // 2 and 3 are columns that SQLite computes (sqlite.org/pragma.html#pragma_table_xinfo).
        let generated = row.try_get::<i64, _>(6)? > 1;
        let (name, sql): (String, String) = (row.try_get(1)?, row.try_get(7)?);
        let definition = Definition::of(&sql);
        let written = definition.column(&name).unwrap_or_default();
        let column = LiveColumn {
            name,
            sql_type: row.try_get(2)?,
            nullable: row.try_get::<i64, _>(3)? == 0,
            filled: default.is_some() || generated,
            default,
            generated,
            changes: definition::collation(written)
                .map(|_| Change::Value("takes other texts for equal")),
            written: written.to_owned(),
            #[cfg(feature = "postgres")]
            type_id: 0,
        };
        if position > 0 {
            primary.push((table.clone(), position, column.clone()));
        }
        if let Some(live) = of(&mut all, &table) {
            if live.columns.is_empty() {
                let checks = definition.checks.iter();
                live.checks = checks.map(|check| (*check).to_owned()).collect();
            }
            live.columns.push(column);
        }
    }
    indexes(connection, &mut all).await?;
    rowids(&mut all, primary);
    foreign_keys(connection, &mut all).await?;
    let triggers =
        sqlx::query("SELECT tbl_name, name, sql FROM sqlite_schema WHERE type = 'trigger'");
    for row in triggers.fetch_all(&mut *connection).await? {
        if let Some(live) = of(&mut all, row.try_get(0)?) {
            live.belongings.push((row.try_get(1)?, row.try_get(2)?));
        }
    }
    Ok(all)
}

fn of<'a>(all: &'a mut [Live], table: &str) -> Option<&'a mut Live> {
    all.iter_mut().find(|live| live.name == table)
}

async fn indexes(connection: &mut SqliteConnection, all: &mut [Live]) -> Result<()> {
    let indexes = sqlx::query(
        "SELECT s.name, i.name, i.\"unique\", i.origin, i.partial, coalesce(c.name, ''), x.sql FROM sqlite_schema s, \
         pragma_index_list(s.name) i, pragma_index_info(i.name) c \
         LEFT JOIN sqlite_schema x ON x.type = 'index' AND x.name = i.name \
         WHERE s.type = 'table' ORDER BY s.name, i.name, c.seqno",
    )
    .fetch_all(&mut *connection)
    .await?;
    for row in indexes {
        let (table, name, column): (String, String, String) =
            (row.try_get(0)?, row.try_get(1)?, row.try_get(5)?);
        let sql: Option<String> = row.try_get(6)?;
        let Some(live) = of(all, &table) else {
            continue;
        };
        if live.indexes.last().is_none_or(|index| index.name != name) {
            let origin: String = row.try_get(3)?;
            let partial: i64 = row.try_get(4)?;
            let text = sql.as_deref().map(parts_of);
            live.indexes.push(LiveIndex {
                name: name.clone(),
                columns: Vec::new(),
                parts: text.iter().map(|(parts, _)| (*parts).to_owned()).collect(),
                unique: row.try_get::<i64, _>(2)? != 0,
                primary: origin == "pk",
                constraint: origin == "u",
                whole: partial == 0,
                deferrable: false,
                condition: text.and_then(|(_, condition)| condition).map(str::to_owned),
            });
            if let Some(sql) = &sql {
                live.belongings.push((name, sql.clone()));
            }
        }
        if let Some(index) = live.indexes.last_mut() {
            if sql.is_none() {
                index.parts.push(quoted(&column));
            }
            index.columns.push(column);
        }
    }
    Ok(())
}

/// What is in the parentheses of `CREATE INDEX`, and behind `WHERE`.
fn parts_of(sql: &str) -> (&str, Option<&str>) {
    let Some(open) = sql.find('(') else {
        return (sql, None);
    };
    let mut depth = 0;
    let end = sql[open..].char_indices().find(|(_, character)| {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        depth == 0
    });
    let end = end.map_or(sql.len(), |(at, _)| open + at);
    let rest = sql.get(end + 1..).unwrap_or_default().trim();
    let condition = rest
        .get(..5)
        .filter(|word| word.eq_ignore_ascii_case("WHERE"));
    (&sql[open + 1..end], condition.map(|_| rest[5..].trim()))
}

/// A key of one integer is no index of its own: it is the number of the row, which SQLite makes.
fn rowids(all: &mut [Live], primary: Vec<(String, i64, LiveColumn)>) {
    for live in all {
        let key: Vec<_> = primary
            .iter()
            .filter(|(table, ..)| *table == live.name)
            .collect();
        let [(_, _, column)] = key.as_slice() else {
            continue;
        };
        if live.indexes.iter().any(|index| index.primary) || live.view {
            continue;
        }
        live.indexes.push(LiveIndex {
            name: String::new(),
            columns: vec![column.name.clone()],
            parts: vec![quoted(&column.name)],
            unique: true,
            primary: true,
            constraint: true,
            whole: true,
            deferrable: false,
            condition: None,
        });
        if let Some(column) = live
            .columns
            .iter_mut()
            .find(|other| other.name == column.name)
        {
            column.filled = true;
            column.nullable = false;
        }
    }
}

async fn foreign_keys(connection: &mut SqliteConnection, all: &mut [Live]) -> Result<()> {
    let keys = sqlx::query(
        "SELECT s.name, k.id, k.\"table\", k.\"from\", k.\"to\", k.on_delete, k.on_update FROM sqlite_schema s, \
         pragma_foreign_key_list(s.name) k WHERE s.type = 'table' ORDER BY s.name, k.id, k.seq",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut last = None;
    for row in keys {
        let (table, id): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
        let to: String = row.try_get(2)?;
        let referred: Option<String> = row.try_get(4)?;
        // A foreign key without columns refers to the primary key.
        let primary = all.iter().find(|live| live.name.eq_ignore_ascii_case(&to));
        let primary = primary.and_then(|live| live.indexes.iter().find(|index| index.primary));
        let primary = primary
            .map(|index| index.columns.clone())
            .unwrap_or_default();
        let Some(live) = of(all, &table) else {
            continue;
        };
        if last.as_ref() != Some(&(table.clone(), id)) {
            last = Some((table, id));
            let (delete, update): (String, String) = (row.try_get(5)?, row.try_get(6)?);
            let actions = [("DELETE", &delete), ("UPDATE", &update)];
            let actions = actions.iter().filter(|(_, action)| *action != "NO ACTION");
            live.foreign_keys.push(LiveForeignKey {
                actions: actions
                    .map(|(on, action)| format!(" ON {on} {action}"))
                    .collect(),
                name: None,
                columns: Vec::new(),
                schema: None,
                table: to,
                referred: Vec::new(),
                nulls_all: delete == "SET NULL",
                valid: true,
            });
        }
        if let Some(key) = live.foreign_keys.last_mut() {
            let at = key.columns.len();
            key.columns.push(row.try_get(3)?);
            key.referred
                .extend(referred.or_else(|| primary.get(at).cloned()));
        }
    }
    Ok(())
}
