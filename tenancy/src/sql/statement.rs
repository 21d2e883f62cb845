//! The statements: every text that reaches a database is composed here.
//!
//! One function, [`scope`], writes the predicate that keeps tenants apart. Every statement on the
//! rows of a tenant ends its `WHERE` with it, and every insert takes the tenant as its last column.

use super::text::{PROOF, TENANT, Text};
use crate::barrier::Insert;
use crate::model::{Model, Scoping as _, TenantRoot};

/// `"table"."tenant" = $tenant`, or `TRUE` for a global model.
pub(crate) const fn scope<M: Model>() -> Text {
    if M::Scoping::TENANTED {
        Text::EMPTY
            .column(M::TABLE, M::TENANT)
            .push(" = ")
            .mark(TENANT)
    } else {
        Text::EMPTY.push("TRUE")
    }
}

/// ` WHERE condition AND scope`. A condition brings its own parentheses where it needs any.
pub(crate) const fn scoped<M: Model>(text: Text, condition: &Text) -> Text {
    if condition.as_bytes().is_empty() {
        text.push(" WHERE ").append(&scope::<M>())
    } else {
        text.push(" WHERE (")
            .append(condition)
            .push(") AND ")
            .append(&scope::<M>())
    }
}

/// `"table"."a", "table"."b"`: all columns, in the order of the fields.
pub(crate) const fn columns<M: Model>() -> Text {
    let mut text = Text::EMPTY;
    let mut index = 0;
    while index < M::FIELDS.len() {
        if index > 0 {
            text = text.push(", ");
        }
        text = text.column(M::TABLE, M::FIELDS[index].name);
        index += 1;
    }
    text
}

/// `SELECT columns FROM "table"`.
pub(crate) const fn select<M: Model>() -> Text {
    Text::EMPTY
        .push("SELECT ")
        .append(&columns::<M>())
        .push(" FROM ")
        .identifier(M::TABLE)
}

/// `SELECT count(*) FROM "table"`.
pub(crate) const fn count<M: Model>() -> Text {
    Text::EMPTY
        .push("SELECT count(*) FROM ")
        .identifier(M::TABLE)
}

/// `SELECT 1 FROM "table"`.
pub(crate) const fn exists<M: Model>() -> Text {
    Text::EMPTY.push("SELECT 1 FROM ").identifier(M::TABLE)
}

/// `UPDATE "table" SET assignments`, and the next version.
pub(crate) const fn update<M: Model>(assignments: &Text) -> Text {
    let text = Text::EMPTY
        .push("UPDATE ")
        .identifier(M::TABLE)
        .push(" SET ")
        .append(assignments);
    match M::VERSION {
        Some(version) if assignments.as_bytes().is_empty() => next_version::<M>(text, version),
        Some(version) => next_version::<M>(text.push(", "), version),
        // Nothing to change is still an update of the row, so that it must exist.
        None if assignments.as_bytes().is_empty() => text.append(&same::<M>()),
        None => text,
    }
}

/// `"a" = "table"."a"`: an assignment that changes nothing.
///
/// Not of the key, if another column may be assigned: PostgreSQL refuses any assignment to one that
/// is `GENERATED ALWAYS AS IDENTITY`.
pub(crate) const fn same<M: Model>() -> Text {
    let mut name = if M::Scoping::TENANTED {
        M::TENANT
    } else {
        M::FIELDS[M::KEY].name
    };
    let mut index = M::FIELDS.len();
    while index > 0 {
        index -= 1;
        if M::FIELDS[index].assignable {
            name = M::FIELDS[index].name;
        }
    }
    Text::EMPTY
        .identifier(name)
        .push(" = ")
        .column(M::TABLE, name)
}

const fn next_version<M: Model>(text: Text, version: &str) -> Text {
    text.identifier(version)
        .push(" = ")
        .column(M::TABLE, version)
        .push(" + 1")
}

/// `DELETE FROM "table"`.
pub(crate) const fn delete<M: Model>() -> Text {
    Text::EMPTY.push("DELETE FROM ").identifier(M::TABLE)
}

/// `"table"."id" = $key`, and the version that was read.
pub(crate) const fn this_row<M: Model>() -> Text {
    let text = Text::EMPTY
        .column(M::TABLE, M::FIELDS[M::KEY].name)
        .push(" = ")
        .mark(PROOF);
    match M::VERSION {
        Some(version) => text
            .push(" AND ")
            .column(M::TABLE, version)
            .push(" = ")
            .mark(PROOF),
        None => text,
    }
}

/// ` RETURNING columns`.
pub(crate) const fn returning<M: Model>(text: Text) -> Text {
    text.push(" RETURNING ").append(&columns::<M>())
}

/// `INSERT INTO "table" (columns, tenant) `, with the columns that were set instead of a default.
pub(crate) const fn insert<M: Model, N: Insert<M>>(extra: &Text) -> Text {
    let mut text = Text::EMPTY
        .push("INSERT INTO ")
        .identifier(M::TABLE)
        .push(" (");
    text = names::<M>(text, N::VALUES);
    if N::VALUES.is_empty() {
        text = without_comma(text, extra);
    } else {
        text = text.append(extra);
    }
    if !N::REFERENCES.is_empty() {
        if !N::VALUES.is_empty() || !extra.as_bytes().is_empty() {
            text = text.push(", ");
        }
        text = names::<M>(text, N::REFERENCES);
    }
    text = match M::VERSION {
        Some(version) => text.push(", ").identifier(version),
        None => text,
    };
    if M::Scoping::TENANTED {
        text = text.push(", ").identifier(M::TENANT);
    }
    text.push(") ")
}

const fn names<M: Model>(mut text: Text, positions: &[usize]) -> Text {
    let mut index = 0;
    while index < positions.len() {
        if index > 0 {
            text = text.push(", ");
        }
        text = text.identifier(M::FIELDS[positions[index]].name);
        index += 1;
    }
    text
}

/// `extra` begins with a comma, which must not come first.
const fn without_comma(text: Text, extra: &Text) -> Text {
    let bytes = extra.as_bytes();
    if bytes.is_empty() {
        text
    } else {
        let (_, rest) = bytes.split_at(2);
        text.push_bytes(rest)
    }
}

/// `?, ?, ?`: the values of one new row, in the order of [`insert`]'s columns.
pub(crate) const fn row_values<M: Model, N: Insert<M>>(extra: &Text) -> Text {
    let mut text = markers(Text::EMPTY, super::text::USER, N::VALUES.len());
    if N::VALUES.is_empty() {
        text = without_comma(text, extra);
    } else {
        text = text.append(extra);
    }
    if !N::REFERENCES.is_empty() {
        if !text.as_bytes().is_empty() {
            text = text.push(", ");
        }
        text = markers(text, PROOF, N::REFERENCES.len());
    }
    if M::VERSION.is_some() {
        text = text.push(", 1");
    }
    text
}

/// `?, ?, ?, $tenant`.
pub(crate) const fn row<M: Model, N: Insert<M>>(extra: &Text) -> Text {
    let text = row_values::<M, N>(extra);
    if M::Scoping::TENANTED {
        text.push(", ").mark(TENANT)
    } else {
        text
    }
}

const fn markers(mut text: Text, marker: u8, number: usize) -> Text {
    let mut index = 0;
    while index < number {
        if index > 0 {
            text = text.push(", ");
        }
        text = text.mark(marker);
        index += 1;
    }
    text
}

/// ` ON CONFLICT ("tenant_id", target) DO UPDATE SET assignments WHERE scope`.
///
/// The target includes the tenant, so that a row of another tenant is never the one in conflict,
/// and the update carries the predicate all the same.
pub(crate) const fn on_conflict<M: Model>(text: Text, target: &Text, assignments: &Text) -> Text {
    let text = if M::Scoping::TENANTED {
        text.push(" ON CONFLICT (")
            .identifier(M::TENANT)
            .append(target)
    } else {
        without_comma(text.push(" ON CONFLICT ("), target)
    };
    let text = text.push(") DO UPDATE SET ").append(assignments);
    let text = match M::VERSION {
        Some(version) => next_version::<M>(text.push(", "), version),
        None => text,
    };
    text.push(" WHERE ").append(&scope::<M>())
}

/// `"a" = excluded."a"` for every column of a new row that is not among the bits of `skip`.
pub(crate) const fn take_proposed<M: Model>(
    mut text: Text,
    positions: &[usize],
    skip: u128,
) -> Text {
    let mut index = 0;
    while index < positions.len() {
        let position = positions[index];
        if skip & (1 << position) == 0 {
            if !text.as_bytes().is_empty() {
                text = text.push(", ");
            }
            let name = M::FIELDS[position].name;
            text = text.identifier(name).push(" = excluded.").identifier(name);
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
    let row = Text::EMPTY
        .column(R::TABLE, R::FIELDS[R::KEY].name)
        .push(" = ")
        .mark(PROOF);
    scoped::<R>(
        Text::EMPTY
            .push(" AND EXISTS (SELECT 1 FROM ")
            .identifier(R::TABLE),
        &row,
    )
    .push(")")
}

/// `SELECT 1 FROM "organizations" WHERE "id" = $tenant AND "active"`: does the tenant exist?
pub(crate) const fn verify<R: TenantRoot>() -> Text {
    let text = Text::EMPTY
        .push("SELECT 1 FROM ")
        .identifier(R::TABLE)
        .push(" WHERE ")
        .append(&scope::<R>());
    if R::ACTIVE.is_empty() {
        text
    } else {
        text.push(" AND ").column(R::TABLE, R::ACTIVE)
    }
}

/// `INSERT INTO "organizations" (columns) VALUES (…)`: a tenant's own row, which has no tenant.
pub(crate) const fn insert_root<R: TenantRoot, N: Insert<R>>() -> Text {
    let text = Text::EMPTY
        .push("INSERT INTO ")
        .identifier(R::TABLE)
        .push(" (");
    let text = names::<R>(text, N::VALUES);
    let text = if N::VALUES.is_empty() || N::REFERENCES.is_empty() {
        text
    } else {
        text.push(", ")
    };
    let text = names::<R>(text, N::REFERENCES).push(") VALUES (");
    text.append(&row_values::<R, N>(&Text::EMPTY)).push(")")
}
