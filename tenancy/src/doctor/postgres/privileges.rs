//! Rights that reach rows of which no policy is asked.

use crate::doctor::Findings;
use crate::doctor::postgres::role::Role;
use crate::doctor::postgres::secured::Secured;
use crate::doctor::postgres::{qualified, secured};
use crate::error::Result;
use sqlx::PgConnection;
use sqlx::Row as _;
use sqlx::postgres::types::Oid;

const RIGHTS: [(&str, &str, &str); 3] = [
    (
        "truncate-granted",
        "TRUNCATE",
        "remove the rows of all tenants at once",
    ),
    (
        "trigger-granted",
        "TRIGGER",
        "attach code that sees the rows that others write",
    ),
    (
        "references-granted",
        "REFERENCES",
        "learn by foreign keys which rows other tenants have",
    ),
];

pub(super) async fn check(
    secured: &[Secured<'_>],
    role: &Role,
    connection: &mut PgConnection,
    found: &mut Findings,
) -> Result<()> {
    let oids: Vec<Oid> = secured.iter().map(|secured| secured.relation.oid).collect();
    // Owners have all rights, which is a fault of its own.
    let granted = "
        WITH RECURSIVE tables AS (
            SELECT unnest($2::oid[]) AS oid
            UNION SELECT CASE i.inhparent WHEN t.oid THEN i.inhrelid ELSE i.inhparent END
            FROM pg_inherits i JOIN tables t ON t.oid IN (i.inhparent, i.inhrelid)
        )
        SELECT n.nspname::text, c.relname::text, bool_or(has_table_privilege(who, c.oid, 'TRUNCATE')),
            bool_or(has_table_privilege(who, c.oid, 'TRIGGER')),
            bool_or(has_any_column_privilege(who, c.oid, 'REFERENCES')), c.oid
        FROM unnest($1::name[]) who, tables t JOIN pg_class c ON c.oid = t.oid
            JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE NOT pg_has_role(who, c.relowner, 'MEMBER') GROUP BY 1, 2, c.oid ORDER BY 2, 1";
    let shown = secured::shown(secured);
    for row in sqlx::query(granted)
        .bind(&role.all)
        .bind(oids)
        .fetch_all(&mut *connection)
        .await?
    {
        let (schema, table): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let Oid(oid) = row.try_get(5)?;
        let subject = shown.get(&oid).copied().unwrap_or(&table);
        for (at, (code, right, what)) in RIGHTS.iter().enumerate() {
            if row.try_get::<bool, _>(at + 2)? {
                found.error(
                    code,
                    subject,
                    format!("{} may {what} ({right})", role.name),
                    format!(
                        "REVOKE {right} ON {} FROM {};\n",
                        qualified(&schema, &table),
                        role.grantees()
                    ),
                );
            }
        }
    }
    Ok(())
}
