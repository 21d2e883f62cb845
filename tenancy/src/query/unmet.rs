//! Why a statement met no row, if no rule denies it: there is none, a reference does not exist, or the database
//! skipped the row.

use crate::error::{Error, Result};
use crate::execute::context::Context;
use crate::execute::operation::Operation;
use crate::execute::statement::Statement;
use crate::model::contract::{DatabaseOf, Model};
use crate::model::params::{Binder, References};
use crate::query::write::{RowKey, ThisRow, finish};
use crate::sql::render::Stored;
use crate::sql::text::Text;
use crate::stmt::scope::render_scoped;
use crate::stmt::statement;
use std::future::poll_fn;

/// References that a statement had to prove itself.
pub(crate) type Proof<M> = Box<dyn References<DatabaseOf<M>>>;

/// What a statement on `row` has to say if it met none; asked only then. In the order in which it would have failed:
/// the row, its references.
///
/// It tells of nothing but the row, which was read, and references of the tenant.
pub(crate) async fn unmet<M: Model>(
    context: Context<'_, M::Root>,
    row: Option<RowKey<M>>,
    proof: Option<Proof<M>>,
) -> Error {
    if let Some(row) = row {
        match meets::<M>(context, this_row(context, &row)).await {
            Ok(true) => {}
            Ok(false) => return RowKey::<M>::zero().error(),
            Err(error) => return error,
        }
    }
    let proof = proof.and_then(|proof| proving::<M>(context, proof.as_ref()));
    match is_proven::<M>(context, proof).await {
        Ok(true) => Error::Skipped,
        Ok(false) => Error::InvalidReference,
        Err(error) => error,
    }
}

/// The statement that finds out whether references exist that a statement had to prove itself, if there are any.
pub(crate) fn proving<M: Model>(
    context: Context<'_, M::Root>,
    references: &(impl References<DatabaseOf<M>> + ?Sized),
) -> Option<Result<Statement<DatabaseOf<M>>>> {
    if !references.has_checks() {
        return None;
    }
    let mut template = b"SELECT 1 WHERE TRUE".to_vec();
    references.render_checks(&mut template);
    let mut binder = Binder::new(4);
    binder.seal();
    references.bind_checks(&mut binder);
    Some(finish::<M>(context, binder, context.rendered(&template)))
}

/// What comes of [`proving`].
pub(crate) async fn is_proven<M: Model>(
    context: Context<'_, M::Root>,
    proving: Option<Result<Statement<DatabaseOf<M>>>>,
) -> Result<bool> {
    match proving {
        Some(statement) => meets::<M>(context, statement).await,
        None => Ok(true),
    }
}

/// Whether a statement gives a row.
pub(crate) async fn meets<M: Model>(
    context: Context<'_, M::Root>,
    statement: Result<Statement<DatabaseOf<M>>>,
) -> Result<bool> {
    let mut row = context.one(Operation::Judge, statement);
    Ok(poll_fn(|task| row.poll(task)).await?.is_some())
}

/// The statement that finds a row, in the version that was read.
fn this_row<M: Model>(
    context: Context<'_, M::Root>,
    row: &RowKey<M>,
) -> Result<Statement<DatabaseOf<M>>> {
    let mut template = Exists::<M>::STORED.as_bytes().to_vec();
    render_scoped::<M>(&ThisRow::<M>::new(), &mut template);
    let mut binder = Binder::new(3);
    binder.seal();
    row.bind(&mut binder);
    row.here(
        context,
        finish::<M>(context, binder, context.rendered(&template)),
    )
}

struct Exists<M>(std::marker::PhantomData<M>);

impl<M: Model> Stored for Exists<M> {
    const TEXT: &'static Text = &statement::exists::<M>();
}
