//! What a session of the program begins with: settings of its role and of the database.

use crate::ddl::text::quoted;
use crate::doctor::Findings;
use crate::doctor::postgres::role::Role;
use crate::error::Result;
use sqlx::PgConnection;
use sqlx::Row as _;

/// Settings that are there, with what takes them back.
const SETTINGS: &str = "
    SELECT split_part(c, '=', 1), substr(c, strpos(c, '=') + 1), s.setrole <> 0, s.setdatabase <> 0,
        current_database()::text
    FROM pg_db_role_setting s, unnest(s.setconfig) c
    WHERE s.setrole IN (0, (SELECT oid FROM pg_roles WHERE rolname = $1))
        AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
    ORDER BY s.setrole <> 0, s.setdatabase <> 0, 1";

/// Whether this session began with a tenant, and neither its role nor the database says so. That is known to those who
/// may not read the server's files, too, and of what is in none.
const BEGINS: &str = "
    SELECT coalesce(current_setting('tenancy.tenant', true), '') <> '' AND NOT EXISTS (
        SELECT FROM pg_db_role_setting s, unnest(s.setconfig) c
        WHERE split_part(c, '=', 1) = 'tenancy.tenant'
            AND s.setrole IN (0, (SELECT oid FROM pg_roles WHERE rolname = session_user))
            AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())))";

/// Tables of the models that are in several schemas of the path: the first of these, in which they are found, and the
/// next.
const SEVERAL: &str = "
    SELECT (array_agg(c.oid::regclass::text ORDER BY path.at))[1], (array_agg(n.nspname::text ORDER BY path.at))[2]
    FROM unnest($2::text[]) WITH ORDINALITY path (name, at) JOIN pg_namespace n ON n.nspname = path.name
        JOIN pg_class c ON c.relnamespace = n.oid
    WHERE c.relname = ANY ($3) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND has_schema_privilege($1::name, n.oid, 'USAGE')
    GROUP BY c.relname HAVING count(DISTINCT n.oid) > 1 ORDER BY c.relname";

/// Operators and functions in schemas that are looked through before PostgreSQL's own, with names of its own.
const BEFORE: &str = "
    SELECT min(o.there), n.nspname::text FROM unnest($2::text[]) path JOIN pg_namespace n ON n.nspname = path
        JOIN (
            SELECT o.oprnamespace AS schema, 'the operator ' || o.oprname AS there FROM pg_operator o
            WHERE EXISTS (
                SELECT FROM pg_operator c WHERE c.oprnamespace = 'pg_catalog'::regnamespace AND c.oprname = o.oprname
            )
            UNION ALL
            SELECT p.pronamespace, 'the function ' || p.proname FROM pg_proc p
            WHERE EXISTS (
                SELECT FROM pg_proc c WHERE c.pronamespace = 'pg_catalog'::regnamespace AND c.proname = p.proname
            )
        ) o ON o.schema = n.oid
    WHERE has_schema_privilege($1::name, n.oid, 'USAGE') GROUP BY 2 ORDER BY 2";

pub(super) async fn check(
    role: &Role,
    tables: &[&str],
    connection: &mut PgConnection,
    found: &mut Findings,
) -> Result<()> {
    let name = quoted(&role.name);
    let mut path = None;
    let settings = sqlx::query(SETTINGS)
        .bind(&role.name)
        .fetch_all(&mut *connection)
        .await?;
    for row in &settings {
        let (setting, value): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let (of_role, of_database): (bool, bool) = (row.try_get(2)?, row.try_get(3)?);
        let database = quoted(&row.try_get::<String, _>(4)?);
        let whose = match (of_role, of_database) {
            (true, true) => format!("ROLE {name} IN DATABASE {database}"),
            (true, false) => format!("ROLE {name}"),
            (false, true) => format!("DATABASE {database}"),
            (false, false) => "ROLE ALL".to_owned(),
        };
        let mend = format!("ALTER {whose} RESET {setting};\n");
        match setting.as_str() {
            "tenancy.tenant" => found.error(
                "tenant-preset",
                &role.name,
                "its sessions begin with a tenant (`tenancy.tenant`): whoever sets none has that one".to_owned(),
                mend,
            ),
            "session_replication_role" if value != "origin" => found.error(
                "triggers-off",
                &role.name,
                "its sessions begin with `session_replication_role`: triggers and foreign keys are off".to_owned(),
                mend,
            ),
            "role" if value != "none" && value.trim_matches('"') != role.name => found.warning(
                "role-changes",
                &role.name,
                format!("its sessions begin as {value}: examine that role (`for_role`)"),
                mend,
            ),
            "search_path" => path = Some((value, mend)),
            _ => {}
        }
    }
    if let Some(setting) = of_file(connection).await? {
        found.error(
            "tenant-preset",
            "server",
            "every session begins with a tenant (`tenancy.tenant`)".to_owned(),
            format!("-- In {setting}: remove the line.\n"),
        );
    } else if sqlx::query_scalar(BEGINS)
        .fetch_one(&mut *connection)
        .await?
    {
        found.error(
            "tenant-preset",
            "server",
            "this session began with a tenant (`tenancy.tenant`), and so do others".to_owned(),
            "-- In a file of the server's, in what it was started with, or in the options of the connection: remove \
             `tenancy.tenant`.\n"
                .to_owned(),
        );
    }
    let (path, mend) = path.unwrap_or_else(|| {
        let mend = format!("ALTER ROLE {name} SET search_path = public;\n");
        ("\"$user\", public".to_owned(), mend)
    });
    let names: Vec<String> = path
        .split(',')
        .map(|part| part.trim().trim_matches('"').replace("\"\"", "\""))
        .map(|part| {
            if part == "$user" {
                role.name.clone()
            } else {
                part
            }
        })
        .collect();
    if let Some(at) = names.iter().position(|name| name == "pg_catalog") {
        let before = sqlx::query(BEFORE).bind(&role.name).bind(&names[..at]);
        for row in before.fetch_all(&mut *connection).await? {
            let (there, schema): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            let problem = format!(
                "{} finds {there} in the schema {schema}, and not PostgreSQL's own: statements mean something else",
                role.name
            );
            found.error("shadowed-catalog", &schema, problem, mend.clone());
        }
    }
    let shadows = sqlx::query(SEVERAL)
        .bind(&role.name)
        .bind(&names)
        .bind(tables)
        .fetch_all(&mut *connection)
        .await?;
    for row in shadows {
        let (table, schema): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let problem = format!(
            "{} finds it, and not the one in the schema {schema}, which comes later in its search_path",
            role.name
        );
        found.error("shadowed-table", &table, problem, mend.clone());
    }
    Ok(())
}

/// The file of the server's that says which tenant it is. Who may not read settings of files does not know.
async fn of_file(connection: &mut PgConnection) -> Result<Option<String>> {
    let may = "SELECT has_function_privilege('pg_show_all_file_settings()', 'EXECUTE')
        AND has_table_privilege('pg_file_settings', 'SELECT')";
    if !sqlx::query_scalar::<_, bool>(may)
        .fetch_one(&mut *connection)
        .await?
    {
        return Ok(None);
    }
    let file = "SELECT sourcefile FROM pg_file_settings WHERE name = 'tenancy.tenant' AND setting <> '' LIMIT 1";
    Ok(sqlx::query_scalar(file)
        .fetch_optional(connection)
        .await?
        .flatten())
}
