//! Who the program can be: its role, and those that it can change to.

use crate::ddl::text::quoted;
use crate::doctor::Findings;
use crate::error::Result;
use sqlx::PgConnection;
use sqlx::Row as _;

/// A role that statements of the program can run as.
#[derive(Clone, Debug)]
pub(super) struct Persona {
    /// The role itself.
    pub(super) role: String,
    /// For people: how it is reached.
    pub(super) shown: String,
    /// Whether it is the one that the program connects as.
    pub(super) own: bool,
    /// The SQL after which a session is its.
    pub(super) becoming: String,
    /// What a session of the program begins with: settings of the role and of the database.
    pub(super) settings: Vec<(String, String)>,
}

const ROLES: &str = "
    SELECT r.rolname::text FROM pg_roles r
    WHERE (r.rolname = $1 OR pg_has_role($1::name, r.oid, 'MEMBER')) AND NOT r.rolsuper AND NOT r.rolbypassrls
    ORDER BY r.rolname <> $1, r.rolname";

/// What later ones say counts.
const SETTINGS: &str = "
    SELECT split_part(c, '=', 1), substr(c, strpos(c, '=') + 1)
    FROM pg_db_role_setting s, unnest(s.setconfig) c
    WHERE s.setrole IN (0, (SELECT oid FROM pg_roles WHERE rolname = $1))
        AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
        AND split_part(c, '=', 1) IN ('search_path', 'tenancy.tenant', 'role', 'session_replication_role')
    ORDER BY s.setrole <> 0, s.setdatabase <> 0";

/// The role first. None, if there is no such role, or nothing holds it back.
pub(super) async fn find(
    role: &str,
    superuser: bool,
    connection: &mut PgConnection,
    found: &mut Findings,
) -> Result<Vec<Persona>> {
    let mut settings = Vec::new();
    let mut other = None;
    for row in sqlx::query(SETTINGS)
        .bind(role)
        .fetch_all(&mut *connection)
        .await?
    {
        let (name, value): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        match name.as_str() {
            "role" => other = Some(value),
            "session_replication_role" if !superuser => {}
            _ => settings.push((name, value)),
        }
    }
    let roles: Vec<String> = sqlx::query_scalar(ROLES)
        .bind(role)
        .fetch_all(&mut *connection)
        .await?;
    if roles.first().is_none_or(|first| first != role) {
        found.not_tried(
            role,
            "nothing holds the role back, or it is not there: what it sees was not looked at",
        );
        return Ok(Vec::new());
    }
    if !superuser {
        let why = "whoever is no superuser can become the role, and not log in as it: settings of superusers, tables in \
                   circles, and code that asks for `session_user` were not tried";
        found.not_tried(role, why);
    }
    let personas = roles.into_iter().map(|name| {
        let own = name == role;
        let login = match superuser {
            true => format!("SET LOCAL SESSION AUTHORIZATION {}; ", quoted(role)),
            false => format!("SET LOCAL ROLE {}; ", quoted(role)),
        };
        // `ALTER ROLE … SET role` is where a session begins.
        let at_once = other.as_ref().filter(|other| own && *other != "none");
        let becoming = match at_once {
            Some(other) => format!(
                "{login}SET LOCAL ROLE {}; ",
                quoted(other.trim_matches('"'))
            ),
            None if own => login,
            None => format!("{login}SET LOCAL ROLE {}; ", quoted(&name)),
        };
        Persona {
            shown: match own {
                true => format!("as {role}"),
                false => format!("as {role}, which became {name}"),
            },
            role: name,
            own,
            becoming,
            settings: settings.clone(),
        }
    });
    Ok(personas.collect())
}
