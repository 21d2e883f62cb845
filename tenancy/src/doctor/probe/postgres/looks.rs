//! Looking: which rows of the probe show where.

use crate::doctor::Findings;
use crate::doctor::probe::Said;
use crate::doctor::probe::postgres::functions::Gives;
use crate::doctor::probe::postgres::personas::Persona;
use crate::doctor::probe::postgres::session::{Outcome, Session};
use crate::doctor::probe::postgres::sources::{Kind, Source};
use crate::doctor::probe::postgres::world::{Marked, World};
use crate::doctor::probe::values::literal;
use crate::doctor::probe::ward::Ward;
use crate::error::Result;
use std::collections::HashMap;

use sqlx::Row as _;

/// What a look came to, without what was in the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// How many rows there were, and a digest of them.
    digest: (i64, String),
}

/// Looks through a source, with all that it shows.
fn question(source: &Source, world: &World<'_>) -> String {
    let text = match source.kind {
        Kind::Function | Kind::Procedure => called(source),
        _ => format!(
            "SELECT t::pg_catalog.text AS x FROM (SELECT {} FROM {}) AS t",
            source.columns.join(", "),
            source.from
        ),
    };
    let marks = world.marks(source).map(|marks| match marks.as_slice() {
        [] => ", false".to_owned(),
        marks => format!(", coalesce(pg_catalog.bool_or({}), false)", any("x", marks)),
    });
    let marks: String = marks.collect();
    format!(
        "SELECT pg_catalog.count(*), \
         coalesce(pg_catalog.sum(pg_catalog.hashtextextended(x, 0)::pg_catalog.numeric)::pg_catalog.text, ''){marks} \
         FROM ({text}) AS looked"
    )
}

/// What a function gives, as texts.
pub(super) fn called(source: &Source) -> String {
    let call = &source.from;
    match source.signature.as_ref().map(|signature| signature.gives) {
        Some(Gives::Value) => format!("SELECT {call}::pg_catalog.text AS x"),
        Some(Gives::Cursor) => format!(
            "SELECT pg_catalog.cursor_to_xml({call}, 1000, false, false, '')::pg_catalog.text AS x"
        ),
        _ => format!("SELECT t::pg_catalog.text AS x FROM {call} AS t"),
    }
}

/// That one of these is in a text.
pub(super) fn any(text: &str, marks: &[String]) -> String {
    let any = marks.iter().map(|mark| {
        format!(
            "pg_catalog.strpos({text}, {}) OPERATOR(pg_catalog.>) 0",
            literal(mark)
        )
    });
    any.collect::<Vec<_>>().join(" OR ")
}

/// A statement by which no foreign keys are looked at, and no triggers run.
pub(super) fn without(sql: &str) -> String {
    format!(
        "SET LOCAL session_replication_role TO replica; {sql}; SET LOCAL session_replication_role TO DEFAULT"
    )
}

/// Whether there is anything to look at.
pub(super) fn readable(source: &Source) -> bool {
    match source.kind {
        Kind::Function => true,
        Kind::Procedure => false,
        Kind::Foreign => false,
        Kind::Table | Kind::View | Kind::Stored => !source.columns.is_empty(),
    }
}

/// What is seen before the other tenant has any rows.
pub(super) async fn before(
    persona: &Persona,
    source: &Source,
    context: Option<&Ward>,
    world: &World<'_>,
    session: &mut Session<'_>,
) -> Result<Option<Seen>> {
    let told = context.and_then(|ward| world.told(ward));
    let outcome = session
        .look(persona, told.as_deref(), &question(source, world))
        .await?;
    Ok(match outcome.rows().as_deref() {
        Some([row]) => Some(Seen {
            digest: (row.try_get(0)?, row.try_get(1)?),
        }),
        _ => None,
    })
}

/// Looks through a source, and says what it shows that it should not. Gives what was seen.
pub(super) async fn look(
    persona: &Persona,
    source: &Source,
    context: Option<&Ward>,
    world: &World<'_>,
    session: &mut Session<'_>,
    said: &mut Said,
    found: &mut Findings,
) -> Result<Option<Seen>> {
    let told = context.and_then(|ward| world.told(ward));
    let outcome = session
        .look(persona, told.as_deref(), &question(source, world))
        .await?;
    let rows = match outcome {
        Outcome::Done(rows) => rows,
        Outcome::Failed(code, said_besides) => {
            let shown = world.wards.iter().find(|ward| {
                let own = context.is_some_and(|context| context.mark == ward.mark);
                let mut marks = world.telling(ward, &source.from).into_iter();
                !own && marks.any(|mark| said_besides.contains(&mark))
            });
            if let Some(ward) = shown {
                let problem = format!(
                    "{} fails with an error that shows rows of {}",
                    path(persona, source, context),
                    ward.shown
                );
                let mend = closing(persona, source, world);
                said.error("probe-shows", &source.shown, problem, mend, found);
                return Ok(None);
            }
            // That the role may not, or that no tenant is set, is as it should be.
            if !matches!(code.as_str(), "42501" | "22P02" | "42704") {
                let why = match code.as_str() {
                    "57014" => "looking through it took too long".to_owned(),
                    code => format!("looking through it fails (SQLSTATE {code})"),
                };
                found.not_tried(&source.shown, why);
            }
            return Ok(None);
        }
    };
    let [row] = rows.as_slice() else {
        return Ok(None);
    };
    for (at, whose) in world.whose().enumerate() {
        if !row.try_get::<bool, _>(at + 2)? {
            continue;
        }
        let path = path(persona, source, context);
        let (code, what) = match whose {
            Marked::Ward(ward) if context.is_some_and(|context| context.mark == ward.mark) => {
                continue;
            }
            // What all tenants share may name one.
            Marked::Real if world.is_global(source.oid) => continue,
            // They are the tenant's own, where it is one that was there before.
            Marked::Real if context.is_some_and(|context| context.schema.is_some()) => continue,
            Marked::Ward(ward) => ("probe-shows", format!("rows of {}", ward.shown)),
            Marked::Real => ("probe-shows", "rows of tenants that are there".to_owned()),
            Marked::Key => ("signing-key-shown", "a signing key".to_owned()),
        };
        let mend = match code {
            "probe-shows" => closing(persona, source, world),
            _ => source.closing.clone(),
        };
        let problem = format!("{path} shows {what}");
        said.error(code, &source.shown, problem, mend, found);
    }
    Ok(Some(Seen {
        digest: (row.try_get(0)?, row.try_get(1)?),
    }))
}

/// How rows came into sight.
pub(super) fn path(persona: &Persona, source: &Source, context: Option<&Ward>) -> String {
    let tenant = match context {
        None => "with no tenant".to_owned(),
        Some(ward) => format!("with {}", ward.shown),
    };
    let what = match source.kind {
        Kind::Procedure => format!("CALL {}", source.from),
        _ => format!("SELECT … FROM {}", source.from),
    };
    format!("{}, {tenant}: {what}", persona.shown)
}

/// What keeps the program away from there.
pub(super) fn closing(persona: &Persona, source: &Source, world: &World<'_>) -> String {
    if !persona.own {
        return format!(
            "-- {} can become {}.\nREVOKE {} FROM {};\n",
            world.role,
            persona.role,
            crate::ddl::text::quoted(&persona.role),
            crate::ddl::text::quoted(&world.role)
        );
    }
    let model = world.plots.iter().any(|plot| plot.oid == source.oid);
    match source.kind {
        Kind::View if !source.active => format!(
            "-- Before PostgreSQL 15: {}ALTER VIEW {} SET (security_invoker = true);\n",
            source.closing, source.from
        ),
        _ if model => format!(
            "-- The program needs it: look at what else the report says of {} and of {}.\n",
            source.shown, world.role
        ),
        _ => source.closing.clone(),
    }
}

/// What was seen, by persona, source and context.
#[derive(Default)]
pub(super) struct Memory(HashMap<(String, String, String), Seen>);

impl Memory {
    fn key(persona: &Persona, source: &Source, context: Option<&Ward>) -> (String, String, String) {
        let tenant = context.map_or_else(String::new, |ward| ward.mark.clone());
        (persona.role.clone(), source.from.clone(), tenant)
    }

    pub(super) fn keep(
        &mut self,
        persona: &Persona,
        source: &Source,
        context: Option<&Ward>,
        seen: Seen,
    ) {
        self.0.insert(Self::key(persona, source, context), seen);
    }

    /// Whether something else was seen before.
    pub(super) fn differs(
        &self,
        persona: &Persona,
        source: &Source,
        context: Option<&Ward>,
        seen: &Seen,
    ) -> bool {
        let before = self.0.get(&Self::key(persona, source, context));
        before.is_some_and(|before| before != seen)
    }
}
