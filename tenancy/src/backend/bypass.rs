//! Whether row-level security holds for a role.

use sqlx::Executor as _;
use sqlx::PgConnection;
use sqlx::Row as _;

/// The roles of a connection: its own, and those that it can change to. The user that logged in counts as the
/// role that it changed to does: `RESET ROLE` is a statement like any other.
macro_rules! why {
    ($reasons:literal) => {
        concat!(
            r"
    WITH mine AS (
        SELECT role.*, role.rolname IN (current_user, session_user) AS own FROM pg_catalog.pg_roles AS role
        WHERE pg_catalog.pg_has_role(current_user, role.oid, 'MEMBER')
            OR pg_catalog.pg_has_role(session_user, role.oid, 'MEMBER')
    )
    SELECT why FROM (",
            $reasons,
            ") AS reasons ORDER BY rank, why LIMIT 1"
        )
    };
}

/// Why row-level security does not hold for the role of a connection, or one that it can change to; a setting
/// of the session counts, too (PostgreSQL, 5.8).
const BYPASS: &str = why!(
    r"
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
    "
);

/// What SQL of such a role could do about signatures: take the key, or add one; read the files that it is in;
/// make itself a member of another role; or do to a table what no policy is asked about.
const GET_AROUND: &str = why!(
    r"
        SELECT 1 AS rank, pg_catalog.format('it can read or write %s', class.oid::pg_catalog.regclass) AS why
            FROM pg_catalog.pg_class AS class, mine
            WHERE class.oid = pg_catalog.to_regclass('tenancy.signing_keys')
            AND (relowner = mine.oid OR pg_catalog.has_table_privilege(mine.oid, class.oid,
                    'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
                OR pg_catalog.has_any_column_privilege(mine.oid, class.oid, 'SELECT, INSERT, UPDATE, REFERENCES'))
        UNION ALL
        SELECT 2, 'it can change what is in the schema tenancy'
            FROM pg_catalog.pg_namespace AS place, mine WHERE nspname = 'tenancy'
            AND (nspowner = mine.oid OR pg_catalog.has_schema_privilege(mine.oid, place.oid, 'CREATE')
                OR EXISTS (SELECT FROM pg_catalog.pg_proc WHERE pronamespace = place.oid AND proowner = mine.oid))
        UNION ALL
        SELECT 3, pg_catalog.format('%I has CREATEROLE or REPLICATION', rolname)
            FROM mine WHERE rolcreaterole OR rolreplication
        UNION ALL
        SELECT 4, pg_catalog.format('it is a member of %I', rolname) FROM mine
            WHERE rolname IN ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program')
        UNION ALL
        SELECT 5, pg_catalog.format('it owns %I.%I, or may TRUNCATE it or add triggers', nspname, relname)
            FROM pg_catalog.pg_class AS class JOIN pg_catalog.pg_namespace AS place ON place.oid = relnamespace, mine
            WHERE relkind IN ('r', 'p') AND relrowsecurity AND (relowner = mine.oid
                OR pg_catalog.has_table_privilege(mine.oid, class.oid, 'TRUNCATE, TRIGGER'))
        UNION ALL
        SELECT 6, pg_catalog.format('it owns the schema %I, and may remove the tables in it', nspname)
            FROM pg_catalog.pg_namespace AS place JOIN mine ON mine.oid = nspowner
            WHERE EXISTS (SELECT FROM pg_catalog.pg_class WHERE relnamespace = place.oid AND relrowsecurity)
    "
);

/// Why row-level security does not hold for a connection, if it does not; with `signed`, also to whatever SQL.
pub(crate) async fn bypass(
    connection: &mut PgConnection,
    signed: bool,
) -> Result<Option<String>, sqlx::Error> {
    for reasons in [Some(BYPASS), signed.then_some(GET_AROUND)] {
        let Some(reasons) = reasons else { break };
        // In one message: behind a pooler, the next one may reach another connection of the server.
        if let Some(row) = connection.fetch_optional(sqlx::raw_sql(reasons)).await? {
            return row.try_get(0).map(Some);
        }
    }
    Ok(None)
}
