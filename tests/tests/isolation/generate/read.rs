//! Random reads.

use super::Surroundings;
use super::condition::condition;
use super::value::{params, value};
use crate::condition::{Cond, Op, Operand};
use crate::oracle::Window;
use crate::random::Random;
use crate::schema::{Table, Val};
use crate::statement::{Fetch, Filter, Read, Shape, Statement};

pub(super) fn read(random: &mut Random, around: &Surroundings<'_>, table: Table) -> Statement {
    match random.weighted(&[80, 10, 10]) {
        0 => Statement::Read(rows(random, around, table)),
        1 => Statement::Count(table, counted(random, around, table)),
        _ => Statement::Exists(table, counted(random, around, table)),
    }
}

fn counted(random: &mut Random, around: &Surroundings<'_>, table: Table) -> Filter {
    if random.chance(10) {
        unfiltered()
    } else {
        filter(random, around, table)
    }
}

fn unfiltered() -> Filter {
    Filter {
        cond: None,
        shape: Shape::Unfiltered,
    }
}

/// A condition, statically known or not.
pub(super) fn filter(random: &mut Random, around: &Surroundings<'_>, table: Table) -> Filter {
    if random.chance(45) {
        let wanted = random.below(around.catalog.filters(table));
        let params = params(random, around.state);
        Filter {
            cond: Some(around.catalog.filter(table, wanted, &params)),
            shape: Shape::Fixed(wanted, params),
        }
    } else {
        let depth = random.between(0, 3);
        Filter {
            cond: Some(condition(random, around, table, depth, 2)),
            shape: Shape::Boxed,
        }
    }
}

/// The rows with given keys.
fn by_key(random: &mut Random, around: &Surroundings<'_>, table: Table) -> Filter {
    let key = table.schema().key;
    let mut keys: Vec<Val> = (0..random.below(4))
        .map(|_| value(random, around.state, table, key))
        .collect();
    match keys.pop() {
        Some(one) if keys.is_empty() => Filter {
            cond: Some(Cond::Compare(key, Op::Eq, Operand::Value(one.clone()))),
            shape: Shape::Key(one),
        },
        last => {
            keys.extend(last);
            Filter {
                cond: Some(Cond::In(key, keys.clone())),
                shape: Shape::Keys(keys),
            }
        }
    }
}

fn rows(random: &mut Random, around: &Surroundings<'_>, table: Table) -> Read {
    let filter = match random.weighted(&[12, 70, 18]) {
        0 => unfiltered(),
        2 if table != Table::Organizations => by_key(random, around, table),
        _ => filter(random, around, table),
    };
    let known = !matches!(filter.shape, Shape::Unfiltered | Shape::Boxed);
    let order = match filter.shape {
        Shape::Key(_) | Shape::Keys(_) => 0,
        // The texts of statically known queries multiply: they have one ordering.
        Shape::Fixed(..) => random.below(2),
        Shape::Unfiltered | Shape::Boxed => random.below(around.catalog.orders(table) + 1),
    };
    let (mut limit, mut offset) = (None, None);
    if random.chance(35) {
        let both = known || random.chance(40);
        let first = random.chance(50);
        if both || first {
            limit = Some(*random.pick(&[0, 1, 1, 2, 3, u64::MAX]));
        }
        if both || !first {
            offset = Some(*random.pick(&[0, 1, 1, 2, 3]));
        }
    }
    let window = Window {
        order: match order {
            0 => Vec::new(),
            order => around.catalog.order(table, order - 1),
        },
        offset: offset.unwrap_or(0),
        limit,
    };
    Read {
        table,
        filter,
        order,
        limit,
        offset,
        window,
        fetch: fetch(random, around.in_transaction),
    }
}

fn fetch(random: &mut Random, in_transaction: bool) -> Fetch {
    let locked = if in_transaction { 10 } else { 0 };
    match random.weighted(&[60, 8, 8, 8, 8, locked, locked, locked]) {
        0 => Fetch::All,
        1 => Fetch::One,
        2 => Fetch::Optional,
        3 => Fetch::Stream(None),
        4 => Fetch::Stream(Some(random.below(3))),
        5 => Fetch::LockedAll,
        6 => Fetch::LockedOne,
        _ => Fetch::LockedOptional,
    }
}
