//! Views that leave rows out, and show them to conditions of whoever asks: without `security_barrier` these come before the
//! view's own where they are cheaper. What they do with the rows, an error for one, tells of them.

use crate::doctor::Findings;
use crate::doctor::probe::Said;
use crate::doctor::probe::postgres::looks::{any, closing, path};
use crate::doctor::probe::postgres::personas::Persona;
use crate::doctor::probe::postgres::session::{Outcome, Session};
use crate::doctor::probe::postgres::sources::{Kind, Source};
use crate::doctor::probe::postgres::world::World;
use crate::doctor::probe::ward::Ward;
use crate::error::Result;

/// A cheap condition that fails where it is shown a row of another tenant.
const CONDITION: &str = "pg_temp.tenancy_shown";

/// An index leaves rows out before any condition is asked. Whoever asks can do without.
const WITHOUT_INDEXES: &str = "SET LOCAL enable_indexscan TO off; SET LOCAL enable_indexonlyscan TO off; SET LOCAL enable_bitmapscan TO off";

/// Makes the condition; whether it is there.
pub(super) async fn prepare(
    world: &World<'_>,
    session: &mut Session<'_>,
    found: &mut Findings,
) -> Result<bool> {
    let shown = any("x::pg_catalog.text", &world.marks_of(world.other()));
    let create = format!(
        "CREATE FUNCTION {CONDITION}(x anyelement) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $tenancy$
        BEGIN IF {shown} THEN RAISE division_by_zero; END IF; RETURN true; END $tenancy$;
        GRANT EXECUTE ON FUNCTION {CONDITION}(anyelement) TO PUBLIC"
    );
    let made = session.keep(&create).await?.rows().is_some();
    if !made {
        let why = "no function could be made for the time of the probe: what views show to conditions was not tried";
        found.not_tried("views", why);
    }
    Ok(made)
}

/// Asks a view with that condition.
pub(super) async fn look(
    persona: &Persona,
    source: &Source,
    context: &Ward,
    world: &World<'_>,
    session: &mut Session<'_>,
    said: &mut Said,
    found: &mut Findings,
) -> Result<()> {
    if source.kind != Kind::View
        || source.columns.is_empty()
        || said.knows("probe-shows", &source.shown)
    {
        return Ok(());
    }
    let conditions = source.columns.iter();
    let conditions: Vec<_> = conditions
        .map(|column| format!("{CONDITION}({column})"))
        .collect();
    let sql = format!(
        "{WITHOUT_INDEXES}; SELECT pg_catalog.count(*) FROM {} WHERE {}",
        source.from,
        conditions.join(" AND ")
    );
    let told = world.told(context);
    if let Outcome::Failed(code, _) = session.look(persona, told.as_deref(), &sql).await?
        && code == "22012"
    {
        let problem = format!(
            "{} WHERE … shows rows of another tenant to the condition, before the view leaves them out (no `security_barrier`)",
            path(persona, source, Some(context))
        );
        let mend = closing(persona, source, world);
        said.error("probe-shows", &source.shown, problem, mend, found);
    }
    Ok(())
}
