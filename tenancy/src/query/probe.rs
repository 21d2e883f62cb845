//! What tells a forbidden row from one that is not there.

use std::marker::PhantomData;

use super::narrow::Narrowed;
use super::read::render_scoped;
use super::write::{RowKey, ThisRow, finish};
use crate::backend::sealed::Backend as _;
use crate::binder::Binder;
use crate::execute::{Context, Operation, Pending};
use crate::expr::{Bind, Condition, Node};
use crate::model::{DatabaseOf, Model, RowOf};
use crate::policy::{Permission, Visit};
use crate::sql::render::{Rendered, Stored};
use crate::sql::{Dialect, Text, policied, statement, vouch};

/// Whether a row may be read: what tells a forbidden row from one that is not there.
pub(super) struct Probing<'e, M: Model> {
    pub(super) context: Context<'e, M::Root>,
    pub(super) row: RowKey<M>,
}

impl<'e, M: Model> Probing<'e, M> {
    fn probe<P: Bind<DatabaseOf<M>>>(self, condition: P) -> Probe<'e, M> {
        let sql = if P::DYNAMIC {
            let mut template = ProbeHead::<M>::STORED.as_bytes().to_vec();
            render_scoped::<M>(&condition, &mut template);
            vouch::rendered(&template, <DatabaseOf<M>>::DIALECT)
        } else {
            sqlx::SqlStr::from_static(ProbeText::<M, P>::SQL)
        };
        let mut binder = Binder::new(8);
        condition.bind(&mut binder);
        binder.seal();
        self.row.bind(&mut binder);
        let statement = finish::<M>(self.context, binder, sql);
        self.context.one(Operation::Exists, statement)
    }
}

/// The answer of a [`Probing`].
pub(super) type Probe<'e, M> = Pending<'e, Option<RowOf<M>>>;

impl<'e, M: Model> Visit<M> for Probing<'e, M> {
    type Output = Option<Probe<'e, M>>;

    fn all(self) -> Self::Output {
        Some(self.probe(ThisRow::<M>::new()))
    }

    fn none(self) -> Self::Output {
        None
    }

    fn filter<P: Permission<DatabaseOf<M>>>(self, condition: Condition<M, P>) -> Self::Output {
        Some(self.probe(Narrowed::new(ThisRow::<M>::new(), condition)))
    }
}

struct ProbeHead<M>(PhantomData<M>);

impl<M: Model> Stored for ProbeHead<M> {
    const TEXT: &'static Text = &statement::exists::<M>();
}

struct ProbeText<M, P>(PhantomData<(M, P)>);

impl<M: Model, P: Node> Rendered for ProbeText<M, P> {
    const DIALECT: Dialect = <DatabaseOf<M>>::DIALECT;
    const TEMPLATE: &'static Text = &if P::DYNAMIC {
        Text::EMPTY
    } else {
        policied::probe::<M>(P::TEXT)
    };
}
