//! Foreign keys that remove or change rows when another one is removed: nobody asks the policies of these rows, unless
//! the models say what goes with what; and a row that all tenants share takes rows of all of them along.

use crate::ddl::table::{Rows, Table};
use crate::ddl::text::quoted;
use crate::doctor::Findings;
use crate::doctor::live::{LiveForeignKey, Pair, same};
use crate::doctor::mend::Mender;
use crate::doctor::references::{carried, is_for};

pub(super) fn check(pair: Pair<'_>, mender: &Mender<'_>, found: &mut Findings) {
    let Pair { table, live, shown } = pair;
    for key in &live.foreign_keys {
        let Some(to) = removed_by_statements(key, mender.tables) else {
            continue;
        };
        let declared = declares(to, table, key);
        let removed = action(&key.actions, DELETE).unwrap_or_default();
        if declared && removed != "CASCADE" {
            found.warning(
                "foreign-key-does-not-cascade",
                shown,
                format!(
                    "the models say that rows go with the row of `{}` that they refer to, and the foreign key keeps them",
                    to.name
                ),
                instead(pair, key, mender),
            );
        }
        let open: Vec<_> = [DELETE, UPDATE]
            .into_iter()
            .filter(|on| is_open(to, table, key, on, mender.tables))
            .filter_map(|on| Some((on, action(&key.actions, on)?)))
            .collect();
        if open.is_empty() {
            continue;
        }
        let does: Vec<_> = open
            .iter()
            .map(|(on, does)| format!("{on} {does}"))
            .collect();
        let does = does.join(" and ");
        let column = key.columns.last().map(String::as_str).unwrap_or_default();
        let problem = if reaches_others(to, table) {
            format!(
                "{does} of a row of `{}`, which all tenants share, reaches rows of all of them, whichever tenant removes it",
                to.name
            )
        } else {
            format!(
                "{does} of a row of `{}` reaches rows here, whose policies nobody asks; `destroys(…)` of `{column}` on that \
                 model asks them",
                to.name
            )
        };
        let mend = instead(pair, key, mender);
        found.error("foreign-key-cascades", shown, problem, mend);
    }
}

const DELETE: &str = "ON DELETE";
const UPDATE: &str = "ON UPDATE";

/// The table of a model that a foreign key refers to, if statements remove its rows: the tenants themselves they do
/// not.
fn removed_by_statements<'t>(key: &LiveForeignKey, tables: &'t [Table]) -> Option<&'t Table> {
    let mut tables = tables.iter();
    tables.find(|to| to.rows != Rows::Root && same(&key.table, to.name))
}

/// Whether `to` says that rows of `table` go with its own, by this foreign key.
fn declares(to: &Table, table: &Table, key: &LiveForeignKey) -> bool {
    to.destroys.iter().any(|(name, column)| {
        *name == table.name && key.columns.last().is_some_and(|last| same(last, column))
    })
}

/// Whether policies say what becomes of the rows of a table, or of what goes with them.
fn is_protected(table: &Table, tables: &[Table]) -> bool {
    let (mut seen, mut left) = (Vec::new(), vec![table.name]);
    while let Some(name) = left.pop() {
        if seen.contains(&name) {
            continue;
        }
        seen.push(name);
        for table in tables.iter().filter(|table| table.name == name) {
            if table.policied {
                return true;
            }
            left.extend(table.destroys.iter().map(|(name, _)| *name));
        }
    }
    false
}

/// Whether a tenant that removes a row of `to`, which all share, would reach rows of others in `table`.
fn reaches_others(to: &Table, table: &Table) -> bool {
    to.written_for_all && matches!(table.rows, Rows::Tenanted(_))
}

/// Whether what a foreign key does to rows asks nobody who should be asked.
fn is_open(to: &Table, table: &Table, key: &LiveForeignKey, on: &str, tables: &[Table]) -> bool {
    let does = action(&key.actions, on).unwrap_or_default();
    let reaches = does == "CASCADE" || does.starts_with("SET ");
    let asked = on == DELETE && does == "CASCADE" && declares(to, table, key);
    reaches && !asked && (reaches_others(to, table) || is_protected(table, tables))
}

/// What a foreign key that is there says behind its columns, without what asks nobody.
pub(super) fn kept(table: &Table, key: &LiveForeignKey, tables: &[Table]) -> String {
    let mut actions = key.actions.clone();
    if let Some(to) = removed_by_statements(key, tables) {
        for on in [DELETE, UPDATE] {
            let said = on == DELETE && declares(to, table, key);
            if said || is_open(to, table, key, on, tables) {
                actions = without(&actions, on);
            }
        }
    }
    actions
}

/// The foreign key in the place of one that is there.
fn instead(pair: Pair<'_>, key: &LiveForeignKey, mender: &Mender<'_>) -> String {
    let mut known = pair.table.foreign_keys.iter();
    match known.find(|known| is_for(key, known)) {
        Some(known) => mender.replace_foreign_key(pair, key, known),
        None => {
            let name = key.name.as_deref().map(quoted).unwrap_or_default();
            let new = carried(pair.table, key, mender);
            let action = format!("DROP CONSTRAINT IF EXISTS {name}, ADD CONSTRAINT {name} {new}");
            mender.alter(pair, &action)
        }
    }
}

/// Where what is said of an event begins and ends.
fn place(actions: &str, on: &str) -> Option<(usize, usize)> {
    let start = actions.find(&format!(" {on} "))?;
    let rest = start + on.len() + 2;
    let next = [
        " ON DELETE ",
        " ON UPDATE ",
        " MATCH ",
        " NOT DEFERRABLE",
        " DEFERRABLE",
        " INITIALLY",
    ];
    let ends = next.iter().filter_map(|next| actions[rest..].find(next));
    Some((start, ends.min().map_or(actions.len(), |end| rest + end)))
}

/// What happens on an event, if something is said: `CASCADE`.
fn action<'a>(actions: &'a str, on: &str) -> Option<&'a str> {
    let (start, end) = place(actions, on)?;
    Some(actions[start + on.len() + 2..end].trim())
}

fn without(actions: &str, on: &str) -> String {
    match place(actions, on) {
        Some((start, end)) => format!("{}{}", &actions[..start], &actions[end..]),
        None => actions.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_key_does_is_read_and_taken_out() {
        let actions =
            " MATCH FULL ON UPDATE CASCADE ON DELETE SET NULL (a, b) DEFERRABLE INITIALLY DEFERRED";
        assert_eq!(action(actions, DELETE), Some("SET NULL (a, b)"));
        assert_eq!(action(actions, UPDATE), Some("CASCADE"));
        assert_eq!(
            without(actions, DELETE),
            " MATCH FULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED"
        );
        assert_eq!(
            without(actions, UPDATE),
            " MATCH FULL ON DELETE SET NULL (a, b) DEFERRABLE INITIALLY DEFERRED"
        );
        assert_eq!(action("", DELETE), None);
        assert_eq!(without(" ON DELETE CASCADE", DELETE), "");
    }
}
