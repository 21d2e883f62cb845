//! What the probe begins with: tables, tenants, and a key that signs for them.

use sqlx::{PgConnection, Postgres};

use super::super::super::Findings;
use super::super::super::database::Examination;
use super::super::super::postgres::{Relation, tenants};
use super::super::plot::Plot;
use super::super::refused;
use super::super::values::Slot;
use super::super::ward::Ward;
use super::plots;
use super::session::{Outcome, Session};
use crate::Result;
use crate::ddl::table::{Place, Table};
use crate::ddl::text::quoted;
use crate::id::{Id, KeyType, Repr as _};
use crate::model::{Model, TenantRoot};
use crate::rls::SigningKey;
use crate::sql::vouch;

/// Takes a table of the models, if it is there.
pub(super) fn add<'a>(
    plots: &mut Vec<Plot<'a>>,
    there: Option<&Relation>,
    table: &'a Table,
    tenants: bool,
    found: &mut Findings,
) {
    match there {
        Some(there) => {
            plots.push(plots::plot(there, table, tenants));
        }
        None => found.not_tried(table.name, "the table is not there"),
    }
}

/// The tenants whose schemas are probed, and the schemas of all others.
pub(super) async fn in_schemas<R: TenantRoot<Database = Postgres>>(
    examination: &Examination<'_, R>,
    schemas: usize,
    connection: &mut PgConnection,
    found: &mut Findings,
) -> Result<(Vec<(String, String)>, Vec<String>)> {
    if examination
        .all()
        .iter()
        .all(|table| table.place != Place::Schema)
    {
        return Ok((Vec::new(), Vec::new()));
    }
    let mut all = tenants::<R>(connection).await?;
    let rest = all.split_off(schemas.min(all.len()));
    if !rest.is_empty() {
        let number = rest.len();
        found.not_tried(
            "schemas",
            format!("{number} schemas of tenants were not asked for (`with_probe_of`)"),
        );
    }
    Ok((all, rest.into_iter().map(|(_, schema)| schema).collect()))
}

/// One tenant and the other.
pub(super) async fn wards<R: TenantRoot>(connection: &mut PgConnection) -> Result<Vec<Ward>> {
    let mut wards = Vec::new();
    for shown in ["one tenant", "another tenant"] {
        let mut ward = Ward::new(shown, &random(connection).await?);
        let number = ward.number();
        ward.tenant = match <<R as Model>::Key as Id>::Repr::TYPE {
            KeyType::Uuid => ward.uuid(number),
            KeyType::Integer => ward.whole(4, number).to_string(),
            KeyType::BigInteger => ward.whole(8, number).to_string(),
            KeyType::Text => ward.mark.clone(),
        };
        wards.push(ward);
    }
    Ok(wards)
}

pub(super) async fn random(connection: &mut PgConnection) -> Result<String> {
    let random = "SELECT md5(random()::text || clock_timestamp()::text)";
    Ok(sqlx::query_scalar(random).fetch_one(connection).await?)
}

/// Keys of rows that are there, of the longer kinds: a view may show some tenants only, and none that nobody knows.
pub(super) async fn real(plots: &[Plot<'_>], connection: &mut PgConnection) -> Result<Vec<String>> {
    let mut keys: Vec<String> = Vec::new();
    for plot in plots.iter().filter(|plot| !plot.global() && !plot.view) {
        let key = |slot: &Slot| slot.name == plot.table.key;
        let long = |slot: &Slot| matches!(slot.base.as_str(), "uuid" | "text" | "varchar");
        if !plot.slots.iter().any(|slot| key(slot) && long(slot)) {
            continue;
        }
        let sql = vouch::of_probe(format!(
            "SELECT t.{0}::text FROM {1} AS t WHERE length(t.{0}::text) > 12 LIMIT {SOME}",
            quoted(plot.table.key),
            plot.name
        ));
        let rows: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut *connection).await?;
        keys.extend(rows);
    }
    keys.sort_unstable();
    keys.dedup();
    Ok(keys)
}

/// How many rows of each table are looked for.
const SOME: usize = 20;

/// A key that signs for the probe, in the place of those that are there, so that it is what anybody shows who shows a
/// key. Nobody else sees it, as it is never committed.
pub(super) async fn key(
    session: &mut Session<'_>,
    found: &mut Findings,
) -> Result<Option<SigningKey>> {
    let mut bytes = [0; SigningKey::LEN];
    for half in bytes.chunks_mut(16) {
        let random: uuid::Uuid =
            sqlx::query_scalar("SELECT md5(random()::text || clock_timestamp()::text)::uuid")
                .fetch_one(session.connection())
                .await?;
        half.copy_from_slice(random.as_bytes());
    }
    let key = SigningKey::new(bytes);
    let (inner, outer) = key.blocks();
    let insert = format!(
        "DELETE FROM tenancy.signing_keys; \
         INSERT INTO tenancy.signing_keys VALUES (decode('{inner}', 'hex'), decode('{outer}', 'hex'))"
    );
    let kept = session.keep(&insert).await?;
    if let Outcome::Failed(code) = kept {
        refused(
            &format!("no key could be added to tenancy.signing_keys (SQLSTATE {code})"),
            found,
        );
        return Ok(None);
    }
    Ok(Some(key))
}
