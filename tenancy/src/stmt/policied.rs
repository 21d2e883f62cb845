//! What policies add to statements: a row that is asked before it is there, as it is, and as it will be.

use crate::model::contract::{Insert, Model};
use crate::model::scoping::{in_schema, tenanted};
use crate::sql::node::Node;
use crate::sql::text::{AGAIN, ONWARDS, PROOF, SCHEMA, TENANT, Text, USER, text};
use crate::stmt::statement::{comma, mask, row_names};

/// `INSERT INTO "table" (columns) SELECT * FROM (SELECT values) AS "table" WHERE policy`: a new row, if it
/// meets a policy.
pub(crate) const fn insert_if<M: Model, N: Insert<M>>(
    head: &Text,
    aliased: &Text,
    policy: &Text,
) -> Text {
    text!(
        append(head),
        push("SELECT * FROM (SELECT "),
        append(&proposed::<M, N>(aliased)),
        push(") AS "),
        identifier(M::TABLE),
        push(" WHERE "),
        append(policy)
    )
}

/// `? AS "a", ? AS "b", $tenant AS "tenant_id"`: a new row that can be asked before it is there.
pub(crate) const fn proposed<M: Model, N: Insert<M>>(extra: &Text) -> Text {
    let mut text = Text::EMPTY;
    aliases::<M>(&mut text, USER, N::VALUES);
    if !text.is_empty() && !extra.is_empty() {
        text.push(", ");
    }
    text.append(extra);
    aliases::<M>(&mut text, PROOF, N::REFERENCES);
    if let Some(version) = M::VERSION {
        comma(&mut text, 0);
        text.push("1 AS ");
        text.identifier(version);
    }
    if tenanted::<M>() {
        comma(&mut text, 0);
        text.mark(TENANT);
        text.push(" AS ");
        text.identifier(M::TENANT);
    }
    text
}

const fn aliases<M: Model>(text: &mut Text, marker: u8, positions: &[usize]) {
    let mut index = 0;
    while index < positions.len() {
        if !text.is_empty() {
            text.push(", ");
        }
        text.mark(marker);
        text.push(" AS ");
        text.identifier(M::FIELDS[positions[index]].name);
        index += 1;
    }
}

/// `WITH "new""rows" ("a", "b") AS (VALUES `: new rows whose columns have names.
pub(crate) const fn named_rows<M: Model, N: Insert<M>>(extra: &Text) -> Text {
    let mut text = text!(push("WITH \"new\"\"rows\" ("));
    row_names::<M, N>(&mut text, extra);
    text.push(") AS (VALUES ");
    text
}

/// `NOT EXISTS (SELECT 1 FROM (SELECT "new""rows".*, $tenant AS "tenant_id" FROM "new""rows") AS "table"
/// WHERE (policy) IS NOT TRUE)`, up to the policy: all new rows meet it.
pub(crate) const fn all_meet<M: Model>() -> Text {
    let mut text = text!(push("NOT EXISTS (SELECT 1 FROM (SELECT \"new\"\"rows\".*"));
    if tenanted::<M>() {
        text.push(", ");
        text.mark(TENANT);
        text.push(" AS ");
        text.identifier(M::TENANT);
    }
    text.push(" FROM \"new\"\"rows\") AS ");
    text.identifier(M::TABLE);
    text.push(" WHERE (");
    text
}

/// What ends [`all_meet`].
pub(crate) const ALL_MET: &str = ") IS NOT TRUE)";

/// Whether a policy names a column of which a new row's statement does not know what will be stored.
pub(crate) const fn unseen<M: Model, N: Insert<M>, Q: Node>(assigned: u128) -> bool {
    Q::COLUMNS & (!proposed_columns::<M, N>(assigned) | made::<M>()) != 0
}

/// Whether a policy names a column of which nobody knows what it will be when other columns are
/// assigned, or this one.
pub(crate) const fn unforeseen<M: Model, Q: Node>() -> bool {
    Q::COLUMNS & (filled::<M>() | made::<M>()) != 0
}

/// A policy can be asked of a row that is only proposed.
pub(crate) const fn proposable<M: Model, N: Insert<M>, Q: Node>() {
    assert!(
        !unseen::<M, N, Q>(0),
        "the rules for `create` (or for `read`, since the row is returned) name a column of which only \
         the database knows what is stored, so that nobody can ask them about the proposed row of an \
         upsert: create the row, or update it"
    );
}

/// A policy can be asked of the row in whose place another one is proposed, as it will be.
pub(crate) const fn replaceable<M: Model, Q: Node>() {
    assert!(
        !unforeseen::<M, Q>(),
        "the rules for `read` and `update` name a column of which only the database knows what is stored, \
         which an upsert does not ask about: create the row, or update it"
    );
}

/// The columns of which the database may make another value than it is given, as bits.
const fn made<M: Model>() -> u128 {
    let mut columns = 0;
    let mut index = 0;
    while index < M::FIELDS.len() {
        if M::FIELDS[index].stored() {
            columns |= 1 << index;
        }
        index += 1;
    }
    columns
}

/// The columns of a new row that its statement knows, as bits: all but those that the database fills.
pub(crate) const fn proposed_columns<M: Model, N: Insert<M>>(assigned: u128) -> u128 {
    let mut columns = mask(N::VALUES) | mask(N::REFERENCES) | assigned;
    let mut index = 0;
    while index < M::FIELDS.len() {
        let name = M::FIELDS[index].name;
        let version = match M::VERSION {
            Some(version) => same_text(name, version),
            None => false,
        };
        if version || same_text(name, M::TENANT) {
            columns |= 1 << index;
        }
        index += 1;
    }
    columns
}

const fn same_text(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let mut index = 0;
    while index < left.len() && index < right.len() && left[index] == right[index] {
        index += 1;
    }
    index == left.len() && index == right.len()
}

/// `(policy AND EXISTS (SELECT 1 FROM (SELECT assigned, others) AS "table" WHERE policy))`: a row meets
/// the policy as it is, and as it will be.
///
/// The sub-query's one row stands in for the table, so the policy is the same text. `assigned` is
/// what the statement begins with, and `columns` are those that the policy names.
pub(crate) const fn throughout<M: Model>(
    policy: &Text,
    columns: u128,
    assigned: &Text,
    mask: u128,
) -> Text {
    let mut text = text!(
        push("("),
        append(policy),
        push(" AND EXISTS (SELECT 1 FROM (SELECT "),
        again(assigned),
    );
    let mut index = 0;
    while index < M::FIELDS.len() {
        if columns & !mask & (1 << index) != 0 {
            let name = M::FIELDS[index].name;
            text.push(", ");
            text.column(M::TABLE, name);
            text.push(" AS ");
            text.identifier(name);
        }
        index += 1;
    }
    text.push(") AS ");
    text.identifier(M::TABLE);
    text.push(" WHERE ");
    text.append(policy);
    text.push("))");
    text
}

/// [`throughout`] at run time.
pub(crate) fn render_throughout<M: Model, Q: Node>(
    policy: &Q,
    (mask, aliased): (u128, &[u8]),
    template: &mut Vec<u8>,
) {
    template.push(b'(');
    policy.render(template);
    template.extend_from_slice(b" AND EXISTS (SELECT 1 FROM (SELECT ");
    if aliased.contains(&USER) || aliased.contains(&PROOF) {
        template.push(AGAIN);
        template.extend_from_slice(aliased);
        template.push(ONWARDS);
    } else {
        template.extend_from_slice(aliased);
    }
    others::<M>(Q::COLUMNS & !mask, template);
    template.extend_from_slice(format!(") AS \"{}\" WHERE ", M::TABLE).as_bytes());
    policy.render(template);
    template.extend_from_slice(b"))");
}

/// The columns that an update may change unasked, as bits: those that the database or the library fills.
const fn filled<M: Model>() -> u128 {
    let mut columns = 0;
    let mut index = 0;
    while index < M::FIELDS.len() {
        let field = &M::FIELDS[index];
        if !field.assignable() && index != M::KEY && !same_text(field.name, M::TENANT) {
            columns |= 1 << index;
        }
        index += 1;
    }
    columns
}

/// `WITH "new""row" AS (SELECT assigned`: a row as a write would leave it. No table of a model has such a
/// name.
pub(crate) fn open_new_row(aliased: &[u8], template: &mut Vec<u8>) {
    template.extend_from_slice(b"WITH \"new\"\"row\" AS (SELECT ");
    template.extend_from_slice(aliased);
}

/// `, "table"."a" AS "a" FROM "table"`: the columns that an update does not assign.
pub(crate) fn unchanged<M: Model>(mask: u128, template: &mut Vec<u8>) {
    others::<M>(!mask, template);
    template.extend_from_slice(b" FROM ");
    render_table::<M>(template);
}

/// `"table"`, where rows are read.
fn render_table<M: Model>(template: &mut Vec<u8>) {
    if const { in_schema::<M>() } {
        template.push(SCHEMA);
    }
    template.extend_from_slice(format!("\"{}\"", M::TABLE).as_bytes());
}

/// `, "table"."a" AS "a"` for every column among the bits of `columns`.
fn others<M: Model>(columns: u128, template: &mut Vec<u8>) {
    let table = M::TABLE;
    for (index, field) in M::FIELDS.iter().enumerate() {
        if columns & (1 << index) != 0 {
            let name = field.name;
            template
                .extend_from_slice(format!(", \"{table}\".\"{name}\" AS \"{name}\"").as_bytes());
        }
    }
}

/// `SELECT answers FROM "table"`, or from the new row in its place.
pub(crate) fn select_answers<M: Model>(new: bool, answers: &[u8], template: &mut Vec<u8>) {
    if new {
        template.extend_from_slice(b") ");
    }
    template.extend_from_slice(b"SELECT ");
    template.extend_from_slice(if answers.is_empty() { b"1" } else { answers });
    if new {
        let row = format!(" FROM \"new\"\"row\" AS \"{}\"", M::TABLE);
        template.extend_from_slice(row.as_bytes());
    } else {
        template.extend_from_slice(b" FROM ");
        render_table::<M>(template);
    }
}
