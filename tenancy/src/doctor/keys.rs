//! Keys and indexes: the tenant is part of what is unique, and leads what rows are found by.

use crate::ddl::table::{Place, Table};
use crate::ddl::text::{listed, quoted};
use crate::doctor::Findings;
use crate::doctor::live::{Live, LiveIndex, Pair, same, same_set};
use crate::doctor::mend::Mender;
use crate::sql::render::Dialect;

/// What is unique over all tenants, in a table with rows of many.
pub(super) fn not_widened<'l>(table: &Table, live: &'l Live) -> Vec<&'l LiveIndex> {
    let Some(tenant) = table.tenant().filter(|_| table.place == Place::Shared) else {
        return Vec::new();
    };
    let unique = live.indexes.iter().filter(|index| index.unique);
    unique
        .filter(|index| !index.columns.iter().any(|column| same(column, tenant)))
        // The database makes these keys: that one is taken says nothing.
        .filter(|index| !(table.numbered() && same_set(&index.columns, &[table.key])))
        .collect()
}

/// Whether the models want these columns to be unique.
pub(super) fn is_wanted(table: &Table, columns: &[&str]) -> bool {
    let same = |unique: &[&str]| {
        unique.len() == columns.len() && columns.iter().all(|column| unique.contains(column))
    };
    same(&table.identity()) || table.unique.iter().any(|unique| same(unique))
}

pub(super) fn check(pair: Pair<'_>, all: &[Live], mender: &Mender<'_>, found: &mut Findings) {
    let Pair { table, live, shown } = pair;
    let open = not_widened(table, live);
    for index in &open {
        check_open(pair, all, index, mender, found);
    }
    // What is unique over all tenants is mended into what is unique in each.
    let is_open = |columns: &[&str]| match columns.split_first() {
        Some((first, rest)) if table.tenant() == Some(first) => open
            .iter()
            .any(|index| index.whole && same_set(&index.columns, rest)),
        _ => false,
    };
    let identity = table.identity();
    if !live.is_unique(&identity) && !is_open(&identity) {
        let has_primary = live.indexes.iter().any(|index| index.primary);
        let kind = if has_primary { "UNIQUE" } else { "PRIMARY KEY" };
        found.error(
            "missing-key",
            shown,
            format!("nothing says that {} is unique", names(&identity)),
            mender.alter(pair, &format!("ADD {kind} {}", listed(&identity))),
        );
    }
    for columns in std::iter::once(&identity).chain(&table.unique) {
        check_deferrable(pair, columns, mender, found);
    }
    for columns in &table.unique {
        if !live.is_unique(columns) && !is_open(columns) {
            let partial = live
                .indexes
                .iter()
                .any(|index| index.unique && !index.whole && same_set(&index.columns, columns));
            let among = if partial {
                " among all rows: an upsert does not go by an index of some of them"
            } else {
                ""
            };
            found.error(
                "missing-unique",
                shown,
                format!("nothing says that {} is unique{among}", names(columns)),
                mender.alter(pair, &format!("ADD UNIQUE {}", listed(columns))),
            );
        }
    }
    if let Some(tenant) = table.tenant()
        && !live.leads(&[tenant])
        && open.is_empty()
        && live.is_unique(&identity)
    {
        found.warning(
            "tenant-leads-no-index",
            shown,
            format!(
                "no index begins with `{tenant}`: every statement reads the rows of all tenants"
            ),
            mender.index(table, &[tenant, table.key]),
        );
    }
    for columns in &table.indexes {
        if !live.leads(columns) {
            found.warning(
                "missing-index",
                shown,
                format!("no index begins with {}", names(columns)),
                mender.index(table, columns),
            );
        }
    }
}

/// A key that may be looked at late: no upsert goes by it, and no foreign key refers to it.
fn check_deferrable(pair: Pair<'_>, columns: &[&str], mender: &Mender<'_>, found: &mut Findings) {
    let Pair { live, shown, .. } = pair;
    let keys = || {
        live.unique()
            .filter(|index| same_set(&index.columns, columns))
    };
    if keys().any(|index| !index.deferrable) {
        return;
    }
    for index in keys() {
        let kind = if index.primary {
            "PRIMARY KEY"
        } else {
            "UNIQUE"
        };
        found.warning(
            "deferrable-key",
            shown,
            format!(
                "the key of {} is deferrable: an upsert cannot go by it, and nothing can refer to it",
                names(columns)
            ),
            mender.alter(
                pair,
                &format!(
                    "DROP CONSTRAINT {}, ADD {kind} {}",
                    quoted(&index.name),
                    listed(columns)
                ),
            ),
        );
    }
}

/// Something is unique over all tenants.
fn check_open(
    pair: Pair<'_>,
    all: &[Live],
    index: &LiveIndex,
    mender: &Mender<'_>,
    found: &mut Findings,
) {
    let Pair { table, live, shown } = pair;
    let (tenant, name) = (table.tenant().unwrap_or_default(), mender.name(pair));
    let columns = Mender::widened(tenant, index);
    let mut mend = String::new();
    let (code, what) = if index.primary {
        ("primary-key-not-widened", "the primary key")
    } else {
        ("unique-not-widened", "what is unique")
    };
    if index.primary || index.constraint {
        for (other, key) in Mender::referring(all, pair, index) {
            let other = match &other.schema {
                Some(schema) => format!("{}.{}", quoted(schema), quoted(&other.name)),
                None => quoted(&other.name),
            };
            let key = key.name.as_deref().map(quoted).unwrap_or_default();
            mend.push_str(&format!(
                "-- Refers to the old key. Other statements of this report add those of the models again.\n\
                 ALTER TABLE {other} DROP CONSTRAINT IF EXISTS {key};\n"
            ));
        }
        let kind = if index.primary {
            "PRIMARY KEY"
        } else {
            "UNIQUE"
        };
        mend.push_str(&format!(
            "ALTER TABLE {name} DROP CONSTRAINT {}, ADD {kind} {columns};\n",
            quoted(&index.name)
        ));
    } else {
        let schema = live
            .schema
            .as_deref()
            .map(|schema| format!("{}.", quoted(schema)));
        mend = format!(
            "DROP INDEX {}{};\n{}",
            schema.unwrap_or_default(),
            quoted(&index.name),
            mender.unique_index(pair, index)
        );
    }
    if mender.scribe.dialect == Dialect::Sqlite && (index.primary || index.constraint) {
        mend = mender.statements(pair, mend);
    }
    found.error(
        code,
        shown,
        format!(
            "{what} ({}) does not include `{tenant}`: a tenant learns what others have, and keeps them from having it",
            index.parts.join(", ")
        ),
        mend,
    );
}

/// Names for people.
pub(super) fn names(columns: &[&str]) -> String {
    let columns: Vec<_> = columns.iter().map(|column| format!("`{column}`")).collect();
    columns.join(" and ")
}
