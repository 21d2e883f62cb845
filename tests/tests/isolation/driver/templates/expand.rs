//! From a list of queries to the code that runs them and the data that says what they mean.

/// The expression at a position.
macro_rules! choose {
    ($wanted:expr => $($choice:expr;)*) => {{
        let mut left: usize = $wanted;
        $(
            if left == 0 {
                return $choice;
            }
            left -= 1;
        )*
        unreachable!("{left} positions after the last")
    }};
}

/// Implements [`Templates`](super::Templates), and [`StoredTemplates`](super::StoredTemplates)
/// where the model is followed by `as stored`.
macro_rules! templates {
    (@ stored $model:ident
        filters |$u:ident, $p:ident| { $($filter:expr;)* }
        sets |$s:ident, $v:ident| { $first_set:expr; $($set:expr;)* }
    ) => {
        #[allow(unused_variables, reason = "not every query has parameters")]
        impl StoredTemplates for $model {
            fn fixed_update_where<'e, 't>(
                wanted: usize,
                $p: &Params,
                $v: &Typed<'t>,
                fetch: bool,
                on: On<'e, '_, 't>,
            ) -> Running<'e, 't, Self> {
                choose!(wanted => $( {
                    let update = Self::update_where(|$u| $filter).set(|$s| $first_set);
                    updated_where(update, fetch, on)
                }; )*)
            }

            fn fixed_update_where_by<'e, 't>(
                wanted: usize,
                $p: &Params,
                changes: Changes<'t, Self>,
                fetch: bool,
                on: On<'e, '_, 't>,
            ) -> Running<'e, 't, Self> {
                choose!(wanted => $( {
                    let update = Self::update_where(|$u| $filter).set(|_| changes);
                    updated_where(update, fetch, on)
                }; )*)
            }

            fn update_where_fixed<'e, 't, P: Bind<Database>>(
                wanted: usize,
                $v: &Typed<'t>,
                update: UpdateWhere<'t, Self, P>,
                fetch: bool,
                on: On<'e, '_, 't>,
            ) -> Running<'e, 't, Self> {
                choose!(wanted =>
                    updated_where(update.set(|$s| $first_set), fetch, on);
                    $( updated_where(update.set(|$s| $set), fetch, on); )*
                )
            }

            fn fixed_destroy_where<'e, 't>(
                wanted: usize,
                $p: &Params,
                fetch: bool,
                on: On<'e, '_, 't>,
            ) -> Running<'e, 't, Self> {
                choose!(wanted => $(
                    destroyed_where(Self::destroy_where(|$u| $filter), fetch, on);
                )*)
            }
        }
    };
    (@ $model:ident filters $($rest:tt)*) => {};
    (
        $model:ident $(as $stored:ident)?
        filters |$u:ident, $p:ident| { $($filter:expr;)* }
        orders |$o:ident| { $first_order:expr; $($order:expr;)* }
        sets |$s:ident, $v:ident| { $first_set:expr; $($set:expr;)* }
    ) => {
        #[allow(unused_variables, reason = "not every query has parameters")]
        impl Templates for $model {
            const FILTERS: usize = [$( stringify!($filter) ),*].len();
            const ORDERS: usize = [stringify!($first_order), $( stringify!($order) ),*].len();
            const SETS: usize = [stringify!($first_set), $( stringify!($set) ),*].len();

            fn filter(wanted: usize, $p: &Params) -> Cond {
                #[allow(unused_imports, reason = "not every list has sub-queries")]
                use crate::shadow::{Comment, Document, Note, Organization, Plan, Setting, User};
                let $u = <crate::shadow::columns::$model as crate::shadow::Columns>::columns();
                choose!(wanted => $( $filter; )*)
            }

            fn order(wanted: usize) -> Vec<(usize, bool)> {
                let $o = <crate::shadow::columns::$model as crate::shadow::Columns>::columns();
                choose!(wanted => $first_order.list(); $( $order.list(); )*)
            }

            fn set(wanted: usize, $v: &Values) -> Assigns {
                let $s = <crate::shadow::columns::$model as crate::shadow::Columns>::columns();
                choose!(wanted => $first_set.list(); $( $set.list(); )*)
            }

            fn ordered<'e, 't, P: Bind<Database>>(
                query: Query<Self, P>,
                read: &Read,
                on: On<'e, '_, 't>,
            ) -> Running<'e, 't, Self> {
                choose!(read.order =>
                    paged(query, read, on);
                    paged(query.order_by(|$o| $first_order), read, on);
                    $( paged(query.order_by(|$o| $order), read, on); )*
                )
            }

            fn fixed_read<'e, 't>(
                wanted: usize,
                $p: &Params,
                read: &Read,
                on: On<'e, '_, 't>,
            ) -> Running<'e, 't, Self> {
                choose!(wanted => $( {
                    let query = Self::all().filter(|$u| $filter);
                    if read.order == 0 {
                        paged_or_not(query, read, on)
                    } else {
                        paged_or_not(query.order_by(|$o| $first_order), read, on)
                    }
                }; )*)
            }

            fn fixed_count<'e, 't>(
                wanted: usize,
                $p: &Params,
                on: On<'e, '_, 't>,
            ) -> Running<'e, 't, Self> {
                choose!(wanted => $(
                    Running::Count(Self::all().filter(|$u| $filter).count(on.tenant));
                )*)
            }

            // The condition twice, which means the same, to join two of them.
            fn fixed_exists<'e, 't>(
                wanted: usize,
                $p: &Params,
                on: On<'e, '_, 't>,
            ) -> Running<'e, 't, Self> {
                choose!(wanted => $( {
                    let query = Self::all().filter(|$u| $filter).filter(|$u| $filter);
                    Running::Exists(query.exists(on.tenant))
                }; )*)
            }

            fn fixed_update<'e, 't>(
                wanted: usize,
                $v: &Typed<'t>,
                update: Update<'t, Self>,
                fetch: bool,
                on: On<'e, '_, 't>,
            ) -> Running<'e, 't, Self> {
                choose!(wanted =>
                    updated(update.set(|$s| $first_set), fetch, on);
                    $( updated(update.set(|$s| $set), fetch, on); )*
                )
            }
        }

        templates!(@ $($stored)? $model
            filters |$u, $p| { $($filter;)* }
            sets |$s, $v| { $first_set; $($set;)* }
        );
    };
}

pub(super) use {choose, templates};
