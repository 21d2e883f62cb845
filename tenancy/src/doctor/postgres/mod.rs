//! What there is on PostgreSQL.

pub(crate) mod catalog;
pub(crate) mod code;
pub(crate) mod condition;
pub(crate) mod depends;
pub(crate) mod disabled;
pub(crate) mod grants;
pub(crate) mod kinds;
pub(crate) mod marks;
pub(crate) mod policies;
pub(crate) mod privileges;
pub(crate) mod reach;
pub(crate) mod role;
pub(crate) mod schema_rows;
pub(crate) mod schemas;
pub(crate) mod secured;
pub(crate) mod server;
pub(crate) mod settings;
pub(crate) mod signing;
pub(crate) mod targets;
pub(crate) mod views;

use crate::ddl::postgres::create_enum;
use crate::ddl::table::{Place, Table};
use crate::ddl::text::quoted;
use crate::doctor::database::{Examination, Examined};
use crate::doctor::postgres::schemas::Named;
use crate::doctor::probe::postgres::probe;
use crate::doctor::{Findings, rows, tables};
use crate::error::Result;
use crate::model::contract::TenantRoot;
use futures_core::future::BoxFuture;
use sqlx::Connection as _;
use sqlx::Executor as _;
use sqlx::{PgConnection, Postgres};

use crate::model::isolation::Isolation as _;

pub(super) use crate::doctor::postgres::catalog::{Catalog, Relation};

/// One picture of everything, and nothing is written. Whoever changes a table keeps others from reading what it looks like,
/// for as long as he likes.
const READING: &str =
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL lock_timeout TO '5s'";

impl Examined for Postgres {
    fn examine<'e, R: TenantRoot<Database = Self>>(
        examination: &'e Examination<'e, R>,
        connection: &'e mut PgConnection,
    ) -> BoxFuture<'e, Result<(Findings, usize)>> {
        Box::pin(async move {
            let mut transaction = connection.begin().await?;
            transaction.execute(READING).await?;
            let examined = examine(examination, &mut transaction).await;
            transaction.rollback().await?;
            let (mut found, tables) = examined?;
            if let Some(schemas) = examination.probe {
                probe(examination, schemas, connection, &mut found).await?;
            }
            Ok((found, tables))
        })
    }
}

async fn examine<R: TenantRoot<Database = Postgres>>(
    examination: &Examination<'_, R>,
    connection: &mut PgConnection,
) -> Result<(Findings, usize)> {
    // Whoever is subject to row-level security gets an error where rows are read, and not those of one tenant.
    connection.execute("SET LOCAL row_security = off").await?;
    let mut found = Findings::default();
    let (all, here) = (examination.all(), examination.here);
    let catalog = Catalog::load(all, connection).await?;
    types(examination, &catalog, &mut found);
    let live = catalog.live();
    let expected: Vec<_> = all
        .iter()
        .filter(|table| table.place == here)
        .map(|table| {
            (
                table,
                catalog.visible(table.name).map(|there| &there.live),
                table.name.to_owned(),
            )
        })
        .collect();
    let root = catalog.visible(R::TABLE).filter(|_| here == Place::Shared);
    // In a tenant's database there is no root, and all tables are in one schema.
    let mut visible = expected.iter().filter_map(|(_, live, _)| *live);
    let shared = match root {
        Some(root) => root.live.schema.as_deref(),
        None => visible.next().and_then(|live| live.schema.as_deref()),
    };
    let scribe = examination.tables.scribe(here);
    let besides = |table: &Table| examination.tables.besides(table, scribe, None);
    let mender = examination.mender(here, &besides);
    let fits = |column: &_, live: &_| catalog.fits(column, live);
    tables::check(&expected, &live, shared, &mender, &fits, &mut found);
    let mut number = expected.len();
    let marked = root.is_some_and(|root| {
        let mark = root.live.column(R::MARK);
        mark.is_some_and(|mark| mark.sql_type == "uuid")
    });
    if marked {
        marks::check(R::TABLE, R::MARK, connection, &mut found).await?;
    }
    let mut named = Vec::new();
    if marked && all.iter().any(|table| table.place == Place::Schema) {
        named = schemas::check(examination, &catalog, &live, connection, &mut found).await?;
        number += named.len()
            * all
                .iter()
                .filter(|table| table.place == Place::Schema)
                .count();
    }
    let present = present(examination, &catalog, &named);
    disabled::check(&present, connection, &mut found).await?;
    if R::Isolation::RLS && here == Place::Shared {
        security(examination, &catalog, &named, connection, &mut found).await?;
    }
    if examination.rows {
        rows::check(examination, &expected, &mender, connection, &mut found).await?;
    }
    Ok((found, number))
}

/// Tables of the models that are there, and what they are called for people.
fn present<'c, R: TenantRoot>(
    examination: &Examination<'_, R>,
    catalog: &'c Catalog,
    schemas: &[Named],
) -> Vec<(&'c Relation, String)> {
    let mut there = Vec::new();
    for table in examination.all() {
        if table.place == examination.here
            && let Some(relation) = catalog.visible(table.name)
        {
            there.push((relation, table.name.to_owned()));
        }
        for Named { schema, .. } in schemas.iter().filter(|_| table.place == Place::Schema) {
            if let Some(relation) = catalog.relation(schema, table.name) {
                there.push((relation, format!("{schema}.{}", table.name)));
            }
        }
    }
    there
}

/// Row-level security, for the role that is subject to it.
async fn security<R: TenantRoot<Database = Postgres>>(
    examination: &Examination<'_, R>,
    catalog: &Catalog,
    schemas: &[Named],
    connection: &mut PgConnection,
    found: &mut Findings,
) -> Result<()> {
    let secured = secured::tables(examination, catalog, schemas);
    let Some(role) = role::find(
        examination
            .role
            .or(examination.tables.postgres.role.as_deref()),
        &grants::all(examination),
        connection,
        found,
    )
    .await?
    else {
        return Ok(());
    };
    if examination.tables.postgres.role.as_deref() == Some(&role.name) {
        let there = present(examination, catalog, schemas);
        grants::check(&role, &there, connection, found).await?;
    }
    let of_schemas = secured::of_schemas(examination, schemas);
    policies::check(&secured, &of_schemas, &role, connection, found).await?;
    // Whom nothing holds back needs no rights and no detours.
    if role::check(&role, &secured, connection, found).await? {
        return Ok(());
    }
    role::owned(&role, schemas, connection, found).await?;
    if examination.tables.postgres.signed {
        signing::check(&role, connection, found).await?;
    }
    privileges::check(&secured, &role, connection, found).await?;
    reach::check(&role, &secured, connection, found).await?;
    server::check(&role, connection, found).await?;
    depends::check(&role, connection, found).await?;
    let shared = examination
        .all()
        .iter()
        .filter(|table| table.place == Place::Shared);
    let shared: Vec<_> = shared.map(|table| table.name).collect();
    settings::check(&role, &shared, connection, found).await?;
    views::check(&secured, &role, connection, found).await?;
    code::check(&role, connection, found).await
}

/// Types of the program that are not there.
fn types<R: TenantRoot>(examination: &Examination<'_, R>, catalog: &Catalog, found: &mut Findings) {
    for name in catalog.missing_types() {
        let enums = &examination.tables.postgres.enums;
        let own = enums.iter().find(|(own, _)| own == name.trim_matches('"'));
        let elsewhere = catalog.elsewhere(name);
        let mend = match own {
            // With one of the same name, the columns would be of the wrong type.
            _ if !elsewhere.is_empty() => moved(name, elsewhere),
            Some((name, labels)) => create_enum(examination.all(), name, labels),
            None => {
                format!("-- CREATE TYPE {name} …: the models do not say what its values are.\n")
            }
        };
        found.error(
            "missing-type",
            name,
            "the type is not there".to_owned(),
            mend,
        );
    }
}

/// What is said of a type that is there, but in schemas where names are not looked for.
fn moved(name: &str, places: &[(String, String)]) -> String {
    let mut text = format!(
        "-- It is in {}: this schema in the `search_path`, or in the `type_name` of the type in Rust; or else:\n",
        places
            .iter()
            .map(|(schema, _)| schema.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    );
    match places {
        [(_, sql)] => text.push_str(&format!("{sql};\n")),
        _ => text.push_str(&format!(
            "-- ALTER TYPE … SET SCHEMA …: only a person knows which {name} it is.\n"
        )),
    }
    text
}

/// The name of what is in a schema, as it is written in SQL.
fn qualified(schema: &str, name: &str) -> String {
    format!("{}.{}", quoted(schema), quoted(name))
}
