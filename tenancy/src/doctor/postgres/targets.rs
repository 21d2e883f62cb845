//! Tables whose policies are examined, as the catalog has them.

use crate::ddl::rls::Condition;
use crate::doctor::postgres::qualified;
use crate::doctor::postgres::role::Role;
use crate::doctor::postgres::secured::Secured;
use crate::error::Result;
use sqlx::PgConnection;
use sqlx::postgres::types::Oid;
use std::collections::HashMap;

use sqlx::Row as _;

/// A table, or a part of one that the role may use by itself.
pub(super) struct Target<'s> {
    pub(super) wanted: &'s Condition,
    /// What else a row has to say.
    pub(super) besides: Option<&'s Condition>,
    pub(super) shown: String,
    /// As it is written in SQL.
    pub(super) name: String,
    pub(super) part: bool,
    pub(super) enabled: bool,
    pub(super) forced: bool,
    /// Any of them lets a row through.
    pub(super) policies: Vec<Policy>,
    /// All of them have to.
    pub(super) restrictive: Vec<Policy>,
}

pub(super) struct Policy {
    pub(super) name: String,
    /// `r`, `a`, `w`, `d`, or `*`.
    pub(super) command: String,
    pub(super) using: Option<String>,
    pub(super) check: Option<String>,
}

const PARTS: &str = "
    WITH RECURSIVE parts AS (
        SELECT i.inhparent AS top, i.inhrelid AS oid FROM pg_inherits i WHERE i.inhparent = ANY ($2)
        UNION SELECT p.top, i.inhrelid FROM pg_inherits i JOIN parts p ON p.oid = i.inhparent
    )
    SELECT p.top, c.oid, n.nspname::text, c.relname::text, c.relrowsecurity, c.relforcerowsecurity
    FROM parts p JOIN pg_class c ON c.oid = p.oid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE (
        SELECT bool_or(has_any_column_privilege(who, c.oid, 'SELECT, INSERT, UPDATE')
            OR has_table_privilege(who, c.oid, 'DELETE')) FROM unnest($1::name[]) who
    ) ORDER BY c.relname";

/// Tables in schemas of tenants that are none of the models', and that the role may use.
const MORE: &str = "
    SELECT c.oid, n.nspname::text, c.relname::text, c.relrowsecurity, c.relforcerowsecurity
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY ($2) AND c.relkind IN ('r', 'p') AND c.oid <> ALL ($3)
        AND (SELECT bool_or(has_any_column_privilege(who, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES'))
            FROM unnest($1::name[]) who)
    ORDER BY n.nspname, c.relname";

/// Policies that are for the role.
const POLICIES: &str = "
    SELECT p.polrelid, p.polname::text, p.polcmd::text, pg_get_expr(p.polqual, p.polrelid),
        pg_get_expr(p.polwithcheck, p.polrelid), p.polpermissive
    FROM pg_policy p
    WHERE p.polrelid = ANY ($2) AND (0 = ANY (p.polroles) OR EXISTS (
        SELECT FROM pg_roles r WHERE r.oid = ANY (p.polroles) AND pg_has_role($1::name, r.oid, 'MEMBER')
    ))
    ORDER BY p.polname";

/// The tables of the models with their parts, and whatever else the role may use in the schemas of tenants.
pub(super) async fn targets<'s>(
    secured: &'s [Secured<'s>],
    schemas: &'s HashMap<String, Condition>,
    role: &Role,
    connection: &mut PgConnection,
) -> Result<Vec<Target<'s>>> {
    let mut targets = Vec::new();
    let mut at = HashMap::new();
    let tables = secured.iter().filter(|secured| !secured.relation.live.view);
    for of in tables {
        let relation = of.relation;
        at.insert(relation.oid.0, targets.len());
        let schema = relation.live.schema.as_deref().unwrap_or_default();
        targets.push(Target {
            wanted: &of.wanted,
            besides: of.besides.as_ref(),
            shown: of.shown.clone(),
            name: qualified(schema, &relation.live.name),
            part: false,
            enabled: relation.enabled,
            forced: relation.forced,
            policies: Vec::new(),
            restrictive: Vec::new(),
        });
    }
    let tops: Vec<Oid> = secured.iter().map(|secured| secured.relation.oid).collect();
    for row in sqlx::query(PARTS)
        .bind(&role.all)
        .bind(&tops)
        .fetch_all(&mut *connection)
        .await?
    {
        let (Oid(top), Oid(oid)) = (row.try_get(0)?, row.try_get(1)?);
        let (schema, name): (String, String) = (row.try_get(2)?, row.try_get(3)?);
        let Target {
            wanted, besides, ..
        } = targets[at[&top]];
        at.insert(oid, targets.len());
        targets.push(Target {
            wanted,
            besides,
            name: qualified(&schema, &name),
            shown: name,
            part: true,
            enabled: row.try_get(4)?,
            forced: row.try_get(5)?,
            policies: Vec::new(),
            restrictive: Vec::new(),
        });
    }
    let names: Vec<&str> = schemas.keys().map(String::as_str).collect();
    let known: Vec<Oid> = at.keys().map(|oid| Oid(*oid)).collect();
    for row in sqlx::query(MORE)
        .bind(&role.all)
        .bind(&names)
        .bind(&known)
        .fetch_all(&mut *connection)
        .await?
    {
        let Oid(oid) = row.try_get(0)?;
        let (schema, name): (String, String) = (row.try_get(1)?, row.try_get(2)?);
        at.insert(oid, targets.len());
        targets.push(Target {
            wanted: &schemas[&schema],
            besides: None,
            shown: format!("{schema}.{name}"),
            name: qualified(&schema, &name),
            part: false,
            enabled: row.try_get(3)?,
            forced: row.try_get(4)?,
            policies: Vec::new(),
            restrictive: Vec::new(),
        });
    }
    let oids: Vec<Oid> = at.keys().map(|oid| Oid(*oid)).collect();
    for row in sqlx::query(POLICIES)
        .bind(&role.name)
        .bind(oids)
        .fetch_all(&mut *connection)
        .await?
    {
        let Oid(oid) = row.try_get(0)?;
        let target = &mut targets[at[&oid]];
        let policies = if row.try_get(5)? {
            &mut target.policies
        } else {
            &mut target.restrictive
        };
        policies.push(Policy {
            name: row.try_get(1)?,
            command: row.try_get(2)?,
            using: row.try_get(3)?,
            check: row.try_get(4)?,
        });
    }
    Ok(targets)
}
