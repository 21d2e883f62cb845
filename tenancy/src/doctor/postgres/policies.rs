//! Row-level security on every table: switched on, for its owner, too, and with the tenant's policy alone.

use crate::ddl::rls::{Condition, enabled};
use crate::ddl::text::quoted;
use crate::doctor::Findings;
use crate::doctor::postgres::condition::{Isolation, isolation};
use crate::doctor::postgres::role::Role;
use crate::doctor::postgres::secured::Secured;
use crate::doctor::postgres::targets::{Policy, Target, targets};
use crate::error::Result;
use crate::sql::rls::{COLUMN_POLICY, POLICY};
use sqlx::PgConnection;
use std::collections::HashMap;

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
