//! Rows of the probe are written.

use crate::ddl::table::Rows;
use crate::doctor::Findings;
use crate::doctor::probe::Said;
use crate::doctor::probe::plot::{Planted, Plot, Row};
use crate::doctor::probe::postgres::looks::without;
use crate::doctor::probe::postgres::session::{Outcome, Session};
use crate::doctor::probe::values::{Style, literal};
use crate::doctor::probe::ward::Ward;
use crate::error::Result;

/// Puts a row of the tenant into a table. What shows at once is said: a row that is not the tenant's afterwards.
pub(super) async fn plant_one(
    planted: &mut Planted,
    plot: &Plot<'_>,
    ward: &Ward,
    global: &Ward,
    session: &mut Session<'_>,
    said: &mut Said,
    found: &mut Findings,
) -> Result<()> {
    // The tenants whose schemas were asked for are there already.
    if plot.table.rows == Rows::Root && ward.schema.is_some() {
        let row = Row(vec![(plot.table.key.to_owned(), literal(&ward.tenant))]);
        planted.add(plot, ward, row, Style::ALL[0]);
        return Ok(());
    }
    let mut why = String::new();
    // At last without foreign keys and triggers: tables may refer to each other in a circle.
    let ways = if session.is_superuser() {
        &[false, true][..]
    } else {
        &[false]
    };
    'ways: for &quiet in ways {
        for style in Style::ALL {
            let row = match plot.row(ward, global, planted, style) {
                Ok(row) => row,
                Err(missing) => {
                    why = missing;
                    continue;
                }
            };
            let mut sql = plot.insert(&row, &plot.name);
            if quiet {
                sql = without(&sql);
            }
            match session.keep(&sql).await? {
                Outcome::Done(_) => {
                    if moved(plot, ward, &row, session, said, found).await? {
                        planted.lose(plot, ward);
                    }
                    planted.add(plot, ward, row, style);
                    return Ok(());
                }
                // Whoever holds it does so for the other ways, too.
                Outcome::Failed(code, _) if matches!(code.as_str(), "55P03" | "57014") => {
                    why = format!("somebody else holds it, or it takes too long (SQLSTATE {code})");
                    break 'ways;
                }
                Outcome::Failed(code, _) => {
                    why = format!("it takes no row that the probe makes (SQLSTATE {code})");
                }
            }
        }
    }
    found.not_tried(&plot.shown, why);
    Ok(())
}

/// Whether the row that was there is gone after others were written. If so, it is put there again, and nothing that
/// removes it runs.
pub(super) async fn again(
    planted: &Planted,
    plot: &Plot<'_>,
    ward: &Ward,
    session: &mut Session<'_>,
) -> Result<bool> {
    let row = planted.row(plot, ward);
    let Some(row) = row.filter(|_| !planted.is_lost(plot, ward)) else {
        return Ok(false);
    };
    let Some(own) = plot.own(ward, row) else {
        return Ok(false);
    };
    if is_there(plot, &own, session).await? {
        return Ok(false);
    }
    let sql = plot.insert(row, &plot.name);
    session.keep(&without(&sql)).await?;
    Ok(true)
}

/// Whether the row is not the tenant's.
async fn moved(
    plot: &Plot<'_>,
    ward: &Ward,
    row: &Row,
    session: &mut Session<'_>,
    said: &mut Said,
    found: &mut Findings,
) -> Result<bool> {
    let Some(own) = plot.own(ward, row) else {
        return Ok(false);
    };
    if is_there(plot, &own, session).await? {
        return Ok(false);
    }
    said.moved(plot, found);
    Ok(true)
}

async fn is_there(plot: &Plot<'_>, own: &str, session: &mut Session<'_>) -> Result<bool> {
    let there = format!("SELECT 1 FROM {} WHERE {own}", plot.name);
    let rows = session.examine(&there).await?.rows();
    Ok(rows.is_none_or(|rows| !rows.is_empty()))
}
