//! The probe on PostgreSQL.

pub(crate) mod beside;
pub(crate) mod copies;
pub(crate) mod course;
pub(crate) mod functions;
pub(crate) mod leaks;
pub(crate) mod looks;
pub(crate) mod personas;
pub(crate) mod plant;
pub(crate) mod plots;
pub(crate) mod session;
pub(crate) mod setup;
pub(crate) mod sources;
pub(crate) mod twins;
pub(crate) mod world;
pub(crate) mod writes;

use crate::ddl::table::Place;
use crate::doctor::Findings;
use crate::doctor::database::Examination;
use crate::doctor::postgres::catalog::Catalog;
use crate::doctor::probe::plot::Planted;
use crate::doctor::probe::postgres::copies::Copies;
use crate::doctor::probe::postgres::session::{OWN_PATH, Session};
use crate::doctor::probe::postgres::setup::{add, in_schemas, key, random, real, wards};
use crate::doctor::probe::postgres::world::World;
use crate::doctor::probe::ward::Ward;
use crate::doctor::probe::{Said, refused};
use crate::error::Result;
use crate::model::contract::TenantRoot;
use sqlx::Connection as _;
use sqlx::Executor as _;
use sqlx::Row as _;
use sqlx::{PgConnection, Postgres};

use crate::model::isolation::Isolation as _;

/// The longest time of a statement, and of waiting for somebody else's.
const LIMITS: &str = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SET LOCAL statement_timeout TO '5s'; \
    SET LOCAL lock_timeout TO '1s'; SET LOCAL idle_in_transaction_session_timeout TO 0";

const ABLE: &str = "
    SELECT pg_is_in_recovery(), current_setting('transaction_read_only')::boolean,
        rolsuper OR rolbypassrls, rolname::text, rolsuper
    FROM pg_roles WHERE rolname = current_user";

/// Tries, and undoes all of it.
pub(in super::super) async fn probe<R: TenantRoot<Database = Postgres>>(
    examination: &Examination<'_, R>,
    schemas: usize,
    connection: &mut PgConnection,
    found: &mut Findings,
) -> Result<()> {
    if examination.here != Place::Shared {
        found.not_tried(
            "database",
            "it has the rows of one tenant: there is no wall in it",
        );
        return Ok(());
    }
    let able = sqlx::query(ABLE).fetch_one(&mut *connection).await?;
    if able.try_get(0)? || able.try_get(1)? {
        refused(
            "the database takes no writes, so nothing can be undone in it",
            found,
        );
        return Ok(());
    }
    if R::Isolation::RLS && !able.try_get::<bool, _>(2)? {
        refused(
            "row-level security is for the role that examines, too",
            found,
        );
        return Ok(());
    }
    let examiner = Examiner {
        role: able.try_get(3)?,
        superuser: able.try_get(4)?,
    };
    let mut transaction = connection.begin().await?;
    transaction.execute(LIMITS).await?;
    let tried = tried(examination, schemas, &examiner, &mut transaction, found).await;
    transaction.rollback().await?;
    tried
}

/// Whoever examines.
struct Examiner {
    role: String,
    superuser: bool,
}

async fn tried<R: TenantRoot<Database = Postgres>>(
    examination: &Examination<'_, R>,
    schemas: usize,
    examiner: &Examiner,
    connection: &mut PgConnection,
    found: &mut Findings,
) -> Result<()> {
    let catalog = Catalog::load(examination.all(), connection).await?;
    let Some(root) = catalog.visible(R::TABLE) else {
        refused("the table of the tenants is not there", found);
        return Ok(());
    };
    let shared = root.live.schema.clone().unwrap_or_default();
    let (asked, left_out) = in_schemas::<R>(examination, schemas, connection, found).await?;
    let mut plots = Vec::new();
    for table in crate::ddl::order::sorted(examination.all(), Place::Shared) {
        add(&mut plots, catalog.visible(table.name), table, false, found);
    }
    let mut wards = wards::<R>(connection).await?;
    for (tenant, schema) in asked {
        for table in crate::ddl::order::sorted(examination.all(), Place::Schema) {
            let there = catalog.relation(&schema, table.name);
            add(&mut plots, there, table, true, found);
        }
        let mut ward = Ward::new(
            format!("the tenant of the schema {schema}"),
            &random(connection).await?,
        );
        ward.tenant = tenant;
        ward.schema = Some(schema);
        wards.push(ward);
    }
    connection.execute(OWN_PATH).await?;
    let global = Ward::new("all", &random(connection).await?);
    let role = examination
        .role
        .or(examination.tables.postgres.role.as_deref());
    let role = R::Isolation::RLS.then(|| role.unwrap_or(&examiner.role).to_owned());
    let personas = match &role {
        Some(role) => personas::find(role, examiner.superuser, connection, found).await?,
        None => Vec::new(),
    };
    plots::load(&mut plots, &personas, connection, found).await?;
    let mut session = Session::new(connection, examiner.superuser);
    let (real, real_texts) = real(&plots, &mut session).await?;
    let mut world = World {
        role: role.unwrap_or_default(),
        plots,
        global,
        wards,
        planted: Planted::default(),
        real,
        real_texts,
        key: None,
    };
    let signed = R::Isolation::RLS && examination.tables.postgres.signed;
    let mut said = Said::default();
    let copies = Copies {
        signed,
        shared: &shared,
        left_out: &left_out,
    };
    copies
        .check::<R>(&world, &personas, &mut session, &mut said, found)
        .await?;
    if signed {
        world.key = key(&mut session, found).await?;
        if world.key.is_none() {
            return Ok(());
        }
    }
    course::go(world, &personas, &left_out, &mut session, &mut said, found).await
}
