//! Creations on their way through the policies.

use std::borrow::Cow;
use std::marker::PhantomData;

use futures_core::future::BoxFuture;

use super::create::{Bound, Create, CreateText, Keys, bind_row};
use super::create_many::CreateMany;
use super::judging::{NewRow, denial};
use super::narrow::Unfiltered;
use super::permitted::Permitted;
use super::prepared::Prepared;
use super::question::Question;
use super::write::{Returning, ReturningKey, finish};
use crate::backend::sealed::Backend as _;
use crate::barrier::{Actor, Insert};
use crate::binder::Binder;
use crate::execute::{Context, Statement, Zero};
use crate::expr::{And, Assignments, Bind, Condition, Node};
use crate::model::{DatabaseOf, Model, TenantScoped};
use crate::policy::{By, Maskable, Masks, Permission, Permits, Unmasked, Visit, Writes};
use crate::seal::INSIDE;
use crate::sql::render::{Rendered, Stored};
use crate::sql::{Dialect, Text, policied, statement, text};
use crate::tenant::{Brand, Scope};
use crate::{Error, Result};

/// A creation on its way through the policies.
pub(super) struct Creating<'e, M: Model, A: Actor, Act, C, const RETURNING: bool> {
    context: Context<'e, M::Root>,
    by: By<'e, A>,
    create: C,
    action: PhantomData<Act>,
}

impl<'e, M: Model, A: Actor + Writes<M>, Act, C, const RETURNING: bool>
    Creating<'e, M, A, Act, C, RETURNING>
{
    pub(super) fn new<'t>(create: C, on: &'e impl Scope<'t, M, Actor = A>) -> Self {
        Self {
            context: on.context(),
            by: on.by(INSIDE),
            create,
            action: PhantomData,
        }
    }
}

impl<'e, 't, M, A, Act, S, const RETURNING: bool> Visit<M>
    for Creating<'e, M, A, Act, Create<'t, M, S>, RETURNING>
where
    M: TenantScoped,
    A: Actor,
    S: Assignments<'t, M>,
    Act: 'e,
    M::Policies: Permits<M, A, Act>,
{
    type Output = Permitted<'e, M>;

    fn all(self) -> Self::Output {
        let statement = self.create.statement::<RETURNING>(self.context);
        Permitted {
            prepared: Some(Prepared::new((statement, Zero::InvalidReference))),
            denial: None,
        }
    }

    fn none(self) -> Self::Output {
        let bound = self.create.bound(self.context, Unfiltered::new());
        Permitted {
            prepared: None,
            denial: denied::<M, A, Act, S, RETURNING>(self.context, self.by, bound.kept, None),
        }
    }

    fn filter<Q: Permission<DatabaseOf<M>>>(self, condition: Condition<M, Q>) -> Self::Output {
        if const { policied::unseen::<M, M::New<'t>, Q>(S::MASK) } {
            let statement = self.create.keyed(self.context);
            let prepared = Prepared::new((statement, Zero::InvalidReference));
            return Permitted {
                prepared: Some(prepared.asking(Question::new(condition, RETURNING))),
                denial: None,
            };
        }
        let policy = condition.into_node();
        let (statement, kept, zero) = self.create.policied::<Q, RETURNING>(policy, self.context);
        Permitted {
            prepared: Some(Prepared::new((statement, Zero::InvalidReference))),
            denial: denied::<M, A, Act, S, RETURNING>(self.context, self.by, kept, zero),
        }
    }
}

impl<M: Model, A: Actor, Act, C, const RETURNING: bool> Creating<'_, M, A, Act, C, RETURNING> {
    const RETURNED: &'static str = if RETURNING {
        Returning::<M>::STORED
    } else {
        ""
    };
}

impl<'t, M, A, Act, S, const RETURNING: bool> Visit<M>
    for Creating<'_, M, A, Act, CreateMany<'t, M, S>, RETURNING>
where
    M: TenantScoped,
    A: Actor,
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

impl<'e, 't, M, A, Act, S, const RETURNING: bool> Maskable<M>
    for Creating<'e, M, A, Act, Create<'t, M, S>, RETURNING>
where
    M: TenantScoped,
    A: Actor,
    S: Assignments<'t, M>,
    Act: 'e,
    M::Policies: Permits<M, A, Act>,
{
    fn text(&self) -> Option<Vec<u8>> {
        // A new row has no columns yet that its values could be made of.
        (!RETURNING).then(Vec::new)
    }

    fn masked<Q: Permission<DatabaseOf<M>>>(
        self,
        policy: Option<Condition<M, Unmasked<Q>>>,
        masks: Masks<'_, M>,
    ) -> Self::Output {
        match policy {
            Some(policy) => self.filter(Condition::new(And::new(policy.into_node(), masks))),
            None => self.filter(Condition::new(masks)),
        }
    }
}

impl<'t, M, A, Act, S, const RETURNING: bool> Maskable<M>
    for Creating<'_, M, A, Act, CreateMany<'t, M, S>, RETURNING>
where
    M: TenantScoped,
    A: Actor,
    S: Assignments<'t, M>,
{
    fn text(&self) -> Option<Vec<u8>> {
        (!RETURNING).then(Vec::new)
    }

    fn masked<Q: Permission<DatabaseOf<M>>>(
        self,
        policy: Option<Condition<M, Unmasked<Q>>>,
        masks: Masks<'_, M>,
    ) -> Self::Output {
        match policy {
            Some(policy) => self.filter(Condition::new(And::new(policy.into_node(), masks))),
            None => self.filter(Condition::new(masks)),
        }
    }
}

/// The values and keys of a new row, which it may be asked about.
type Kept<'t, M, S> = Option<(
    Binder<DatabaseOf<M>>,
    Keys<'t, M, <M as TenantScoped>::New<'t>, S>,
)>;

/// Why a row was not created; asked only if it was not.
fn denied<'e, 't, M, A, Act, S, const RETURNING: bool>(
    context: Context<'e, M::Root>,
    by: By<'e, A>,
    kept: Kept<'t, M, S>,
    zero: Option<Error>,
) -> Option<BoxFuture<'e, Error>>
where
    M: TenantScoped,
    A: Actor,
    S: Assignments<'t, M>,
    Act: 'e,
    M::Policies: Permits<M, A, Act>,
{
    let parts = if RETURNING {
        <M::Policies as Permits<M, A, Act>>::RETURNED
    } else {
        <M::Policies as Permits<M, A, Act>>::PARTS
    };
    // Of a column that only the database fills there is nothing to ask about.
    let known = const { policied::proposed_columns::<M, M::New<'t>>(S::MASK) };
    let named = <M::Policies as Permits<M, A, Act>>::NAMED;
    let kept = kept.filter(|_| named & !known == 0);
    let new = kept.map(|(values, references)| NewRow {
        values,
        references,
        aliased: Cow::Borrowed(Proposed::<'t, M, M::New<'t>, S>::STORED.as_bytes()),
        mask: u128::MAX,
    });
    let denial = denial::<M, A, Act, _>(context, by, parts, None, new, zero);
    Some(Box::pin(denial))
}

/// The new row, as one that can be asked.
struct Proposed<'t, M, N, S>(PhantomData<(Brand<'t>, M, N, S)>);

impl<'t, M: Model, N: Insert<M>, S: Assignments<'t, M>> Stored for Proposed<'t, M, N, S> {
    const TEXT: &'static Text = &policied::proposed::<M, N>(S::ALIASED);
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
    fn bound<Q: Bind<DatabaseOf<M>>>(
        self,
        context: Context<'_, M::Root>,
        policy: Q,
    ) -> Bound<DatabaseOf<M>, Keys<'t, M, M::New<'t>, S>> {
        bind_row::<M, _, _, true>(
            context.db.identity(),
            self.new,
            self.key,
            self.assignments,
            |binder| {
                policy.bind(binder);
            },
        )
    }

    /// The statement that creates the row if it meets a policy; what it takes to ask about the row; and
    /// what it means if there is none, and no policy denies it.
    fn policied<Q: Permission<DatabaseOf<M>>, const RETURNING: bool>(
        self,
        policy: Q,
        context: Context<'_, M::Root>,
    ) -> (
        Result<Statement<DatabaseOf<M>>>,
        Kept<'t, M, S>,
        Option<Error>,
    ) {
        let mut rendered = Vec::new();
        if Q::DYNAMIC {
            policy.render(&mut rendered);
        }
        let Bound {
            binder,
            checks,
            kept,
        } = self.bound(context, policy);
        let zero = checks.as_ref().map(|_| Error::InvalidReference);
        let sql = if Q::DYNAMIC || checks.is_some() {
            let text = PoliciedText::<'t, M, M::New<'t>, S, Q, RETURNING>::STORED;
            let mut template = [text.as_bytes(), &rendered, &checks.unwrap_or_default()].concat();
            if RETURNING {
                template.extend_from_slice(Returning::<M>::STORED.as_bytes());
            }
            context.rendered(&template)
        } else {
            context.fixed(PoliciedText::<'t, M, M::New<'t>, S, Q, RETURNING>::FIXED)
        };
        (finish::<M>(context, binder, sql), kept, zero)
    }
}
