//! What the probe begins with: tables, tenants, and a key that signs for them.

use crate::db::rls::signing::SigningKey;
use crate::ddl::table::{Place, Table};
use crate::ddl::text::quoted;
use crate::doctor::Findings;
use crate::doctor::database::Examination;
use crate::doctor::postgres::catalog::Relation;
use crate::doctor::postgres::schemas::tenants;
use crate::doctor::probe::plot::Plot;
use crate::doctor::probe::postgres::plots;
use crate::doctor::probe::postgres::session::{Outcome, Session};
use crate::doctor::probe::refused;
use crate::doctor::probe::values::Slot;
use crate::doctor::probe::ward::Ward;
use crate::error::Result;
use crate::model::contract::{Id, Model, TenantRoot};
use crate::model::id::{KeyType, Repr as _};
use sqlx::Row as _;
use sqlx::{PgConnection, Postgres};

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

/// Keys of rows that are there, and other texts that are unique, of the longer kinds: a view may show some tenants only,
/// and none that nobody knows.
pub(super) async fn real(
    plots: &[Plot<'_>],
    session: &mut Session<'_>,
) -> Result<(Vec<String>, Vec<String>)> {
    let (mut keys, mut texts) = (Vec::new(), Vec::new());
    for plot in plots.iter().filter(|plot| !plot.global() && !plot.view) {
        let foreign = |slot: &Slot| {
            let mut foreign = plot.foreign.iter();
            foreign.any(|foreign| foreign.columns.contains(&slot.name))
        };
        for slot in &plot.slots {
            let key = slot.name == plot.table.key;
            let long = match slot.base.as_str() {
                "uuid" => key,
                "text" | "varchar" => key || (slot.unique && !foreign(slot) && !plot.is_root()),
                _ => false,
            };
            if !long || (!key && plot.owner() == Some(slot.name.as_str())) {
                continue;
            }
            let (column, table) = (format!("t.{}", quoted(&slot.name)), &plot.name);
            let mut sql = format!(
                "(SELECT {column}::text FROM {table} AS t WHERE length({column}::text) > 12 LIMIT {SOME})"
            );
            // The first and the last, too: what shows one of all rows mostly shows one of these.
            for order in ["ASC", "DESC"].into_iter().filter(|_| !key) {
                sql.push_str(&format!(
                    " UNION (SELECT x FROM (SELECT {column}::text FROM {table} AS t ORDER BY {column} {order} LIMIT {SOME})
                    f (x) WHERE length(x) > 12)"
                ));
            }
            // It may take too long.
            let rows = session.examine(&sql).await?.rows().unwrap_or_default();
            let rows = rows.iter().map(|row| row.try_get(0));
            let rows: Vec<String> = rows.collect::<Result<_, _>>()?;
            match key {
                true => keys.extend(rows),
                false => texts.extend(rows),
            }
        }
    }
    for found in [&mut keys, &mut texts] {
        found.sort_unstable();
        found.dedup();
    }
    Ok((keys, texts))
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
    if let Outcome::Failed(code, _) = kept {
        refused(
            &format!("no key could be added to tenancy.signing_keys (SQLSTATE {code})"),
            found,
        );
        return Ok(None);
    }
    Ok(Some(key))
}
