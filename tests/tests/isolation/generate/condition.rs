//! Random conditions, made of all operators.

use super::Surroundings;
use super::value::{pattern, text, value};
use crate::condition::{Cond, Match, Op, Operand, Subquery};
use crate::random::Random;
use crate::schema::{Kind, Table, Val};

const OPS: [Op; 6] = [Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge];
const MATCHES: [Match; 4] = [
    Match::Contains,
    Match::StartsWith,
    Match::EndsWith,
    Match::Like,
];

/// A condition on the rows of `table`, with so many levels of connectives and of sub-queries.
pub(super) fn condition(
    random: &mut Random,
    around: &Surroundings<'_>,
    table: Table,
    depth: usize,
    subqueries: usize,
) -> Cond {
    if depth == 0 || random.chance(35) {
        return leaf(random, around, table, subqueries);
    }
    let mut inner = || condition(random, around, table, depth - 1, subqueries);
    let (left, right) = (inner(), inner());
    match random.weighted(&[35, 45, 15, 5]) {
        0 => left.and(right),
        1 => left.or(right),
        2 => left.not(),
        _ => Cond::IfSome(random.chance(70).then(|| Box::new(left))),
    }
}

fn leaf(random: &mut Random, around: &Surroundings<'_>, table: Table, subqueries: usize) -> Cond {
    let columns = table.schema().columns;
    let column = random.below(columns.len());
    let kind = columns[column].kind;
    if columns[column].nullable && random.chance(30) {
        return if random.chance(50) {
            Cond::IsNull(column)
        } else {
            Cond::IsNotNull(column)
        };
    }
    if subqueries > 0
        && random.chance(25)
        && let Some(query) = subquery(random, around, table, kind, subqueries - 1)
    {
        return Cond::InQuery(column, Box::new(query));
    }
    if kind == Kind::Text && random.chance(40) {
        let matched = if random.chance(70) {
            pattern(random)
        } else {
            text(random)
        };
        return Cond::Matches(column, *random.pick(&MATCHES), matched);
    }
    let mut value = || value(random, around.state, table, column);
    let (one, other, more): (Val, Val, Val) = (value(), value(), value());
    match random.weighted(&[60, 12, 14, 10, 4]) {
        0 => Cond::Compare(column, *random.pick(&OPS), Operand::Value(one)),
        1 => Cond::Between(column, one, other),
        2 => Cond::In(column, list(random, [one, other, more])),
        3 => Cond::NotIn(column, list(random, [one, other, more])),
        _ => Cond::All,
    }
}

fn list(random: &mut Random, values: [Val; 3]) -> Vec<Val> {
    let len = random.between(0, 3);
    values.into_iter().take(len).collect()
}

/// The columns that a sub-query may select, by what they hold.
fn selected(kind: Kind) -> &'static [(Table, &'static str)] {
    match kind {
        Kind::Uuid => &[
            (Table::Users, "id"),
            (Table::Documents, "id"),
            (Table::Documents, "owner_id"),
            (Table::Documents, "reviewer_id"),
            (Table::Comments, "author_id"),
            (Table::Organizations, "id"),
        ],
        Kind::Text => &[
            (Table::Users, "email"),
            (Table::Users, "nickname"),
            (Table::Documents, "title"),
            (Table::Notes, "body"),
            (Table::Settings, "key"),
            (Table::Plans, "value"),
            (Table::Organizations, "name"),
        ],
        Kind::Int => &[
            (Table::Notes, "priority"),
            (Table::Documents, "views"),
            (Table::Settings, "value"),
        ],
        Kind::Role => &[(Table::Users, "role"), (Table::Comments, "role")],
        Kind::Bool => &[],
    }
}

fn subquery(
    random: &mut Random,
    around: &Surroundings<'_>,
    table: Table,
    kind: Kind,
    subqueries: usize,
) -> Option<Subquery> {
    // A statement on a global model may run without a tenant, so only a global model is within
    // its reach.
    let in_reach = |&(other, name): &(Table, &str)| {
        if table.global() {
            (other, name) == (Table::Plans, "value")
        } else {
            // What is in another database is not, either.
            !around.catalog.apart() || other.shared() == table.shared()
        }
    };
    let choices: Vec<_> = selected(kind).iter().copied().filter(in_reach).collect();
    if choices.is_empty() {
        return None;
    }
    let (table, name) = *random.pick(&choices);
    let filter = random
        .chance(80)
        .then(|| condition(random, around, table, 1, subqueries));
    Some(Subquery {
        table,
        column: table.column(name),
        filter,
    })
}
