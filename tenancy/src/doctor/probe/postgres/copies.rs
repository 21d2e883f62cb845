//! Copies: what was written elsewhere before the probe began shows none of its rows.

use sqlx::Row as _;

use super::super::super::Findings;
use super::super::Said;
use super::looks::path;
use super::personas::Persona;
use super::session::Session;
use super::sources::{self, Kind};
use super::world::World;
use crate::Result;
use crate::ddl::text::quoted;
use crate::model::{Model, TenantRoot};

/// Looks, as whoever examines, for keys of tenants that are there, and for keys of signatures, in what the program
/// may read and no model is for.
pub(super) async fn check<R: TenantRoot>(
    world: &World<'_>,
    personas: &[Persona],
    shared: &str,
    left_out: &[String],
    session: &mut Session<'_>,
    said: &mut Said,
    found: &mut Findings,
) -> Result<()> {
    for persona in personas {
        let sources =
            sources::find(persona, world.other(), left_out, session.connection(), found).await?;
        let stored = sources.iter().filter(|source| {
            matches!(source.kind, Kind::Table | Kind::Stored)
                && !source.columns.is_empty()
                && world.plots.iter().all(|plot| plot.oid != source.oid)
        });
        for source in stored {
            let root = format!("{}.{}", quoted(shared), quoted(R::TABLE));
            let key = quoted(R::FIELDS[<R as Model>::KEY].name);
            // Of the same type as the tenants' keys; small numbers mean something else in other columns.
            let columns = session
                .run(format!(
                    "SELECT a.attname::text FROM pg_attribute a JOIN pg_attribute k
                        ON k.attrelid = '{}'::regclass AND k.attname = '{}' AND k.atttypid = a.atttypid
                    WHERE a.attrelid = {} AND a.attnum > 0 AND NOT a.attisdropped
                        AND (k.atttypid = 'uuid'::regtype OR a.attname = ANY (ARRAY[{}]::text[]))",
                    root.replace('\'', "''"),
                    R::FIELDS[<R as Model>::KEY].name.replace('\'', "''"),
                    source.oid,
                    owners(world).join(", ")
                ))
                .await?;
            let mut among = Vec::new();
            for row in &columns {
                let column = quoted(&row.try_get::<String, _>(0)?);
                if source.columns.contains(&column) {
                    among.push(format!("t.{column} = r.{key}"));
                }
            }
            if !among.is_empty() && !isolated(source.oid, session).await? {
                let sql = format!(
                    "SELECT 1 FROM {} AS t JOIN {root} AS r ON {} LIMIT 1",
                    source.from,
                    among.join(" OR ")
                );
                let rows = session.examine(&sql).await?.rows();
                if rows.is_some_and(|rows| !rows.is_empty()) {
                    let path = path(persona, source, None);
                    let problem =
                        format!("{path} shows rows that say of which tenant they are, and no policy is asked");
                    said.error("copy-of-rows", &source.shown, problem, source.closing.clone(), found);
                }
            }
            if world.key.is_some() {
                let sql = format!(
                    "SELECT 1 FROM {} AS t, tenancy.signing_keys AS k
                    WHERE strpos(t::text, encode(k.inner_block, 'hex')) > 0
                        OR strpos(t::text, encode(k.outer_block, 'hex')) > 0 LIMIT 1",
                    source.from
                );
                let rows = session.examine(&sql).await?.rows();
                if rows.is_some_and(|rows| !rows.is_empty()) {
                    let problem = format!("{} shows a signing key", path(persona, source, None));
                    said.error("signing-key-shown", &source.shown, problem, source.closing.clone(), found);
                }
            }
        }
    }
    Ok(())
}

/// The columns that say of which tenant a row is, as literals.
fn owners(world: &World<'_>) -> Vec<String> {
    let owners = world.plots.iter().filter_map(|plot| plot.table.tenant());
    owners.map(|owner| format!("'{}'", owner.replace('\'', "''"))).collect()
}

/// Whether the relation has policies of its own, which looking tries.
async fn isolated(oid: u32, session: &mut Session<'_>) -> Result<bool> {
    let rows = session
        .run(format!("SELECT relrowsecurity FROM pg_class WHERE oid = {oid}"))
        .await?;
    Ok(match rows.as_slice() {
        [row] => row.try_get(0)?,
        _ => false,
    })
}
