//! Row-level security on every table: switched on, for its owner, too, and with the tenant's policy alone.

use std::collections::HashMap;

use sqlx::postgres::types::Oid;
use sqlx::{PgConnection, Row as _};

use super::super::Findings;
use super::condition::{Isolation, isolation};
use super::qualified;
use super::role::Role;
use super::secured::Secured;
use crate::Result;
use crate::ddl::rls::{Condition, enabled};
use crate::ddl::text::quoted;
use crate::rls::{COLUMN_POLICY, POLICY};

/// A table, or a part of one that the role may use by itself.
struct Target<'s> {
    wanted: &'s Condition,
    /// What else a row has to say.
    besides: Option<&'s Condition>,
    shown: String,
    /// As it is written in SQL.
    name: String,
    part: bool,
    enabled: bool,
    forced: bool,
    /// Any of them lets a row through.
    policies: Vec<Policy>,
    /// All of them have to.
    restrictive: Vec<Policy>,
}

struct Policy {
    name: String,
    /// `r`, `a`, `w`, `d`, or `*`.
    command: String,
    using: Option<String>,
    check: Option<String>,
}

const PARTS: &str = "
    WITH RECURSIVE parts AS (
        SELECT i.inhparent AS top, i.inhrelid AS oid FROM pg_inherits i WHERE i.inhparent = ANY ($2)
        UNION SELECT p.top, i.inhrelid FROM pg_inherits i JOIN parts p ON p.oid = i.inhparent
    )
    SELECT p.top, c.oid, n.nspname::text, c.relname::text, c.relrowsecurity, c.relforcerowsecurity
    FROM parts p JOIN pg_class c ON c.oid = p.oid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE has_table_privilege($1::name, c.oid, 'SELECT, INSERT, UPDATE, DELETE') ORDER BY c.relname";

/// Tables in schemas of tenants that are none of the models', and that the role may use.
const MORE: &str = "
    SELECT c.oid, n.nspname::text, c.relname::text, c.relrowsecurity, c.relforcerowsecurity
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY ($2) AND c.relkind IN ('r', 'p') AND c.oid <> ALL ($3)
        AND has_any_column_privilege($1::name, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')
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

pub(super) async fn check(
    secured: &[Secured<'_>],
    schemas: &HashMap<String, Condition>,
    role: &Role,
    connection: &mut PgConnection,
    found: &mut Findings,
) -> Result<()> {
    for target in targets(secured, schemas, role, connection).await? {
        if target.part && !(target.enabled && target.forced) {
            let mut mend = enabled(&target.name);
            if target.policies.is_empty() {
                mend = target.wanted.isolated(&target.name);
            }
            let problem = format!(
                "{} may use this part of a table, which has no row-level security",
                role.name
            );
            found.error("partition-without-rls", &target.shown, problem, mend);
            continue;
        }
        if !target.enabled {
            let problem = "row-level security is not switched on".to_owned();
            let mend = format!("ALTER TABLE {} ENABLE ROW LEVEL SECURITY;\n", target.name);
            found.error("rls-disabled", &target.shown, problem, mend);
        }
        if !target.forced {
            let problem = "row-level security is not for the owner of the table".to_owned();
            let mend = format!("ALTER TABLE {} FORCE ROW LEVEL SECURITY;\n", target.name);
            found.error("rls-not-forced", &target.shown, problem, mend);
        }
        missing(&target, found);
        for policy in &target.policies {
            check_one(&target, policy, found);
        }
        if let Some(besides) = target.besides {
            column(besides, &target, found);
        }
    }
    Ok(())
}

async fn targets<'s>(
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
        .bind(&role.name)
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
        .bind(&role.name)
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

/// Commands that no policy lets through.
fn missing(target: &Target<'_>, found: &mut Findings) {
    let commands = [
        ("r", "SELECT"),
        ("a", "INSERT"),
        ("w", "UPDATE"),
        ("d", "DELETE"),
    ];
    let missing: Vec<_> = commands
        .iter()
        .filter(|(command, _)| {
            !target
                .policies
                .iter()
                .any(|policy| policy.command == "*" || policy.command == *command)
        })
        .map(|(_, name)| *name)
        .collect();
    if missing.is_empty() {
        return;
    }
    // There may be one of this name for another role.
    let mut mend = format!("DROP POLICY IF EXISTS {POLICY} ON {};\n", target.name);
    mend.push_str(&target.wanted.policy(&target.name));
    let problem = format!(
        "no policy is for {}, so it reaches no row",
        missing.join(", ")
    );
    found.error("policy-missing", &target.shown, problem, mend);
}

/// Whether a policy lets through what is the tenant's, and nothing else.
fn check_one(target: &Target<'_>, policy: &Policy, found: &mut Findings) {
    let Condition {
        using: condition,
        check: new,
    } = target.wanted;
    let reads = policy.command != "a";
    let writes = matches!(policy.command.as_str(), "a" | "w" | "*");
    let using = policy
        .using
        .as_deref()
        .map_or(Isolation::None, |sql| isolation(sql, condition));
    // Without WITH CHECK it is USING that new rows must meet.
    let check = policy
        .check
        .as_deref()
        .map_or(using, |sql| isolation(sql, condition));
    let name = quoted(&policy.name);
    let mend = if policy.name == POLICY && policy.command == "*" {
        format!(
            "ALTER POLICY {name} ON {}\n    USING ({condition})\n    WITH CHECK ({new});\n",
            target.name
        )
    } else {
        format!("DROP POLICY {name} ON {};\n", target.name)
    };
    let said = &policy.name;
    if reads && using == Isolation::None {
        found.error(
            "policy-widens",
            &target.shown,
            format!("the policy `{said}` lets rows through that are not the tenant's"),
            mend,
        );
    } else if writes && check == Isolation::None {
        found.error(
            "policy-without-check",
            &target.shown,
            format!(
                "the policy `{said}` lets rows be written that are not the tenant's (WITH CHECK)"
            ),
            mend,
        );
    } else if (reads && using == Isolation::Fragile) || (writes && check == Isolation::Fragile) {
        found.warning(
            "policy-fragile",
            &target.shown,
            format!("the policy `{said}` fails where no tenant is set: it needs `nullif(current_setting(…, true), '')`"),
            mend,
        );
    }
}

/// Whether every row must have the tenant in its column, where the schema says by itself whose rows they are: a row
/// that names another one would refer to what is that one's.
fn column(besides: &Condition, target: &Target<'_>, found: &mut Findings) {
    let holds = |sql: Option<&str>| {
        sql.is_some_and(|sql| isolation(sql, &besides.using) != Isolation::None)
    };
    let both = |policy: &Policy| {
        let using = policy.using.as_deref();
        policy.command == "*" && holds(using) && holds(policy.check.as_deref().or(using))
    };
    if target.restrictive.iter().any(both)
        || (!target.policies.is_empty() && target.policies.iter().all(both))
    {
        return;
    }
    let mut mend = format!(
        "DROP POLICY IF EXISTS {COLUMN_POLICY} ON {};\n",
        target.name
    );
    mend.push_str(&besides.besides(&target.name));
    found.error(
        "policy-without-column",
        &target.shown,
        "rows may name another tenant than the one whose schema it is".to_owned(),
        mend,
    );
}
