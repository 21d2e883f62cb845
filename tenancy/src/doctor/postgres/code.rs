//! Functions that run with the rights of their owner.

use sqlx::{PgConnection, Row as _};

use super::super::Findings;
use super::role::Role;
use crate::Result;

/// Those that the role may call: not those of extensions, and not the library's own, which [`signing`] looks at.
///
/// [`signing`]: super::signing
const FUNCTIONS: &str = "
    SELECT DISTINCT p.oid::regprocedure::text, o.rolname::text, o.rolsuper OR o.rolbypassrls, EXISTS (
        SELECT FROM unnest(p.proconfig) c WHERE c LIKE 'search\\_path=%'
    )
    FROM unnest($1::name[]) who, pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_roles o ON o.oid = p.proowner
    WHERE p.prosecdef AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
        AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        AND p.oid IS DISTINCT FROM to_regprocedure('tenancy.tenant()')
        AND has_schema_privilege(who, n.oid, 'USAGE') AND has_function_privilege(who, p.oid, 'EXECUTE')
        AND NOT EXISTS (
            SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
        )
    ORDER BY 1";

pub(super) async fn check(
    role: &Role,
    connection: &mut PgConnection,
    found: &mut Findings,
) -> Result<()> {
    for row in sqlx::query(FUNCTIONS)
        .bind(&role.all)
        .fetch_all(&mut *connection)
        .await?
    {
        let (function, owner): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        if row.try_get(2)? {
            found.error(
                "security-definer",
                &function,
                format!("{} may call it, and it runs as {owner}, for whom there is no row-level security", role.name),
                format!("ALTER ROUTINE {function} SECURITY INVOKER;\n"),
            );
        } else if !row.try_get::<bool, _>(3)? {
            found.warning(
                "security-definer-search-path",
                &function,
                format!("it runs as {owner}, and looks for names where its caller says"),
                format!("ALTER ROUTINE {function} SET search_path = pg_catalog, pg_temp;\n"),
            );
        }
    }
    Ok(())
}
