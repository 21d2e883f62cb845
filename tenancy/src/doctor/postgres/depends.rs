//! Code that the role can change, and that runs for others.

use crate::doctor::Findings;
use crate::doctor::postgres::reach::ask;
use crate::doctor::postgres::role::Role;
use crate::error::Result;
use sqlx::PgConnection;

/// What the role owns, and what of others' depends on it: directly, or through what is the role's again. A domain counts,
/// as its owner adds conditions to it.
const USED: &str = "
    WITH RECURSIVE owned AS (
        SELECT 'pg_proc'::regclass AS classid, oid AS objid, proowner AS owner FROM pg_proc
        UNION ALL SELECT 'pg_operator'::regclass, oid, oprowner FROM pg_operator
        UNION ALL SELECT 'pg_type'::regclass, oid, typowner FROM pg_type
        UNION ALL SELECT 'pg_class'::regclass, oid, relowner FROM pg_class
        UNION ALL SELECT 'pg_opclass'::regclass, oid, opcowner FROM pg_opclass
        UNION ALL SELECT 'pg_opfamily'::regclass, oid, opfowner FROM pg_opfamily
        UNION ALL SELECT 'pg_conversion'::regclass, oid, conowner FROM pg_conversion
        UNION ALL SELECT 'pg_event_trigger'::regclass, oid, evtowner FROM pg_event_trigger
        UNION ALL SELECT 'pg_statistic_ext'::regclass, oid, stxowner FROM pg_statistic_ext
        UNION ALL SELECT 'pg_rewrite'::regclass, r.oid, relowner FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
        UNION ALL SELECT 'pg_trigger'::regclass, t.oid, relowner FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        UNION ALL SELECT 'pg_policy'::regclass, p.oid, relowner FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
        UNION ALL SELECT 'pg_attrdef'::regclass, d.oid, relowner FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid
        UNION ALL SELECT 'pg_constraint'::regclass, k.oid, coalesce(relowner, typowner) FROM pg_constraint k
            LEFT JOIN pg_class c ON c.oid = k.conrelid LEFT JOIN pg_type t ON t.oid = k.contypid
    ), code AS (
        SELECT DISTINCT o.classid, o.objid FROM owned o, unnest($1::name[]) who
        WHERE o.objid >= 16384 AND pg_has_role(who, o.owner, 'MEMBER') AND (
            o.classid = 'pg_proc'::regclass AND o.objid IS DISTINCT FROM to_regprocedure('tenancy.tenant()')
            OR o.classid = 'pg_type'::regclass AND EXISTS (SELECT FROM pg_type t WHERE t.oid = o.objid AND t.typtype = 'd')
        )
    ), uses AS (
        SELECT c.classid AS of, c.objid AS what, d.classid, d.objid, d.objsubid
        FROM code c JOIN pg_depend d ON d.refclassid = c.classid AND d.refobjid = c.objid
        UNION
        SELECT u.of, u.what, d.classid, d.objid, d.objsubid FROM uses u JOIN owned o ON o.classid = u.classid AND o.objid = u.objid
            LEFT JOIN pg_rewrite r ON u.classid = 'pg_rewrite'::regclass AND r.oid = u.objid
            JOIN pg_depend d ON (d.refclassid = u.classid AND d.refobjid = u.objid)
                OR (d.refclassid = 'pg_class'::regclass AND d.refobjid = r.ev_class AND d.objid <> r.oid)
            , unnest($1::name[]) who
        WHERE pg_has_role(who, o.owner, 'MEMBER')
    )
    SELECT of_, kind, min(used) FROM (
        SELECT CASE u.of WHEN 'pg_proc'::regclass THEN u.what::regprocedure::text ELSE u.what::regtype::text END AS of_,
            CASE u.of WHEN 'pg_proc'::regclass THEN 'ROUTINE' ELSE 'DOMAIN' END AS kind,
            pg_describe_object(u.classid, u.objid, u.objsubid) AS used
        FROM uses u LEFT JOIN owned o ON o.classid = u.classid AND o.objid = u.objid
        WHERE NOT EXISTS (SELECT FROM unnest($1::name[]) who WHERE o.owner IS NOT NULL AND pg_has_role(who, o.owner, 'MEMBER'))
    ) used GROUP BY 1, 2 ORDER BY 1, 2";

pub(super) async fn check(
    role: &Role,
    connection: &mut PgConnection,
    found: &mut Findings,
) -> Result<()> {
    for code in ask(USED, role, None, connection).await? {
        let [code, kind, used] = code.as_slice() else {
            continue;
        };
        found.error(
            "role-owns-code",
            code,
            format!(
                "{} can change it, and it runs for others: in {used}",
                role.name
            ),
            format!("ALTER {kind} {code} OWNER TO CURRENT_USER;\n"),
        );
    }
    Ok(())
}
