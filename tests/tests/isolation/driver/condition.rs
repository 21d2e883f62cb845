//! Conditions without their types, from plain data.

use sqlx::{Encode, Type};
use tenancy::expr::Boxed;
use tenancy::model::{Global, Tenanted};
if_apart!({
    use tenancy::model::InDatabase;
} else {
    use tenancy::model::InSchema;
});
use tenancy::{Column, Condition, Model};
use uuid::Uuid;

use super::models::{Comment, Database, Document, Note, Organization, Plan, Role, Setting, User};
use super::subject::{FromVal, Subject};
use crate::condition::{Cond, Match, Op, Operand, Subquery};
use crate::schema::{Table, Val};

/// A condition whose type does not say what it is made of.
pub(super) type AnyCondition<M> = Condition<M, Boxed<'static, Database>>;

/// A model whose columns are known by position.
pub(super) trait Filtered: Subject {
    /// The condition on one column.
    fn leaf(column: usize, cond: &Cond) -> AnyCondition<Self>;
}

/// The condition that `cond` stands for.
pub(super) fn boxed<M: Filtered>(cond: &Cond) -> AnyCondition<M> {
    match cond {
        Cond::All => Condition::all().boxed(),
        Cond::IfSome(None) => Condition::if_some(None::<&Cond>, boxed::<M>).boxed(),
        Cond::IfSome(Some(cond)) => Condition::if_some(Some(&**cond), boxed::<M>).boxed(),
        Cond::Not(cond) => (!boxed::<M>(cond)).boxed(),
        Cond::And(left, right) => (boxed::<M>(left) & boxed::<M>(right)).boxed(),
        Cond::Or(left, right) => (boxed::<M>(left) | boxed::<M>(right)).boxed(),
        Cond::Compare(column, ..)
        | Cond::Between(column, ..)
        | Cond::In(column, ..)
        | Cond::NotIn(column, ..)
        | Cond::IsNull(column)
        | Cond::IsNotNull(column)
        | Cond::Matches(column, ..)
        | Cond::InQuery(column, ..) => M::leaf(*column, cond),
    }
}

fn values<T: FromVal>(values: &[Val]) -> Vec<T> {
    values.iter().map(T::from_val).collect()
}

/// What applies to a column of any type.
fn plain<M, T, const I: usize, K>(column: Column<M, T, I, K>, cond: &Cond) -> AnyCondition<M>
where
    M: Subject,
    T: FromVal + Clone + Send + Type<Database> + for<'q> Encode<'q, Database> + 'static,
    K: 'static,
{
    match cond {
        Cond::Compare(_, op, Operand::Value(value)) => {
            let value = T::from_val(value);
            match op {
                Op::Eq => column.eq(value).boxed(),
                Op::Ne => column.ne(value).boxed(),
                Op::Lt => column.lt(value).boxed(),
                Op::Le => column.le(value).boxed(),
                Op::Gt => column.gt(value).boxed(),
                Op::Ge => column.ge(value).boxed(),
            }
        }
        Cond::Between(_, low, high) => column.between(T::from_val(low), T::from_val(high)).boxed(),
        Cond::In(_, list) => column.in_(values::<T>(list)).boxed(),
        Cond::NotIn(_, list) => column.not_in(values::<T>(list)).boxed(),
        Cond::IsNull(_) => column.is_null().boxed(),
        Cond::IsNotNull(_) => column.is_not_null().boxed(),
        other => unreachable!("{other:?} does not apply to this column"),
    }
}

fn text<M, const I: usize, K>(column: Column<M, String, I, K>, cond: &Cond) -> AnyCondition<M>
where
    M: Subject<Scoping: Scope>,
    K: 'static,
{
    match cond {
        Cond::Matches(_, kind, text) => match kind {
            Match::Contains => column.contains(text).boxed(),
            Match::StartsWith => column.starts_with(text).boxed(),
            Match::EndsWith => column.ends_with(text).boxed(),
            Match::Like => column.like(text).boxed(),
        },
        Cond::InQuery(_, query) => <M::Scoping as Scope>::text(column, query),
        cond => plain(column, cond),
    }
}

/// What a sub-query may look into, depending on whether the model around it is a tenant's.
trait Scope: tenancy::model::Scoping + Sized {
    fn text<M: Subject<Scoping = Self>, const I: usize, K: 'static>(
        column: Column<M, String, I, K>,
        query: &Subquery,
    ) -> AnyCondition<M>;

    fn id<M: Subject<Scoping = Self>, const I: usize, K: 'static>(
        _: Column<M, Uuid, I, K>,
        query: &Subquery,
    ) -> AnyCondition<M> {
        unreachable!("{query:?} is not seen from here")
    }

    fn number<M: Subject<Scoping = Self>, const I: usize, K: 'static>(
        _: Column<M, i64, I, K>,
        query: &Subquery,
    ) -> AnyCondition<M> {
        unreachable!("{query:?} is not seen from here")
    }

    fn role<M: Subject<Scoping = Self>, const I: usize, K: 'static>(
        _: Column<M, Role, I, K>,
        query: &Subquery,
    ) -> AnyCondition<M> {
        unreachable!("{query:?} is not seen from here")
    }
}

/// `column.in_query(…)`, for the columns that may be selected.
macro_rules! in_query {
    ($column:ident, $query:ident: $($table:ident $model:ident $field:ident;)*) => {{
        let name = $query.table.schema().columns[$query.column].name;
        match ($query.table, name) {
            $( (Table::$table, stringify!($field)) => match &$query.filter {
                None => $column
                    .in_query(<$model as Subject>::all().select(|columns| columns.$field))
                    .boxed(),
                Some(filter) => $column
                    .in_query(
                        <$model as Subject>::all()
                            .filter(|_| boxed::<$model>(filter))
                            .select(|columns| columns.$field),
                    )
                    .boxed(),
            }, )*
            other => unreachable!("{other:?} is never selected"),
        }
    }};
}

macro_rules! of_tenants {
    ($($scoping:ty),*) => {$(
        impl Scope for $scoping {
            fn text<M: Subject<Scoping = Self>, const I: usize, K: 'static>(
                column: Column<M, String, I, K>,
                query: &Subquery,
            ) -> AnyCondition<M> {
                if_apart!({
                    in_query!(column, query:
                        Users User email;
                        Users User nickname;
                        Documents Document title;
                        Notes Note body;
                        Settings Setting key;
                    )
                } else {
                    in_query!(column, query:
                        Users User email;
                        Users User nickname;
                        Documents Document title;
                        Notes Note body;
                        Settings Setting key;
                        Plans Plan value;
                        Organizations Organization name;
                    )
                })
            }

            fn id<M: Subject<Scoping = Self>, const I: usize, K: 'static>(
                column: Column<M, Uuid, I, K>,
                query: &Subquery,
            ) -> AnyCondition<M> {
                if_apart!({
                    in_query!(column, query:
                        Users User id;
                        Documents Document id;
                        Documents Document owner_id;
                        Documents Document reviewer_id;
                        Comments Comment author_id;
                    )
                } else {
                    in_query!(column, query:
                        Users User id;
                        Documents Document id;
                        Documents Document owner_id;
                        Documents Document reviewer_id;
                        Comments Comment author_id;
                        Organizations Organization id;
                    )
                })
            }

            fn number<M: Subject<Scoping = Self>, const I: usize, K: 'static>(
                column: Column<M, i64, I, K>,
                query: &Subquery,
            ) -> AnyCondition<M> {
                in_query!(column, query:
                    Notes Note priority;
                    Documents Document views;
                    Settings Setting value;
                )
            }

            fn role<M: Subject<Scoping = Self>, const I: usize, K: 'static>(
                column: Column<M, Role, I, K>,
                query: &Subquery,
            ) -> AnyCondition<M> {
                in_query!(column, query:
                    Users User role;
                    Comments Comment role;
                )
            }
        }
    )*};
}

if_apart!({
    of_tenants!(InDatabase<false>);

    impl Scope for Tenanted {
        fn text<M: Subject<Scoping = Self>, const I: usize, K: 'static>(
            column: Column<M, String, I, K>,
            query: &Subquery,
        ) -> AnyCondition<M> {
            in_query!(column, query:
                Plans Plan value;
                Organizations Organization name;
            )
        }

        fn id<M: Subject<Scoping = Self>, const I: usize, K: 'static>(
            column: Column<M, Uuid, I, K>,
            query: &Subquery,
        ) -> AnyCondition<M> {
            in_query!(column, query: Organizations Organization id;)
        }
    }
} else {
    of_tenants!(Tenanted, InSchema<false>, InSchema<true>);
});

impl Scope for Global {
    fn text<M: Subject<Scoping = Self>, const I: usize, K: 'static>(
        column: Column<M, String, I, K>,
        query: &Subquery,
    ) -> AnyCondition<M> {
        in_query!(column, query: Plans Plan value;)
    }
}

macro_rules! leaves {
    ($($name:ident: $ty:ty;)*) => {$(
        fn $name<M, const I: usize, K>(column: Column<M, $ty, I, K>, cond: &Cond) -> AnyCondition<M>
        where
            M: Subject<Scoping: Scope>,
            K: 'static,
        {
            match cond {
                Cond::InQuery(_, query) => <M::Scoping as Scope>::$name(column, query),
                cond => plain(column, cond),
            }
        }
    )*};
}

leaves! { id: Uuid; number: i64; role: Role; }

macro_rules! filtered {
    ($($model:ident { $($field:ident: $leaf:ident),* })*) => {$(
        impl Filtered for $model {
            fn leaf(column: usize, cond: &Cond) -> AnyCondition<Self> {
                let columns = <Self as Model>::COLUMNS;
                match Self::SUBJECT.schema().columns[column].name {
                    $( stringify!($field) => $leaf(columns.$field, cond), )*
                    other => unreachable!("{other} is not a column"),
                }
            }
        }
    )*};
}

filtered! {
    Organization { id: id, name: text, active: plain }
    User { id: id, tenant_id: id, email: text, role: role, nickname: text }
    Document {
        id: id, owner_id: id, reviewer_id: id, title: text, views: number, archived: plain,
        version: number
    }
    Comment { id: id, document_id: id, author_id: id, role: role, body: text }
    Note { id: number, tenant_id: id, body: text, priority: number }
    Setting { key: text, tenant_id: id, value: number }
    Plan { key: text, value: text }
}
