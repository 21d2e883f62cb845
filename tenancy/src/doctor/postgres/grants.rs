//! What the program's role needs, and does not have.

use crate::ddl::text::quoted;
use crate::doctor::Findings;
use crate::doctor::database::Examination;
use crate::doctor::postgres::catalog::Relation;
use crate::doctor::postgres::qualified;
use crate::doctor::postgres::role::Role;
use crate::error::Result;
use crate::model::contract::TenantRoot;
use sqlx::PgConnection;
use sqlx::Row as _;
use sqlx::postgres::types::Oid;

const RIGHTS: [&str; 4] = ["SELECT", "INSERT", "UPDATE", "DELETE"];

const MISSING: &str = "
    SELECT n.nspname::text, c.relname::text, has_schema_privilege($1::name, n.oid, 'USAGE'),
        has_table_privilege($1::name, c.oid, 'SELECT'), has_table_privilege($1::name, c.oid, 'INSERT'),
        has_table_privilege($1::name, c.oid, 'UPDATE'), has_table_privilege($1::name, c.oid, 'DELETE'), c.oid
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid = ANY ($2) ORDER BY n.nspname, c.relname";

/// The statements that give the program's role all that it needs, where the models say which role that is.
pub(super) fn all<R: TenantRoot>(examination: &Examination<'_, R>) -> String {
    match &examination.tables.postgres.role {
        Some(role) if examination.role.is_none_or(|asked| asked == role) => {
            crate::ddl::postgres::grants(examination.tables, role)
        }
        _ => String::new(),
    }
}

/// Asks for the tables of the models: the role is the one that they are granted to.
pub(super) async fn check(
    role: &Role,
    tables: &[(&Relation, String)],
    connection: &mut PgConnection,
    found: &mut Findings,
) -> Result<()> {
    let oids: Vec<_> = tables.iter().map(|(relation, _)| relation.oid).collect();
    let mut told = Vec::new();
    for row in sqlx::query(MISSING)
        .bind(&role.name)
        .bind(oids)
        .fetch_all(&mut *connection)
        .await?
    {
        let (schema, table): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let name = quoted(&role.name);
        if !row.try_get::<bool, _>(2)? && !told.contains(&schema) {
            found.error(
                "missing-grant",
                &schema,
                format!("{} may not use the schema", role.name),
                format!("GRANT USAGE ON SCHEMA {} TO {name};\n", quoted(&schema)),
            );
            told.push(schema.clone());
        }
        let mut missing = Vec::new();
        for (at, right) in RIGHTS.into_iter().enumerate() {
            if !row.try_get::<bool, _>(at + 3)? {
                missing.push(right);
            }
        }
        if !missing.is_empty() {
            let missing = missing.join(", ");
            let Oid(oid) = row.try_get(7)?;
            let shown = tables.iter().find(|(relation, _)| relation.oid.0 == oid);
            found.error(
                "missing-grant",
                shown.map_or(table.as_str(), |(_, shown)| shown),
                format!("{} lacks {missing}", role.name),
                format!(
                    "GRANT {missing} ON {} TO {name};\n",
                    qualified(&schema, &table)
                ),
            );
        }
    }
    Ok(())
}
