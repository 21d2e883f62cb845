//! The text of reads.

use crate::backend::sealed::Backend as _;
use crate::error::Result;
use crate::execute::context::Context;
use crate::execute::statement::Statement;
use crate::expr::bind::Bind;
use crate::expr::condition::Condition;
use crate::expr::order::Ordering;
use crate::model::contract::{DatabaseOf, Model};
use crate::model::params::Binder;
use crate::policy::masks::{Maskable, Masks, Unmasked};
use crate::policy::permit::{Permission, Permits, Visit};
use crate::query::page::Page;
use crate::query::select::Query;
use crate::sealed::INSIDE;
use crate::sql::node::Node;
use crate::sql::render::{Dialect, Rendered, Stored, render_dynamic};
use crate::sql::text::{DONE, FOR_UPDATE, IF_MASKED, Text, users};
use crate::sql::trusted;
use crate::stmt::scope::render_scoped;
use crate::stmt::statement;
use crate::tenant::scope::Scope;
use std::borrow::Cow;
use std::marker::PhantomData;

/// What a read gives of the rows.
pub(crate) trait Shape<M: Model> {
    const HEAD: &'static Text;
    /// Whether order and page are part of it.
    const TAIL: bool = true;
    /// Whether the rows are locked.
    const LOCKED: bool = false;
}

pub(crate) struct AllColumns;

pub(crate) struct LockedColumns;

pub(crate) struct Counted;

pub(crate) struct Existing;

impl<M: Model> Shape<M> for AllColumns {
    const HEAD: &'static Text = &statement::select::<M>();
}

impl<M: Model> Shape<M> for LockedColumns {
    const HEAD: &'static Text = <AllColumns as Shape<M>>::HEAD;
    const LOCKED: bool = true;
}

impl<M: Model> Shape<M> for Counted {
    const HEAD: &'static Text = &statement::count::<M>();
    const TAIL: bool = false;
}

impl<M: Model> Shape<M> for Existing {
    const HEAD: &'static Text = &statement::exists::<M>();
    const TAIL: bool = false;
}

/// The text of a read.
struct ReadText<M, P, O, L, S>(PhantomData<(M, P, O, L, S)>);

impl<M: Model, P: Node, O: Ordering<M>, L: Page, S: Shape<M>> Rendered for ReadText<M, P, O, L, S> {
    const DIALECT: Dialect = <DatabaseOf<M>>::DIALECT;
    const TEMPLATE: &'static Text = &{
        let mut text = Text::EMPTY;
        if !P::DYNAMIC && !O::DYNAMIC {
            text.append(S::HEAD);
            statement::scoped::<M>(&mut text, P::TEXT);
            push_tail::<M, O, L, S>(&mut text);
        }
        text
    };
}

/// Order, page and lock.
const fn push_tail<M: Model, O: Ordering<M>, L: Page, S: Shape<M>>(text: &mut Text) {
    if S::TAIL {
        if !O::TEXT.is_empty() {
            text.push(" ORDER BY ");
            text.append(O::TEXT);
        }
        if M::GUARDED {
            push_key::<M>(text, O::TEXT.is_empty());
        }
        push_end::<L, S, M>(text);
    }
}

/// Page and lock.
const fn push_end<L: Page, S: Shape<M>, M: Model>(text: &mut Text) {
    text.append(L::TEXT);
    if S::LOCKED {
        text.mark(FOR_UPDATE);
    }
}

/// Where columns are masked, rows that are otherwise equal come in the order of their keys: in whichever
/// the database finds them, that may be the one of an index on a masked column.
const fn push_key<M: Model>(text: &mut Text, first: bool) {
    text.mark(IF_MASKED);
    text.push(if first { " ORDER BY " } else { ", " });
    text.column(M::TABLE, M::FIELDS[M::KEY].name);
    text.mark(DONE);
}

/// What comes before the condition.
struct Head<M, S>(PhantomData<(M, S)>);

impl<M: Model, S: Shape<M>> Stored for Head<M, S> {
    const TEXT: &'static Text = S::HEAD;
}

/// What comes after the condition.
struct Tail<M, O, L, S>(PhantomData<(M, O, L, S)>);

impl<M: Model, O: Ordering<M>, L: Page, S: Shape<M>> Stored for Tail<M, O, L, S> {
    const TEXT: &'static Text = &{
        let mut text = Text::EMPTY;
        push_tail::<M, O, L, S>(&mut text);
        text
    };
}

/// What comes after an ordering that is known at run time only.
struct End<M, L, S>(PhantomData<(M, L, S)>);

impl<M: Model, L: Page, S: Shape<M>> Stored for End<M, L, S> {
    const TEXT: &'static Text = &{
        let mut text = Text::EMPTY;
        if M::GUARDED {
            push_key::<M>(&mut text, false);
        }
        push_end::<L, S, M>(&mut text);
        text
    };
}

impl<M, P, O, L> Query<M, P, O, L>
where
    M: Model,
    P: Bind<DatabaseOf<M>>,
    O: Ordering<M>,
    L: Page,
{
    pub(crate) fn text<S: Shape<M>>(&self) -> Cow<'static, str> {
        if P::DYNAMIC || O::DYNAMIC {
            let template = self.template::<S>();
            trusted::shown(Cow::Owned(render_dynamic(
                &template,
                <DatabaseOf<M>>::DIALECT,
            )))
        } else {
            trusted::shown(Cow::Borrowed(ReadText::<M, P, O, L, S>::SQL))
        }
    }

    /// The template, for conditions and orderings that are known at run time only.
    fn template<S: Shape<M>>(&self) -> Vec<u8> {
        let ordered = const { O::DYNAMIC && S::TAIL };
        let tail = if ordered {
            End::<M, L, S>::STORED
        } else {
            Tail::<M, O, L, S>::STORED
        };
        let head = Head::<M, S>::STORED;
        let mut template = Vec::with_capacity(head.len() + tail.len() + ROOM);
        template.extend_from_slice(head.as_bytes());
        render_scoped::<M>(&self.condition, &mut template);
        if ordered {
            template.extend_from_slice(b" ORDER BY ");
            self.ordering.render(&mut template);
        }
        template.extend_from_slice(tail.as_bytes());
        template
    }

    /// The finished statement for what a token gives.
    fn statement<S: Shape<M>>(
        self,
        context: Context<'_, M::Root>,
    ) -> Result<Statement<DatabaseOf<M>>> {
        let (sql, users) = if P::DYNAMIC || O::DYNAMIC {
            let template = self.template::<S>();
            let users = users(&template);
            (context.rendered(&template), users)
        } else {
            let users = const { P::TEXT.users() };
            (context.fixed(ReadText::<M, P, O, L, S>::FIXED), users)
        };
        // Besides those of users: the tenant and the page.
        let others = const { 1 + L::TEXT.pages() };
        let mut binder = Binder::new(users + others);
        self.condition.bind(&mut binder);
        binder.seal();
        if sql.tenanted {
            context.bind_tenant(&mut binder)?;
        }
        if S::TAIL {
            self.page.bind(&mut binder);
        }
        Ok(Statement {
            sql: sql.text,
            arguments: binder.finish(context.db.pool.details())?,
        })
    }

    /// The finished statement for the rows that the actor may read; `None` if there are none.
    pub(crate) fn permitted<'t, S: Shape<M>, Act, E>(
        self,
        on: &E,
    ) -> Option<Result<Statement<DatabaseOf<M>>>>
    where
        E: Scope<'t, M>,
        M::Policies: Permits<M, E::Actor, Act>,
    {
        <M::Policies as Permits<M, E::Actor, Act>>::permit(
            on.by(INSIDE),
            Reading::<S, M, _> {
                context: on.context(),
                query: self,
                shape: PhantomData,
            },
        )
    }
}

/// A read on its way through the policies.
struct Reading<'e, S, M: Model, Q> {
    context: Context<'e, M::Root>,
    query: Q,
    shape: PhantomData<S>,
}

impl<S, M, P, O, L> Visit<M> for Reading<'_, S, M, Query<M, P, O, L>>
where
    S: Shape<M>,
    M: Model,
    P: Bind<DatabaseOf<M>>,
    O: Ordering<M>,
    L: Page,
{
    type Output = Option<Result<Statement<DatabaseOf<M>>>>;

    fn all(self) -> Self::Output {
        Some(self.query.statement::<S>(self.context))
    }

    fn none(self) -> Self::Output {
        None
    }

    fn filter<Q: Permission<DatabaseOf<M>>>(self, condition: Condition<M, Q>) -> Self::Output {
        Some(self.query.narrowed(condition).statement::<S>(self.context))
    }
}

impl<S, M, P, O, L> Maskable<M> for Reading<'_, S, M, Query<M, P, O, L>>
where
    S: Shape<M>,
    M: Model,
    P: Bind<DatabaseOf<M>>,
    O: Ordering<M>,
    L: Page,
{
    fn text(&self) -> Option<Vec<u8>> {
        if S::TAIL {
            return None;
        }
        let mut text = Vec::new();
        self.query.condition.render(&mut text);
        Some(text)
    }

    fn masked<Q: Permission<DatabaseOf<M>>>(
        self,
        policy: Option<Condition<M, Unmasked<Q>>>,
        masks: Masks<'_, M>,
    ) -> Self::Output {
        let masks = Condition::new(masks);
        Some(match policy {
            Some(policy) => {
                let query = self.query.narrowed(policy).narrowed(masks);
                query.statement::<S>(self.context)
            }
            None => self.query.narrowed(masks).statement::<S>(self.context),
        })
    }
}

/// Room for a condition and the predicate of the tenant, which nearly always suffices.
const ROOM: usize = 256;
