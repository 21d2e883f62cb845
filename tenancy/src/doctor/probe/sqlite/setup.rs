//! What the probe begins with: tables and tenants.

use crate::ddl::table::{Place, Rows};
use crate::ddl::text::quoted;
use crate::doctor::Findings;
use crate::doctor::database::Examination;
use crate::doctor::live::{Live, same};
use crate::doctor::probe::plot::{Foreign, Plot};
use crate::doctor::probe::values::Slot;
use crate::doctor::probe::ward::Ward;
use crate::error::Result;
use crate::model::contract::{Id, Model, TenantRoot};
use crate::model::id::{KeyType, Repr as _};
use crate::sql::render::Dialect;
use sqlx::SqliteConnection;
use std::collections::HashSet;

/// Tables of the models that are there.
pub(super) fn plots<'a, R: TenantRoot>(
    examination: &Examination<'a, R>,
    live: &[Live],
    found: &mut Findings,
) -> Vec<Plot<'a>> {
    let mut plots = Vec::new();
    for table in crate::ddl::order::sorted(examination.all(), Place::Shared) {
        let Some(there) = live.iter().find(|live| same(&live.name, table.name)) else {
            found.not_tried(table.name, "the table is not there");
            continue;
        };
        let unique: HashSet<&str> = there
            .indexes
            .iter()
            .filter(|index| index.unique)
            .flat_map(|index| index.columns.iter().map(String::as_str))
            .collect();
        let owner = match table.rows {
            Rows::Root => Some(table.key),
            Rows::Tenanted(column) => Some(column),
            Rows::Plain => None,
        };
        if there.column(table.key).is_none()
            || owner.is_some_and(|owner| there.column(owner).is_none())
        {
            found.not_tried(
                table.name,
                "it has no column for its key, or for the tenant",
            );
            continue;
        }
        let slots = there.columns.iter().map(|column| Slot {
            name: column.name.clone(),
            sql_type: column.sql_type.clone(),
            base: column.sql_type.clone(),
            label: None,
            length: length(&column.sql_type),
            nullable: column.nullable,
            filled: column.filled,
            generated: column.generated,
            unique: unique.contains(column.name.as_str()) || column.name == table.key,
        });
        let foreign = there.foreign_keys.iter().map(|key| Foreign {
            columns: key.columns.clone(),
            to: quoted(&key.table),
            referred: key.referred.clone(),
        });
        plots.push(Plot {
            dialect: Dialect::Sqlite,
            oid: 0,
            view: there.view,
            table,
            name: quoted(&there.name),
            shown: there.name.clone(),
            schema: None,
            slots: slots.collect(),
            foreign: foreign.collect(),
        });
    }
    plots
}

/// `varchar(20)`: nothing cuts it, but a CHECK may ask.
fn length(declared: &str) -> Option<usize> {
    let (_, length) = declared.split_once('(')?;
    length.trim_end_matches(')').trim().parse().ok()
}

/// One tenant and the other.
pub(super) async fn wards<R: TenantRoot>(connection: &mut SqliteConnection) -> Result<[Ward; 2]> {
    let mut wards = [
        Ward::new("one tenant", &random(connection).await?),
        Ward::new("another tenant", &random(connection).await?),
    ];
    for ward in &mut wards {
        let number = ward.number();
        ward.tenant = match <<R as Model>::Key as Id>::Repr::TYPE {
            KeyType::Uuid => format!("x'{}'", ward.uuid(number).replace('-', "")),
            KeyType::Integer => ward.whole(4, number).to_string(),
            KeyType::BigInteger => ward.whole(8, number).to_string(),
            KeyType::Text => format!("'{}'", ward.mark),
        };
    }
    Ok(wards)
}

pub(super) async fn random(connection: &mut SqliteConnection) -> Result<String> {
    let random = "SELECT lower(hex(randomblob(16)))";
    Ok(sqlx::query_scalar(random).fetch_one(connection).await?)
}
