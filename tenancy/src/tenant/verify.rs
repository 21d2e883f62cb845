//! The future of a tenant's verification.

use crate::db::DbOf;
use crate::db::mark::Mark;
use crate::error::{Error, Result};
use crate::execute::context::Context;
use crate::execute::operation::Operation;
use crate::execute::statement::{Pending, Statement};
use crate::model::contract::{RowOf, TenantIdOf, TenantRoot};
use crate::model::isolation::derived;
use crate::model::params::Binder;
use crate::sql::render::{Dialect, Rendered};
use crate::sql::text::Text;
use crate::sql::trusted;
use crate::stmt::statement;
use crate::tenant::verified::VerifiedTenant;
use std::fmt;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::Context as TaskContext;
use std::task::{Poll, ready};
use tracing::Span;

use crate::backend::sealed::Backend as _;
use crate::model::contract::Id as _;
use crate::model::id::Repr as _;

/// The future of a tenant's verification.
#[must_use = "futures do nothing unless awaited"]
pub struct Verify<'e, R: TenantRoot> {
    row: Pending<'e, Option<RowOf<R>>>,
    span: Span,
    expected: Option<TenantIdOf<R>>,
    db: &'e DbOf<R>,
}

impl<'e, R: TenantRoot> Verify<'e, R> {
    pub(crate) fn new(db: &'e DbOf<R>, id: R::Key) -> Self {
        const { derived::<R>() }
        let id = id.repr().clone();
        let mut binder = Binder::<R::Database>::new(1);
        binder.id(Some(&id));
        // Row-level security takes an empty id for nobody's, so there is no such tenant.
        let nobody = db.shared().rls.is_some() && id.to_string().is_empty();
        let arguments = match nobody {
            true => Err(Error::TenantUnavailable),
            false => binder.finish(db.shared().pool.details()),
        };
        let statement = arguments.map(|arguments| Statement::<R::Database> {
            sql: trusted::Text::Ready(sqlx::SqlStr::from_static(VerifyText::<R>::SQL)),
            arguments,
        });
        let context = Context::<R> {
            tenant: Some(&id),
            ..Context::on(db.shared())
        };
        Self {
            span: context.span::<R>(Operation::Verify),
            row: run::<R>(db, Some(&id), Operation::Verify, statement),
            expected: Some(id),
            db,
        }
    }

    /// The creation of a tenant, under this id if it is known: its row is what comes back.
    pub(crate) fn created(
        db: &'e DbOf<R>,
        id: Option<&TenantIdOf<R>>,
        statement: Result<Statement<R::Database>>,
    ) -> Self {
        const { derived::<R>() }
        Self {
            span: Context::<R>::on(db.shared()).span::<R>(Operation::Create),
            row: run::<R>(db, id, Operation::Create, statement),
            expected: None,
            db,
        }
    }
}

/// Runs a statement on the row of what may become a tenant.
fn run<'e, R: TenantRoot>(
    db: &'e DbOf<R>,
    id: Option<&TenantIdOf<R>>,
    operation: Operation,
    statement: Result<Statement<R::Database>>,
) -> Pending<'e, Option<RowOf<R>>> {
    let context = Context::<R>::on(db.shared());
    match id {
        // The row is one of which the database wants to know the tenant.
        Some(id) if db.shared().rls.is_some() => {
            let id = id.clone();
            Pending::Running(Box::pin(async move {
                let context = Context {
                    tenant: Some(&id),
                    ..context
                };
                let mut row = context.one(operation, statement);
                poll_fn(|task| row.poll(task)).await
            }))
        }
        _ => context.one(operation, statement),
    }
}

impl<R: TenantRoot> Future for Verify<'_, R> {
    type Output = Result<VerifiedTenant<R>>;

    fn poll(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let _entered = this.span.enter();
        let row = ready!(this.row.poll(task))?;
        let Some(row) = row else {
            // A row that was to be created, nothing else could keep from it.
            return Poll::Ready(Err(match this.expected {
                Some(_) => Error::TenantUnavailable,
                None => Error::Skipped,
            }));
        };
        let (id, mark) = match this.expected.take() {
            // The database may take other ids for equal: by a collation, or by the column's type.
            Some(id) => match TenantIdOf::<R>::get::<R::Database>(&row, 0)? == id {
                true => (id, 1),
                false => return Poll::Ready(Err(Error::TenantUnavailable)),
            },
            None => {
                let id = TenantIdOf::<R>::get::<R::Database>(&row, R::KEY);
                let id = id.map_err(|error| Error::from(error).written())?;
                (id, R::FIELDS.len())
            }
        };
        let mark = match R::MARK {
            "" => Mark::None,
            _ => Mark::read(R::Database::get_mark(&row, mark)?),
        };
        Poll::Ready(Ok(VerifiedTenant::new(this.db.clone(), id, mark)))
    }
}

impl<R: TenantRoot> fmt::Debug for Verify<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verify").finish_non_exhaustive()
    }
}

struct VerifyText<R>(PhantomData<R>);

impl<R: TenantRoot> Rendered for VerifyText<R> {
    const DIALECT: Dialect = <R::Database>::DIALECT;
    const TEMPLATE: &'static Text = &statement::verify::<R>();
}
