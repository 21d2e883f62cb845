//! Foreign keys that are there, and switched off: nobody looks.

use crate::ddl::text::quoted;
use crate::doctor::Findings;
use crate::doctor::postgres::catalog::Relation;
use crate::doctor::postgres::qualified;
use crate::error::Result;
use sqlx::PgConnection;
use sqlx::postgres::types::Oid;
use std::collections::HashMap;

use sqlx::Row as _;

/// Triggers of foreign keys, on the table that refers and on the one that is referred to, that do not fire where nobody
/// says that he replicates.
const OFF: &str = "
    SELECT t.tgrelid, n.nspname::text, c.relname::text, k.conname::text, f.relname::text,
        array_agg(t.tgname::text ORDER BY t.tgname)
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_constraint k ON k.oid = t.tgconstraint JOIN pg_class f ON f.oid = k.conrelid
    WHERE t.tgrelid = ANY ($1) AND t.tgisinternal AND t.tgenabled IN ('D', 'R') AND k.contype = 'f'
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 2, 3, 4";

/// Asks for these tables, each with what it is called for people.
pub(super) async fn check(
    tables: &[(&Relation, String)],
    connection: &mut PgConnection,
    found: &mut Findings,
) -> Result<()> {
    let shown: HashMap<u32, &str> = tables
        .iter()
        .map(|(relation, shown)| (relation.oid.0, shown.as_str()))
        .collect();
    let oids: Vec<Oid> = tables.iter().map(|(relation, _)| relation.oid).collect();
    for row in sqlx::query(OFF)
        .bind(oids)
        .fetch_all(&mut *connection)
        .await?
    {
        let Oid(oid) = row.try_get(0)?;
        let (schema, table): (String, String) = (row.try_get(1)?, row.try_get(2)?);
        let (key, of): (String, String) = (row.try_get(3)?, row.try_get(4)?);
        let triggers: Vec<String> = row.try_get(5)?;
        let enable: Vec<_> = triggers
            .iter()
            .map(|trigger| format!("ENABLE TRIGGER {}", quoted(trigger)))
            .collect();
        found.error(
            "foreign-key-off",
            shown.get(&oid).copied().unwrap_or(&table),
            format!("the foreign key {key} of `{of}` is switched off in it: a row may refer to one of another tenant, or to none"),
            format!(
                "-- As a superuser. What was written meanwhile was not looked at: examine the rows, too.\n\
                 ALTER TABLE {} {};\n",
                qualified(&schema, &table),
                enable.join(", ")
            ),
        );
    }
    Ok(())
}
