//! A database seen from outside: plain SQL, without any tenant.

use sqlx::query::Query;
use sqlx::{Connection as _, Database as Driver, Row as _};
use uuid::Uuid;

use super::APART;
use super::models::Database;
use crate::oracle::{Record, State};
use crate::schema::{Kind, Table, Val};

pub(super) type Connection = <Database as Driver>::Connection;
type Arguments = <Database as Driver>::Arguments;

/// Which columns of a table there are besides the model's.
fn select(table: Table) -> &'static str {
    match table {
        Table::Organizations => "SELECT id, name, active, id FROM organizations",
        Table::Users => "SELECT id, tenant_id, email, role, nickname, tenant_id FROM users",
        Table::Documents => {
            "SELECT id, owner_id, reviewer_id, title, views, archived, version, tenant_id FROM documents"
        }
        Table::Comments => "SELECT id, document_id, author_id, role, body, tenant_id FROM comments",
        Table::Notes => "SELECT id, tenant_id, body, priority, tenant_id FROM notes",
        Table::Settings => "SELECT key, tenant_id, value, tenant_id FROM settings",
        Table::Plans => "SELECT key, value FROM plans",
    }
}

fn insert(table: Table) -> &'static str {
    match table {
        Table::Organizations => "INSERT INTO organizations (id, name, active) VALUES ($1, $2, $3)",
        Table::Users => {
            "INSERT INTO users (id, tenant_id, email, role, nickname) VALUES ($1, $2, $3, $4, $5)"
        }
        Table::Documents => {
            "INSERT INTO documents (id, owner_id, reviewer_id, title, views, archived, version, tenant_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        }
        Table::Comments => {
            "INSERT INTO comments (id, document_id, author_id, role, body, tenant_id)
             VALUES ($1, $2, $3, $4, $5, $6)"
        }
        // In databases of tenants they have gaps, where they are numbered here.
        Table::Notes if APART => {
            "INSERT INTO notes (id, tenant_id, body, priority) VALUES ($1, $2, $3, $4)"
        }
        // The database numbers notes from 1.
        Table::Notes => "INSERT INTO notes (tenant_id, body, priority) VALUES ($1, $2, $3)",
        Table::Settings => "INSERT INTO settings (key, tenant_id, value) VALUES ($1, $2, $3)",
        Table::Plans => "INSERT INTO plans (key, value) VALUES ($1, $2)",
    }
}

/// In the order of what refers to what.
const DELETE: [(Table, &str); 7] = [
    (Table::Comments, "DELETE FROM comments"),
    (Table::Documents, "DELETE FROM documents"),
    (Table::Users, "DELETE FROM users"),
    (Table::Notes, "DELETE FROM notes"),
    (Table::Settings, "DELETE FROM settings"),
    (Table::Plans, "DELETE FROM plans"),
    (Table::Organizations, "DELETE FROM organizations"),
];

/// What makes the database number notes from 1 again, or from where they end.
fn restart() -> &'static str {
    if Database::NAME == sqlx::Sqlite::NAME {
        "DELETE FROM sqlite_sequence"
    } else if APART {
        // No program begins with so many.
        "SELECT setval(pg_get_serial_sequence('notes', 'id'), 9)"
    } else {
        "SELECT setval(coalesce(pg_get_serial_sequence('notes', 'id'), 'notes_id_seq'), 1, false)"
    }
}

/// Replaces all rows of some tables.
pub(super) async fn fill(
    connection: &mut Connection,
    tables: &[Table],
    state: &State,
    is_here: impl Fn(&Record) -> bool,
) -> sqlx::Result<()> {
    let mut transaction = connection.begin().await?;
    for (table, delete) in DELETE {
        if tables.contains(&table) {
            sqlx::query(delete).execute(&mut *transaction).await?;
        }
    }
    if tables.contains(&Table::Notes) {
        sqlx::query(restart()).execute(&mut *transaction).await?;
    }
    for &table in tables {
        for record in state.rows(table).iter().filter(|record| is_here(record)) {
            let mut query = sqlx::query(insert(table));
            for (value, column) in record.values.iter().zip(table.schema().columns) {
                if APART || table != Table::Notes || column.name != "id" {
                    query = bind(query, value, column.kind);
                }
            }
            if matches!(table, Table::Documents | Table::Comments) {
                query = query.bind(record.tenant);
            }
            query.execute(&mut *transaction).await?;
        }
    }
    transaction.commit().await
}

fn bind<'q>(
    query: Query<'q, Database, Arguments>,
    value: &Val,
    kind: Kind,
) -> Query<'q, Database, Arguments> {
    match (value, kind) {
        (Val::Bool(value), _) => query.bind(*value),
        (Val::Int(value), _) => query.bind(*value),
        (Val::Text(value), _) => query.bind(value.clone()),
        (Val::Uuid(value), _) => query.bind(*value),
        (Val::Null, Kind::Bool) => query.bind(None::<bool>),
        (Val::Null, Kind::Int) => query.bind(None::<i64>),
        (Val::Null, Kind::Role | Kind::Text) => query.bind(None::<String>),
        (Val::Null, Kind::Uuid) => query.bind(None::<Uuid>),
    }
}

/// Adds all rows of some tables.
pub(super) async fn read(
    connection: &mut Connection,
    tables: &[Table],
    state: &mut State,
) -> sqlx::Result<()> {
    for &table in tables {
        let rows = sqlx::query(select(table))
            .fetch_all(&mut *connection)
            .await?;
        let columns = table.schema().columns;
        for row in rows {
            let values: sqlx::Result<_> = columns
                .iter()
                .enumerate()
                .map(|(index, column)| {
                    Ok(match column.kind {
                        Kind::Bool => Val::from(row.try_get::<Option<bool>, _>(index)?),
                        Kind::Int => Val::from(row.try_get::<Option<i64>, _>(index)?),
                        Kind::Role | Kind::Text => {
                            Val::from(row.try_get::<Option<String>, _>(index)?)
                        }
                        Kind::Uuid => Val::from(row.try_get::<Option<Uuid>, _>(index)?),
                    })
                })
                .collect();
            let tenant = if table.global() {
                Uuid::nil()
            } else {
                row.try_get(columns.len())?
            };
            state.rows_mut(table).push(Record {
                tenant,
                values: values?,
            });
        }
    }
    Ok(())
}
