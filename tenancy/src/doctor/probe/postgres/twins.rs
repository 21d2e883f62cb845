//! Twins: a row like that of another tenant is refused because the other one is there. So whoever writes learns of it, and
//! a tenant keeps another from having what it has.

use super::super::plot::{Plot, Row};
use super::super::running;
use super::looks::without;
use super::personas::Persona;
use super::session::{Outcome, begin};
use super::writes::Writer;
use crate::Result;
use crate::ddl::table::Rows;

impl Writer<'_, '_, '_> {
    /// Writes a row of the one tenant with all that is in the other's.
    pub(super) async fn twin(&mut self, persona: Option<&Persona>, plot: &Plot<'_>) -> Result<()> {
        let world = self.world;
        let (one, other) = (world.one(), world.other());
        let theirs = world.planted.row(plot, other);
        let own = world.planted.another(plot, one, &world.global);
        let (Some(theirs), Some(own)) = (theirs, own) else {
            return Ok(());
        };
        if plot.schema.is_some() || plot.table.rows == Rows::Root {
            return Ok(());
        }
        let Some(condition) = plot.own(other, theirs) else {
            return Ok(());
        };
        let told = world.told(one);
        let before = persona.map_or_else(String::new, |persona| begin(persona, told.as_deref()));
        let twin = alike(plot, &own, theirs);
        let insert = format!("{before}{}", plot.insert(&twin, &plot.name));
        let control = format!("{before}{}", plot.insert(&own, &plot.name));
        let Outcome::Done(_) = self.session.examine(&control).await? else {
            return Ok(());
        };
        let Outcome::Failed(..) = self.session.examine(&insert).await? else {
            return Ok(());
        };
        // It is the other row, if it is written where that is not.
        let remove = format!("DELETE FROM {} WHERE {condition}", plot.name);
        let remove = match self.session.is_superuser() {
            true => without(&remove),
            false => remove,
        };
        if let Outcome::Done(_) = self.session.examine(&format!("{remove}; {insert}")).await? {
            let problem = format!(
                "a row of one tenant is refused where another tenant has one like it: INSERT INTO {} tells of its rows",
                plot.name
            );
            let mend = format!(
                "{}-- And at unique keys and exclusions without the tenant.\n",
                running(plot)
            );
            self.said
                .error("probe-tells", &plot.shown, problem, mend, self.found);
        }
        Ok(())
    }
}

/// The row with the values of another, apart from its key, the tenant, and what refers to rows of the tenant's.
fn alike(plot: &Plot<'_>, own: &Row, theirs: &Row) -> Row {
    let kept = |column: &String| {
        column == plot.table.key
            || plot.owner() == Some(column.as_str())
            || plot
                .foreign
                .iter()
                .any(|foreign| foreign.columns.contains(column))
    };
    let values = own.0.iter().map(|(column, value)| {
        let theirs = theirs.value(column).filter(|_| !kept(column));
        (column.clone(), theirs.unwrap_or(value).to_owned())
    });
    Row(values.collect())
}
