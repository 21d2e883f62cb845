//! Removals, which may take rows of other models along.

use crate::error::{Error, Result};
use crate::execute::context::Context;
use crate::execute::fetch::{FetchAll, FetchOne};
use crate::execute::operation::Operation;
use crate::execute::write::{Execute, ExecuteOne};
use crate::expr::bind::Bind;
use crate::expr::condition::Condition;
use crate::expr::logic::And;
use crate::model::brand::Brand;
use crate::model::contract::{DatabaseOf, Model};
use crate::policy::cascade::DEPENDANTS;
use crate::policy::contract::{Cascades, Removal};
use crate::policy::decided::Decided;
use crate::policy::masks::Unmasked;
use crate::policy::permit::Permits;
use crate::policy::place::Writes;
use crate::query::permitted::{Permitted, permitted};
use crate::query::question::Question;
use crate::query::unmet::meets;
use crate::query::write::{Destroying, RowKey};
use crate::sealed::INSIDE;
use crate::tenant::scope::Scope;
use futures_core::future::BoxFuture;
use std::marker::PhantomData;

/// A removal on its way through the policies of what would go with it.
struct Removing<'e, 't, M: Model, Act, P, E, const RETURNING: bool, const ONE: bool> {
    destroying: Destroying<M, P>,
    on: &'e E,
    action: PhantomData<(Act, Brand<'t>)>,
}

impl<'e, 't, M, Act, P, E, const RETURNING: bool, const ONE: bool> Removal<M>
    for Removing<'e, 't, M, Act, P, E, RETURNING, ONE>
where
    M: Model<Policies: Permits<M, E::Actor, Act>>,
    Act: 'e,
    P: Bind<DatabaseOf<M>>,
    E: Scope<'t, M, Actor: Writes<M>>,
{
    type Output = Permitted<'e, M>;

    fn all(self) -> Self::Output {
        permitted::<M, Act, _, E, RETURNING, ONE>(self.destroying, self.on)
    }

    fn rows(self, rows: Decided<'_, M, ()>) -> Self::Output {
        let Destroying { condition, row, .. } = self.destroying;
        // What the rules of other models name is not masked by those of this one.
        let rows = Unmasked::new(rows);
        let about = row.as_ref().filter(|_| ONE).map(RowKey::copy);
        let about = about.map(|row| (row, Question::new(Condition::new(rows.clone()), false)));
        let destroying = Destroying {
            condition: And::new(condition, rows),
            dependants: true,
            row,
        };
        let mut permitted = permitted::<M, Act, _, E, RETURNING, ONE>(destroying, self.on);
        if let (Some(denial), Some((row, question))) = (permitted.denial.take(), about) {
            let context = self.on.context();
            permitted.denial = Some(Box::pin(unless_skipped(context, row, question, denial)));
        }
        permitted
    }
}

/// Why a row was not removed: what would have gone with it keeps it only if that is still so, and otherwise the
/// database skipped the row.
async fn unless_skipped<'e, M: Model>(
    context: Context<'e, M::Root>,
    row: RowKey<M>,
    nothing_keeps: Result<Question<M>>,
    denial: BoxFuture<'e, Error>,
) -> Error {
    match denial.await {
        Error::Forbidden(denial) if denial == DEPENDANTS => {
            let statement = nothing_keeps.and_then(|question| row.asked(context, &question));
            match meets::<M>(context, statement).await {
                Ok(true) => Error::Skipped,
                Ok(false) => Error::Forbidden(denial),
                Err(error) => error,
            }
        }
        error => error,
    }
}

fn removed<'e, 't, M, Act, P, E, const RETURNING: bool, const ONE: bool>(
    destroying: Destroying<M, P>,
    on: &'e E,
) -> Permitted<'e, M>
where
    M: Cascades<E::Actor, Policies: Permits<M, E::Actor, Act>>,
    Act: 'e,
    P: Bind<DatabaseOf<M>>,
    E: Scope<'t, M, Actor: Writes<M>>,
{
    let removing = Removing::<M, Act, P, E, RETURNING, ONE> {
        destroying,
        on,
        action: PhantomData,
    };
    M::removed(on.by(INSIDE), removing)
}

macro_rules! futures {
    ($($(#[$doc:meta])* $name:ident -> $future:ty, $returning:literal, $one:literal,
        |$permitted:ident, $context:ident| $made:expr;)*) => {$(
        $(#[$doc])*
        pub(crate) fn $name<'e, 't, M, Act, P, E>(
            destroying: Destroying<M, P>,
            on: &'e E,
        ) -> $future
        where
            M: Cascades<E::Actor, Policies: Permits<M, E::Actor, Act>>,
            Act: 'e,
            P: Bind<DatabaseOf<M>>,
            E: Scope<'t, M, Actor: Writes<M>>,
        {
            let $permitted = removed::<M, Act, P, E, $returning, $one>(destroying, on);
            let $context = on.context();
            $made
        }
    )*};
}

futures! {
    /// The future of the removal of one row.
    execute_one -> ExecuteOne<'e, DatabaseOf<M>>, false, true,
        |permitted, context| permitted.execute_one(context, Operation::Destroy);
    /// As [`execute_one`], with the row.
    fetch_one -> FetchOne<'e, 't, M>, true, true,
        |permitted, context| permitted.fetch_one(context, Operation::Destroy);
    /// The future of the removal of any number of rows.
    execute -> Execute<'e, DatabaseOf<M>>, false, false,
        |permitted, context| match permitted.prepared {
            Some(prepared) => prepared.execute(context, Operation::Destroy),
            None => Execute::nothing(),
        };
    /// As [`execute`], with the rows.
    fetch_all -> FetchAll<'e, 't, M>, true, false,
        |permitted, context| match permitted.prepared {
            Some(prepared) => prepared.fetch_all(context, Operation::Destroy),
            None => FetchAll::nothing(),
        };
}
