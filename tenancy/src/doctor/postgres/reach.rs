//! Rights that lead around row-level security altogether, and cannot be tried: on the server, on schemas, on code.

use crate::ddl::text::quoted;
use crate::doctor::Findings;
use crate::doctor::postgres::qualified;
use crate::doctor::postgres::role::Role;
use crate::doctor::postgres::secured::Secured;
use crate::error::Result;
use sqlx::PgConnection;
use sqlx::Row as _;
use sqlx::postgres::types::Oid;

/// Roles of PostgreSQL's own that reach what no policy is asked about.
const SERVER_ROLES: &str = "
    SELECT DISTINCT p.rolname::text FROM unnest($1::name[]) who, pg_roles p
    WHERE p.rolname ~ '^pg_' AND pg_has_role(who, p.oid, 'MEMBER') AND p.rolname IN (
        'pg_read_all_data', 'pg_write_all_data', 'pg_read_server_files', 'pg_write_server_files',
        'pg_execute_server_program', 'pg_read_all_stats', 'pg_monitor',
        'pg_stat_scan_tables', 'pg_create_subscription', 'pg_maintain', 'pg_signal_backend', 'pg_checkpoint'
    )
    ORDER BY 1";

/// Those of the roles that read all that is written.
const REPLICATE: &str =
    "SELECT rolname::text FROM pg_roles WHERE rolname = ANY ($1) AND rolreplication ORDER BY 1";

const OWNED: &str = "
    SELECT DISTINCT 'role-owns-database', d.datname::text, o.rolname::text, o.rolname::name = ANY ($1)
    FROM unnest($1::name[]) who, pg_database d JOIN pg_roles o ON o.oid = d.datdba
    WHERE d.datname = current_database() AND pg_has_role(who, d.datdba, 'MEMBER')
    UNION
    SELECT DISTINCT 'role-owns-schema', n.nspname::text, o.rolname::text, o.rolname::name = ANY ($1)
    FROM unnest($1::name[]) who, pg_namespace n JOIN pg_roles o ON o.oid = n.nspowner
    WHERE EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.oid = ANY ($2))
        AND o.rolname <> 'pg_database_owner' AND pg_has_role(who, n.nspowner, 'MEMBER')
    ORDER BY 1, 2";

/// Where the role may put something that is found before the tables and functions of others.
const CREATES: &str = "
    SELECT DISTINCT 'DATABASE', d.datname::text FROM unnest($1::name[]) who, pg_database d
    WHERE d.datname = current_database() AND has_database_privilege(who, d.oid, 'CREATE')
        AND NOT pg_has_role(who, d.datdba, 'MEMBER')
    UNION
    SELECT DISTINCT 'SCHEMA', n.nspname::text FROM unnest($1::name[]) who, pg_namespace n
    WHERE EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.oid = ANY ($2))
        AND has_schema_privilege(who, n.oid, 'CREATE') AND NOT pg_has_role(who, n.nspowner, 'MEMBER')
    ORDER BY 1, 2";

/// Foreign tables that lead to a table of this name, of this database as far as they say; and servers that the role
/// may use as somebody.
const FOREIGN: &str = "
    SELECT DISTINCT n.nspname::text, c.relname::text FROM unnest($1::name[]) who,
        pg_foreign_table f JOIN pg_class c ON c.oid = f.ftrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_foreign_server s ON s.oid = f.ftserver
    WHERE has_schema_privilege(who, n.oid, 'USAGE')
        AND (has_any_column_privilege(who, c.oid, 'SELECT, INSERT, UPDATE') OR has_table_privilege(who, c.oid, 'DELETE'))
        AND coalesce((SELECT option_value FROM pg_options_to_table(f.ftoptions) WHERE option_name = 'table_name'), c.relname)
            IN (SELECT t.relname FROM pg_class t WHERE t.oid = ANY ($2))
        AND coalesce((SELECT option_value FROM pg_options_to_table(s.srvoptions) WHERE option_name = 'dbname'),
            current_database()) = current_database()
    ORDER BY 1, 2";

const SERVERS: &str = "
    SELECT DISTINCT s.srvname::text FROM unnest($1::name[]) who, pg_foreign_server s
    WHERE has_server_privilege(who, s.oid, 'USAGE') AND EXISTS (
        SELECT FROM pg_user_mappings m WHERE m.srvid = s.oid AND (m.umuser = 0 OR m.usename = who)
    ) ORDER BY 1";

/// Rights that tables have from their first day on.
const DEFAULTS: &str = "
    SELECT DISTINCT o.rolname::text, coalesce(n.nspname::text, ''), coalesce(g.rolname::text, '') FROM pg_default_acl d
        JOIN pg_roles o ON o.oid = d.defaclrole LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
        CROSS JOIN LATERAL aclexplode(d.defaclacl) a LEFT JOIN pg_roles g ON g.oid = a.grantee
    WHERE d.defaclobjtype = 'r' AND a.privilege_type IN ('TRUNCATE', 'TRIGGER', 'REFERENCES')
        AND (a.grantee = 0 OR g.rolname = ANY ($1)) AND a.grantee <> d.defaclrole
    ORDER BY 1, 2";

pub(super) async fn check(
    role: &Role,
    secured: &[Secured<'_>],
    connection: &mut PgConnection,
    found: &mut Findings,
) -> Result<()> {
    let oids: Vec<Oid> = secured.iter().map(|secured| secured.relation.oid).collect();
    let name = quoted(&role.name);
    for other in ask(REPLICATE, role, None, connection).await? {
        let other = &other[0];
        let problem = match *other == role.name {
            true => "REPLICATION: it can read all that is written, past every policy".to_owned(),
            false => format!(
                "it can become {other}, which can read all that is written (REPLICATION), past every policy"
            ),
        };
        let mend = format!("ALTER ROLE {} NOREPLICATION;\n", quoted(other));
        found.error("role-replicates", &role.name, problem, mend);
    }
    for other in ask(SERVER_ROLES, role, None, connection).await? {
        let other = &other[0];
        // It sees the statements of others, and what they say of tenants; or it holds up all of them.
        let lesser = [
            "pg_monitor",
            "pg_read_all_stats",
            "pg_stat_scan_tables",
            "pg_signal_backend",
            "pg_checkpoint",
        ];
        let severe = !lesser.contains(&other.as_str());
        let problem =
            format!("it is a member of {other}, which reaches what no policy is asked about");
        let mend = format!(
            "REVOKE {other} FROM {};\n",
            role.grantees().replace("PUBLIC, ", "")
        );
        if severe {
            found.error("role-member-of-server-role", &role.name, problem, mend);
        } else {
            found.warning("role-member-of-server-role", &role.name, problem, mend);
        }
    }
    // Those of tenants are asked about by their names, with tables or without.
    let shared = secured
        .iter()
        .filter(|secured| secured.shown == secured.relation.live.name);
    let shared: Vec<Oid> = shared.map(|secured| secured.relation.oid).collect();
    owned(role, &shared, connection, found).await?;
    for there in ask(FOREIGN, role, Some(&oids), connection).await? {
        let [schema, table] = there.as_slice() else {
            continue;
        };
        found.error(
            "foreign-table-leads-back",
            table,
            format!(
                "{} may use it, and it reads a table of the models as somebody else",
                role.name
            ),
            format!(
                "REVOKE ALL ON {} FROM PUBLIC, {name};\n",
                qualified(schema, table)
            ),
        );
    }
    for server in ask(SERVERS, role, None, connection).await? {
        let server = &server[0];
        found.warning(
            "foreign-server-granted",
            server,
            format!("{} may use the server as somebody else", role.name),
            format!(
                "REVOKE USAGE ON FOREIGN SERVER {} FROM PUBLIC, {name};\n",
                quoted(server)
            ),
        );
    }
    for there in ask(DEFAULTS, role, None, connection).await? {
        let [owner, schema, grantee] = there.as_slice() else {
            continue;
        };
        let within = match schema.as_str() {
            "" => String::new(),
            schema => format!(" IN SCHEMA {}", quoted(schema)),
        };
        let grantee = match grantee.as_str() {
            "" => "PUBLIC".to_owned(),
            grantee => quoted(grantee),
        };
        found.warning(
            "default-privileges",
            &role.name,
            format!("new tables of {owner} come with TRUNCATE, TRIGGER or REFERENCES for it"),
            format!(
                "ALTER DEFAULT PRIVILEGES FOR ROLE {}{within} REVOKE TRUNCATE, TRIGGER, REFERENCES ON TABLES FROM {grantee};\n",
                quoted(owner)
            ),
        );
    }
    Ok(())
}

/// What it owns, or may create in.
async fn owned(
    role: &Role,
    oids: &[Oid],
    connection: &mut PgConnection,
    found: &mut Findings,
) -> Result<()> {
    let name = quoted(&role.name);
    for there in sqlx::query(OWNED)
        .bind(&role.all)
        .bind(oids)
        .fetch_all(&mut *connection)
        .await?
    {
        let (code, subject, owner): (String, String, String) =
            (there.try_get(0)?, there.try_get(1)?, there.try_get(2)?);
        let database = code == "role-owns-database";
        let (code, what) = match database {
            true => ("role-owns-database", "DATABASE"),
            false => ("role-owns-schema", "SCHEMA"),
        };
        let mend = match owner == role.name {
            true => format!(
                "-- As the role that makes the tables.\nALTER {what} {} OWNER TO CURRENT_USER;\n",
                quoted(&subject)
            ),
            false => format!("REVOKE {} FROM {name};\n", quoted(&owner)),
        };
        let problem = format!(
            "{} owns it, or is a member of its owner: it can remove tables, and put others there",
            role.name
        );
        found.error(code, &subject, problem, mend);
    }
    for there in ask(CREATES, role, Some(oids), connection).await? {
        let [what, subject] = there.as_slice() else {
            continue;
        };
        let problem = format!(
            "{} may create something there (CREATE), which SQL could find before the tables and functions of others",
            role.name
        );
        let mend = format!(
            "REVOKE CREATE ON {what} {} FROM PUBLIC, {name};\n",
            quoted(subject)
        );
        found.warning("role-creates-objects", subject, problem, mend);
    }
    Ok(())
}

/// Rows of texts.
pub(super) async fn ask(
    question: &'static str,
    role: &Role,
    oids: Option<&[Oid]>,
    connection: &mut PgConnection,
) -> Result<Vec<Vec<String>>> {
    let mut query = sqlx::query(question).bind(&role.all);
    if let Some(oids) = oids {
        query = query.bind(oids);
    }
    let rows = query.fetch_all(connection).await?;
    let texts = rows
        .iter()
        .map(|row| (0..row.len()).map(|at| row.try_get(at)).collect());
    Ok(texts.collect::<Result<_, sqlx::Error>>()?)
}
