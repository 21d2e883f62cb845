//! Upserts on their way through two policies: that of a new row, and that of one that changes.

use crate::error::Error;
use crate::error::denial::Denial;
use crate::execute::context::Context;
use crate::execute::zero::Zero;
use crate::expr::bind::Bind;
use crate::expr::condition::Condition;
use crate::expr::logic::And;
use crate::model::brand::Brand;
use crate::model::contract::{DatabaseOf, Insert, Model, Owned};
use crate::policy::action;
use crate::policy::actor::By;
use crate::policy::contract::Actor;
use crate::policy::decided::Piece;
use crate::policy::masks::{Maskable, Masks, Unmasked};
use crate::policy::permit::{Permission, Permits, Visit};
use crate::policy::place::Writes;
use crate::query::conflict::{Proposed, Stays, Takes};
use crate::query::create::{Bound, CreateText, InsertRow, bind_row};
use crate::query::narrow::{Unfiltered, asks};
use crate::query::prepared::Prepared;
use crate::query::throughout::Throughout;
use crate::query::unmet::unmet;
use crate::query::upsert::{Target, Upsert};
use crate::query::write::{Returning, finish};
use crate::sql::node::Node;
use crate::sql::render::{Dialect, Rendered, Stored};
use crate::sql::text::Text;
use crate::stmt::{policied, statement};
use futures_core::future::BoxFuture;
use std::marker::PhantomData;

use crate::backend::sealed::Backend as _;

/// Which of the policies it was, and about which row, is not told.
pub(crate) const DENIED: Denial = Denial::new("upsert", None);

/// The statement; `None` if the actor may not create any row.
type Upserted<'e, M> = Option<Prepared<'e, M>>;

/// An upsert that nobody was asked about yet: first about the row as it is proposed.
pub(crate) struct Upserting<'e, 't, M, C, A, const RETURNING: bool>
where
    M: Owned,
    A: Actor + Writes<M>,
{
    pub(crate) context: Context<'e, M::Root>,
    pub(crate) by: By<'e, A>,
    pub(crate) upsert: Upsert<'t, M, C>,
}

impl<'e, 't, M, C, A, const RETURNING: bool> Upserting<'e, 't, M, C, A, RETURNING>
where
    M: Owned,
    C: Target<M>,
    A: Actor + Writes<M>,
    M::Policies: Permits<M, A, action::Update>,
{
    fn if_created<P: Bind<DatabaseOf<M>>>(self, created: P) -> Upserted<'e, M> {
        let replacing = Replacing::<M, C, P, RETURNING> {
            context: self.context,
            upsert: self.upsert,
            created,
        };
        Some(<M::Policies as Permits<M, A, action::Update>>::permit(
            self.by, replacing,
        ))
    }
}

impl<'e, 't, M, C, A, const RETURNING: bool> Visit<M> for Upserting<'e, 't, M, C, A, RETURNING>
where
    M: Owned,
    C: Target<M>,
    A: Actor + Writes<M>,
    M::Policies: Permits<M, A, action::Update>,
{
    type Output = Upserted<'e, M>;

    fn all(self) -> Upserted<'e, M> {
        self.if_created(Unfiltered::new())
    }

    fn none(self) -> Upserted<'e, M> {
        None
    }

    fn filter<Q: Permission<DatabaseOf<M>>>(self, condition: Condition<M, Q>) -> Upserted<'e, M> {
        const { policied::proposable::<M, M::New<'t>, Q>() }
        // Without its type: a statement for each pair of what two policies may leave over would be too
        // many to compile.
        self.if_created(Piece::<_, ()>::of(condition))
    }
}

impl<'e, 't, M, C, A, const RETURNING: bool> Maskable<M> for Upserting<'e, 't, M, C, A, RETURNING>
where
    M: Owned,
    C: Target<M>,
    A: Actor + Writes<M>,
    M::Policies: Permits<M, A, action::Update>,
{
    fn text(&self) -> Option<Vec<u8>> {
        // A new row has no columns yet, and the row in its place takes the values of that.
        (!RETURNING).then(Vec::new)
    }

    fn masked<Q: Permission<DatabaseOf<M>>>(
        self,
        policy: Option<Condition<M, Unmasked<Q>>>,
        masks: Masks<'_, M>,
    ) -> Upserted<'e, M> {
        match policy {
            Some(policy) => self.filter(Condition::new(And::new(policy.into_node(), masks))),
            None => self.if_created(Piece::<_, ()>::of(Condition::<M, _>::new(masks))),
        }
    }
}

/// An upsert that was asked about as a creation: next, about the row that may be in its place.
struct Replacing<'e, 't, M: Owned, C, P, const RETURNING: bool> {
    context: Context<'e, M::Root>,
    upsert: Upsert<'t, M, C>,
    created: P,
}

impl<'e, 't, M, C, P, const RETURNING: bool> Visit<M> for Replacing<'e, 't, M, C, P, RETURNING>
where
    M: Owned,
    C: Target<M>,
    P: Bind<DatabaseOf<M>>,
{
    type Output = Prepared<'e, M>;

    fn all(self) -> Self::Output {
        let zero = if asks::<P>() {
            Zero::Forbidden(DENIED)
        } else {
            Zero::Skipped
        };
        let takes = Takes::new(Unfiltered::new());
        self.statement::<Takes<'t, M, M::New<'t>, C, _>>(takes, zero)
    }

    fn none(self) -> Self::Output {
        self.statement(Stays::<M, C>::new(), Zero::Forbidden(DENIED))
    }

    fn filter<Q: Permission<DatabaseOf<M>>>(self, condition: Condition<M, Q>) -> Self::Output {
        const { policied::replaceable::<M, Q>() }
        if const { M::GUARDED } {
            // The masks that the new row's rules came with are not for the rules of this one.
            return self.if_met(Unmasked::new(condition.into_node()));
        }
        self.if_met(condition.into_node())
    }
}

impl<'e, 't, M, C, P, const RETURNING: bool> Maskable<M> for Replacing<'e, 't, M, C, P, RETURNING>
where
    M: Owned,
    C: Target<M>,
    P: Bind<DatabaseOf<M>>,
{
    fn text(&self) -> Option<Vec<u8>> {
        // What comes back was masked with the new row's rules: the fields' rules are those of every action.
        Some(Vec::new())
    }

    fn masked<Q: Permission<DatabaseOf<M>>>(
        self,
        policy: Option<Condition<M, Unmasked<Q>>>,
        _: Masks<'_, M>,
    ) -> Self::Output {
        match policy {
            Some(policy) => self.filter(policy),
            None => self.all(),
        }
    }
}

impl<'e, 't, M, C, P, const RETURNING: bool> Replacing<'e, 't, M, C, P, RETURNING>
where
    M: Owned,
    C: Target<M>,
    P: Bind<DatabaseOf<M>>,
{
    fn if_met<Q: Permission<DatabaseOf<M>>>(self, policy: Q) -> Prepared<'e, M> {
        let proposed = Proposed::<'t, M, M::New<'t>, C>::new();
        let takes = Takes::new(Throughout::new(policy, &proposed));
        self.statement::<Takes<'t, M, M::New<'t>, C, _>>(takes, Zero::Forbidden(DENIED))
    }
}

impl<'e, 't, M, C, P, const RETURNING: bool> Replacing<'e, 't, M, C, P, RETURNING>
where
    M: Owned,
    C: Target<M>,
    P: Bind<DatabaseOf<M>>,
{
    /// The finished statement, and what it means if it meets no row.
    fn statement<K: Bind<DatabaseOf<M>>>(self, conflict: K, zero: Zero) -> Prepared<'e, M> {
        let (mut rules, mut tail) = (Vec::new(), Vec::new());
        if asks::<P>() {
            self.created.render(&mut rules);
        }
        if K::DYNAMIC {
            conflict.render(&mut tail);
        }
        let Bound {
            binder,
            checks,
            keys,
            ..
        } = bind_row::<M, _, _, false>(
            self.context.db.identity(),
            self.upsert.into_new(),
            None,
            (),
            |binder| {
                self.created.bind(binder);
                conflict.bind(binder);
            },
        );
        let context = self.context;
        let denial = checks.is_some().then(|| {
            let denial = async move {
                match unmet::<M>(context, None, Some(Box::new(keys))).await {
                    // No reference was missing.
                    Error::Skipped => zero.error(),
                    error => error,
                }
            };
            Box::pin(denial) as BoxFuture<'e, Error>
        });
        let sql = if !asks::<P>() && !K::DYNAMIC && checks.is_none() {
            let text = UpsertText::<'t, M, M::New<'t>, K, RETURNING>::FIXED;
            self.context.fixed(text)
        } else {
            let checks = checks.unwrap_or_default();
            let mut template = if asks::<P>() {
                let head = InsertIf::<'t, M, M::New<'t>>::STORED.as_bytes();
                [head, &rules, &checks].concat()
            } else if checks.is_empty() {
                InsertRow::<'t, M, M::New<'t>, ()>::STORED
                    .as_bytes()
                    .to_vec()
            } else {
                CreateText::<'t, M, M::New<'t>, (), false>::checked(&checks)
            };
            template.extend_from_slice(if K::DYNAMIC {
                &tail
            } else {
                ConflictText::<K>::STORED.as_bytes()
            });
            if RETURNING {
                template.extend_from_slice(Returning::<M>::STORED.as_bytes());
            }
            self.context.rendered(&template)
        };
        Prepared::new(finish::<M>(context, binder, sql), zero).because(denial)
    }
}

/// The text of an upsert that its type alone determines.
pub(crate) struct UpsertText<'t, M, N, K, const RETURNING: bool>(PhantomData<(Brand<'t>, M, N, K)>);

impl<'t, M, N, K, const RETURNING: bool> Rendered for UpsertText<'t, M, N, K, RETURNING>
where
    M: Model,
    N: Insert<M>,
    K: Node,
{
    const DIALECT: Dialect = <DatabaseOf<M>>::DIALECT;
    const TEMPLATE: &'static Text = &{
        let mut text = Text::EMPTY;
        if !K::DYNAMIC {
            text.append(CreateText::<'t, M, N, (), false>::INSERT);
            text.append(K::TEXT);
            if RETURNING {
                statement::returning::<M>(&mut text);
            }
        }
        text
    };
}

/// What becomes of the row in its place, if its type alone determines that.
struct ConflictText<K>(PhantomData<K>);

impl<K: Node> Stored for ConflictText<K> {
    const TEXT: &'static Text = K::TEXT;
}

/// `INSERT INTO "table" (columns) SELECT * FROM (SELECT …) AS "table" WHERE `.
struct InsertIf<'t, M, N>(PhantomData<(Brand<'t>, M, N)>);

impl<'t, M: Model, N: Insert<M>> Stored for InsertIf<'t, M, N> {
    const TEXT: &'static Text = &policied::insert_if::<M, N>(
        CreateText::<'t, M, N, (), false>::HEAD,
        &Text::EMPTY,
        &Text::EMPTY,
    );
}
