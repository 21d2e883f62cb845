//! Creations on their way through the policies.

use std::marker::PhantomData;

use super::create::{Bound, Create, CreateText, bind_row};
use super::create_many::CreateMany;
use super::narrow::Unfiltered;
use super::write::{Returning, finish};
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
    type Output = Option<(Result<Statement<DatabaseOf<M>>>, Zero)>;

    fn all(self) -> Self::Output {
        let statement = self.create.statement::<RETURNING>(self.context);
        Some((statement, Zero::InvalidReference))
    }

    fn none(self) -> Self::Output {
        None
    }

    fn filter<Q: Permission<DatabaseOf<M>>>(self, condition: Condition<M, Q>) -> Self::Output {
        let policy = condition.into_node();
        Some(self.create.policied::<Q, RETURNING>(policy, self.context))
    }
}

impl<'t, M, S, const RETURNING: bool> Visit<M> for Creating<'_, M, CreateMany<'t, M, S>, RETURNING>
where
    M: TenantScoped,
    S: Assignments<'t, M>,
{
    type Output = Option<(Result<Statement<DatabaseOf<M>>>, Zero)>;

    fn all(self) -> Self::Output {
        let statement = self
            .create
            .statement::<_, RETURNING>(Unfiltered::new(), self.context);
        Some(statement)
    }

    fn none(self) -> Self::Output {
        None
    }

    fn filter<Q: Permission<DatabaseOf<M>>>(self, condition: Condition<M, Q>) -> Self::Output {
        let policy = condition.into_node();
        Some(self.create.statement::<Q, RETURNING>(policy, self.context))
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
    const TEXT: &'static Text = &{
        policied::creatable::<M, N, Q>(S::MASK);
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
