//! Functions that run with the rights of their owner.

use crate::doctor::Findings;
use crate::doctor::postgres::role::Role;
use crate::error::Result;
use sqlx::PgConnection;
use sqlx::Row as _;

/// Those that the role may call, or that its writing calls: not those of extensions in the languages of these, and not
/// the library's own, which [`signing`] looks at.
///
/// [`signing`]: super::signing
const FUNCTIONS: &str = "
    SELECT DISTINCT p.oid::regprocedure::text, o.rolname::text, o.rolsuper OR o.rolbypassrls, (
        SELECT substr(c, strpos(c, '=') + 1) FROM unnest(p.proconfig) c WHERE c LIKE 'search\\_path=%' LIMIT 1
    ), p.prorettype = 'trigger'::regtype, has_database_privilege($2::name, current_database(), 'TEMP')
    FROM unnest($1::name[]) who, pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        JOIN pg_roles o ON o.oid = p.proowner JOIN pg_language l ON l.oid = p.prolang
    WHERE p.prosecdef AND p.prorettype <> 'event_trigger'::regtype AND p.oid >= 16384
        AND p.oid IS DISTINCT FROM to_regprocedure('tenancy.tenant()') AND NOT pg_has_role(who, p.proowner, 'MEMBER')
        AND CASE WHEN p.prorettype = 'trigger'::regtype THEN EXISTS (
            SELECT FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgfoid = p.oid
                AND has_schema_privilege(who, c.relnamespace, 'USAGE')
                AND (has_any_column_privilege(who, c.oid, 'INSERT, UPDATE') OR has_table_privilege(who, c.oid, 'DELETE, TRUNCATE'))
        ) ELSE has_schema_privilege(who, n.oid, 'USAGE') AND has_function_privilege(who, p.oid, 'EXECUTE') END
        AND (l.lanname IN ('sql', 'plpgsql') OR NOT EXISTS (
            SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
        ))
    ORDER BY 1";

/// Functions of which somebody says that they tell nothing of what they are given, so that they are asked of rows before
/// policies are. PostgreSQL's own are what they are, and those of extensions in C.
const LEAKPROOF: &str = "
    SELECT DISTINCT p.oid::regprocedure::text FROM unnest($1::name[]) who, pg_proc p JOIN pg_language l ON l.oid = p.prolang
    WHERE p.proleakproof AND p.oid >= 16384 AND has_schema_privilege(who, p.pronamespace, 'USAGE')
        AND has_function_privilege(who, p.oid, 'EXECUTE') AND p.oid IS DISTINCT FROM to_regprocedure('tenancy.tenant()')
        AND (l.lanname <> 'c' OR NOT EXISTS (
            SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
        ))
    ORDER BY 1";

pub(super) async fn check(
    role: &Role,
    connection: &mut PgConnection,
    found: &mut Findings,
) -> Result<()> {
    for row in sqlx::query(FUNCTIONS)
        .bind(&role.all)
        .bind(&role.name)
        .fetch_all(&mut *connection)
        .await?
    {
        let (function, owner): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let (bypasses, trigger): (bool, bool) = (row.try_get(2)?, row.try_get(4)?);
        let path: Option<String> = row.try_get(3)?;
        // What writes past the policies on purpose is a trigger's affair: trying shows what it does.
        if bypasses && !trigger {
            found.error(
                "security-definer",
                &function,
                format!("{} may call it, and it runs as {owner}, for whom there is no row-level security", role.name),
                format!("ALTER ROUTINE {function} SECURITY INVOKER;\n"),
            );
            continue;
        }
        let (problem, path) = match path {
            None => (
                format!("it runs as {owner}, and looks for names where its caller says"),
                "pg_catalog, pg_temp".to_owned(),
            ),
            Some(path) if temporary_first(&path) && row.try_get(5)? => (
                format!(
                    "it runs as {owner}, and looks for tables among the temporary ones of its caller first"
                ),
                format!("{path}, pg_temp"),
            ),
            Some(_) => continue,
        };
        // A trigger does not do without its tables.
        let path = match trigger && path.starts_with("pg_catalog,") {
            true => format!(
                "-- And with the schemas of its tables before `pg_temp`.\nALTER ROUTINE {function} SET search_path = {path};\n"
            ),
            false => format!("ALTER ROUTINE {function} SET search_path = {path};\n"),
        };
        match bypasses {
            true => found.error("security-definer-search-path", &function, problem, path),
            false => found.warning("security-definer-search-path", &function, problem, path),
        }
    }
    let leakproof = sqlx::query_scalar(LEAKPROOF).bind(&role.all);
    let leakproof: Vec<String> = leakproof.fetch_all(&mut *connection).await?;
    for function in leakproof {
        found.error(
            "function-leakproof",
            &function,
            format!(
                "{} may call it, and it is shown rows before the policies are asked (LEAKPROOF)",
                role.name
            ),
            format!("ALTER FUNCTION {function} NOT LEAKPROOF;\n"),
        );
    }
    Ok(())
}

/// Whether names of tables are looked for among temporary ones first: where the path does not say when, and has other
/// schemas than PostgreSQL's own. Where it has none, all names have their schemas with them.
fn temporary_first(path: &str) -> bool {
    let names = path.split(',').map(|name| name.trim().trim_matches('"'));
    let others: Vec<_> = names
        .filter(|name| !name.is_empty() && *name != "pg_catalog")
        .collect();
    !others.is_empty()
        && others.iter().position(|name| *name == "pg_temp") != Some(others.len() - 1)
}
