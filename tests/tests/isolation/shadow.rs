//! Stand-ins for the columns of the models, which make [`Cond`]s where the real ones make typed
//! conditions. The same source text, compiled with each of them, says what a statically typed
//! query means and runs it.

use std::marker::PhantomData;

use uuid::Uuid;

use crate::condition::{Cond, Match, Op, Operand, Subquery};
use crate::schema::{Table, Val};
use crate::statement::{Assign, Reference};

/// Stands for a column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column(pub(crate) usize);

/// Stands for a computed value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sum(usize, i64);

macro_rules! comparisons {
    ($($name:ident $op:ident)*) => {$(
        pub(crate) fn $name(self, operand: impl Into<Operand>) -> Cond {
            Cond::Compare(self.0, Op::$op, operand.into())
        }
    )*};
}

macro_rules! matches {
    ($($name:ident $kind:ident)*) => {$(
        pub(crate) fn $name(self, pattern: impl AsRef<str>) -> Cond {
            Cond::Matches(self.0, Match::$kind, pattern.as_ref().to_owned())
        }
    )*};
}

impl Column {
    comparisons! { eq Eq ne Ne lt Lt le Le gt Gt ge Ge }
    matches! { contains Contains starts_with StartsWith ends_with EndsWith like Like }

    pub(crate) fn between(self, low: impl Into<Val>, high: impl Into<Val>) -> Cond {
        Cond::Between(self.0, low.into(), high.into())
    }

    pub(crate) fn in_(self, values: impl IntoIterator<Item: Into<Val>>) -> Cond {
        Cond::In(self.0, values.into_iter().map(Into::into).collect())
    }

    pub(crate) fn not_in(self, values: impl IntoIterator<Item: Into<Val>>) -> Cond {
        Cond::NotIn(self.0, values.into_iter().map(Into::into).collect())
    }

    pub(crate) fn is_null(self) -> Cond {
        Cond::IsNull(self.0)
    }

    pub(crate) fn is_not_null(self) -> Cond {
        Cond::IsNotNull(self.0)
    }

    pub(crate) fn in_query(self, query: Subquery) -> Cond {
        Cond::InQuery(self.0, Box::new(query))
    }

    /// Which column, and whether the greatest comes first.
    pub(crate) fn asc(self) -> (usize, bool) {
        (self.0, false)
    }

    pub(crate) fn desc(self) -> (usize, bool) {
        (self.0, true)
    }

    pub(crate) fn to(self, value: impl Into<Assign>) -> (usize, Assign) {
        (self.0, value.into())
    }

    pub(crate) fn to_null(self) -> (usize, Assign) {
        (self.0, Assign::Value(Val::Null))
    }

    pub(crate) fn plus(self, number: i64) -> Sum {
        Sum(self.0, number)
    }

    pub(crate) fn minus(self, number: i64) -> Sum {
        Sum(self.0, -number)
    }
}

impl<T: Into<Val>> From<T> for Operand {
    fn from(value: T) -> Self {
        Self::Value(value.into())
    }
}

impl From<Column> for Operand {
    fn from(column: Column) -> Self {
        Self::Column(column.0)
    }
}

impl<T: Into<Val>> From<T> for Assign {
    fn from(value: T) -> Self {
        Self::Value(value.into())
    }
}

impl From<Column> for Assign {
    fn from(column: Column) -> Self {
        Self::Column(column.0)
    }
}

impl From<Sum> for Assign {
    fn from(sum: Sum) -> Self {
        Self::Plus(sum.0, sum.1)
    }
}

impl From<&Reference> for Assign {
    fn from(reference: &Reference) -> Self {
        Self::Reference(reference.clone())
    }
}

impl From<Reference> for Assign {
    fn from(reference: Reference) -> Self {
        Self::Reference(reference)
    }
}

impl From<&Uuid> for Val {
    fn from(value: &Uuid) -> Self {
        Self::Uuid(*value)
    }
}

impl From<&i64> for Val {
    fn from(value: &i64) -> Self {
        Self::Int(*value)
    }
}

/// One, or a tuple of them.
pub(crate) trait List<T> {
    fn list(self) -> Vec<T>;
}

impl<T> List<T> for () {
    fn list(self) -> Vec<T> {
        Vec::new()
    }
}

macro_rules! lists {
    ($($item:ty: $($one:ident)?;)*) => {$(
        impl List<$item> for $item {
            fn list(self) -> Vec<$item> {
                vec![self]
            }
        }

        impl List<$item> for ($item, $item) {
            fn list(self) -> Vec<$item> {
                vec![self.0, self.1]
            }
        }

        impl List<$item> for ($item, $item, $item) {
            fn list(self) -> Vec<$item> {
                vec![self.0, self.1, self.2]
            }
        }
    )*};
}

lists! {
    (usize, bool):;
    (usize, Assign):;
}

/// Stands for a query.
#[derive(Debug)]
pub(crate) struct Query<C> {
    table: Table,
    filter: Option<Cond>,
    columns: PhantomData<C>,
}

/// Stands for the columns of a model.
pub(crate) trait Columns {
    const TABLE: Table;
    fn columns() -> Self;
}

impl<C: Columns> Query<C> {
    fn new() -> Self {
        Self {
            table: C::TABLE,
            filter: None,
            columns: PhantomData,
        }
    }

    pub(crate) fn filter(self, filter: impl FnOnce(C) -> Cond) -> Self {
        let added = filter(C::columns());
        Self {
            filter: Some(match self.filter {
                Some(filter) => filter.and(added),
                None => added,
            }),
            ..self
        }
    }

    pub(crate) fn select(self, column: impl FnOnce(C) -> Column) -> Subquery {
        Subquery {
            table: self.table,
            column: column(C::columns()).0,
            filter: self.filter,
        }
    }
}

macro_rules! models {
    ($($model:ident = $table:ident { $($field:ident)* })*) => {
        /// The columns of the models, under the names of the models.
        pub(crate) mod columns {
            use super::Column;
            $(
                #[allow(dead_code, reason = "not every column is in a statically known query")]
                #[derive(Clone, Copy, Debug)]
                pub(crate) struct $model { $( pub(crate) $field: Column ),* }
            )*
        }

        $(
            #[derive(Debug)]
            pub(crate) struct $model;

            impl $model {
                #[allow(dead_code, reason = "not every model is in a sub-query")]
                pub(crate) fn query() -> Query<columns::$model> {
                    Query::new()
                }
            }

            impl Columns for columns::$model {
                const TABLE: Table = Table::$table;

                fn columns() -> Self {
                    Self { $( $field: Column(Table::$table.column(stringify!($field))) ),* }
                }
            }
        )*
    };
}

models! {
    Organization = Organizations { id name active }
    User = Users { id tenant_id email role nickname }
    Document = Documents { id owner_id reviewer_id title views archived version }
    Comment = Comments { id document_id author_id role body }
    Note = Notes { id tenant_id body priority }
    Setting = Settings { key tenant_id value }
    Plan = Plans { key value }
}
