//! Conditions in SQL's three-valued logic: `None` is unknown.

use std::cmp::Ordering;

use uuid::Uuid;

use super::State;
use super::pattern;
use crate::condition::{Cond, Op, Operand, Subquery};
use crate::schema::Val;

impl State {
    /// The value of a condition for a row that `tenant` sees.
    pub(super) fn evaluate(&self, tenant: Uuid, cond: &Cond, row: &[Val]) -> Option<bool> {
        match cond {
            Cond::All | Cond::IfSome(None) => Some(true),
            Cond::IfSome(Some(cond)) => self.evaluate(tenant, cond, row),
            Cond::Compare(column, op, operand) => {
                let other = match operand {
                    Operand::Value(value) => value,
                    Operand::Column(other) => &row[*other],
                };
                compare(&row[*column], other).map(|ordering| holds(*op, ordering))
            }
            Cond::Between(column, low, high) => both(
                compare(&row[*column], low).map(Ordering::is_ge),
                compare(&row[*column], high).map(Ordering::is_le),
            ),
            Cond::In(column, values) => among(&row[*column], values),
            Cond::NotIn(column, values) => among(&row[*column], values).map(|found| !found),
            Cond::IsNull(column) => Some(row[*column] == Val::Null),
            Cond::IsNotNull(column) => Some(row[*column] != Val::Null),
            Cond::Matches(column, kind, text) => match &row[*column] {
                Val::Text(value) => Some(pattern::matches(value, *kind, text)),
                _ => None,
            },
            Cond::InQuery(column, query) => among(&row[*column], &self.selected(tenant, query)),
            Cond::Not(cond) => self.evaluate(tenant, cond, row).map(|value| !value),
            Cond::And(left, right) => both(
                self.evaluate(tenant, left, row),
                self.evaluate(tenant, right, row),
            ),
            Cond::Or(left, right) => {
                let left = self.evaluate(tenant, left, row).map(|value| !value);
                let right = self.evaluate(tenant, right, row).map(|value| !value);
                both(left, right).map(|neither| !neither)
            }
        }
    }

    fn selected(&self, tenant: Uuid, query: &Subquery) -> Vec<Val> {
        self.visible(query.table, tenant)
            .filter(|record| match &query.filter {
                None => true,
                Some(filter) => self.evaluate(tenant, filter, &record.values) == Some(true),
            })
            .map(|record| record.values[query.column].clone())
            .collect()
    }
}

fn compare(left: &Val, right: &Val) -> Option<Ordering> {
    match (left, right) {
        (Val::Null, _) | (_, Val::Null) => None,
        _ => Some(left.cmp(right)),
    }
}

fn holds(op: Op, ordering: Ordering) -> bool {
    match op {
        Op::Eq => ordering.is_eq(),
        Op::Ne => ordering.is_ne(),
        Op::Lt => ordering.is_lt(),
        Op::Le => ordering.is_le(),
        Op::Gt => ordering.is_gt(),
        Op::Ge => ordering.is_ge(),
    }
}

fn both(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (left, right) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// `value IN (values)`: in an empty list there is nothing, not even what is unknown.
fn among(value: &Val, values: &[Val]) -> Option<bool> {
    if values.is_empty() {
        return Some(false);
    }
    if *value == Val::Null {
        return None;
    }
    if values.contains(value) {
        return Some(true);
    }
    if values.contains(&Val::Null) {
        return None;
    }
    Some(false)
}
