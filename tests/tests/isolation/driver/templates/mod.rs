//! Statically known queries with random parameters: their text is made by the compiler.
//!
//! Every condition, ordering and assignment here is compiled twice: with the columns of the model,
//! to run it, and with their stand-ins, to say what it means.

mod expand;
mod list;

use tenancy::expr::Bind;
use tenancy::query::Query;
use tenancy::query::{Update, UpdateWhere};
use tenancy::{Changes, Ref};

use super::condition::Filtered;
use super::handles::Handles;
use super::models::{Comment, Database, Document, Note, Organization, Plan, Role, Setting, User};
use super::running::Running;
use super::subject::Stored;
use super::{APART, On};
use crate::condition::Cond;
use crate::generate::Catalog;
use crate::schema::Table;
use crate::statement::{Assigns, Params, Read, Values};

/// Queries of a model that can be read and updated.
pub(super) trait Templates: Filtered {
    /// How many conditions there are.
    const FILTERS: usize;
    /// How many orderings, besides none.
    const ORDERS: usize;
    /// How many lists of assignments.
    const SETS: usize;

    /// What a condition means.
    fn filter(wanted: usize, params: &Params) -> Cond;
    /// What an ordering means.
    fn order(wanted: usize) -> Vec<(usize, bool)>;
    /// What a list of assignments means.
    fn set(wanted: usize, values: &Values) -> Assigns;

    /// Reads in the order that `read` asks for.
    fn ordered<'e, 't, P: Bind<Database>>(
        query: Query<Self, P>,
        read: &Read,
        on: On<'e, '_, 't>,
    ) -> Running<'e, 't, Self>;
    fn fixed_read<'e, 't>(
        wanted: usize,
        params: &Params,
        read: &Read,
        on: On<'e, '_, 't>,
    ) -> Running<'e, 't, Self>;
    fn fixed_count<'e, 't>(
        wanted: usize,
        params: &Params,
        on: On<'e, '_, 't>,
    ) -> Running<'e, 't, Self>;
    fn fixed_exists<'e, 't>(
        wanted: usize,
        params: &Params,
        on: On<'e, '_, 't>,
    ) -> Running<'e, 't, Self>;
    fn fixed_update<'e, 't>(
        wanted: usize,
        values: &Typed<'t>,
        update: Update<'t, Self>,
        fetch: bool,
        on: On<'e, '_, 't>,
    ) -> Running<'e, 't, Self>;
}

/// Statements on many rows of a model.
pub(super) trait StoredTemplates: Templates + Stored {
    /// A known condition with the first list of assignments.
    fn fixed_update_where<'e, 't>(
        wanted: usize,
        params: &Params,
        values: &Typed<'t>,
        fetch: bool,
        on: On<'e, '_, 't>,
    ) -> Running<'e, 't, Self>;
    /// A known condition with changes collected at run time.
    fn fixed_update_where_by<'e, 't>(
        wanted: usize,
        params: &Params,
        changes: Changes<'t, Self>,
        fetch: bool,
        on: On<'e, '_, 't>,
    ) -> Running<'e, 't, Self>;
    /// Any condition with a known list of assignments.
    fn update_where_fixed<'e, 't, P: Bind<Database>>(
        wanted: usize,
        values: &Typed<'t>,
        update: UpdateWhere<'t, Self, P>,
        fetch: bool,
        on: On<'e, '_, 't>,
    ) -> Running<'e, 't, Self>;
    fn fixed_destroy_where<'e, 't>(
        wanted: usize,
        params: &Params,
        fetch: bool,
        on: On<'e, '_, 't>,
    ) -> Running<'e, 't, Self>;
}

/// The values of assignments, with references to rows of the tenant.
pub(super) struct Typed<'t> {
    a: String,
    maybe: Option<String>,
    m: i64,
    maybe_m: Option<i64>,
    admin: bool,
    flag: bool,
    user: Ref<'t, User>,
    maybe_user: Option<Ref<'t, User>>,
    document: Ref<'t, Document>,
}

impl<'t> Typed<'t> {
    pub(super) fn new(values: &Values, handles: &Handles<'t>) -> Self {
        Self {
            a: values.a.clone(),
            maybe: values.maybe.clone(),
            m: values.m,
            maybe_m: values.maybe_m,
            admin: values.admin,
            flag: values.flag,
            user: handles.reference(&values.user).expect("a user"),
            maybe_user: handles.reference(&values.maybe_user),
            document: handles.reference(&values.document).expect("a document"),
        }
    }
}

/// The queries of all models, for the generator.
pub(super) struct Known;

macro_rules! by_table {
    ($table:expr, $model:ident => $expression:expr) => {
        match $table {
            Table::Organizations => {
                type $model = Organization;
                $expression
            }
            Table::Users => {
                type $model = User;
                $expression
            }
            Table::Documents => {
                type $model = Document;
                $expression
            }
            Table::Comments => {
                type $model = Comment;
                $expression
            }
            Table::Notes => {
                type $model = Note;
                $expression
            }
            Table::Settings => {
                type $model = Setting;
                $expression
            }
            Table::Plans => {
                type $model = Plan;
                $expression
            }
        }
    };
}

impl Catalog for Known {
    fn apart(&self) -> bool {
        APART
    }

    fn filters(&self, table: Table) -> usize {
        by_table!(table, M => M::FILTERS)
    }

    fn orders(&self, table: Table) -> usize {
        by_table!(table, M => M::ORDERS)
    }

    fn sets(&self, table: Table) -> usize {
        by_table!(table, M => M::SETS)
    }

    fn filter(&self, table: Table, wanted: usize, params: &Params) -> Cond {
        by_table!(table, M => M::filter(wanted, params))
    }

    fn order(&self, table: Table, wanted: usize) -> Vec<(usize, bool)> {
        by_table!(table, M => M::order(wanted))
    }

    fn set(&self, table: Table, wanted: usize, values: &Values) -> Assigns {
        by_table!(table, M => M::set(wanted, values))
    }
}

fn role(admin: bool) -> Role {
    if admin { Role::Admin } else { Role::Member }
}
