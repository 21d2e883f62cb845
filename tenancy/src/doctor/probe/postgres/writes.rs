//! Writing: whose rows of the probe change.

use crate::ddl::table::Rows;
use crate::ddl::text::quoted;
use crate::doctor::Findings;
use crate::doctor::probe::plot::{Plot, Row};
use crate::doctor::probe::postgres::beside;
use crate::doctor::probe::postgres::looks::{any, called, closing};
use crate::doctor::probe::postgres::personas::Persona;
use crate::doctor::probe::postgres::session::{OWN_PATH, Outcome, ROWS, Session};
use crate::doctor::probe::postgres::sources::{Kind, Source};
use crate::doctor::probe::postgres::world::World;
use crate::doctor::probe::values::literal;
use crate::doctor::probe::ward::Ward;
use crate::doctor::probe::{Said, running};
use crate::error::Result;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

/// The rows of the probe as they are before anybody writes.
pub(super) struct Ledger<'w> {
    /// Whose rows of which table, in the order of the statement that reads them.
    lines: Vec<(&'w Plot<'w>, &'w Ward)>,
    digests: Vec<String>,
}

/// A way to write.
struct Attempt<'s> {
    /// How it looks, for people.
    shown: String,
    sql: String,
    /// Whether nothing happens where it meets no row.
    quiet: bool,
    subject: &'s str,
    mend: String,
}

impl<'w> Ledger<'w> {
    /// Reads the rows.
    pub(super) async fn open(world: &'w World<'w>, session: &mut Session<'_>) -> Result<Self> {
        let mut lines = Vec::new();
        let mut texts = Vec::new();
        for plot in world.plots.iter().filter(|plot| !plot.global()) {
            for ward in world.of(plot) {
                let condition = match plot.owner() {
                    // All rows of a tenant that nobody knows; of others, the one of the probe.
                    Some(owner) if ward.schema.is_none() => {
                        Some(format!("t.{} = {}", quoted(owner), literal(&ward.tenant)))
                    }
                    _ => world
                        .planted
                        .row(plot, ward)
                        .and_then(|row| plot.own(ward, row)),
                };
                let Some(condition) = condition else { continue };
                let version = if plot.view { "" } else { "t.ctid::text || " };
                texts.push(format!(
                    "SELECT {} AS line, coalesce(md5(string_agg({version}t::text, ',' ORDER BY {version}t::text)), '') \
                     FROM {} AS t WHERE {condition}",
                    lines.len(),
                    plot.name
                ));
                lines.push((plot, ward));
            }
        }
        if texts.is_empty() {
            texts.push("SELECT 0, '' WHERE false".to_owned());
        }
        session
            .run(format!(
                "{OWN_PATH}; PREPARE {ROWS} AS {} ORDER BY line",
                texts.join(" UNION ALL ")
            ))
            .await?;
        let rows = session.run(format!("EXECUTE {ROWS}")).await?;
        let digests = digests(&rows)?;
        Ok(Self { lines, digests })
    }

    /// The tables in which rows of others than the one who wrote are different now, and whose they are.
    fn changed(&self, now: &[String], context: Option<&Ward>) -> Vec<(&'w Plot<'w>, &'w Ward)> {
        let own = |ward: &Ward| context.is_some_and(|context| context.mark == ward.mark);
        let lines = self.lines.iter().zip(self.digests.iter().zip(now));
        lines
            .filter(|((_, ward), (before, now))| before != now && !own(ward))
            .map(|(line, _)| *line)
            .collect()
    }

    /// What a tenant's rows in a table are, before and now.
    fn of<'l>(
        &'l self,
        plot: &Plot<'_>,
        ward: &Ward,
        now: &'l [String],
    ) -> Option<(&'l str, &'l str)> {
        let at = self
            .lines
            .iter()
            .position(|(other, of)| other.name == plot.name && of.mark == ward.mark)?;
        Some((&self.digests[at], now.get(at)?))
    }
}

fn digests(rows: &[PgRow]) -> Result<Vec<String>> {
    Ok(rows
        .iter()
        .map(|row| row.try_get(1))
        .collect::<Result<_, _>>()?)
}

/// The digest of no rows.
const NOTHING: &str = "";

/// What is known while somebody writes.
pub(super) struct Writer<'r, 'w, 'c> {
    pub(super) world: &'w World<'w>,
    pub(super) ledger: &'r Ledger<'w>,
    pub(super) session: &'r mut Session<'c>,
    pub(super) said: &'r mut Said,
    pub(super) found: &'r mut Findings,
}

impl Writer<'_, '_, '_> {
    /// Tries to write to rows of others.
    pub(super) async fn reach(
        &mut self,
        persona: &Persona,
        source: &Source,
        context: Option<&Ward>,
        target: &Ward,
    ) -> Result<()> {
        let world = self.world;
        let mut statements = Vec::new();
        match source.kind {
            Kind::Function => statements.push((
                "SELECT … FROM",
                format!(
                    "SELECT pg_catalog.count(x) FROM ({}) AS called",
                    called(source)
                ),
            )),
            Kind::Procedure => statements.push(("CALL", format!("CALL {}", source.from))),
            Kind::Stored | Kind::Foreign => {}
            Kind::Table | Kind::View => statements = self.statements(source, context, target),
        }
        if world.plots.iter().all(|plot| plot.oid != source.oid) {
            statements.extend(beside::statements(world, source, target));
        }
        for (shown, sql) in statements {
            let attempt = Attempt {
                shown: format!("{shown} {}", source.from),
                sql,
                quiet: source.kind == Kind::Table && !source.active && !source.takes_along,
                subject: &source.shown,
                mend: closing(persona, source, world),
            };
            self.attempt(Some(persona), context, attempt).await?;
        }
        Ok(())
    }

    fn statements(
        &mut self,
        source: &Source,
        context: Option<&Ward>,
        target: &Ward,
    ) -> Vec<(&'static str, String)> {
        let world = self.world;
        let mut statements = Vec::new();
        let plot = world.plots.iter().find(|plot| plot.oid == source.oid);
        let condition = |ward: &Ward| {
            let owner = plot.and_then(Plot::owner).map(quoted);
            match owner.filter(|owner| ward.schema.is_none() && source.columns.contains(owner)) {
                Some(owner) => Some(format!("{owner} = {}", literal(&ward.tenant))),
                None if source.columns.is_empty() => None,
                None => {
                    let row = format!("ROW({})::pg_catalog.text", source.columns.join(", "));
                    Some(format!("({})", any(&row, &world.marks_of(ward))))
                }
            }
        };
        let alike = plot.or_else(|| alike(world, source));
        match condition(target) {
            Some(theirs) => {
                let known = alike.and_then(|plot| world.planted.row(plot, target));
                let set = source.changed.iter().filter_map(|column| {
                    if source.columns.contains(column) {
                        return Some(format!("{column} = {column}"));
                    }
                    // Who may not read the column puts in the value that is there.
                    let (_, value) = known?.0.iter().find(|(name, _)| quoted(name) == *column)?;
                    Some(format!("{column} = {value}"))
                });
                let set: Vec<_> = set.collect();
                if !set.is_empty() {
                    statements.push((
                        "UPDATE",
                        format!(
                            "UPDATE {} SET {} WHERE {theirs}",
                            source.from,
                            set.join(", ")
                        ),
                    ));
                }
                if source.deletes {
                    statements.push((
                        "DELETE FROM",
                        format!("DELETE FROM {} WHERE {theirs}", source.from),
                    ));
                }
            }
            None if source.deletes || !source.changed.is_empty() => {
                let why = "who may write to it and not read it changes all rows or none: it was not written to";
                self.found.not_tried(&source.shown, why);
            }
            None => {}
        }
        if let Some(plot) = alike {
            // A new one, and the one that is there: a rule or a trigger may take it for something else.
            let new = world.planted.another(plot, target, &world.global);
            for row in new.iter().chain(world.planted.row(plot, target)) {
                let may = row
                    .0
                    .iter()
                    .filter(|(column, _)| source.inserted.contains(&quoted(column)));
                let row = Row(may.cloned().collect());
                if !row.0.is_empty() {
                    statements.push(("INSERT INTO", plot.insert(&row, &source.from)));
                }
            }
        }
        // One's own row, given to another.
        let owner = alike
            .filter(|plot| plot.table.rows != Rows::Root)
            .and_then(Plot::owner);
        if let (Some(ward), Some(owner)) = (context.filter(|_| target.schema.is_none()), owner)
            && source.changed.contains(&quoted(owner))
            && let Some(ours) = condition(ward)
        {
            statements.push((
                "UPDATE",
                format!(
                    "UPDATE {} SET {} = {} WHERE {ours}",
                    source.from,
                    quoted(owner),
                    literal(&target.tenant)
                ),
            ));
        }
        statements
    }

    /// Writes to a tenant's own rows, as the library does.
    pub(super) async fn own(
        &mut self,
        persona: Option<&Persona>,
        plot: &Plot<'_>,
        ward: &Ward,
    ) -> Result<()> {
        let world = self.world;
        for (shown, sql) in plot.own_writes(ward, &world.global, &world.planted) {
            let attempt = Attempt {
                shown: format!("{shown} {} writes to its own row, and", plot.name),
                sql,
                quiet: false,
                subject: &plot.shown,
                mend: running(plot),
            };
            let now = self.attempt(persona, Some(ward), attempt).await?;
            let Some((before, now)) = now
                .as_deref()
                .and_then(|now| self.ledger.of(plot, ward, now))
            else {
                continue;
            };
            // Of tenants that are there already, only the row of the probe is looked at.
            let whole = plot.owner().is_some() && ward.schema.is_none();
            match shown {
                "UPDATE" if now == before => {
                    let why = "the program does not reach the tenant's own row: what it does there was not tried";
                    self.found.not_tried(&plot.shown, why);
                }
                "UPDATE" if now == NOTHING => self.said.moved(plot, self.found),
                "INSERT INTO" if now == before && whole => self.said.moved(plot, self.found),
                _ => {}
            }
        }
        Ok(())
    }

    /// Writes to a row that all tenants share, as one of them. That its removal takes rows of tenants along is what a
    /// foreign key says.
    pub(super) async fn shared(
        &mut self,
        persona: Option<&Persona>,
        plot: &Plot<'_>,
    ) -> Result<()> {
        let (global, planted) = (&self.world.global, &self.world.planted);
        for (shown, sql) in plot.own_writes(global, global, planted) {
            if shown == "DELETE FROM" {
                continue;
            }
            let attempt = Attempt {
                shown: format!("{shown} {}", plot.name),
                sql,
                quiet: false,
                subject: &plot.shown,
                mend: running(plot),
            };
            self.attempt(persona, Some(self.world.one()), attempt)
                .await?;
        }
        Ok(())
    }

    async fn attempt(
        &mut self,
        persona: Option<&Persona>,
        context: Option<&Ward>,
        attempt: Attempt<'_>,
    ) -> Result<Option<Vec<String>>> {
        let told = context.and_then(|ward| self.world.told(ward));
        let outcome = self
            .session
            .write(persona, told.as_deref(), &attempt.sql, attempt.quiet)
            .await?;
        let rows = match outcome {
            Outcome::Done(rows) if rows.is_empty() => return Ok(None),
            Outcome::Done(rows) => rows,
            Outcome::Failed(code, _) => {
                if code == "57014" {
                    self.found
                        .not_tried(attempt.subject, "writing to it took too long");
                }
                return Ok(None);
            }
        };
        let now = digests(&rows)?;
        let who = persona.map_or("as whoever examines", |persona| persona.shown.as_str());
        let tenant = context.map_or_else(
            || "with no tenant".to_owned(),
            |ward| format!("with {}", ward.shown),
        );
        let Some((plot, ward)) = self.ledger.changed(&now, context).into_iter().next() else {
            return Ok(Some(now));
        };
        let problem = format!(
            "{who}, {tenant}: {} changes rows of {} in {}",
            attempt.shown, ward.shown, plot.shown
        );
        self.said.error(
            "probe-changes",
            attempt.subject,
            problem,
            attempt.mend,
            self.found,
        );
        Ok(Some(now))
    }
}

/// The table whose rows could go through a view, or into a part: the one with the most columns of the same names.
fn alike<'w>(world: &'w World<'w>, source: &Source) -> Option<&'w Plot<'w>> {
    let common = |plot: &&Plot<'_>| {
        let slots = plot.slots.iter();
        slots
            .filter(|slot| {
                let column = quoted(&slot.name);
                source.inserted.contains(&column)
                    || source.changed.contains(&column)
                    || source.columns.contains(&column)
            })
            .count()
    };
    let plots = world.plots.iter().filter(|plot| !plot.global());
    plots.max_by_key(common).filter(|plot| common(plot) > 1)
}
