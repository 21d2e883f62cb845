//! Columns: there, of their type, with and without NULL.

use crate::ddl::table::{Column, Filled};
use crate::ddl::text::quoted;
use crate::doctor::Findings;
use crate::doctor::live::{Change, Fits, LiveColumn, Pair};
use crate::doctor::mend::Mender;

pub(super) fn check(pair: Pair<'_>, mender: &Mender<'_>, fits: Fits<'_>, found: &mut Findings) {
    for column in &pair.table.columns {
        check_one(pair, column, mender, fits, found);
    }
    let table = pair.shown;
    for column in &pair.live.columns {
        let known = pair
            .table
            .columns
            .iter()
            .any(|known| super::live::same(known.name, &column.name));
        if !known && !column.nullable && !column.filled && !pair.live.triggers {
            found.warning(
                "unknown-required-column",
                table,
                format!("no model of the table has `{}`, which must have a value: no row can be created", column.name),
                mender.alter(pair, &format!("ALTER COLUMN {} DROP NOT NULL", quoted(&column.name))),
            );
        }
    }
}

fn check_one(
    pair: Pair<'_>,
    column: &Column,
    mender: &Mender<'_>,
    fits: Fits<'_>,
    found: &mut Findings,
) {
    let (table, name) = (pair.shown, column.name);
    let written = quoted(name);
    let is_tenant = pair.table.tenant() == Some(name);
    let Some(live) = pair.live.column(name) else {
        let (code, problem) = if is_tenant {
            (
                "missing-tenant-column",
                format!("the tenant column `{name}` is not there"),
            )
        } else {
            (
                "missing-column",
                format!("the column `{name}` is not there"),
            )
        };
        found.error(code, table, problem, mender.add_column(pair, column));
        return;
    };
    if !fits(column, live) {
        let wanted = mender.scribe.sql_type(column);
        found.error(
            "wrong-type",
            table,
            format!(
                "`{name}` is of the type {}, and the models read {wanted}",
                live.sql_type
            ),
            mender.retype(pair, live, &wanted),
        );
    }
    if let Some(change) = live.changes {
        changed(table, column, live, change, found);
    }
    if live.generated && column.filled == Filled::No {
        found.error(
            "generated-column",
            table,
            format!("the database computes `{name}`, and the models write it"),
            format!("-- `#[tenancy(generated)]` on the field of {written}.\n"),
        );
    }
    // A view says nothing of NULL and defaults.
    if pair.live.view {
        return;
    }
    let numbered = name == pair.table.key && mender.scribe.rowid(pair.table);
    if !column.nullable && live.nullable && !numbered {
        let mend = mender.alter(pair, &format!("ALTER COLUMN {written} SET NOT NULL"));
        if is_tenant {
            let problem = format!("the tenant column `{name}` may be NULL: such a row is nobody's");
            found.error("nullable-tenant-column", table, problem, mend);
        } else {
            let problem = format!("`{name}` may be NULL, and the models cannot read that");
            found.warning("nullable-column", table, problem, mend);
        }
    }
    if column.nullable && !live.nullable && !live.filled {
        found.warning(
            "required-column",
            table,
            format!("`{name}` must have a value, and the models write NULL"),
            mender.alter(pair, &format!("ALTER COLUMN {written} DROP NOT NULL")),
        );
    }
    if column.filled != Filled::No && !column.nullable && !live.filled && !pair.live.triggers {
        let (default, comment) = mender.scribe.default(column);
        let default = default.unwrap_or_else(|| "DEFAULT …".to_owned());
        let action = match column.filled {
            Filled::Number => format!("ALTER COLUMN {written} ADD {default}"),
            _ => format!("ALTER COLUMN {written} SET {default}"),
        };
        found.error(
            "missing-default",
            table,
            format!("nothing fills `{name}`, and the models leave that to the database"),
            format!("{}{}", mender.alter(pair, &action), comment.trim_start()),
        );
    }
}

/// A column that does not keep what it is given, or does not compare it so.
fn changed(table: &str, column: &Column, live: &LiveColumn, change: Change, found: &mut Findings) {
    let (name, there) = (column.name, &live.sql_type);
    let written = quoted(name);
    match change {
        Change::Text(why) if !column.is_of_type(there) => found.warning(
            "compared-as-text",
            table,
            format!(
                "the type {there} of `{name}` {why}, but is compared with texts, which do: keys and filters disagree"
            ),
            format!("-- {written} as text, with an index on what is to be the same; or a field of a type for {there}.\n"),
        ),
        Change::Value(why) if column.judged => found.warning(
            "column-not-stored",
            table,
            format!("`{name}` {why}: rules that name it are asked of a value that is not the one that is stored"),
            format!("-- `#[tenancy(stored)]` on the field of {written}, or a type and a collation that keep every value.\n"),
        ),
        Change::NoEquality => found.warning(
            "no-equality",
            table,
            format!("`{name}` is of the type {there}, which has no `=`: filters that compare it fail"),
            match there.starts_with("json") && !there.starts_with("jsonpath") {
                true => format!(
                    "-- {written} as jsonb, which does not keep blanks, the order of keys, and keys that are there twice.\n"
                ),
                false => format!("-- {written} as text, or in a form that has a `=`; or no filters that compare it.\n"),
            },
        ),
        Change::Unseen => found.error(
            "operator-not-found",
            table,
            format!(
                "the `=` of the type {there} of `{name}` is in a schema that is not in the search_path: filters compare \
                 something else, and keys do not, or they fail"
            ),
            "-- Name the schema of the type's operators in the search_path: `ALTER ROLE … SET search_path = public, …`.\n"
                .to_owned(),
        ),
        Change::Text(_) | Change::Value(_) => {}
    }
}
