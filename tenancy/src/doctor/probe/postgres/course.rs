//! The course of the probe: plant, look, plant the other's, look again, and write.

use crate::doctor::Findings;
use crate::doctor::probe::postgres::looks::{Memory, before, look, readable};
use crate::doctor::probe::postgres::personas::Persona;
use crate::doctor::probe::postgres::plant::{again, plant_one};
use crate::doctor::probe::postgres::session::{Outcome, ROWS, Session};
use crate::doctor::probe::postgres::sources::{Kind, Source};
use crate::doctor::probe::postgres::world::World;
use crate::doctor::probe::postgres::writes::{Ledger, Writer};
use crate::doctor::probe::postgres::{leaks, looks, plots, sources};
use crate::doctor::probe::{Said, running};
use crate::error::Result;
use sqlx::postgres::types::Oid;

/// Plants, looks and writes.
pub(super) async fn go(
    mut world: World<'_>,
    personas: &[Persona],
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
        let oids: Vec<Oid> = sources.iter().map(|source| Oid(source.oid)).collect();
        let theirs = plots::theirs(&oids, personas, session.connection()).await?;
        for source in sources {
            if source.kind == Kind::Foreign {
                found.not_tried(
                    &source.shown,
                    "what is in a foreign table is elsewhere, and not of this transaction",
                );
                continue;
            }
            if theirs.contains(&Oid(source.oid)) {
                found.not_tried(&source.shown, plots::CHANGED);
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
    let leaks = leaks::prepare(&world, session, found).await?;
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
        if leaks {
            leaks::look(persona, source, world.one(), &world, session, said, found).await?;
        }
        look_injected(persona, source, &world, session, said, found).await?;
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
    for plot in &world.plots {
        let mut writer = Writer {
            world: &world,
            ledger: &ledger,
            session,
            said,
            found,
        };
        if plot.global() {
            writer.shared(program, plot).await?;
            continue;
        }
        for ward in world
            .of(plot)
            .filter(|ward| ward.mark != world.other().mark)
        {
            writer.own(program, plot, ward).await?;
        }
        writer.twin(program, plot).await?;
    }
    session.run(format!("DEALLOCATE {ROWS}")).await?;
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

/// Whether a function takes what it is given for SQL, which then runs with the rights of its owner.
async fn look_injected(
    persona: &Persona,
    source: &Source,
    world: &World<'_>,
    session: &mut Session<'_>,
    said: &mut Said,
    found: &mut Findings,
) -> Result<()> {
    for source in source.injected(world) {
        let call = match source.kind {
            Kind::Procedure => format!("CALL {}", source.from),
            _ => looks::called(&source),
        };
        if let Outcome::Failed(code, _) = session.look(persona, None, &call).await?
            && code == "22012"
        {
            let problem = format!(
                "{} takes a text for SQL, and runs it with the rights of somebody else",
                looks::path(persona, &source, None)
            );
            let mend = source.closing.clone();
            said.error("probe-injects", &source.shown, problem, mend, found);
            break;
        }
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
