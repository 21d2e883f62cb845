//! Rights to what PostgreSQL itself gives to superusers alone.
//!
//! What it gives to whom from the first day on is written down (`pg_init_privs`), so any right beyond that shows,
//! whether or not anybody thought of it.

use crate::ddl::text::quoted;
use crate::doctor::Findings;
use crate::doctor::postgres::reach::ask;
use crate::doctor::postgres::role::Role;
use crate::error::Result;
use sqlx::PgConnection;

/// Functions that the role may call by a right that was added, and whether they reach rows or files; and those of
/// extensions that are known to.
const FUNCTIONS: &str = "
    WITH added AS (
        SELECT p.oid, p.proname FROM pg_init_privs i JOIN pg_proc p ON i.classoid = 'pg_proc'::regclass AND p.oid = i.objoid
            CROSS JOIN LATERAL aclexplode(p.proacl) a LEFT JOIN pg_roles g ON g.oid = a.grantee, unnest($1::name[]) who
        WHERE a.grantee <> p.proowner AND (a.grantee = 0 OR (g.oid IS NOT NULL AND pg_has_role(who, g.rolname, 'MEMBER')))
            AND NOT EXISTS (SELECT FROM aclexplode(i.initprivs) b WHERE b.grantee IN (0, a.grantee))
        UNION
        SELECT p.oid, p.proname FROM pg_proc p, unnest($1::name[]) who
        WHERE p.proname IN ('get_raw_page', 'pg_get_wal_records_info', 'pg_file_write', 'dblink_connect_u')
            AND p.proacl IS NOT NULL AND has_function_privilege(who, p.oid, 'EXECUTE')
    )
    SELECT DISTINCT oid::regprocedure::text, (proname IN (
        'pg_read_file', 'pg_read_binary_file', 'pg_ls_dir', 'pg_stat_file', 'lo_import', 'lo_export', 'pg_file_write',
        'pg_logical_slot_get_changes', 'pg_logical_slot_peek_changes', 'pg_create_logical_replication_slot',
        'dblink_connect_u', 'pg_hba_file_rules', 'pg_get_wal_records_info', 'get_raw_page', 'pg_promote',
        'pg_reload_conf', 'pg_backup_start', 'pg_backup_stop'
    ))::text FROM added ORDER BY 1";

/// Tables of the catalog that the role may read by a right that was added, and what takes it back: of a table as a
/// whole that takes those of its columns along, which come back where they were from the first day on.
const CATALOG: &str = "
    WITH granted AS (
        SELECT c.oid, c.relname, NULL::name AS attname, 0 AS attnum, a.grantee
        FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
        WHERE c.oid < 16384 AND c.relnamespace::regnamespace::text ~ '^pg_' AND a.privilege_type = 'SELECT'
        UNION ALL
        SELECT c.oid, c.relname, t.attname, t.attnum, a.grantee
        FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid CROSS JOIN LATERAL aclexplode(t.attacl) a
        WHERE c.oid < 16384 AND c.relnamespace::regnamespace::text ~ '^pg_' AND a.privilege_type = 'SELECT'
    )
    SELECT DISTINCT g.relname::text,
        format('REVOKE SELECT%s ON %s FROM %s;', ' (' || quote_ident(g.attname) || ')', g.oid::regclass, n.name)
        || coalesce(E'\\n' || (
            SELECT format('GRANT SELECT (%s) ON %s TO %s;', string_agg(quote_ident(t.attname), ', '), g.oid::regclass, n.name)
            FROM pg_init_privs i CROSS JOIN LATERAL aclexplode(i.initprivs) b
                JOIN pg_attribute t ON t.attrelid = i.objoid AND t.attnum = i.objsubid
            WHERE g.attnum = 0 AND i.classoid = 'pg_class'::regclass AND i.objoid = g.oid AND i.objsubid > 0
                AND b.grantee = g.grantee AND b.privilege_type = 'SELECT' HAVING count(*) > 0
        ), '')
    FROM granted g LEFT JOIN pg_roles r ON r.oid = g.grantee
        CROSS JOIN LATERAL (SELECT CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(r.rolname) END AS name) n,
        unnest($1::name[]) who
    WHERE (g.grantee = 0 OR (r.oid IS NOT NULL AND pg_has_role(who, r.rolname, 'MEMBER'))) AND NOT EXISTS (
        SELECT FROM pg_init_privs i CROSS JOIN LATERAL aclexplode(i.initprivs) b
        WHERE i.classoid = 'pg_class'::regclass AND i.objoid = g.oid AND i.objsubid IN (0, g.attnum)
            AND b.privilege_type = 'SELECT' AND b.grantee IN (0, g.grantee)
    )
    ORDER BY 1, 2";

/// Values that are kept beside their tables: no policy is asked of them.
const TOAST: &str = "
    SELECT DISTINCT c.oid::regclass::text FROM pg_class c, unnest($1::name[]) who
    WHERE c.relkind = 't' AND c.oid >= 16384 AND has_schema_privilege(who, c.relnamespace, 'USAGE')
        AND (has_any_column_privilege(who, c.oid, 'SELECT')) AND NOT pg_has_role(who, c.relowner, 'MEMBER')
    ORDER BY 1";

/// Settings that are for superusers: any that lasts, and those by which rows, or their keys, are not looked at. Before
/// PostgreSQL 15 there are no rights to them.
const PARAMETERS: &str = "
    SELECT DISTINCT p.parname, a.privilege_type, CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(g.rolname) END
    FROM pg_parameter_acl p CROSS JOIN LATERAL aclexplode(p.paracl) a LEFT JOIN pg_roles g ON g.oid = a.grantee,
        unnest($1::name[]) who
    WHERE (a.grantee = 0 OR (g.oid IS NOT NULL AND NOT g.rolsuper AND pg_has_role(who, g.rolname, 'MEMBER')))
        AND (a.privilege_type = 'ALTER SYSTEM' OR p.parname IN (
            'session_replication_role', 'lo_compat_privileges', 'allow_system_table_mods', 'dynamic_library_path',
            'session_preload_libraries', 'local_preload_libraries', 'zero_damaged_pages', 'ignore_checksum_failure'
        ))
    ORDER BY 1, 2, 3";

pub(super) async fn check(
    role: &Role,
    connection: &mut PgConnection,
    found: &mut Findings,
) -> Result<()> {
    let (name, from) = (&role.name, role.grantees());
    for there in ask(FUNCTIONS, role, None, connection).await? {
        let [function, severe] = there.as_slice() else {
            continue;
        };
        let problem = format!(
            "{name} may call it, which is for superusers: it reaches the server, and what is of others"
        );
        let mend = format!("REVOKE EXECUTE ON FUNCTION {function} FROM {from};\n");
        match severe.as_str() {
            "true" => found.error("server-function-granted", function, problem, mend),
            _ => found.warning("server-function-granted", function, problem, mend),
        }
    }
    for there in ask(CATALOG, role, None, connection).await? {
        let [table, mend] = there.as_slice() else {
            continue;
        };
        found.error(
            "catalog-granted",
            table,
            format!("{name} may read it, which is for superusers: it has values of rows of all tenants, or passwords"),
            format!("{mend}\n"),
        );
    }
    for there in ask(TOAST, role, None, connection).await? {
        let table = &there[0];
        found.error(
            "catalog-granted",
            table,
            format!("{name} may read it: it has long values of rows of all tenants, and no policy is asked"),
            format!("REVOKE ALL ON {table} FROM {from};\n"),
        );
    }
    let there = "SELECT 'yes' WHERE to_regclass('pg_catalog.pg_parameter_acl') IS NOT NULL AND cardinality($1::name[]) > 0";
    if ask(there, role, None, connection).await?.is_empty() {
        return Ok(());
    }
    for there in ask(PARAMETERS, role, None, connection).await? {
        let [parameter, right, grantee] = there.as_slice() else {
            continue;
        };
        found.error(
            "parameter-granted",
            parameter,
            format!(
                "{name} may change it ({right}), and with it what the server looks at, or runs"
            ),
            format!(
                "REVOKE {right} ON PARAMETER {} FROM {grantee};\n",
                parameter_name(parameter)
            ),
        );
    }
    Ok(())
}

/// A setting as it is written in SQL; those of extensions have two parts.
fn parameter_name(parameter: &str) -> String {
    let parts: Vec<_> = parameter.split('.').map(quoted).collect();
    parts.join(".")
}
