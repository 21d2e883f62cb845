//! The constraints of the tables.

use super::{Record, State};
use crate::schema::{Table, Val};
use crate::statement::Failure;

impl State {
    /// Every constraint that a state violates after a write to `table`.
    pub(super) fn violations(&self, table: Table) -> Vec<Failure> {
        let mut violations = Vec::new();
        if self.has_bad_values(table) {
            violations.push(Failure::InvalidValue);
        }
        if self.has_duplicates(table) {
            violations.push(Failure::Conflict);
        }
        if self.has_dangling_references() {
            violations.push(Failure::InvalidReference);
        }
        violations
    }

    fn has_bad_values(&self, table: Table) -> bool {
        let schema = table.schema();
        self.rows(table).iter().any(|record| {
            schema
                .not_negative
                .is_some_and(|column| record.values[column] < Val::Int(0))
        })
    }

    fn has_duplicates(&self, table: Table) -> bool {
        let schema = table.schema();
        let rows = self.rows(table);
        // Keys that the database or the library makes are not known yet while they are NULL.
        let same = |left: &Record, right: &Record, column: usize| {
            left.tenant == right.tenant
                && left.values[column] == right.values[column]
                && left.values[column] != Val::Null
        };
        rows.iter().enumerate().any(|(index, left)| {
            rows[index + 1..].iter().any(|right| {
                same(left, right, schema.key)
                    || schema
                        .unique
                        .is_some_and(|column| same(left, right, column))
            })
        })
    }

    fn has_dangling_references(&self) -> bool {
        Table::ALL.into_iter().any(|table| {
            self.rows(table).iter().any(|record| {
                table
                    .schema()
                    .references
                    .iter()
                    .any(|&(column, target)| !self.refers(record, column, target))
            })
        })
    }

    fn refers(&self, record: &Record, column: usize, target: Table) -> bool {
        let value = &record.values[column];
        *value == Val::Null
            || self.rows(target).iter().any(|candidate| {
                candidate.tenant == record.tenant && candidate.values[target.schema().key] == *value
            })
    }
}
