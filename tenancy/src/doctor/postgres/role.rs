//! The role that row-level security is for.

use crate::ddl::text::quoted;
use crate::doctor::Findings;
use crate::doctor::postgres::schemas::Named;
use crate::doctor::postgres::secured::Secured;
use crate::doctor::postgres::{qualified, secured};
use crate::error::Result;
use sqlx::PgConnection;
use sqlx::Row as _;
use sqlx::postgres::types::Oid;

pub(super) struct Role {
    pub(super) name: String,
    superuser: bool,
    bypasses: bool,
    /// The role, and all that it can become and that something holds back, whether or not it has their rights without
    /// becoming them.
    pub(super) all: Vec<String>,
}

impl Role {
    /// The role and those that it can become, behind `PUBLIC`.
    pub(super) fn grantees(&self) -> String {
        let names: Vec<_> = self.all.iter().map(|name| quoted(name)).collect();
        format!("PUBLIC, {}", names.join(", "))
    }
}

const ALL: &str = "
    SELECT r.rolname::text FROM pg_roles r
    WHERE r.rolname = $1 OR NOT r.rolsuper AND NOT r.rolbypassrls AND pg_has_role($1::name, r.oid, 'MEMBER')
        AND r.rolname !~ '^pg_'
    ORDER BY r.rolname <> $1, r.rolname";

/// The role: that of the connection, unless one is named. One that is not there would get `grants`.
pub(super) async fn find(
    name: Option<&str>,
    grants: &str,
    connection: &mut PgConnection,
    found: &mut Findings,
) -> Result<Option<Role>> {
    let role = "SELECT rolname::text, rolsuper, rolbypassrls FROM pg_roles
        WHERE rolname = coalesce($1, current_user)";
    let Some(row) = sqlx::query(role)
        .bind(name)
        .fetch_optional(&mut *connection)
        .await?
    else {
        let name = name.unwrap_or_default();
        let problem = "the role is not there".to_owned();
        found.error(
            "missing-role",
            name,
            problem,
            format!("CREATE ROLE {} LOGIN;\n{grants}", quoted(name)),
        );
        return Ok(None);
    };
    let name: String = row.try_get(0)?;
    let all = sqlx::query_scalar(ALL)
        .bind(&name)
        .fetch_all(&mut *connection)
        .await?;
    Ok(Some(Role {
        all,
        name,
        superuser: row.try_get(1)?,
        bypasses: row.try_get(2)?,
    }))
}

/// Whether nothing holds the role back.
pub(super) async fn check(
    role: &Role,
    secured: &[Secured<'_>],
    connection: &mut PgConnection,
    found: &mut Findings,
) -> Result<bool> {
    let name = quoted(&role.name);
    if role.superuser {
        found.error(
            "role-superuser",
            &role.name,
            "it is a superuser, for whom there is no row-level security".to_owned(),
            format!("ALTER ROLE {name} NOSUPERUSER;\n"),
        );
    }
    if role.bypasses {
        found.error(
            "role-bypasses-rls",
            &role.name,
            "BYPASSRLS: there is no row-level security for it".to_owned(),
            format!("ALTER ROLE {name} NOBYPASSRLS;\n"),
        );
    }
    if role.superuser || role.bypasses {
        return Ok(true);
    }
    let creates =
        "SELECT rolname::text FROM pg_roles WHERE rolname = ANY ($1) AND rolcreaterole ORDER BY 1";
    for row in sqlx::query(creates)
        .bind(&role.all)
        .fetch_all(&mut *connection)
        .await?
    {
        let other: String = row.try_get(0)?;
        let who = match other == role.name {
            true => "it".to_owned(),
            false => format!("it can become {other}, which"),
        };
        found.warning(
            "role-creates-roles",
            &role.name,
            format!("CREATEROLE: {who} can make itself a member of others, before PostgreSQL 16 of almost any"),
            format!("ALTER ROLE {} NOCREATEROLE;\n", quoted(&other)),
        );
    }
    settings(role, connection, found).await?;
    let strong = "SELECT rolname::text, oid FROM pg_roles
        WHERE (rolsuper OR rolbypassrls) AND pg_has_role($1::name, oid, 'MEMBER') ORDER BY rolname";
    let mut members: Vec<Oid> = Vec::new();
    for row in sqlx::query(strong)
        .bind(&role.name)
        .fetch_all(&mut *connection)
        .await?
    {
        let other: String = row.try_get(0)?;
        members.push(row.try_get(1)?);
        found.error(
            "role-member-bypasses",
            &role.name,
            format!("it is a member of {other}, for which there is no row-level security, and can become it"),
            format!("REVOKE {} FROM {name};\n", quoted(&other)),
        );
    }
    let owner = "WITH RECURSIVE parts AS (
            SELECT unnest($2::oid[]) AS oid
            UNION SELECT i.inhrelid FROM pg_inherits i JOIN parts p ON p.oid = i.inhparent
        )
        SELECT n.nspname::text, c.relname::text, o.rolname::text, o.oid, c.oid FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles o ON o.oid = c.relowner
        WHERE c.oid IN (SELECT oid FROM parts) AND pg_has_role($1::name, o.oid, 'MEMBER') ORDER BY c.relname";
    let oids: Vec<Oid> = secured.iter().map(|secured| secured.relation.oid).collect();
    let shown = secured::shown(secured);
    for row in sqlx::query(owner)
        .bind(&role.name)
        .bind(oids)
        .fetch_all(&mut *connection)
        .await?
    {
        let (schema, table, owner): (String, String, String) =
            (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let Oid(oid) = row.try_get(4)?;
        let subject = shown.get(&oid).copied().unwrap_or(&table);
        if owner == role.name {
            found.error(
                "role-owns-table",
                subject,
                format!("{owner} owns it, and can switch row-level security off"),
                format!(
                    "-- As the role that makes the tables.\nALTER TABLE {} OWNER TO CURRENT_USER;\n",
                    qualified(&schema, &table)
                ),
            );
        } else if !members.contains(&row.try_get(3)?) {
            found.error(
                "role-member-of-owner",
                subject,
                format!(
                    "{} is a member of its owner {owner}, and can switch row-level security off",
                    role.name
                ),
                format!("REVOKE {} FROM {name};\n", quoted(&owner)),
            );
        }
    }
    Ok(false)
}

/// Schemas of tenants whose owner the role is, or can become: it can remove what is in them.
pub(super) async fn owned(
    role: &Role,
    schemas: &[Named],
    connection: &mut PgConnection,
    found: &mut Findings,
) -> Result<()> {
    let names: Vec<&str> = schemas.iter().map(|named| named.schema.as_str()).collect();
    let owned = "SELECT nspname::text FROM pg_namespace
        WHERE nspname = ANY ($2) AND pg_has_role($1::name, nspowner, 'MEMBER') ORDER BY nspname";
    for row in sqlx::query(owned)
        .bind(&role.name)
        .bind(names)
        .fetch_all(&mut *connection)
        .await?
    {
        let schema: String = row.try_get(0)?;
        found.error(
            "role-owns-schema",
            &schema,
            format!(
                "{} owns it, or is a member of its owner, and can remove what is in it",
                role.name
            ),
            format!(
                "-- As the role that makes the tables.\nALTER SCHEMA {} OWNER TO CURRENT_USER;\n",
                quoted(&schema)
            ),
        );
    }
    Ok(())
}

/// `row_security = off` makes statements fail that row-level security would narrow.
async fn settings(role: &Role, connection: &mut PgConnection, found: &mut Findings) -> Result<()> {
    let off = "SELECT s.setrole <> 0, s.setdatabase <> 0, current_database()::text FROM pg_db_role_setting s
        WHERE s.setrole IN (0, (SELECT oid FROM pg_roles WHERE rolname = $1))
            AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
            AND EXISTS (
                SELECT FROM unnest(s.setconfig) c
                WHERE c LIKE 'row\\_security=%' AND NOT split_part(c, '=', 2)::boolean
            )";
    for row in sqlx::query(off)
        .bind(&role.name)
        .fetch_all(&mut *connection)
        .await?
    {
        let (of_role, of_database): (bool, bool) = (row.try_get(0)?, row.try_get(1)?);
        let database = quoted(&row.try_get::<String, _>(2)?);
        let mend = match (of_role, of_database) {
            (true, false) => format!("ALTER ROLE {} RESET row_security;\n", quoted(&role.name)),
            (true, true) => {
                format!(
                    "ALTER ROLE {} IN DATABASE {database} RESET row_security;\n",
                    quoted(&role.name)
                )
            }
            (false, true) => format!("ALTER DATABASE {database} RESET row_security;\n"),
            (false, false) => "ALTER ROLE ALL RESET row_security;\n".to_owned(),
        };
        found.warning(
            "row-security-off",
            &role.name,
            "`row_security` is off: statements fail that row-level security would narrow"
                .to_owned(),
            mend,
        );
    }
    Ok(())
}
