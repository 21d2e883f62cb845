//! What verifies signatures: a function that is the library's own, and a key that the role does not read.

use crate::db::rls::signing::{CREATE_FUNCTION, FUNCTION_BODY};
use crate::doctor::Findings;
use crate::doctor::postgres::role::Role;
use crate::error::Result;
use sqlx::PgConnection;
use sqlx::Row as _;

/// The function, its owner, and what the role may do with it and with the keys.
const THERE: &str = "
    SELECT p.prosrc, p.prosecdef AND 'search_path=pg_catalog, pg_temp' = ANY (p.proconfig),
        (SELECT bool_or(pg_has_role(who, p.proowner, 'MEMBER') OR pg_has_role(who, n.nspowner, 'MEMBER')
            OR has_schema_privilege(who, n.oid, 'CREATE')) FROM unnest($1::name[]) who),
        k.oid IS NOT NULL AND (
            SELECT bool_or(pg_has_role(who, k.relowner, 'MEMBER')
                OR has_any_column_privilege(who, k.oid, 'SELECT, INSERT, UPDATE, REFERENCES')
                OR has_table_privilege(who, k.oid, 'DELETE, TRUNCATE, TRIGGER')) FROM unnest($1::name[]) who
        )
    FROM pg_namespace n
        LEFT JOIN pg_proc p ON p.oid = to_regprocedure('tenancy.tenant()')
        LEFT JOIN pg_class k ON k.oid = to_regclass('tenancy.signing_keys')
    WHERE n.nspname = 'tenancy'";

pub(super) async fn check(
    role: &Role,
    connection: &mut PgConnection,
    found: &mut Findings,
) -> Result<()> {
    let row = sqlx::query(THERE).bind(&role.all);
    let row = row.fetch_optional(&mut *connection).await?;
    let body: Option<String> = row
        .as_ref()
        .map(|row| row.try_get(0))
        .transpose()?
        .flatten();
    let (Some(row), Some(body)) = (row, body) else {
        found.error(
            "signatures-not-verified",
            "tenancy.tenant()",
            "the function is not there".to_owned(),
            "-- What `SigningKey::setup` says, as a role that is not the program's.\n".to_owned(),
        );
        return Ok(());
    };
    if body != FUNCTION_BODY || row.try_get::<Option<bool>, _>(1)? != Some(true) {
        found.error(
            "signatures-not-verified",
            "tenancy.tenant()",
            "the function is not the one that verifies signatures".to_owned(),
            CREATE_FUNCTION.to_owned(),
        );
    }
    if row.try_get::<Option<bool>, _>(2)? == Some(true) {
        found.error(
            "signatures-forgeable",
            "tenancy.tenant()",
            format!("{} may replace it, or owns it, or its schema", role.name),
            format!(
                "ALTER SCHEMA tenancy OWNER TO CURRENT_USER;\nALTER FUNCTION tenancy.tenant() OWNER TO CURRENT_USER;\n\
                 REVOKE CREATE ON SCHEMA tenancy FROM {};\n",
                role.grantees()
            ),
        );
    }
    if row.try_get(3)? {
        found.error(
            "signing-key-readable",
            "tenancy.signing_keys",
            format!(
                "{} may read or change the keys, and sign for any tenant",
                role.name
            ),
            format!(
                "ALTER TABLE tenancy.signing_keys OWNER TO CURRENT_USER;\n\
                 REVOKE ALL ON tenancy.signing_keys FROM {};\n",
                role.grantees()
            ),
        );
    }
    Ok(())
}
