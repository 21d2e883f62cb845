//! What becomes of the row in whose place another one was proposed.

use crate::backend::Backend;
use crate::expr::assign::Assignments;
use crate::expr::bind::Bind;
use crate::model::brand::Brand;
use crate::model::contract::{DatabaseOf, Insert, Model};
use crate::model::params::Binder;
use crate::query::upsert::Target;
use crate::sql::node::Node;
use crate::sql::render::Stored;
use crate::sql::text::Text;
use crate::stmt::statement;
use std::marker::PhantomData;

/// The values of the proposed row, assigned to the columns of the one in its place: to all but those
/// that make them the same, and the key.
pub(crate) struct Proposed<'t, M, N, C>(PhantomData<(Brand<'t>, fn() -> (M, N, C))>);

impl<M, N, C> Proposed<'_, M, N, C> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'t, M: Model, N: Insert<M>, C: Target<M>> Assignments<'t, M> for Proposed<'t, M, N, C> {
    const MASK: u128 = {
        let proposed = statement::mask(N::VALUES) | statement::mask(N::REFERENCES);
        proposed & !(C::MASK | (1 << M::KEY))
    };
    const CONSTANT: bool = false;
    const SET: &'static Text = &if Self::MASK == 0 {
        // Nothing besides the target: the row stays as it is, and is there.
        statement::same::<M>()
    } else {
        statement::take_proposed::<M>(Self::MASK)
    };
    const ALIASED: &'static Text = &statement::alias_proposed::<M>(Self::MASK);
    const NAMES: &'static Text = &Text::EMPTY;
    const VALUES: &'static Text = &Text::EMPTY;
    type References = ();

    fn bind(self, _: &mut Binder<DatabaseOf<M>>) {}
}

/// It takes the values of the proposed row, if it meets a condition.
pub(crate) struct Takes<'t, M, N, C, P> {
    condition: P,
    types: PhantomData<Proposed<'t, M, N, C>>,
}

impl<M, N, C, P> Takes<'_, M, N, C, P> {
    pub(crate) fn new(condition: P) -> Self {
        Self {
            condition,
            types: PhantomData,
        }
    }
}

/// What comes before the condition.
struct TakesHead<'t, M, N, C>(PhantomData<Proposed<'t, M, N, C>>);

impl<'t, M: Model, N: Insert<M>, C: Target<M>> Stored for TakesHead<'t, M, N, C> {
    const TEXT: &'static Text =
        &statement::on_conflict::<M>(C::TEXT, <Proposed<'t, M, N, C> as Assignments<'t, M>>::SET);
}

impl<'t, M: Model, N: Insert<M>, C: Target<M>, P: Node> Node for Takes<'t, M, N, C, P> {
    const TEXT: &'static Text = &{
        let mut text = *TakesHead::<'t, M, N, C>::TEXT;
        if !P::TEXT.is_empty() {
            text.push(" AND ");
            text.append(P::TEXT);
        }
        text
    };
    const COLUMNS: u128 = P::COLUMNS;
    const DYNAMIC: bool = P::DYNAMIC;

    fn render(&self, template: &mut Vec<u8>) {
        template.extend_from_slice(TakesHead::<'t, M, N, C>::STORED.as_bytes());
        if P::DYNAMIC || !P::TEXT.is_empty() {
            template.extend_from_slice(b" AND ");
            self.condition.render(template);
        }
    }
}

impl<DB, M, N, C, P> Bind<DB> for Takes<'_, M, N, C, P>
where
    DB: Backend,
    M: Model,
    N: Insert<M>,
    C: Target<M>,
    P: Bind<DB>,
{
    fn bind(self, binder: &mut Binder<DB>) {
        self.condition.bind(binder);
    }
}

/// It stays as it is, whichever it is.
pub(crate) struct Stays<M, C>(PhantomData<fn() -> (M, C)>);

impl<M, C> Stays<M, C> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<M: Model, C: Target<M>> Node for Stays<M, C> {
    const TEXT: &'static Text = &statement::unless_conflict::<M>(C::TEXT);
    const COLUMNS: u128 = 0;
}

impl<DB: Backend, M: Model, C: Target<M>> Bind<DB> for Stays<M, C> {
    fn bind(self, _: &mut Binder<DB>) {}
}
