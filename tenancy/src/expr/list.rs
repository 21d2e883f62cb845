//! `IN` over a list whose length only the running program knows.

use crate::backend::Backend;
use crate::expr::bind::Bind;
use crate::model::params::Binder;
use crate::sql::node::Node;
use crate::sql::text::{Text, USER};

/// `column IN (…)`, or `NOT IN`.
///
/// The list is padded with its last value to the next power of two, so that lists of many lengths
/// share a few prepared statements; very long ones are not, so that all fit that the database takes.
#[derive(Clone, Debug)]
pub struct List<C, V> {
    column: C,
    values: Vec<V>,
    negated: bool,
}

/// Lists up to this length are padded.
const PADDED: usize = 1 << 12;

impl<C, V> List<C, V> {
    pub(crate) fn new(column: C, values: impl IntoIterator<Item = V>, negated: bool) -> Self {
        Self {
            column,
            values: values.into_iter().collect(),
            negated,
        }
    }

    /// How many parameters the list has in the statement.
    fn padded(&self) -> usize {
        match self.values.len() {
            0 => 0,
            len @ 1..=PADDED => len.next_power_of_two(),
            len => len,
        }
    }
}

impl<C: Node, V> Node for List<C, V> {
    const COLUMNS: u128 = C::COLUMNS;
    const TEXT: &'static Text = &Text::EMPTY;
    const DYNAMIC: bool = true;

    fn render(&self, template: &mut Vec<u8>) {
        let padded = self.padded();
        if padded == 0 {
            // An empty list is legal SQL in SQLite only.
            template.extend_from_slice(if self.negated { b"TRUE" } else { b"FALSE" });
            return;
        }
        self.column.render(template);
        template.extend_from_slice(if self.negated { b" NOT IN (" } else { b" IN (" });
        for index in 0..padded {
            if index > 0 {
                template.extend_from_slice(b", ");
            }
            template.push(USER);
        }
        template.push(b')');
    }
}

impl<DB, C, V> Bind<DB> for List<C, V>
where
    DB: Backend,
    C: Bind<DB>,
    V: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    fn bind(self, binder: &mut Binder<DB>) {
        let padding = self.padded() - self.values.len();
        self.column.bind(binder);
        for value in &self.values {
            binder.user(value);
        }
        if let Some(last) = self.values.last() {
            for _ in 0..padding {
                binder.user(last);
            }
        }
    }
}
