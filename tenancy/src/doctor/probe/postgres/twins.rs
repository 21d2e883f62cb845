//! Twins: a row like that of another tenant is refused because the other one is there. So whoever writes learns of it, and
//! a tenant keeps another from having what it has.

use crate::ddl::table::Rows;
use crate::doctor::probe::plot::Plot;
use crate::doctor::probe::postgres::looks::without;
use crate::doctor::probe::postgres::personas::Persona;
use crate::doctor::probe::postgres::session::{Outcome, begin};
use crate::doctor::probe::postgres::writes::Writer;
use crate::error::Result;

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
        let twin = plot.alike(&own, theirs);
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
            self.said.refused(plot, self.found);
        }
        Ok(())
    }
}
