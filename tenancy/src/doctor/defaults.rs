//! Foreign keys that put a default in the place of a tenant.

use crate::doctor::Findings;
use crate::doctor::live::{Pair, same};
use crate::doctor::mend::Mender;
use crate::doctor::references::is_for;

/// The removal of a row gives those that refer to it to whoever the default says.
pub(super) fn check(pair: Pair<'_>, mender: &Mender<'_>, found: &mut Findings) {
    let Some(tenant) = pair.table.tenant() else {
        return;
    };
    for there in &pair.live.foreign_keys {
        const ACTIONS: [&str; 2] = [" ON DELETE SET DEFAULT", " ON UPDATE SET DEFAULT"];
        let sets = ACTIONS.iter().any(|action| {
            there.actions.contains(action) && !there.actions.contains(&format!("{action} ("))
        });
        if !sets || !there.columns.iter().any(|column| same(column, tenant)) {
            continue;
        }
        let wanted = pair
            .table
            .foreign_keys
            .iter()
            .find(|key| is_for(there, key));
        let mend = match wanted {
            Some(key) => mender.replace_foreign_key(pair, there, key),
            None => format!(
                "-- Say something else than SET DEFAULT for the foreign key on {}.\n",
                there.columns.join(", ")
            ),
        };
        let problem = format!(
            "the removal of a row of `{}` sets `{tenant}` to its default: the row becomes another tenant's",
            there.table
        );
        found.error("foreign-key-sets-tenant", pair.shown, problem, mend);
    }
}
