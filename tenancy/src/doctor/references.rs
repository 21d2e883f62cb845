//! Foreign keys: they stay inside of the tenant.

use crate::ddl::table::{ForeignKey, Place, Table};
use crate::ddl::text::{listed, quoted};
use crate::doctor::keys::names;
use crate::doctor::live::{Live, LiveForeignKey, Pair, same, same_set, schema_of};
use crate::doctor::mend::Mender;
use crate::doctor::{Findings, cascades};

pub(super) fn check(
    pair: Pair<'_>,
    all: &[Live],
    shared: Option<&str>,
    mender: &Mender<'_>,
    found: &mut Findings,
) {
    let Pair { table, live, shown } = pair;
    for key in &table.foreign_keys {
        let schema = schema_of(key.place, live.schema.as_deref(), shared);
        let exact = live.foreign_keys.iter().find(|there| {
            there.refers_to(key.table, schema)
                && same_set(&there.columns, &key.columns)
                && key.columns.iter().zip(&key.referred).all(|(column, to)| {
                    there
                        .referred_by(column)
                        .is_some_and(|there| same(there, to))
                })
        });
        let Some(exact) = exact else {
            let to_view = all.iter().any(|there| {
                there.view && same(&there.name, key.table) && there.schema.as_deref() == schema
            });
            missing(pair, (schema, to_view), key, mender, found);
            continue;
        };
        let name = exact.name.as_deref().map(quoted).unwrap_or_default();
        if !exact.valid {
            found.warning(
                "foreign-key-not-valid",
                shown,
                format!(
                    "the rows that were there before {} refers to `{}` were not looked at",
                    names(&key.columns),
                    key.table
                ),
                mender.alter(pair, &format!("VALIDATE CONSTRAINT {name}")),
            );
        }
        let tenant = table.tenant().filter(|_| key.columns.len() > 1);
        if let (Some(tenant), true) = (tenant, exact.nulls_all) {
            found.error(
                "foreign-key-nulls-tenant",
                shown,
                format!(
                    "the removal of a row of `{}` sets `{tenant}` to NULL, which fails",
                    key.table
                ),
                mender.statements(
                    pair,
                    format!(
                        "-- Before PostgreSQL 15: without ON DELETE.\n\
                         ALTER TABLE {} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} {}{};\n",
                        mender.name(pair),
                        mender.scribe.foreign_key(key),
                        mender.actions(table, key, Some(exact)),
                    ),
                ),
            );
        }
    }
    for key in others(table, live) {
        if let Some((tenant, to)) = leaves_tenant(table, key, mender.tables) {
            let columns: Vec<_> = key.columns.iter().map(String::as_str).collect();
            let text = format!(
                "DROP CONSTRAINT {}, ADD {}",
                key.name.as_deref().map(quoted).unwrap_or_default(),
                carried(table, key, mender)
            );
            found.error(
                "foreign-key-not-widened",
                shown,
                format!(
                    "{} refers to `{}` without `{tenant}`: it may refer to a row of another tenant",
                    names(&columns),
                    to.name
                ),
                mender.alter(pair, &text),
            );
        }
    }
}

/// A foreign key of the models that is not there, or leaves the tenant. It would lead to this schema, and to a view or not.
fn missing(
    pair: Pair<'_>,
    (schema, to_view): (Option<&str>, bool),
    key: &ForeignKey,
    mender: &Mender<'_>,
    found: &mut Findings,
) {
    let Pair { live, shown, .. } = pair;
    // The column that is not the tenant.
    let column = key.columns.last().copied().unwrap_or_default();
    let narrow = live.foreign_keys.iter().find(|there| {
        key.columns.len() > 1
            && there.refers_to(key.table, schema)
            && there.columns.iter().any(|name| same(name, column))
            && !key
                .columns
                .iter()
                .all(|column| there.referred_by(column).is_some())
    });
    match narrow {
        None if to_view => found.warning(
            "missing-foreign-key",
            shown,
            format!("no foreign key from {} to `{}`, which is a view", names(&key.columns), key.table),
            format!("-- No foreign key refers to a view: let it refer to the table behind {}.\n", quoted(key.table)),
        ),
        Some(narrow) => found.error(
            "foreign-key-not-widened",
            shown,
            format!("`{column}` refers to `{}` without the tenant: it may refer to a row of another one", key.table),
            mender.replace_foreign_key(pair, narrow, key),
        ),
        None => found.warning(
            "missing-foreign-key",
            shown,
            format!("no foreign key from {} to `{}`", names(&key.columns), key.table),
            mender.add_foreign_key(pair, key),
        ),
    }
}

/// Whether a foreign key that is there stands for one of the models: the column that is not the tenant refers to the
/// same table.
pub(super) fn is_for(there: &LiveForeignKey, key: &ForeignKey) -> bool {
    let last = key.columns.last().copied().unwrap_or_default();
    same(&there.table, key.table) && there.columns.iter().any(|name| same(name, last))
}

/// Foreign keys that are there and that no model has.
pub(super) fn others<'l>(table: &Table, live: &'l Live) -> Vec<&'l LiveForeignKey> {
    let known = |there: &LiveForeignKey| table.foreign_keys.iter().any(|key| is_for(there, key));
    live.foreign_keys
        .iter()
        .filter(|there| !known(there))
        .collect()
}

/// Whether a foreign key of a tenant's row leads to rows of all tenants: the tenant column, and their table.
fn leaves_tenant<'t>(
    table: &Table,
    key: &LiveForeignKey,
    tables: &'t [Table],
) -> Option<(&'static str, &'t Table)> {
    let tenant = table.tenant().filter(|_| table.place == Place::Shared)?;
    let to = tables
        .iter()
        .find(|other| other.place == Place::Shared && same(&key.table, other.name))?;
    let there = to.tenant()?;
    let inside = key
        .referred_by(tenant)
        .is_some_and(|column| same(column, there));
    (!inside).then_some((tenant, to))
}

/// A foreign key that no model has, as it is or with the tenant.
pub(super) fn carried(table: &Table, key: &LiveForeignKey, mender: &Mender<'_>) -> String {
    let mut columns: Vec<&str> = key.columns.iter().map(String::as_str).collect();
    let mut referred: Vec<&str> = key.referred.iter().map(String::as_str).collect();
    if let Some((tenant, to)) = leaves_tenant(table, key, mender.tables) {
        columns.insert(0, tenant);
        referred.insert(0, to.tenant().unwrap_or_default());
    }
    let to = match &key.schema {
        Some(schema) => format!("{}.{}", quoted(schema), quoted(&key.table)),
        None => quoted(&key.table),
    };
    let actions = cascades::kept(table, key, mender.tables);
    let actions = mender.keeping_tenant(&actions, &columns);
    let (columns, referred) = (listed(&columns), listed(&referred));
    format!("FOREIGN KEY {columns} REFERENCES {to} {referred}{actions}")
}
