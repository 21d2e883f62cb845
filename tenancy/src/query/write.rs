//! What updates and removals have in common: which rows, and the text around that.

use crate::backend::Backend;
use crate::error::Result;
use crate::execute::context::Context;
use crate::execute::statement::Statement;
use crate::execute::zero::Zero;
use crate::expr::assign::Assignments;
use crate::expr::bind::Bind;
use crate::model::brand::Brand;
use crate::model::contract::{DatabaseOf, KeyOf, Model};
use crate::model::params::{Binder, References as _};
use crate::model::scoping::{OriginOf, Scoping as _};
use crate::query::judging::NewRow;
use crate::query::prepared::Prepared;
use crate::query::question::Question;
use crate::query::unmet::Proof;
use crate::row::scoped::Scoped;
use crate::sql::node::Node;
use crate::sql::render::{Dialect, Fixed, Rendered, Stored, render_dynamic};
use crate::sql::text::{Text, text, users};
use crate::sql::trusted;
use crate::sql::trusted::Sql;
use crate::stmt::scope::render_scoped;
use crate::stmt::statement;
use std::borrow::Cow;
use std::marker::PhantomData;

use crate::backend::sealed::Backend as _;

/// The condition that a row is the one that was read. What it binds is proven, and so comes after
/// all values of users: see [`RowKey`].
pub(crate) struct ThisRow<M>(PhantomData<fn() -> M>);

impl<M> ThisRow<M> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<M: Model> Node for ThisRow<M> {
    const COLUMNS: u128 = 1 << M::KEY;
    const TEXT: &'static Text = &statement::this_row::<M>();
}

impl<DB: Backend, M: Model> Bind<DB> for ThisRow<M> {
    fn bind(self, _: &mut Binder<DB>) {}
}

/// The key of a row that was read, and its version.
pub(crate) struct RowKey<M: Model> {
    key: KeyOf<M>,
    version: i64,
    origin: OriginOf<M>,
}

impl<M: Model> RowKey<M> {
    pub(crate) fn of(row: &Scoped<'_, M>) -> Self {
        Self {
            key: row.key_repr().clone(),
            version: row.version(),
            origin: row.origin(),
        }
    }

    /// Binds what [`ThisRow`] asks.
    pub(crate) fn bind(&self, binder: &mut Binder<DatabaseOf<M>>) {
        binder.id(Some(&self.key));
        if M::VERSION.is_some() {
            binder.number(self.version);
        }
    }

    pub(crate) fn copy(&self) -> Self {
        Self {
            key: self.key.clone(),
            version: self.version,
            origin: self.origin,
        }
    }

    /// The statement that asks about this row.
    pub(crate) fn asked(
        &self,
        context: Context<'_, M::Root>,
        question: &Question<M>,
    ) -> Result<Statement<DatabaseOf<M>>> {
        question.about(context, std::slice::from_ref(&self.key))
    }

    /// The statement about this row, on the database that it was read in.
    pub(crate) fn here<S>(&self, context: Context<'_, M::Root>, statement: Result<S>) -> Result<S> {
        if M::Scoping::is_of(self.origin, context.db.identity()) {
            statement
        } else {
            Err(Self::zero().error())
        }
    }

    /// What it means if no row met [`ThisRow`].
    pub(crate) fn zero() -> Zero {
        if M::VERSION.is_some() {
            Zero::Stale
        } else {
            Zero::NotFound
        }
    }
}

/// An update of the rows that meet a condition.
pub(crate) struct Updating<'t, M: Model, P, S> {
    pub(crate) condition: P,
    pub(crate) assignments: S,
    /// If the condition has a [`ThisRow`].
    pub(crate) row: Option<RowKey<M>>,
    pub(crate) brand: Brand<'t>,
}

impl<'t, M, P, S> Updating<'t, M, P, S>
where
    M: Model,
    P: Bind<DatabaseOf<M>>,
    S: Assignments<'t, M>,
{
    /// Adds assignments. Of one column that is set here and changed by a client, that which is set
    /// counts; of two changes, the last. So it is inside of a tuple.
    pub(crate) fn set<A: Assignments<'t, M>>(
        mut self,
        mut assignments: A,
    ) -> Updating<'t, M, P, (S, A)> {
        assignments.settle();
        assignments.forget(S::MASK);
        self.assignments.forget(assignments.mask());
        Updating {
            condition: self.condition,
            assignments: (self.assignments, assignments),
            row: self.row,
            brand: self.brand,
        }
    }

    pub(crate) fn sql(&self) -> Cow<'static, str> {
        if S::DYNAMIC || P::DYNAMIC {
            trusted::shown(Cow::Owned(render_dynamic(
                &self.template(),
                <DatabaseOf<M>>::DIALECT,
            )))
        } else {
            trusted::shown(Cow::Borrowed(UpdateText::<'t, M, P, S, false>::SQL))
        }
    }

    fn template(&self) -> Vec<u8> {
        let mut template = render_update::<M>(|set| self.assignments.render_set(set));
        render_scoped::<M>(&self.condition, &mut template);
        template
    }

    /// The finished statement; with `KEEP`, and also what it takes to ask about the row as it would be.
    pub(crate) fn statement<const RETURNING: bool, const KEEP: bool>(
        self,
        context: Context<'_, M::Root>,
    ) -> Finished<M, S::References> {
        let fixed = UpdateText::<'t, M, P, S, RETURNING>::FIXED;
        let returning = if RETURNING {
            Returning::<M>::STORED
        } else {
            ""
        };
        self.finished::<KEEP>(context, Some(fixed), returning)
    }

    /// The finished statement that gives the keys of the rows.
    pub(crate) fn keyed<const KEEP: bool>(
        self,
        context: Context<'_, M::Root>,
    ) -> Finished<M, S::References> {
        self.finished::<KEEP>(context, None, ReturningKey::<M>::STORED)
    }

    /// The statement that ends in `returning`; `fixed` is its text if its type determines that.
    fn finished<const KEEP: bool>(
        self,
        context: Context<'_, M::Root>,
        fixed: Option<Fixed>,
        returning: &'static str,
    ) -> Finished<M, S::References> {
        let dynamic = (S::DYNAMIC || P::DYNAMIC).then(|| self.template());
        let users = match &dynamic {
            Some(template) => users(template),
            None => const { S::SET.users() + P::TEXT.users() },
        };
        let mut binder = Binder::new(users + 4);
        let aliased = KEEP.then(|| aliased::<M, S>(&self.assignments));
        let mask = self.assignments.mask();
        let mut references = self.assignments.bind(&mut binder);
        references.settle(context.db.identity());
        let kept = aliased.map(|aliased| (binder.snapshot(), aliased));
        self.condition.bind(&mut binder);
        binder.seal();
        references.bind_keys(&mut binder);
        if let Some(row) = &self.row {
            row.bind(&mut binder);
        }
        references.bind_checks(&mut binder);

        let checked = references.has_checks();
        let sql = match (fixed, dynamic) {
            (Some(fixed), None) if !checked => context.fixed(fixed),
            (_, dynamic) => {
                let mut template = match dynamic {
                    Some(template) => template,
                    None => UpdateText::<'t, M, P, S, false>::STORED.as_bytes().to_vec(),
                };
                references.render_checks(&mut template);
                template.extend_from_slice(returning.as_bytes());
                context.rendered(&template)
            }
        };
        let (new, proof) = match kept {
            Some((values, aliased)) => {
                let new = NewRow {
                    values,
                    references,
                    aliased,
                    mask,
                };
                (Some(new), None)
            }
            None => (None, checked.then(|| Box::new(references) as _)),
        };
        let statement = finish::<M>(context, binder, sql);
        Finished {
            statement: match &self.row {
                Some(row) => row.here(context, statement),
                None => statement,
            },
            new,
            proof,
        }
    }
}

/// A finished write.
pub(crate) struct Finished<M: Model, R> {
    pub(crate) statement: Result<Statement<DatabaseOf<M>>>,
    /// What it takes to ask about the row that it would have made.
    pub(crate) new: Option<NewRow<DatabaseOf<M>, R>>,
    /// The references that it proves, if they are not in there.
    pub(crate) proof: Option<Proof<M>>,
}

impl<M: Model, R> Finished<M, R> {
    /// The statement, and what it means if no row was met.
    pub(crate) fn prepared<'e>(self) -> Prepared<'e, M> {
        Prepared::new(self.statement, RowKey::<M>::zero())
    }
}

/// `? AS "a", ? AS "b"`.
fn aliased<'t, M: Model, S: Assignments<'t, M>>(assignments: &S) -> Cow<'static, [u8]> {
    if S::DYNAMIC {
        let mut template = Vec::new();
        assignments.render_aliased(&mut template);
        Cow::Owned(template)
    } else {
        Cow::Borrowed(Aliased::<'t, M, S>::STORED.as_bytes())
    }
}

struct Aliased<'t, M, S>(PhantomData<(Brand<'t>, M, S)>);

impl<'t, M: Model, S: Assignments<'t, M>> Stored for Aliased<'t, M, S> {
    const TEXT: &'static Text = S::ALIASED;
}

/// Binds the tenant, which comes last, and ends the statement.
pub(crate) fn finish<M: Model>(
    context: Context<'_, M::Root>,
    mut binder: Binder<DatabaseOf<M>>,
    sql: Sql,
) -> Result<Statement<DatabaseOf<M>>> {
    if sql.tenanted {
        context.bind_tenant(&mut binder)?;
    }
    Ok(Statement {
        sql: sql.text,
        arguments: binder.finish(context.db.pool.details())?,
    })
}

/// `UPDATE "table" SET …`, around assignments that only the running program knows.
fn render_update<M: Model>(render_set: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut set = Vec::new();
    render_set(&mut set);
    if set.is_empty() {
        return UpdateNothing::<M>::STORED.as_bytes().to_vec();
    }
    let whole = UpdateHole::<M>::STORED.as_bytes();
    let hole = whole.iter().position(|&byte| byte == HOLE).unwrap_or(0);
    [&whole[..hole], &set, &whole[hole + 1..]].concat()
}

/// Where the assignments go.
const HOLE: u8 = 0x1f;

struct UpdateHole<M>(PhantomData<M>);

impl<M: Model> Stored for UpdateHole<M> {
    const TEXT: &'static Text = &statement::update::<M>(&text!(mark(HOLE)));
}

struct UpdateNothing<M>(PhantomData<M>);

impl<M: Model> Stored for UpdateNothing<M> {
    const TEXT: &'static Text = &statement::update::<M>(&Text::EMPTY);
}

pub(crate) struct Returning<M>(PhantomData<M>);

impl<M: Model> Stored for Returning<M> {
    const TEXT: &'static Text = &{
        let mut text = Text::EMPTY;
        statement::returning::<M>(&mut text);
        text
    };
}

pub(crate) struct ReturningKey<M>(PhantomData<M>);

impl<M: Model> Stored for ReturningKey<M> {
    const TEXT: &'static Text = &statement::returning_key::<M>();
}

struct UpdateText<'t, M, P, S, const RETURNING: bool>(PhantomData<(Brand<'t>, M, P, S)>);

impl<'t, M, P, S, const RETURNING: bool> Stored for UpdateText<'t, M, P, S, RETURNING>
where
    M: Model,
    P: Node,
    S: Assignments<'t, M>,
{
    const TEXT: &'static Text = &{
        // Evaluated for its check: no column twice.
        let _ = S::MASK;
        let mut text = Text::EMPTY;
        if !S::DYNAMIC && !P::DYNAMIC {
            text = statement::update::<M>(S::SET);
            statement::scoped::<M>(&mut text, P::TEXT);
            if RETURNING {
                statement::returning::<M>(&mut text);
            }
        }
        text
    };
}

impl<'t, M, P, S, const RETURNING: bool> Rendered for UpdateText<'t, M, P, S, RETURNING>
where
    M: Model,
    P: Node,
    S: Assignments<'t, M>,
{
    const DIALECT: Dialect = <DatabaseOf<M>>::DIALECT;
    const TEMPLATE: &'static Text = Self::TEXT;
}

/// A removal of the rows that meet a condition.
pub(crate) struct Destroying<M: Model, P> {
    pub(crate) condition: P,
    /// Whether the condition leaves out rows with which others would go that stay.
    pub(crate) dependants: bool,
    /// If the condition has a [`ThisRow`].
    pub(crate) row: Option<RowKey<M>>,
}

impl<M: Model, P: Bind<DatabaseOf<M>>> Destroying<M, P> {
    pub(crate) fn sql(&self) -> Cow<'static, str> {
        if P::DYNAMIC {
            trusted::shown(Cow::Owned(render_dynamic(
                &self.template(),
                <DatabaseOf<M>>::DIALECT,
            )))
        } else {
            trusted::shown(Cow::Borrowed(DestroyText::<M, P, false>::SQL))
        }
    }

    fn template(&self) -> Vec<u8> {
        let mut template = Delete::<M>::STORED.as_bytes().to_vec();
        render_scoped::<M>(&self.condition, &mut template);
        template
    }

    /// The finished statement.
    pub(crate) fn statement<const RETURNING: bool>(
        self,
        context: Context<'_, M::Root>,
    ) -> Result<Statement<DatabaseOf<M>>> {
        let (sql, users) = if P::DYNAMIC {
            let mut template = self.template();
            if RETURNING {
                template.extend_from_slice(Returning::<M>::STORED.as_bytes());
            }
            let users = users(&template);
            (context.rendered(&template), users)
        } else {
            let sql = context.fixed(DestroyText::<M, P, RETURNING>::FIXED);
            (sql, const { P::TEXT.users() })
        };
        let mut binder = Binder::new(users + 3);
        self.condition.bind(&mut binder);
        binder.seal();
        if let Some(row) = &self.row {
            row.bind(&mut binder);
        }
        let statement = finish::<M>(context, binder, sql);
        match &self.row {
            Some(row) => row.here(context, statement),
            None => statement,
        }
    }
}

struct Delete<M>(PhantomData<M>);

impl<M: Model> Stored for Delete<M> {
    const TEXT: &'static Text = &statement::delete::<M>();
}

struct DestroyText<M, P, const RETURNING: bool>(PhantomData<(M, P)>);

impl<M: Model, P: Node, const RETURNING: bool> Rendered for DestroyText<M, P, RETURNING> {
    const DIALECT: Dialect = <DatabaseOf<M>>::DIALECT;
    const TEMPLATE: &'static Text = &{
        let mut text = Text::EMPTY;
        if !P::DYNAMIC {
            text = statement::delete::<M>();
            statement::scoped::<M>(&mut text, P::TEXT);
            if RETURNING {
                statement::returning::<M>(&mut text);
            }
        }
        text
    };
}
