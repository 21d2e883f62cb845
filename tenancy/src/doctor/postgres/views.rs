//! Views: they read with the rights of their owner, unless they say otherwise.

use crate::doctor::Findings;
use crate::doctor::postgres::qualified;
use crate::doctor::postgres::role::Role;
use crate::doctor::postgres::secured::Secured;
use crate::error::Result;
use sqlx::PgConnection;
use sqlx::postgres::types::Oid;
use std::collections::HashSet;

use sqlx::Row as _;

/// Views over the tables, over views of them, and so on: each with what it reads.
const VIEWS: &str = "
    WITH RECURSIVE reads AS (
        SELECT r.ev_class AS view, d.refobjid AS base FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
        WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
            AND d.refobjid = ANY ($2) AND r.ev_class <> d.refobjid
        UNION
        SELECT r.ev_class, d.refobjid FROM reads o JOIN pg_depend d ON d.refobjid = o.view
            JOIN pg_rewrite r ON r.oid = d.objid
        WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
            AND r.ev_class <> d.refobjid
    )
    SELECT c.oid, o.base, n.nspname::text, c.relname::text, c.relkind = 'm', w.rolname::text,
        w.rolsuper OR w.rolbypassrls, EXISTS (
            SELECT FROM pg_options_to_table(c.reloptions) s
            WHERE s.option_name = 'security_invoker' AND s.option_value::boolean
        ),
        (SELECT bool_or(has_any_column_privilege(who, c.oid, 'SELECT, INSERT, UPDATE')
            OR has_table_privilege(who, c.oid, 'DELETE')) FROM unnest($1::name[]) who)
    FROM reads o JOIN pg_class c ON c.oid = o.view JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_roles w ON w.oid = c.relowner
    WHERE c.relkind IN ('v', 'm') ORDER BY n.nspname, c.relname";

struct View {
    oid: Oid,
    base: Oid,
    schema: String,
    name: String,
    stored: bool,
    owner: String,
    bypasses: bool,
    invoker: bool,
    granted: bool,
}

pub(super) async fn check(
    secured: &[Secured<'_>],
    role: &Role,
    connection: &mut PgConnection,
    found: &mut Findings,
) -> Result<()> {
    let oids: Vec<Oid> = secured.iter().map(|secured| secured.relation.oid).collect();
    let mut views = Vec::new();
    for row in sqlx::query(VIEWS)
        .bind(&role.all)
        .bind(oids)
        .fetch_all(&mut *connection)
        .await?
    {
        views.push(View {
            oid: row.try_get(0)?,
            base: row.try_get(1)?,
            schema: row.try_get(2)?,
            name: row.try_get(3)?,
            stored: row.try_get(4)?,
            owner: row.try_get(5)?,
            bypasses: row.try_get(6)?,
            invoker: row.try_get(7)?,
            granted: row.try_get(8)?,
        });
    }
    let reached = reached(&views);
    let mut said = HashSet::new();
    for view in views.iter().filter(|view| reached.contains(&view.oid.0)) {
        let name = qualified(&view.schema, &view.name);
        if !said.insert(view.oid.0) {
            continue;
        }
        if view.stored {
            found.error(
                "materialized-view-leaks",
                &view.name,
                format!("{} may read it, and it has rows of all tenants", role.name),
                format!("REVOKE ALL ON {name} FROM {};\n", role.grantees()),
            );
        } else if !view.invoker && view.bypasses {
            found.error(
                "view-bypasses-rls",
                &view.name,
                format!("it reads with the rights of {}, for whom there is no row-level security", view.owner),
                format!(
                    "-- Before PostgreSQL 15: give it an owner for whom there is row-level security.\n\
                     ALTER VIEW {name} SET (security_invoker = true);\n"
                ),
            );
        }
    }
    Ok(())
}

/// The views that the role may read, and those that they read in turn.
fn reached(views: &[View]) -> HashSet<u32> {
    let granted = views.iter().filter(|view| view.granted);
    let mut reached: HashSet<u32> = granted.map(|view| view.oid.0).collect();
    loop {
        let before = reached.len();
        let bases: Vec<_> = views
            .iter()
            .filter(|view| reached.contains(&view.oid.0) && !view.stored)
            .map(|view| view.base.0)
            .collect();
        reached.extend(bases);
        if reached.len() == before {
            return reached;
        }
    }
}
