//! The probe on PostgreSQL.

mod copies;
mod looks;
mod personas;
mod plant;
mod plots;
mod session;
mod sources;
mod world;
mod writes;

use sqlx::{Connection as _, Executor as _, PgConnection, Postgres, Row as _};

use super::super::Findings;
use super::super::database::Examination;
use super::super::postgres::{Catalog, tenants};
use super::plot::{Planted, Plot};
use super::ward::Ward;
use super::{Said, refused, running};
use crate::Result;
use crate::ddl::table::{Place, Table};
use crate::id::{Id, KeyType, Repr as _};
use crate::isolation::Isolation as _;
use crate::model::{Model, TenantRoot};
use crate::rls::SigningKey;

use copies::Copies;
use looks::{Memory, before, look, readable};
use plant::{again, plant_one};
use session::{OWN_PATH, Outcome, Session};
use world::World;
use writes::{Ledger, Writer};

/// The longest time of a statement, and of waiting for somebody else's.
const LIMITS: &str = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SET LOCAL statement_timeout TO '5s'; \
    SET LOCAL lock_timeout TO '1s'; SET LOCAL idle_in_transaction_session_timeout TO 0";

const ABLE: &str = "
    SELECT pg_is_in_recovery(), current_setting('transaction_read_only')::boolean,
        rolsuper OR rolbypassrls, rolname::text
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
    let own: String = able.try_get(3)?;
    let mut transaction = connection.begin().await?;
    transaction.execute(LIMITS).await?;
    let tried = tried(examination, schemas, &own, &mut transaction, found).await;
    transaction.rollback().await?;
    // Statements that were prepared are none of a transaction's.
    connection.execute("DEALLOCATE ALL").await?;
    connection.clear_cached_statements().await?;
    tried
}

async fn tried<R: TenantRoot<Database = Postgres>>(
    examination: &Examination<'_, R>,
    schemas: usize,
    own: &str,
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
    for table in crate::ddl::sorted(examination.all(), Place::Shared) {
        add(&mut plots, catalog.visible(table.name), table, false, found);
    }
    let mut wards = wards::<R>(connection).await?;
    for (tenant, schema) in asked {
        for table in crate::ddl::sorted(examination.all(), Place::Schema) {
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
    plots::load(&mut plots, connection, found).await?;
    let global = Ward::new("all", &random(connection).await?);
    let role = examination
        .role
        .or(examination.tables.postgres.role.as_deref());
    let role = R::Isolation::RLS.then(|| role.unwrap_or(own).to_owned());
    let personas = match &role {
        Some(role) => personas::find(role, connection, found).await?,
        None => Vec::new(),
    };
    let mut world = World {
        role: role.unwrap_or_default(),
        plots,
        global,
        wards,
        planted: Planted::default(),
        key: None,
    };
    let signed = R::Isolation::RLS && examination.tables.postgres.signed;
    let mut session = Session::new(connection);
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
        world.key = key(session.connection(), found).await?;
        if world.key.is_none() {
            return Ok(());
        }
    }
    go(world, &personas, &left_out, &mut session, &mut said, found).await
}

/// Plants, looks and writes.
async fn go(
    mut world: World<'_>,
    personas: &[personas::Persona],
    left_out: &[String],
    session: &mut Session<'_>,
    said: &mut Said,
    found: &mut Findings,
) -> Result<()> {
    plant(&mut world, &|ward| ward == 0, session, said, found).await?;
    let mut everything = Vec::new();
    let mut memory = Memory::default();
    for persona in personas {
        let sources = sources::find(
            persona,
            world.other(),
            left_out,
            session.connection(),
            found,
        )
        .await?;
        for source in sources {
            if source.kind == sources::Kind::Foreign {
                found.not_tried(
                    &source.shown,
                    "what is in a foreign table is elsewhere, and not of this transaction",
                );
                continue;
            }
            for context in [None, Some(world.one())]
                .into_iter()
                .filter(|_| readable(&source))
            {
                if let Some(seen) = before(persona, &source, context, &world, session).await? {
                    memory.keep(persona, &source, context, seen);
                }
            }
            everything.push((persona, source));
        }
    }
    session.run("SAVEPOINT tenancy_others").await?;
    plant(&mut world, &|ward| ward > 0, session, said, found).await?;
    settle(&mut world, session, said, found).await?;
    let ledger = Ledger::open(&world, session).await?;
    let mut suspects = Vec::new();
    let mut asked = Vec::new();
    for (persona, source) in &everything {
        asked.extend(
            source
                .asked(&world)
                .into_iter()
                .map(|source| (*persona, source)),
        );
    }
    for (persona, source) in everything.iter().chain(&asked) {
        let theirs = world
            .wards
            .iter()
            .position(|ward| ward.schema.as_deref() == Some(&source.schema));
        // In a schema of a tenant, another one who has a schema, too.
        let foreign = theirs.map(|at| {
            &world.wards[if at + 1 < world.wards.len() {
                at + 1
            } else {
                1
            }]
        });
        let contexts = [
            None,
            Some(world.one()),
            Some(foreign.unwrap_or(world.other())),
        ];
        for (at, context) in contexts
            .into_iter()
            .enumerate()
            .filter(|_| readable(source))
        {
            let seen = look(persona, source, context, &world, session, said, found).await?;
            if let Some(seen) = seen.filter(|_| at < 2)
                && memory.differs(persona, source, context, &seen)
            {
                suspects.push((*persona, source, context));
            }
        }
        let target = theirs.map_or(world.other(), |at| &world.wards[at]);
        for context in contexts.into_iter().take(2) {
            let mut writer = Writer {
                world: &world,
                ledger: &ledger,
                session,
                said,
                found,
            };
            writer.reach(persona, source, context, target).await?;
        }
    }
    let program = personas.first();
    for plot in world.plots.iter().filter(|plot| !plot.global()) {
        for ward in world
            .of(plot)
            .filter(|ward| ward.mark != world.other().mark)
        {
            let mut writer = Writer {
                world: &world,
                ledger: &ledger,
                session,
                said,
                found,
            };
            writer.own(program, plot, ward).await?;
        }
    }
    // What also changes by itself says nothing.
    session.run("ROLLBACK TO SAVEPOINT tenancy_others").await?;
    for (persona, source, context) in suspects {
        let again = before(persona, source, context, &world, session).await?;
        if again.is_none_or(|again| memory.differs(persona, source, context, &again)) {
            found.not_tried(
                &source.shown,
                "it shows something else each time: only rows of the probe were looked for",
            );
            continue;
        }
        if said.knows("probe-shows", &source.shown) {
            continue;
        }
        let path = looks::path(persona, source, context);
        let problem =
            format!("{path} changes with the rows of another tenant, and so tells of them");
        let mend = looks::closing(persona, source, &world);
        said.error("probe-tells", &source.shown, problem, mend, found);
    }
    Ok(())
}

/// Puts rows of these wards into all tables; what all tenants share comes first.
async fn plant(
    world: &mut World<'_>,
    which: &(dyn Fn(usize) -> bool + Sync),
    session: &mut Session<'_>,
    said: &mut Said,
    found: &mut Findings,
) -> Result<()> {
    let World {
        plots,
        global,
        wards,
        planted,
        ..
    } = world;
    if which(0) {
        for plot in plots.iter().filter(|plot| plot.global()) {
            plant_one(planted, plot, global, global, session, said, found).await?;
        }
    }
    for (_, ward) in wards.iter().enumerate().filter(|(at, _)| which(*at)) {
        for plot in plots.iter().filter(|plot| !plot.global()) {
            if plot.schema.is_none() || plot.schema == ward.schema {
                plant_one(planted, plot, ward, global, session, said, found).await?;
            }
        }
    }
    Ok(())
}

/// Lets happen what waits for the end of a transaction, and looks whether the rows are still there.
async fn settle(
    world: &mut World<'_>,
    session: &mut Session<'_>,
    said: &mut Said,
    found: &mut Findings,
) -> Result<()> {
    session
        .keep("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        .await?;
    let World {
        plots,
        wards,
        planted,
        ..
    } = world;
    for plot in plots.iter().filter(|plot| !plot.global()) {
        for ward in wards.iter() {
            if again(planted, plot, ward, session).await? {
                let problem = format!(
                    "rows of {} in it were gone after rows of others were written",
                    ward.shown
                );
                let mend = "-- Look for triggers and rules of any table that write to this one.\n"
                    .to_owned();
                said.error("probe-changes", &plot.shown, problem, mend, found);
            }
        }
    }
    strays(world, session, said, found).await
}

/// Rows of tenants that have schemas, in the schemas of others.
async fn strays(
    world: &World<'_>,
    session: &mut Session<'_>,
    said: &mut Said,
    found: &mut Findings,
) -> Result<()> {
    for plot in world.plots.iter().filter(|plot| plot.schema.is_some()) {
        for ward in world
            .wards
            .iter()
            .filter(|ward| ward.schema.is_some() && ward.schema != plot.schema)
        {
            let marks = looks::any("t::pg_catalog.text", &world.marks_of(ward));
            let sql = format!("SELECT 1 FROM {} AS t WHERE {marks} LIMIT 1", plot.name);
            if session
                .examine(&sql)
                .await?
                .rows()
                .is_none_or(|rows| rows.is_empty())
            {
                continue;
            }
            let problem = format!("a row that was written for {} is in it", ward.shown);
            said.error("probe-moves", &plot.shown, problem, running(plot), found);
        }
    }
    Ok(())
}

fn add<'a>(
    plots: &mut Vec<Plot<'a>>,
    there: Option<&super::super::postgres::Relation>,
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
async fn in_schemas<R: TenantRoot<Database = Postgres>>(
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
async fn wards<R: TenantRoot>(connection: &mut PgConnection) -> Result<Vec<Ward>> {
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

async fn random(connection: &mut PgConnection) -> Result<String> {
    let random = "SELECT md5(random()::text || clock_timestamp()::text)";
    Ok(sqlx::query_scalar(random).fetch_one(connection).await?)
}

/// A key that signs for the probe, in the place of those that are there, so that it is what anybody shows who shows a
/// key. Nobody else sees it, as it is never committed.
async fn key(connection: &mut PgConnection, found: &mut Findings) -> Result<Option<SigningKey>> {
    let mut bytes = [0; SigningKey::LEN];
    for half in bytes.chunks_mut(16) {
        let random: uuid::Uuid =
            sqlx::query_scalar("SELECT md5(random()::text || clock_timestamp()::text)::uuid")
                .fetch_one(&mut *connection)
                .await?;
        half.copy_from_slice(random.as_bytes());
    }
    let key = SigningKey::new(bytes);
    let (inner, outer) = key.blocks();
    let insert = format!(
        "DELETE FROM tenancy.signing_keys; INSERT INTO tenancy.signing_keys VALUES (decode('{inner}', 'hex'), decode('{outer}', 'hex'))"
    );
    let kept = Session::new(connection).keep(&insert).await?;
    if let Outcome::Failed(code) = kept {
        refused(
            &format!("no key could be added to tenancy.signing_keys (SQLSTATE {code})"),
            found,
        );
        return Ok(None);
    }
    Ok(Some(key))
}
