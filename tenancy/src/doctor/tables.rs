//! Tables of one place: those of all tenants, or of one tenant's schema.

use crate::ddl::table::Table;
use crate::doctor::live::{Fits, Live, Pair};
use crate::doctor::mend::Mender;
use crate::doctor::{Findings, cascades, columns, defaults, keys, references};

/// A table, what is there of it, and what it is called for people.
pub(super) type Expected<'a> = (&'a Table, Option<&'a Live>, String);

/// Compares the tables with those that are there. What later checks need comes first.
pub(super) fn check(
    expected: &[Expected<'_>],
    all: &[Live],
    shared: Option<&str>,
    mender: &Mender<'_>,
    fits: Fits<'_>,
    found: &mut Findings,
) {
    let mut pairs = Vec::new();
    for (table, live, shown) in expected {
        match live {
            Some(live) => pairs.push(Pair { table, live, shown }),
            None => {
                let problem = "the table is not there".to_owned();
                found.error("missing-table", shown, problem, mender.create(table));
            }
        }
    }
    for pair in &pairs {
        columns::check(*pair, mender, fits, found);
    }
    let tables: Vec<_> = pairs.into_iter().filter(|pair| !pair.live.view).collect();
    for pair in &tables {
        keys::check(*pair, all, mender, found);
    }
    for pair in &tables {
        references::check(*pair, all, shared, mender, found);
        defaults::check(*pair, mender, found);
        cascades::check(*pair, mender, found);
    }
}
