//! The statements: every text that reaches a database is composed here.
//!
//! One function, [`scope`], writes the predicate that keeps tenants apart. Every statement on the
//! rows of a tenant ends its `WHERE` with it, and every insert takes the tenant as its last column.

use crate::model::contract::{Insert, Model, TenantRoot};
use crate::model::scoping::{in_schema, tenanted};
use crate::sql::text::{
    DONE, IF_MASKED, ON_ANY, ON_SQLITE, PROOF, SCHEMA, TENANT, Text, USER, VISIBLE, text, too_large,
};

/// `"table"."tenant" = $tenant`, or `TRUE` for a table without a tenant column.
pub(crate) const fn scope<M: Model>() -> Text {
    let mut text = Text::EMPTY;
    push_scope::<M>(&mut text);
    text
}

/// `"table"`, where rows are read or written: in the schema of the tenant, if that is where it is.
const fn push_table<M: Model>(text: &mut Text) {
    if in_schema::<M>() {
        text.mark(SCHEMA);
    }
    text.identifier(M::TABLE);
}

/// The same, as a text.
pub(crate) const fn table<M: Model>() -> Text {
    let mut text = Text::EMPTY;
    push_table::<M>(&mut text);
    text
}

const fn push_scope<M: Model>(text: &mut Text) {
    if tenanted::<M>() {
        text.column(M::TABLE, M::TENANT);
        text.push(" = ");
        text.mark(TENANT);
    } else {
        text.push("TRUE");
    }
}

/// ` WHERE ("table"."id" IN (`: some rows, up to their keys.
pub(crate) const fn these<M: Model>() -> Text {
    text!(
        push(" WHERE ("),
        column(M::TABLE, M::FIELDS[M::KEY].name),
        push(" IN (")
    )
}

/// `) AND scope`: what ends a condition.
pub(crate) const fn and_ours<M: Model>() -> Text {
    let mut text = text!(push(") AND "));
    push_scope::<M>(&mut text);
    text
}

/// ` WHERE condition AND scope`. A condition brings its own parentheses where it needs any.
pub(crate) const fn scoped<M: Model>(text: &mut Text, condition: &Text) {
    if condition.is_empty() {
        text.push(" WHERE ");
    } else {
        text.push(" WHERE (");
        text.append(condition);
        text.push(") AND ");
    }
    push_scope::<M>(text);
}

/// `"table"."a", "table"."b"`: all columns, in the order of the fields.
const fn columns<M: Model>(text: &mut Text) {
    if M::GUARDED {
        return masked_columns::<M>(text);
    }
    let mut index = 0;
    while index < M::FIELDS.len() {
        if index > 0 {
            text.push(", ");
        }
        text.column(M::TABLE, M::FIELDS[index].name);
        index += 1;
    }
}

/// The same; and if columns are masked, whether each that is guarded is visible, in the same order.
const fn masked_columns<M: Model>(text: &mut Text) {
    let mut index = 0;
    while index < M::FIELDS.len() {
        if index > 0 {
            text.push(", ");
        }
        let field = &M::FIELDS[index];
        if field.guarded() {
            text.guarded(M::TABLE, field.name);
        } else {
            text.column(M::TABLE, field.name);
        }
        index += 1;
    }
    index = 0;
    while index < M::FIELDS.len() {
        if M::FIELDS[index].guarded() {
            text.mark(IF_MASKED);
            text.push(", ");
            text.mark(DONE);
            text.mark(VISIBLE);
            text.column(M::TABLE, M::FIELDS[index].name);
            text.mark(DONE);
        }
        index += 1;
    }
}

/// `SELECT columns FROM "table"`.
pub(crate) const fn select<M: Model>() -> Text {
    let mut text = text!(push("SELECT "));
    columns::<M>(&mut text);
    text.push(" FROM ");
    push_table::<M>(&mut text);
    text
}

/// `SELECT count(*) FROM "table"`.
pub(crate) const fn count<M: Model>() -> Text {
    text!(push("SELECT count(*) FROM "), append(&table::<M>()))
}

/// `SELECT 1 FROM "table"`.
pub(crate) const fn exists<M: Model>() -> Text {
    text!(push("SELECT 1 FROM "), append(&table::<M>()))
}

/// `UPDATE "table" SET assignments`, and the next version.
pub(crate) const fn update<M: Model>(assignments: &Text) -> Text {
    let mut text = text!(
        push("UPDATE "),
        append(&table::<M>()),
        push(" SET "),
        append(assignments)
    );
    match M::VERSION {
        Some(version) => {
            if !assignments.is_empty() {
                text.push(", ");
            }
            next_version::<M>(&mut text, version);
        }
        None if assignments.is_empty() => {
            // Nothing to change is still an update of the row, so that it must exist.
            text.append(&same::<M>());
        }
        None => {}
    }
    text
}

/// `"a" = "table"."a"`: an assignment that changes nothing.
///
/// Not of the key, if another column may be assigned: PostgreSQL refuses any assignment to one that
/// is `GENERATED ALWAYS AS IDENTITY`.
pub(crate) const fn same<M: Model>() -> Text {
    let mut name = if tenanted::<M>() {
        M::TENANT
    } else {
        M::FIELDS[M::KEY].name
    };
    let mut index = M::FIELDS.len();
    while index > 0 {
        index -= 1;
        if M::FIELDS[index].assignable() {
            name = M::FIELDS[index].name;
        }
    }
    text!(identifier(name), push(" = "), column(M::TABLE, name))
}

/// `"version" = "table"."version" + 1`. SQLite would store what is beyond the column's type, so it is asked not to.
const fn next_version<M: Model>(text: &mut Text, version: &str) {
    text.identifier(version);
    text.push(" = ");
    text.mark(ON_SQLITE);
    text.push("CASE WHEN ");
    text.column(M::TABLE, version);
    text.push(" < ");
    text.number(M::LAST_VERSION);
    text.push(" THEN ");
    text.mark(ON_ANY);
    text.column(M::TABLE, version);
    text.push(" + 1");
    text.on_sqlite(concat!(" ELSE ", too_large!(), " END"));
}

/// `DELETE FROM "table"`.
pub(crate) const fn delete<M: Model>() -> Text {
    text!(push("DELETE FROM "), append(&table::<M>()))
}

/// `"table"."id" = $key`, and the version that was read.
pub(crate) const fn this_row<M: Model>() -> Text {
    let mut text = text!(
        column(M::TABLE, M::FIELDS[M::KEY].name),
        push(" = "),
        mark(PROOF)
    );
    if let Some(version) = M::VERSION {
        text.push(" AND ");
        text.column(M::TABLE, version);
        text.push(" = ");
        text.mark(PROOF);
    }
    text
}

/// ` RETURNING columns`.
pub(crate) const fn returning<M: Model>(text: &mut Text) {
    text.push(" RETURNING ");
    columns::<M>(text);
}

/// ` RETURNING "table"."id"`.
pub(crate) const fn returning_key<M: Model>() -> Text {
    text!(
        push(" RETURNING "),
        column(M::TABLE, M::FIELDS[M::KEY].name)
    )
}

/// `INSERT INTO "table" (columns, tenant) `, with the columns that were set instead of a default.
pub(crate) const fn insert<M: Model, N: Insert<M>>(extra: &Text) -> Text {
    let mut text = text!(push("INSERT INTO "), append(&table::<M>()), push(" ("));
    let start = text.len();
    row_names::<M, N>(&mut text, extra);
    if tenanted::<M>() {
        comma(&mut text, start);
        text.identifier(M::TENANT);
    }
    assert!(
        text.len() > start,
        "the database fills all columns of this model: a new row needs one of its own"
    );
    text.push(") ");
    text
}

/// `"a", "b", "c"`: the columns of [`row_values`].
pub(crate) const fn row_names<M: Model, N: Insert<M>>(text: &mut Text, extra: &Text) {
    let start = text.len();
    names::<M>(text, N::VALUES);
    push_extra(text, extra, N::VALUES.is_empty());
    if !N::REFERENCES.is_empty() {
        comma(text, start);
        names::<M>(text, N::REFERENCES);
    }
    if let Some(version) = M::VERSION {
        comma(text, start);
        text.identifier(version);
    }
}

/// A comma, unless it would be the first thing since `start`.
pub(crate) const fn comma(text: &mut Text, start: usize) {
    if text.len() > start {
        text.push(", ");
    }
}

const fn names<M: Model>(text: &mut Text, positions: &[usize]) {
    let mut index = 0;
    while index < positions.len() {
        if index > 0 {
            text.push(", ");
        }
        text.identifier(M::FIELDS[positions[index]].name);
        index += 1;
    }
}

/// `extra` begins with a comma, which must not come first.
const fn push_extra(text: &mut Text, extra: &Text, first: bool) {
    if first && !extra.is_empty() {
        text.append_from(extra, 2);
    } else {
        text.append(extra);
    }
}

/// `?, ?, ?`: the values of one new row, in the order of [`insert`]'s columns.
pub(crate) const fn row_values<M: Model, N: Insert<M>>(extra: &Text) -> Text {
    let mut text = Text::EMPTY;
    markers(&mut text, USER, N::VALUES.len());
    push_extra(&mut text, extra, N::VALUES.is_empty());
    if !N::REFERENCES.is_empty() {
        if !text.is_empty() {
            text.push(", ");
        }
        markers(&mut text, PROOF, N::REFERENCES.len());
    }
    if M::VERSION.is_some() {
        comma(&mut text, 0);
        text.push("1");
    }
    text
}

/// `?, ?, ?, $tenant`.
pub(crate) const fn row<M: Model, N: Insert<M>>(extra: &Text) -> Text {
    let mut text = row_values::<M, N>(extra);
    if tenanted::<M>() {
        comma(&mut text, 0);
        text.mark(TENANT);
    }
    text
}

const fn markers(text: &mut Text, marker: u8, number: usize) {
    let mut index = 0;
    while index < number {
        if index > 0 {
            text.push(", ");
        }
        text.mark(marker);
        index += 1;
    }
}

/// ` ON CONFLICT ("tenant_id", target) DO UPDATE SET assignments WHERE scope`.
///
/// The target includes the tenant, so that a row of another tenant is never the one in conflict,
/// and the update carries the predicate all the same.
pub(crate) const fn on_conflict<M: Model>(target: &Text, assignments: &Text) -> Text {
    let mut text = conflict::<M>(target);
    text.push(" DO UPDATE SET ");
    text.append(assignments);
    if let Some(version) = M::VERSION {
        text.push(", ");
        next_version::<M>(&mut text, version);
    }
    text.push(" WHERE ");
    push_scope::<M>(&mut text);
    text
}

/// ` ON CONFLICT ("tenant_id", target) DO NOTHING`.
pub(crate) const fn unless_conflict<M: Model>(target: &Text) -> Text {
    let mut text = conflict::<M>(target);
    text.push(" DO NOTHING");
    text
}

const fn conflict<M: Model>(target: &Text) -> Text {
    let mut text = text!(push(" ON CONFLICT ("));
    if tenanted::<M>() {
        text.identifier(M::TENANT);
    }
    push_extra(&mut text, target, !tenanted::<M>());
    text.push(")");
    text
}

/// `"a" = excluded."a"` for each of the columns: the values of the row that was proposed.
pub(crate) const fn take_proposed<M: Model>(columns: u128) -> Text {
    let mut text = Text::EMPTY;
    let mut index = 0;
    while index < M::FIELDS.len() {
        if columns & (1 << index) != 0 {
            comma(&mut text, 0);
            text.identifier(M::FIELDS[index].name);
            text.push(" = ");
            text.column("excluded", M::FIELDS[index].name);
        }
        index += 1;
    }
    text
}

/// `excluded."a" AS "a"` for each of the columns.
pub(crate) const fn alias_proposed<M: Model>(columns: u128) -> Text {
    let mut text = Text::EMPTY;
    let mut index = 0;
    while index < M::FIELDS.len() {
        if columns & (1 << index) != 0 {
            comma(&mut text, 0);
            text.column("excluded", M::FIELDS[index].name);
            text.push(" AS ");
            text.identifier(M::FIELDS[index].name);
        }
        index += 1;
    }
    text
}

/// Positions as bits.
pub(crate) const fn mask(positions: &[usize]) -> u128 {
    let mut mask = 0;
    let mut index = 0;
    while index < positions.len() {
        mask |= 1 << positions[index];
        index += 1;
    }
    mask
}

/// ` AND EXISTS (SELECT 1 FROM "table" WHERE "table"."id" = $key AND scope)`: a reference that the
/// statement proves.
pub(crate) const fn reference_check<R: Model>() -> Text {
    let row = text!(
        column(R::TABLE, R::FIELDS[R::KEY].name),
        push(" = "),
        mark(PROOF)
    );
    let mut text = text!(push(" AND EXISTS (SELECT 1 FROM "), append(&table::<R>()));
    scoped::<R>(&mut text, &row);
    text.push(")");
    text
}

/// `, "organizations"."tenancy_mark"`: the mark of a tenant's row, if there are marks.
pub(crate) const fn and_mark<R: TenantRoot>(text: &mut Text) {
    if !R::MARK.is_empty() {
        text.push(", ");
        text.column(R::TABLE, R::MARK);
    }
}

/// `SELECT "tenancy_mark" FROM "organizations" WHERE "id" = $tenant`.
pub(crate) const fn mark<R: TenantRoot>() -> Text {
    let mut text = text!(
        push("SELECT "),
        column(R::TABLE, R::MARK),
        push(" FROM "),
        identifier(R::TABLE),
        push(" WHERE ")
    );
    push_scope::<R>(&mut text);
    text
}

/// `SELECT "id" FROM "organizations" WHERE "id" = $tenant AND "active"`: does the tenant exist, under
/// this very key? And what is its mark, if there are marks?
pub(crate) const fn verify<R: TenantRoot>() -> Text {
    let mut text = text!(push("SELECT "), column(R::TABLE, R::FIELDS[R::KEY].name));
    and_mark::<R>(&mut text);
    text.push(" FROM ");
    text.identifier(R::TABLE);
    text.push(" WHERE ");
    push_scope::<R>(&mut text);
    if !R::ACTIVE.is_empty() {
        text.push(" AND ");
        text.column(R::TABLE, R::ACTIVE);
    }
    text
}

/// `INSERT INTO "organizations" (columns) VALUES (…)`: a tenant's own row, which has no tenant.
pub(crate) const fn insert_root<R: TenantRoot, N: Insert<R>>() -> Text {
    let mut text = text!(push("INSERT INTO "), identifier(R::TABLE));
    if N::VALUES.is_empty() && N::REFERENCES.is_empty() {
        text.push(" DEFAULT VALUES");
        return text;
    }
    text.push(" (");
    names::<R>(&mut text, N::VALUES);
    if !N::VALUES.is_empty() && !N::REFERENCES.is_empty() {
        text.push(", ");
    }
    names::<R>(&mut text, N::REFERENCES);
    text.push(") VALUES (");
    text.append(&row_values::<R, N>(&Text::EMPTY));
    text.push(")");
    text
}
