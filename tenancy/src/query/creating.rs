//! Creations on their way through the policies.

use std::marker::PhantomData;

use super::create::{Bound, Create, CreateText, bind_row};
use super::create_many::CreateMany;
use super::narrow::Unfiltered;
use super::prepared::Prepared;
use super::question::Question;
use super::write::{Returning, ReturningKey, finish};
use crate::Result;
use crate::backend::sealed::Backend as _;
use crate::barrier::Insert;
use crate::execute::{Context, Statement, Zero};
use crate::expr::{Assignments, Condition, Node};
use crate::model::{DatabaseOf, Model, TenantScoped};
use crate::policy::{Permission, Visit};
use crate::sql::render::{Rendered, Stored};
use crate::sql::{Dialect, Text, policied, statement, text, vouch};
use crate::tenant::Brand;

/// A creation on its way through the policies.
pub(super) struct Creating<'e, M: Model, C, const RETURNING: bool> {
    pub(super) context: Context<'e, M::Root>,
    pub(super) create: C,
}

impl<'t, M, S, const RETURNING: bool> Visit<M> for Creating<'_, M, Create<'t, M, S>, RETURNING>
where
    M: TenantScoped,
    S: Assignments<'t, M>,
{
    type Output = Option<Prepared<M>>;

    fn all(self) -> Self::Output {
        let statement = self.create.statement::<RETURNING>(self.context);
        Some(Prepared::new((statement, Zero::InvalidReference)))
    }

    fn none(self) -> Self::Output {
        None
    }

    fn filter<Q: Permission<DatabaseOf<M>>>(self, condition: Condition<M, Q>) -> Self::Output {
        if const { policied::unseen::<M, M::New<'t>, Q>(S::MASK) } {
            let statement = self.create.keyed(self.context);
            let prepared = Prepared::new((statement, Zero::InvalidReference));
            return Some(prepared.asking(Question::new(condition, RETURNING)));
        }
        let policy = condition.into_node();
        let statement = self.create.policied::<Q, RETURNING>(policy, self.context);
        Some(Prepared::new(statement))
    }
}

impl<M: Model, C, const RETURNING: bool> Creating<'_, M, C, RETURNING> {
    const RETURNED: &'static str = if RETURNING {
        Returning::<M>::STORED
    } else {
        ""
    };
}

impl<'t, M, S, const RETURNING: bool> Visit<M> for Creating<'_, M, CreateMany<'t, M, S>, RETURNING>
where
    M: TenantScoped,
    S: Assignments<'t, M>,
{
    type Output = Option<Prepared<M>>;

    fn all(self) -> Self::Output {
        let all = Unfiltered::new();
        let statement = self.create.statement(all, self.context, Self::RETURNED);
        Some(Prepared::new(statement))
    }

    fn none(self) -> Self::Output {
        None
    }

    fn filter<Q: Permission<DatabaseOf<M>>>(self, condition: Condition<M, Q>) -> Self::Output {
        if const { policied::unseen::<M, M::New<'t>, Q>(S::MASK) } {
            let (all, keys) = (Unfiltered::new(), ReturningKey::<M>::STORED);
            let prepared = Prepared::new(self.create.statement(all, self.context, keys));
            return Some(prepared.asking(Question::new(condition, RETURNING)));
        }
        let policy = condition.into_node();
        let statement = self.create.statement(policy, self.context, Self::RETURNED);
        Some(Prepared::new(statement))
    }
}

/// The text of an insert of one row, if it meets a policy. What depends on the running program comes
/// after it.
struct PoliciedText<'t, M, N, S, Q, const RETURNING: bool>(PhantomData<(Brand<'t>, M, N, S, Q)>);

impl<'t, M, N, S, Q, const RETURNING: bool> Stored for PoliciedText<'t, M, N, S, Q, RETURNING>
where
    M: Model,
    N: Insert<M>,
    S: Assignments<'t, M>,
    Q: Node,
{
    const TEXT: &'static Text = &if policied::unseen::<M, N, Q>(S::MASK) {
        Text::EMPTY
    } else {
        let head = CreateText::<'t, M, N, S, false>::HEAD;
        policied::insert_if::<M, N>(head, S::ALIASED, Q::TEXT)
    };
}

impl<'t, M, N, S, Q, const RETURNING: bool> Rendered for PoliciedText<'t, M, N, S, Q, RETURNING>
where
    M: Model,
    N: Insert<M>,
    S: Assignments<'t, M>,
    Q: Node,
{
    const DIALECT: Dialect = <DatabaseOf<M>>::DIALECT;
    const TEMPLATE: &'static Text = if RETURNING {
        &{
            let mut text = text!(append(Self::TEXT));
            statement::returning::<M>(&mut text);
            text
        }
    } else {
        Self::TEXT
    };
}

impl<'t, M: TenantScoped, S: Assignments<'t, M>> Create<'t, M, S> {
    /// The statement that creates the row if it meets a policy.
    fn policied<Q: Permission<DatabaseOf<M>>, const RETURNING: bool>(
        self,
        policy: Q,
        context: Context<'_, M::Root>,
    ) -> (Result<Statement<DatabaseOf<M>>>, Zero) {
        let mut rendered = Vec::new();
        if Q::DYNAMIC {
            policy.render(&mut rendered);
        }
        let Bound { binder, checks } =
            bind_row::<M, _, _>(self.new, self.key, self.assignments, |binder| {
                policy.bind(binder);
            });
        let zero = match checks {
            // Which of the two it was is not told apart.
            Some(_) => Zero::InvalidReference,
            None => Zero::Forbidden,
        };
        let sql = if Q::DYNAMIC || checks.is_some() {
            let text = PoliciedText::<'t, M, M::New<'t>, S, Q, RETURNING>::STORED;
            let mut template = [text.as_bytes(), &rendered, &checks.unwrap_or_default()].concat();
            if RETURNING {
                template.extend_from_slice(Returning::<M>::STORED.as_bytes());
            }
            vouch::rendered(&template, <DatabaseOf<M>>::DIALECT)
        } else {
            let sql = PoliciedText::<'t, M, M::New<'t>, S, Q, RETURNING>::SQL;
            sqlx::SqlStr::from_static(sql)
        };
        (finish::<M>(context, binder, sql), zero)
    }
}
