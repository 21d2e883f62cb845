//! Creations on their way through the policies.

use crate::error::{Error, Result};
use crate::execute::context::Context;
use crate::execute::statement::Statement;
use crate::execute::zero::Zero;
use crate::expr::assign::Assignments;
use crate::expr::bind::Bind;
use crate::expr::condition::Condition;
use crate::expr::logic::And;
use crate::model::brand::Brand;
use crate::model::contract::{DatabaseOf, Insert, Model, Owned};
use crate::model::params::Binder;
use crate::policy::actor::By;
use crate::policy::contract::Actor;
use crate::policy::masks::{Maskable, Masks, Unmasked};
use crate::policy::permit::{Permission, Permits, Visit};
use crate::policy::place::Writes;
use crate::query::create::{Bound, Create, CreateText, Keys, bind_row};
use crate::query::create_many::CreateMany;
use crate::query::judging::{NewRow, Otherwise, denial};
use crate::query::narrow::Unfiltered;
use crate::query::permitted::Permitted;
use crate::query::prepared::Prepared;
use crate::query::question::Question;
use crate::query::write::{Returning, ReturningKey, finish};
use crate::sealed::INSIDE;
use crate::sql::node::Node;
use crate::sql::render::{Dialect, Rendered, Stored};
use crate::sql::text::{Text, text};
use crate::stmt::{policied, statement};
use crate::tenant::scope::Scope;
use futures_core::future::BoxFuture;
use std::borrow::Cow;
use std::marker::PhantomData;

use crate::backend::sealed::Backend as _;

/// A creation on its way through the policies.
pub(crate) struct Creating<'e, M: Model, A: Actor, Act, C, const RETURNING: bool> {
    context: Context<'e, M::Root>,
    by: By<'e, A>,
    create: C,
    action: PhantomData<Act>,
}

impl<'e, M: Model, A: Actor + Writes<M>, Act, C, const RETURNING: bool>
    Creating<'e, M, A, Act, C, RETURNING>
{
    pub(crate) fn new<'t>(create: C, on: &'e impl Scope<'t, M, Actor = A>) -> Self {
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
    M: Owned,
    A: Actor,
    S: Assignments<'t, M>,
    Act: 'e,
    M::Policies: Permits<M, A, Act>,
{
    type Output = Permitted<'e, M>;

    fn all(self) -> Self::Output {
        Permitted::whatever(self.create.statement::<RETURNING>(self.context))
    }

    fn none(self) -> Self::Output {
        let Bound { values, keys, .. } = self.create.bound(self.context, Unfiltered::new());
        let kept = values.map(|values| (values, keys));
        Permitted {
            prepared: None,
            denial: denied::<M, A, Act, S, RETURNING>(self.context, self.by, kept, false),
        }
    }

    fn filter<Q: Permission<DatabaseOf<M>>>(self, condition: Condition<M, Q>) -> Self::Output {
        if const { policied::unseen::<M, M::New<'t>, Q>(S::MASK) } {
            let prepared = self.create.keyed(self.context);
            return Permitted::whatever(prepared.asking(Question::new(condition, RETURNING)));
        }
        let policy = condition.into_node();
        let (statement, kept) = self.create.policied::<Q, RETURNING>(policy, self.context);
        Permitted {
            prepared: Some(Prepared::new(statement, Zero::Skipped)),
            denial: denied::<M, A, Act, S, RETURNING>(self.context, self.by, kept, true),
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

impl<'e, 't, M, A, Act, S, const RETURNING: bool> Visit<M>
    for Creating<'e, M, A, Act, CreateMany<'t, M, S>, RETURNING>
where
    M: Owned,
    A: Actor,
    S: Assignments<'t, M>,
{
    type Output = Option<Prepared<'e, M>>;

    fn all(self) -> Self::Output {
        let all = Unfiltered::new();
        Some(self.create.statement(all, self.context, Self::RETURNED))
    }

    fn none(self) -> Self::Output {
        None
    }

    fn filter<Q: Permission<DatabaseOf<M>>>(self, condition: Condition<M, Q>) -> Self::Output {
        if const { policied::unseen::<M, M::New<'t>, Q>(S::MASK) } {
            let (all, keys) = (Unfiltered::new(), ReturningKey::<M>::STORED);
            let prepared = self.create.statement(all, self.context, keys);
            return Some(prepared.asking(Question::new(condition, RETURNING)));
        }
        let policy = condition.into_node();
        Some(self.create.statement(policy, self.context, Self::RETURNED))
    }
}

impl<'e, 't, M, A, Act, S, const RETURNING: bool> Maskable<M>
    for Creating<'e, M, A, Act, Create<'t, M, S>, RETURNING>
where
    M: Owned,
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
    M: Owned,
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
type Kept<'t, M, S> = Option<(Binder<DatabaseOf<M>>, Keys<'t, M, <M as Owned>::New<'t>, S>)>;

/// Why a row was not created; asked only if it was not. The statement has `asked` whether it may be, so it may be
/// that no rule denies it.
fn denied<'e, 't, M, A, Act, S, const RETURNING: bool>(
    context: Context<'e, M::Root>,
    by: By<'e, A>,
    kept: Kept<'t, M, S>,
    asked: bool,
) -> Option<BoxFuture<'e, Error>>
where
    M: Owned,
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
    let all_known = named & !known == 0;
    let (kept, proof) = match kept {
        Some(kept) if all_known => (Some(kept), None),
        Some((_, keys)) => (None, Some(Box::new(keys) as _)),
        None => (None, None),
    };
    let otherwise = match asked && all_known {
        true => Otherwise::Skipped(proof),
        false => Otherwise::Denied,
    };
    let new = kept.map(|(values, references)| NewRow {
        values,
        references,
        aliased: Cow::Borrowed(Proposed::<'t, M, M::New<'t>, S>::STORED.as_bytes()),
        mask: u128::MAX,
    });
    let denial = denial::<M, A, Act, _>(context, by, parts, None, new, otherwise);
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

impl<'t, M: Owned, S: Assignments<'t, M>> Create<'t, M, S> {
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

    /// The statement that creates the row if it meets a policy, and what it takes to ask about the row.
    fn policied<Q: Permission<DatabaseOf<M>>, const RETURNING: bool>(
        self,
        policy: Q,
        context: Context<'_, M::Root>,
    ) -> (Result<Statement<DatabaseOf<M>>>, Kept<'t, M, S>) {
        let mut rendered = Vec::new();
        if Q::DYNAMIC {
            policy.render(&mut rendered);
        }
        let Bound {
            binder,
            checks,
            values,
            keys,
        } = self.bound(context, policy);
        let kept = values.map(|values| (values, keys));
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
        (finish::<M>(context, binder, sql), kept)
    }
}
