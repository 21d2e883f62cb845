//! What a read may give.

use std::cmp::Ordering;

use uuid::Uuid;

use super::State;
use crate::condition::Cond;
use crate::schema::{Table, Val};

/// Which of the matching rows a read gives.
#[derive(Clone, Debug, Default)]
pub(crate) struct Window {
    /// Columns, and whether the greatest comes first.
    pub(crate) order: Vec<(usize, bool)>,
    pub(crate) offset: u64,
    pub(crate) limit: Option<u64>,
}

/// The rows that a statement may give.
#[derive(Clone, Debug)]
pub(crate) struct Expected {
    /// All matching rows, in the order asked for. Rows that the order does not tell apart may
    /// come in any order.
    matching: Vec<Vec<Val>>,
    window: Window,
}

impl State {
    /// The rows of `table` that `tenant` sees and `filter` keeps.
    pub(crate) fn matching(
        &self,
        tenant: Uuid,
        table: Table,
        filter: Option<&Cond>,
    ) -> Vec<Vec<Val>> {
        self.visible(table, tenant)
            .filter(|record| match filter {
                None => true,
                Some(filter) => self.evaluate(tenant, filter, &record.values) == Some(true),
            })
            .map(|record| record.values.clone())
            .collect()
    }
}

impl Expected {
    pub(crate) fn new(mut matching: Vec<Vec<Val>>, window: Window) -> Self {
        matching.sort_by(|left, right| compare(left, right, &window.order));
        Self { matching, window }
    }

    /// All of these rows, in any order.
    pub(crate) fn all(matching: Vec<Vec<Val>>) -> Self {
        Self::new(matching, Window::default())
    }

    /// How many rows the window shows.
    pub(crate) fn len(&self) -> usize {
        let after = self
            .matching
            .len()
            .saturating_sub(clamp(self.window.offset));
        after.min(self.window.limit.map_or(usize::MAX, clamp))
    }

    /// Compares rows with the first `len` of the window.
    pub(crate) fn check(&self, actual: &[Vec<Val>], len: usize) -> Result<(), String> {
        if actual.len() != len {
            return Err(format!("{} rows instead of {len}", actual.len()));
        }
        let mut left = self.matching.clone();
        for (index, row) in actual.iter().enumerate() {
            let Some(position) = left.iter().position(|candidate| candidate == row) else {
                return Err(format!("a row that should not be there: {row:?}"));
            };
            left.swap_remove(position);
            let place = &self.matching[clamp(self.window.offset) + index];
            if compare(row, place, &self.window.order).is_ne() {
                return Err(format!("{row:?} in the place of {place:?}"));
            }
        }
        Ok(())
    }
}

fn clamp(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// NULL is greater than every value.
fn compare(left: &[Val], right: &[Val], order: &[(usize, bool)]) -> Ordering {
    for &(column, descending) in order {
        let ordering = match (&left[column], &right[column]) {
            (Val::Null, Val::Null) => Ordering::Equal,
            (Val::Null, _) => Ordering::Greater,
            (_, Val::Null) => Ordering::Less,
            (left, right) => left.cmp(right),
        };
        let ordering = if descending {
            ordering.reverse()
        } else {
            ordering
        };
        if ordering.is_ne() {
            return ordering;
        }
    }
    Ordering::Equal
}
