//! The marks of tenants' rows: the database makes each at random, and nothing changes it.

use crate::ddl::text::quoted;
use crate::doctor::Findings;
use crate::error::Result;
use sqlx::PgConnection;
use sqlx::Row as _;

/// Whether the column is computed, its default, and the triggers that name it before a row is written.
const MARK: &str = "
    SELECT a.attgenerated <> '', pg_get_expr(d.adbin, d.adrelid), a.attrelid::regclass::text, ARRAY(
        SELECT t.tgname::text FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE t.tgrelid = a.attrelid AND NOT t.tgisinternal AND t.tgtype & 3 = 3 AND t.tgtype & 20 <> 0
            AND strpos(lower(p.prosrc), lower($2)) > 0 ORDER BY 1)
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = to_regclass($1) AND a.attname = $2 AND NOT a.attisdropped";

/// A mark that is not random may be another tenant's, or the one of a tenant that is gone, or of another deployment.
pub(super) async fn check(
    table: &str,
    mark: &str,
    connection: &mut PgConnection,
    found: &mut Findings,
) -> Result<()> {
    let row = sqlx::query(MARK)
        .bind(quoted(table))
        .bind(mark)
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(()) };
    let (computed, default): (bool, Option<String>) = (row.try_get(0)?, row.try_get(1)?);
    let (named, triggers): (String, Vec<String>) = (row.try_get(2)?, row.try_get(3)?);
    let column = quoted(mark);
    let random =
        format!("ALTER TABLE {named} ALTER COLUMN {column} SET DEFAULT gen_random_uuid();\n");
    let problem = match default {
        _ if computed => Some((
            format!(
                "`{mark}` is computed: whoever knows the row knows its mark, and it is the same elsewhere"
            ),
            format!("ALTER TABLE {named} ALTER COLUMN {column} DROP EXPRESSION;\n{random}"),
        )),
        Some(default) if !calls(&default) => Some((
            format!("the default of `{mark}` is the same for every row"),
            random,
        )),
        _ => None,
    };
    if let Some((problem, mend)) = problem {
        found.error("mark-not-random", table, problem, mend);
    }
    for trigger in triggers {
        found.warning(
            "mark-changed",
            table,
            format!("the trigger `{trigger}` names `{mark}`: a mark that it changes leads to no schema and no database"),
            format!("-- Let {} leave {column} as it is.\n", quoted(&trigger)),
        );
    }
    Ok(())
}

/// Whether SQL calls a function, and so is not the same each time, as far as that can be seen.
fn calls(sql: &str) -> bool {
    let before = sql.match_indices('(').map(|(at, _)| &sql[..at]);
    let word = |character: char| character.is_alphanumeric() || "_\"".contains(character);
    before
        .filter_map(|before| before.chars().next_back())
        .any(word)
}
