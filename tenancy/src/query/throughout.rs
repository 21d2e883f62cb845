//! Policies on rows that change.

use crate::backend::Backend;
use crate::expr::assign::Assignments;
use crate::expr::bind::Bind;
use crate::model::brand::Brand;
use crate::model::contract::Model;
use crate::model::params::Binder;
use crate::sql::node::Node;
use crate::sql::text::Text;
use crate::stmt::policied;
use std::marker::PhantomData;

/// A policy on a row that changes: it holds before, and it holds afterwards. The second is asked only
/// if the policy names a column that is assigned, and not here if it names one of which only the database
/// knows what it will be.
#[derive(Clone)]
pub(crate) struct Throughout<'t, M, S, Q> {
    policy: Q,
    /// The columns that are assigned, and what to, if only the running program knows.
    assigned: Option<(u128, Vec<u8>)>,
    model: PhantomData<(Brand<'t>, fn() -> (M, S))>,
}

impl<'t, M: Model, S: Assignments<'t, M>, Q: Node> Throughout<'t, M, S, Q> {
    pub(crate) fn new(policy: Q, assignments: &S) -> Self {
        let assigned = S::DYNAMIC.then(|| {
            let mut aliased = Vec::new();
            assignments.render_aliased(&mut aliased);
            (assignments.mask(), aliased)
        });
        Self {
            policy,
            assigned,
            model: PhantomData,
        }
    }

    /// The columns that the policy names, if it is asked here about the row as it will be.
    const NAMED: u128 = if policied::unforeseen::<M, Q>() {
        0
    } else {
        Q::COLUMNS
    };

    /// Whether the policy could change its mind.
    fn matters(&self) -> bool {
        let mask = match &self.assigned {
            Some((mask, _)) => *mask,
            None => S::MASK,
        };
        mask & Self::NAMED != 0
    }
}

impl<'t, M: Model, S: Assignments<'t, M>, Q: Node> Node for Throughout<'t, M, S, Q> {
    const TEXT: &'static Text = if Self::DYNAMIC {
        &Text::EMPTY
    } else if S::MASK & Self::NAMED == 0 {
        Q::TEXT
    } else {
        &policied::throughout::<M>(Q::TEXT, Q::COLUMNS, S::ALIASED, S::MASK)
    };
    const COLUMNS: u128 = Q::COLUMNS;
    const DYNAMIC: bool = S::DYNAMIC || Q::DYNAMIC;

    fn render(&self, template: &mut Vec<u8>) {
        if !self.matters() {
            return self.policy.render(template);
        }
        let assigned = match &self.assigned {
            Some((mask, aliased)) => (*mask, aliased.as_slice()),
            None => (S::MASK, S::ALIASED.as_bytes()),
        };
        policied::render_throughout::<M, Q>(&self.policy, assigned, template);
    }
}

impl<'t, DB, M, S, Q> Bind<DB> for Throughout<'t, M, S, Q>
where
    DB: Backend,
    M: Model,
    S: Assignments<'t, M>,
    Q: Bind<DB> + Clone,
{
    fn bind(self, binder: &mut Binder<DB>) {
        if self.matters() {
            self.policy.clone().bind(binder);
        }
        self.policy.bind(binder);
    }
}
