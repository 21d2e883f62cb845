//! Random values: few, so that they meet, also across tenants.

use uuid::Uuid;

use super::Surroundings;
use super::world::{TENANTS, id};
use crate::oracle::State;
use crate::random::Random;
use crate::schema::{Kind, Table, Val};
use crate::statement::{Params, Reference, Values};

/// Texts with everything that some pattern language or quoting rule finds special.
pub(super) const TEXTS: [&str; 16] = [
    "a", "A", "b", "ab", "a%", "a_b", "a*", "a?", "[a]", "a\\", "'a' --", "\"b\"", "", "é", "%_*?",
    "a@b.c",
];

const PATTERNS: [&str; 18] = [
    "a", "A", "%", "_", "a%", "%b", "a_", "a\\%", "\\", "*", "?", "[a]", "[", "'", "", "%a%", "__",
    "\\_%",
];

pub(super) fn text(random: &mut Random) -> String {
    (*random.pick(&TEXTS)).to_owned()
}

/// A text of a column that is unique: fewer, so that there are conflicts.
pub(super) fn unique_text(random: &mut Random) -> String {
    (*random.pick(&TEXTS[..9])).to_owned()
}

pub(super) fn pattern(random: &mut Random) -> String {
    (*random.pick(&PATTERNS)).to_owned()
}

pub(super) fn role(random: &mut Random) -> Val {
    Val::from(if random.chance(50) { "admin" } else { "member" })
}

pub(super) fn number(random: &mut Random) -> i64 {
    *random.pick(&[-1, 0, 0, 1, 1, 2, 2, 3, 4])
}

/// An id: of anything of any tenant, or of nothing.
pub(super) fn any_id(random: &mut Random, state: &State) -> Uuid {
    const TABLES: [Table; 4] = [
        Table::Organizations,
        Table::Users,
        Table::Documents,
        Table::Comments,
    ];
    match random.below(10) {
        0 => id(9, 9),
        1 => *random.pick(&TENANTS),
        2..6 => id(random.between(1, 3), random.between(1, 4)),
        _ => {
            let table = *random.pick(&TABLES);
            key_of(random, state, table).unwrap_or(id(1, 1))
        }
    }
}

/// A key for a new row: one of those that rows of all tenants begin with.
pub(super) fn id_of(random: &mut Random, table: Table) -> Uuid {
    id(table as usize, random.between(1, 4))
}

/// The key of some row of any tenant.
fn key_of(random: &mut Random, state: &State, table: Table) -> Option<Uuid> {
    let rows = state.rows(table);
    if rows.is_empty() {
        return None;
    }
    match &random.pick(rows).values[table.schema().key] {
        Val::Uuid(id) => Some(*id),
        _ => None,
    }
}

/// A value of a column, or one it might be compared with.
pub(super) fn value(random: &mut Random, state: &State, table: Table, column: usize) -> Val {
    let schema = table.schema();
    match schema.columns[column].kind {
        Kind::Bool => Val::Bool(random.chance(50)),
        Kind::Role => role(random),
        Kind::Text => Val::Text(text(random)),
        Kind::Uuid => Val::Uuid(any_id(random, state)),
        Kind::Int if column == schema.key && !state.rows(table).is_empty() => {
            random.pick(state.rows(table)).values[column].clone()
        }
        Kind::Int => Val::Int(number(random)),
    }
}

/// What a foreign key to a row of `table` is set to: rows that were read, which may be gone by
/// now, and ids of this tenant, of another, and of nobody.
pub(super) fn reference(random: &mut Random, around: &Surroundings<'_>, table: Table) -> Reference {
    let known = &around.known[table as usize];
    let key = table.schema().key;
    if !known.is_empty() && random.chance(55) {
        let row = random.below(known.len());
        if let Val::Uuid(id) = &known[row][key] {
            return Reference::Row(row, *id);
        }
    }
    let own: Vec<Uuid> = around
        .state
        .visible(table, around.tenant)
        .filter_map(|record| match &record.values[key] {
            Val::Uuid(id) => Some(*id),
            _ => None,
        })
        .collect();
    if !own.is_empty() && random.chance(65) {
        return Reference::ById(*random.pick(&own));
    }
    match key_of(random, around.state, table) {
        Some(id) if random.chance(70) => Reference::ById(id),
        _ => Reference::ById(id(9, 9)),
    }
}

pub(super) fn maybe_reference(
    random: &mut Random,
    around: &Surroundings<'_>,
    table: Table,
) -> Reference {
    if random.chance(30) {
        Reference::None
    } else {
        reference(random, around, table)
    }
}

pub(super) fn params(random: &mut Random, state: &State) -> Params {
    let number_of = random.below(4);
    Params {
        a: if random.chance(50) {
            text(random)
        } else {
            pattern(random)
        },
        b: if random.chance(50) {
            text(random)
        } else {
            pattern(random)
        },
        m: number(random),
        n: number(random),
        id: any_id(random, state),
        other: any_id(random, state),
        admin: random.chance(50),
        flag: random.chance(50),
        texts: (0..number_of).map(|_| text(random)).collect(),
        ids: (0..number_of).map(|_| any_id(random, state)).collect(),
        numbers: (0..number_of).map(|_| number(random)).collect(),
    }
}

pub(super) fn values(random: &mut Random, around: &Surroundings<'_>) -> Values {
    Values {
        a: unique_text(random),
        maybe: random.chance(60).then(|| text(random)),
        m: number(random),
        maybe_m: random.chance(60).then(|| number(random)),
        admin: random.chance(50),
        flag: random.chance(50),
        user: reference(random, around, Table::Users),
        maybe_user: maybe_reference(random, around, Table::Users),
        document: reference(random, around, Table::Documents),
    }
}
