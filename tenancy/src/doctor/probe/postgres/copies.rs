//! Copies: what was written elsewhere before the probe began shows none of its rows.

use sqlx::Row as _;

use crate::ddl::text::quoted;
use crate::doctor::Findings;
use crate::doctor::probe::Said;
use crate::doctor::probe::postgres::looks::path;
use crate::doctor::probe::postgres::personas::Persona;
use crate::doctor::probe::postgres::session::Session;
use crate::doctor::probe::postgres::sources;
use crate::doctor::probe::postgres::sources::{Kind, Source};
use crate::doctor::probe::postgres::world::World;
use crate::error::Result;
use crate::model::contract::TenantRoot;

/// Where to look for copies.
pub(super) struct Copies<'a> {
    /// Whether there are keys of signatures.
    pub(super) signed: bool,
    /// The schema of the tables that tenants share.
    pub(super) shared: &'a str,
    pub(super) left_out: &'a [String],
}

impl Copies<'_> {
    /// Looks, as whoever examines, for keys of rows that are there, and for keys of signatures, in what the program
    /// may read and no model is for.
    pub(super) async fn check<R: TenantRoot>(
        &self,
        world: &World<'_>,
        personas: &[Persona],
        session: &mut Session<'_>,
        said: &mut Said,
        found: &mut Findings,
    ) -> Result<()> {
        let root = format!("{}.{}", quoted(self.shared), quoted(R::TABLE));
        for persona in personas {
            let sources = sources::find(
                persona,
                world.other(),
                self.left_out,
                session.connection(),
                found,
            )
            .await?;
            let stored = sources.iter().filter(|source| {
                matches!(source.kind, Kind::Table | Kind::Stored)
                    && !source.columns.is_empty()
                    && world.plots.iter().all(|plot| plot.oid != source.oid)
            });
            for source in stored {
                if !isolated(source.oid, session).await?
                    && rows(source, &root, world, session).await?
                {
                    let path = path(persona, source, None);
                    let problem = format!("{path} shows rows of tenants, and no policy is asked");
                    said.error(
                        "copy-of-rows",
                        &source.shown,
                        problem,
                        source.closing.clone(),
                        found,
                    );
                }
                if self.signed && keys(source, session).await? {
                    let problem = format!("{} shows a signing key", path(persona, source, None));
                    said.error(
                        "signing-key-shown",
                        &source.shown,
                        problem,
                        source.closing.clone(),
                        found,
                    );
                }
            }
        }
        Ok(())
    }
}

/// Whether a relation has values by which rows of tenants are known: the key of a tenant or of a row, where keys are
/// UUIDs; in a column of the same name, what a model says is unique, and the tenant.
async fn rows(
    source: &Source,
    root: &str,
    world: &World<'_>,
    session: &mut Session<'_>,
) -> Result<bool> {
    let columns = session
        .run(format!(
            "SELECT attname::text, atttypid = 'uuid'::regtype FROM pg_attribute
            WHERE attrelid = {} AND attnum > 0 AND NOT attisdropped",
            source.oid
        ))
        .await?;
    let mut readable = Vec::new();
    for row in &columns {
        let (name, uuid): (String, bool) = (row.try_get(0)?, row.try_get(1)?);
        if source.columns.contains(&quoted(&name)) {
            readable.push((name, uuid));
        }
    }
    for plot in world
        .plots
        .iter()
        .filter(|plot| !plot.global() && !plot.view)
    {
        let of_uuids = |name: &str| {
            plot.slots
                .iter()
                .any(|slot| slot.name == name && slot.base == "uuid")
        };
        let key = plot.table.key;
        let mut alike = Vec::new();
        for (name, uuid) in &readable {
            let column = format!("t.{}", quoted(name));
            if *uuid && of_uuids(key) {
                alike.push(format!("{column} = r.{}", quoted(key)));
            }
            let is_unique = plot
                .table
                .unique
                .iter()
                .any(|unique| unique.last() == Some(&name.as_str()));
            let same = plot
                .slots
                .iter()
                .find(|slot| slot.name == *name && slot.length.is_none());
            let text = same
                .is_some_and(|slot| matches!(slot.base.as_str(), "text" | "varchar" | "citext"));
            if (is_unique && text) || (plot.name != root && plot.table.tenant() == Some(name)) {
                alike.push(format!("{column}::text = r.{}::text", quoted(name)));
            }
        }
        if alike.is_empty() {
            continue;
        }
        for condition in alike {
            let sql = format!(
                "SELECT 1 FROM {} AS t JOIN {} AS r ON {condition} LIMIT 1",
                source.from, plot.name
            );
            let rows = session.examine(&sql).await?.rows();
            if rows.is_some_and(|rows| !rows.is_empty()) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Whether a relation has a key of signatures in it.
async fn keys(source: &Source, session: &mut Session<'_>) -> Result<bool> {
    let sql = format!(
        "SELECT 1 FROM {} AS t, tenancy.signing_keys AS k WHERE strpos(t::text, encode(k.inner_block, 'hex')) > 0
            OR strpos(t::text, encode(k.outer_block, 'hex')) > 0 LIMIT 1",
        source.from
    );
    let rows = session.examine(&sql).await?.rows();
    Ok(rows.is_some_and(|rows| !rows.is_empty()))
}

/// Whether the relation has policies of its own, which looking tries.
async fn isolated(oid: u32, session: &mut Session<'_>) -> Result<bool> {
    let rows = session
        .run(format!(
            "SELECT relrowsecurity FROM pg_class WHERE oid = {oid}"
        ))
        .await?;
    Ok(match rows.as_slice() {
        [row] => row.try_get(0)?,
        _ => false,
    })
}
