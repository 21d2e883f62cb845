//! The schemas of tenants: there, not drifted, and nobody else's.

use crate::ddl::table::{Place, Table};
use crate::ddl::text::quoted;
use crate::doctor::database::Examination;
use crate::doctor::live::Live;
use crate::doctor::postgres::catalog::Catalog;
use crate::doctor::postgres::{qualified, schema_rows};
use crate::doctor::{Findings, tables};
use crate::error::Result;
use crate::model::contract::{Model, TenantIdOf, TenantRoot};
use crate::sql::schema_name::SchemaName;
use crate::sql::trusted;
use sqlx::{PgConnection, Postgres};
use std::collections::HashMap;

use sqlx::Executor as _;
use sqlx::Row as _;

use crate::model::id::Repr as _;
use crate::model::isolation::Isolation as _;

/// The schema of a tenant that is there.
pub(super) struct Named {
    pub(super) schema: String,
    pub(super) tenant: String,
}

/// Gives the schemas whose tables were compared.
pub(super) async fn check<R: TenantRoot<Database = Postgres>>(
    examination: &Examination<'_, R>,
    catalog: &Catalog,
    live: &[Live],
    connection: &mut PgConnection,
    found: &mut Findings,
) -> Result<Vec<Named>> {
    let there: Vec<String> = sqlx::query_scalar("SELECT nspname::text FROM pg_namespace")
        .fetch_all(&mut *connection)
        .await?;
    let there: std::collections::HashSet<_> = there.into_iter().collect();
    let own: Vec<_> = examination
        .all()
        .iter()
        .filter(|table| table.place == Place::Schema)
        .collect();
    let shared = catalog
        .visible(R::TABLE)
        .and_then(|root| root.live.schema.as_deref());
    let shared_are_there = examination.all().iter().all(|table| {
        table.place != Place::Shared
            || catalog.visible(table.name).is_some_and(|there| {
                table
                    .columns
                    .iter()
                    .all(|column| there.live.column(column.name).is_some())
            })
    });
    let mut of: HashMap<String, String> = HashMap::new();
    let mut compared = Vec::new();
    for (tenant, name) in names::<R>(connection).await? {
        let name = match name {
            Ok(name) => name.as_str().to_owned(),
            Err(error) => {
                let why = std::error::Error::source(&error).map(ToString::to_string);
                let mend =
                    format!("-- Another name for the schema of the tenant {tenant}, or a mark.\n");
                found.error("no-schema-name", &tenant, why.unwrap_or_default(), mend);
                continue;
            }
        };
        if let Some(other) = of.get(&name) {
            found.error(
                "shared-schema",
                &name,
                format!(
                    "it is the schema of two tenants, {other} and {tenant}: each sees all of it"
                ),
                format!("-- Another name for the schema of the tenant {tenant}.\n"),
            );
            continue;
        }
        of.insert(name.clone(), tenant.clone());
        let mut scribe = examination.tables.scribe(Place::Schema);
        scribe.own = Some(&name);
        if !there.contains(&name) {
            let mend = examination.tables.text_of_tenant(&tenant, &name);
            found.error(
                "missing-schema",
                &name,
                format!("the tenant {tenant} has no schema"),
                mend,
            );
            continue;
        }
        let besides = |table: &Table| examination.tables.besides(table, scribe, Some(&tenant));
        let mender = super::super::mend::Mender {
            scribe,
            tables: examination.all(),
            besides: &besides,
            rls: R::Isolation::RLS,
            live: &[],
        };
        let expected: Vec<_> = own
            .iter()
            .map(|table| {
                (
                    *table,
                    catalog.within(&name, table.name),
                    format!("{name}.{}", table.name),
                )
            })
            .collect();
        let fits = |column: &_, live: &_| catalog.fits(column, live);
        tables::check(&expected, live, shared, &mender, &fits, found);
        let whole = |there: Option<&Live>, table: &Table| {
            there.is_some_and(|live| {
                table
                    .columns
                    .iter()
                    .all(|column| live.column(column.name).is_some())
            })
        };
        let there = expected.iter().all(|(table, live, _)| whole(*live, table)) && shared_are_there;
        if examination.rows && there {
            for (table, question) in schema_rows::questions(examination.all(), scribe, &tenant) {
                let shown = match table.place {
                    Place::Schema => format!("{name}.{}", table.name),
                    Place::Shared | Place::Database => table.name.to_owned(),
                };
                question.ask::<Postgres>(&shown, connection, found).await?;
            }
        }
        compared.push(Named {
            schema: name,
            tenant,
        });
    }
    let tables: Vec<_> = own.iter().map(|table| table.name).collect();
    for schema in catalog.schemas_with(&tables) {
        if Some(schema) != shared && !of.contains_key(schema) {
            let there = tables
                .iter()
                .filter_map(|table| catalog.within(schema, table));
            found.warning(
                "orphaned-schema",
                schema,
                "it has tables of a tenant, and no tenant has it".to_owned(),
                removed(schema, there),
            );
        }
    }
    Ok(compared)
}

/// The statements that remove a schema with the tables of the models, and nothing else: they fail where anything else is in
/// it, or refers to it from elsewhere.
fn removed<'l>(schema: &str, tables: impl Iterator<Item = &'l Live>) -> String {
    let mut text = "-- For good: look into it before. What is not a tenant's table, and what hangs on one elsewhere, is in the way of it.\n"
        .to_owned();
    let names = |live: &[&Live]| {
        let names: Vec<_> = live
            .iter()
            .map(|live| qualified(schema, &live.name))
            .collect();
        names.join(", ")
    };
    let (views, tables): (Vec<_>, Vec<_>) = tables.partition(|live| live.view);
    for (what, live) in [("VIEW", views), ("TABLE", tables)] {
        if !live.is_empty() {
            text.push_str(&format!("DROP {what} {};\n", names(&live)));
        }
    }
    text.push_str(&format!("DROP SCHEMA {};\n", quoted(schema)));
    text
}

/// The tenants whose schemas are there, each with the name of its schema.
pub(in super::super) async fn tenants<R: TenantRoot<Database = Postgres>>(
    connection: &mut PgConnection,
) -> Result<Vec<(String, String)>> {
    let there: Vec<String> = sqlx::query_scalar("SELECT nspname::text FROM pg_namespace")
        .fetch_all(&mut *connection)
        .await?;
    let tenants = names::<R>(connection).await?;
    let named = tenants.into_iter().filter_map(|(id, name)| {
        let name = name.ok()?.to_string();
        there.contains(&name).then_some((id, name))
    });
    Ok(named.collect())
}

/// The tenants and the names of their schemas.
async fn names<R: TenantRoot<Database = Postgres>>(
    connection: &mut PgConnection,
) -> Result<Vec<(String, Result<SchemaName>)>> {
    let (key, table) = (quoted(R::FIELDS[<R as Model>::KEY].name), quoted(R::TABLE));
    let mark = quoted(R::MARK);
    let sql = trusted::of_doctor(format!("SELECT {key}, {mark} FROM {table} ORDER BY {key}"));
    let rows = connection.fetch_all(sqlx::query(sql)).await?;
    let mut names = Vec::with_capacity(rows.len());
    for row in rows {
        debug_assert_eq!(row.len(), 2);
        let id = TenantIdOf::<R>::get::<Postgres>(&row, 0)?;
        let name = SchemaName::marked(R::schema(&id), row.try_get(1)?);
        names.push((id.to_string(), name));
    }
    Ok(names)
}
