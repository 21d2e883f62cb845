//! Whether row-level security holds for a role.

use sqlx::{Executor as _, PgConnection, Row as _};

/// Why row-level security does not hold for the role of a connection, or one that it can change to; a setting
/// of the session counts, too (PostgreSQL, 5.8).
///
/// The user that logged in counts as the role that it changed to does: `RESET ROLE` is a statement like any other.
const BYPASS: &str = r"
    WITH mine AS (
        SELECT role.*, role.rolname IN (current_user, session_user) AS own FROM pg_catalog.pg_roles AS role
        WHERE pg_catalog.pg_has_role(current_user, role.oid, 'MEMBER')
            OR pg_catalog.pg_has_role(session_user, role.oid, 'MEMBER')
    )
    SELECT why FROM (
        SELECT 1 AS rank, pg_catalog.format('%I is a superuser', rolname) AS why FROM mine WHERE rolsuper AND own
        UNION ALL
        SELECT 2, pg_catalog.format('%I has BYPASSRLS', rolname) FROM mine WHERE rolbypassrls AND own
        UNION ALL
        SELECT 3, pg_catalog.format('it is a member of %I, for which row-level security does not hold', rolname)
            FROM mine WHERE rolsuper OR rolbypassrls
        UNION ALL
        SELECT 4, pg_catalog.format('it owns %I.%I, whose row-level security is not forced', nspname, relname)
            FROM pg_catalog.pg_class AS class JOIN pg_catalog.pg_namespace AS place ON place.oid = relnamespace
            WHERE relkind IN ('r', 'p') AND relrowsecurity AND NOT relforcerowsecurity
            AND relowner IN (SELECT oid FROM mine)
    ) AS reasons ORDER BY rank, why LIMIT 1
";

/// Why row-level security does not hold for a connection, if it does not.
pub(crate) async fn bypass(connection: &mut PgConnection) -> Result<Option<String>, sqlx::Error> {
    let row = connection
        // In one message: behind a pooler, the next one may reach another connection of the server.
        .fetch_optional(sqlx::raw_sql(BYPASS))
        .await?;
    row.map(|row| row.try_get(0)).transpose()
}
