//! Creation of many rows in one statement.

use crate::backend::Backend;
use crate::error::denial::Denial;
use crate::error::{Error, Result};
use crate::execute::context::Context;
use crate::execute::fetch::FetchAll;
use crate::execute::operation::Operation;
use crate::execute::statement::Statement;
use crate::execute::write::Execute;
use crate::execute::zero::Zero;
use crate::expr::assign::Assignments;
use crate::expr::bind::Bind;
use crate::model::brand::Brand;
use crate::model::contract::{DatabaseOf, Insert, Model, Owned, TenantRoot};
use crate::model::params::{Binder, References};
use crate::model::scoping::tenanted;
use crate::policy::action;
use crate::policy::action::Action;
use crate::policy::permit::Permits;
use crate::policy::place::Writes;
use crate::query::create::{Create, CreateText};
use crate::query::creating::Creating;
use crate::query::narrow::{Unfiltered, asks};
use crate::query::prepared::Prepared;
use crate::query::unmet::{meets, unmet};
use crate::query::write::finish;
use crate::sealed::{INSIDE, Seal};
use crate::sql::node::Node;
use crate::sql::render::{Dialect, Stored, render_dynamic};
use crate::sql::text::{PROOF, TENANT, Text, USER};
use crate::stmt::policied::ALL_MET;
use crate::stmt::{policied, statement};
use crate::tenant::scope::Scope;
use futures_core::future::BoxFuture;
use std::fmt;
use std::marker::PhantomData;

use crate::backend::sealed::Backend as _;

/// Which of the rows it was, and why, is not looked for.
const DENIED: Denial = Denial::new(<action::Create as Action>::NAME, None);

/// The creation of many rows in one statement.
#[must_use = "a creation does nothing until it is executed on a tenant"]
pub struct CreateMany<'t, M: Owned, S = ()> {
    rows: Vec<Create<'t, M, S>>,
}

impl<'t, M: Owned, S: Assignments<'t, M>> CreateMany<'t, M, S> {
    pub(crate) fn new(rows: Vec<Create<'t, M, S>>) -> Self {
        Self { rows }
    }

    /// The text of the statement that [`execute`](Self::execute) runs; empty if there are no rows.
    ///
    /// It is another one if a row has a [`Ref::by_id`](crate::Ref::by_id).
    #[must_use]
    pub fn sql(&self) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let template = Self::template(self.rows.len(), &Unfiltered::new(), &[]);
        render_dynamic(&template, <DatabaseOf<M>>::DIALECT)
    }

    /// Whether all parameters are bound in the order of the text. Where user code encodes values,
    /// the references of other models have to wait for the last of them; where there are no such
    /// references, there is nothing to keep from user code.
    const SEQUENTIAL: bool = {
        let builtin = <M::New<'t> as Insert<M>>::BUILTIN;
        let keys = <M::New<'t> as Insert<M>>::REFERENCES;
        let referring = statement::mask(keys) & !(1 << M::KEY) != 0 || S::VALUES.proofs() > 0;
        builtin && (S::MASK == 0 || !referring)
    };

    /// [`SEQUENTIAL`](Self::SEQUENTIAL) with a policy after the rows, whose values user code may encode.
    const fn sequential<Q: Node>() -> bool {
        Self::SEQUENTIAL && !Q::DYNAMIC && Q::TEXT.users() == 0
    }

    /// The statement that creates the rows if all of them meet a policy. There must be rows.
    pub(crate) fn statement<'e, Q: Bind<DatabaseOf<M>>>(
        self,
        policy: Q,
        context: Context<'e, M::Root>,
        returning: &'static str,
    ) -> Prepared<'e, M> {
        let number = self.rows.len();
        let row = Row::<'t, M, S>::TEXT;
        let width = row.users() + row.proofs();
        let mut binder = Binder::new(number * width + 1);
        let mut waiting = Vec::new();
        let mut checks = Vec::new();
        for row in self.rows {
            let keys = row.new.bind(row.key, &mut binder);
            let assigned = row.assignments.bind(&mut binder);
            let mut keys = (assigned, keys);
            keys.settle(context.db.identity());
            if Self::sequential::<Q>() {
                keys.bind_keys(&mut binder);
            }
            if !Self::sequential::<Q>() || keys.has_checks() {
                keys.render_checks(&mut checks);
                waiting.push(keys);
            }
        }
        let mut template = Self::template(number, &policy, &checks);
        let mut rules = Vec::new();
        policy.render(&mut rules);
        policy.bind(&mut binder);
        binder.seal();
        if !Self::sequential::<Q>() {
            for keys in &waiting {
                keys.bind_keys(&mut binder);
            }
        }
        let question = asks::<Q>().then(|| Question {
            head: NamedRows::<'t, M, S>::STORED,
            row: Self::row::<Q>(),
            number,
            rules,
            binder: binder.snapshot(),
        });
        for keys in &waiting {
            keys.bind_checks(&mut binder);
        }
        template.extend_from_slice(returning.as_bytes());
        let sql = context.rendered(&template);
        let denial = (!checks.is_empty() || question.is_some()).then(|| {
            let denial = denial::<M>(context, Each(waiting), question);
            Box::pin(denial) as BoxFuture<'e, Error>
        });
        Prepared::new(finish::<M>(context, binder, sql), Zero::Skipped).because(denial)
    }

    /// The values of a row.
    fn row<Q: Node>() -> Vec<u8> {
        let mut row = Row::<'t, M, S>::STORED.as_bytes().to_vec();
        if Self::sequential::<Q>() {
            for byte in &mut row {
                if *byte == PROOF {
                    *byte = USER;
                }
            }
        }
        row
    }

    /// The rows come first in the text, as a common table expression, so that the one parameter
    /// for the tenant can come last; PostgreSQL numbers its parameters and needs no such detour,
    /// unless the rows depend on checks. The expression's name contains a double quote, which no
    /// table of a model does, so it stands before none of them.
    fn template<Q: Node>(number: usize, policy: &Q, checks: &[u8]) -> Vec<u8> {
        let head = Head::<'t, M, S>::STORED.as_bytes();
        let plain =
            <DatabaseOf<M>>::DIALECT == Dialect::Postgres && checks.is_empty() && !asks::<Q>();
        let tail = Tail::<M>::STORED.as_bytes();
        let mut row = Self::row::<Q>();
        let mut template = Vec::with_capacity(head.len() + number * (row.len() + 8) + 64);
        if plain {
            template.extend_from_slice(head);
            template.extend_from_slice(b"VALUES ");
        } else if asks::<Q>() {
            template.extend_from_slice(NamedRows::<'t, M, S>::STORED.as_bytes());
        } else {
            template.extend_from_slice(b"WITH \"new\"\"rows\" AS (VALUES ");
        }
        if plain {
            row.extend_from_slice(tail);
        }
        for index in 0..number {
            template.extend_from_slice(if index > 0 { b", (" } else { b"(" });
            template.extend_from_slice(&row);
            template.push(b')');
        }
        if !plain {
            template.extend_from_slice(b") ");
            template.extend_from_slice(head);
            template.extend_from_slice(b"SELECT \"new\"\"rows\".*");
            template.extend_from_slice(tail);
            template.extend_from_slice(b" FROM \"new\"\"rows\" WHERE ");
            if asks::<Q>() {
                template.extend_from_slice(AllMeet::<M>::STORED.as_bytes());
                policy.render(&mut template);
                template.extend_from_slice(ALL_MET.as_bytes());
            } else {
                template.extend_from_slice(b"TRUE");
            }
            template.extend_from_slice(checks);
        }
        template
    }

    /// Creates the rows and says how many. All of them are created, or none.
    ///
    /// # Errors
    ///
    /// As for [`Create::execute`], and [`TooLarge`](crate::Error::TooLarge) if the rows have more
    /// values than a statement may have parameters. [`Forbidden`](crate::Error::Forbidden) if the
    /// actor may not create one of them. No rows are always created, and nobody is asked.
    pub fn execute<'e, E>(self, on: &'e E) -> Execute<'e, DatabaseOf<M>>
    where
        E: Scope<'t, M, Actor: Writes<M>>,
        M::Policies: Permits<M, E::Actor, action::Create>,
    {
        if self.rows.is_empty() {
            return Execute::nothing();
        }
        let context = on.context();
        let creating = Creating::<M, E::Actor, action::Create, _, false>::new(self, on);
        match M::Policies::permit(on.by(INSIDE), creating) {
            Some(mut prepared) => {
                let (zero, denial) = (prepared.zero, prepared.denial.take());
                prepared
                    .execute(context, Operation::Create)
                    .or(zero, denial)
            }
            None => Execute::nothing().or(Zero::Forbidden(DENIED), None),
        }
    }

    /// Creates the rows and reads them back, in no particular order.
    ///
    /// # Errors
    ///
    /// As for [`execute`](Self::execute); [`Forbidden`](crate::Error::Forbidden) also if the actor may
    /// not read one of them.
    pub fn fetch_all<'e, E>(self, on: &'e E) -> FetchAll<'e, 't, M>
    where
        E: Scope<'t, M, Actor: Writes<M>>,
        M::Policies: Permits<M, E::Actor, action::Create>,
    {
        if self.rows.is_empty() {
            return FetchAll::nothing();
        }
        let context = on.context();
        let creating = Creating::<M, E::Actor, action::Create, _, true>::new(self, on);
        match M::Policies::returned(on.by(INSIDE), creating) {
            Some(mut prepared) => {
                let (zero, denial) = (prepared.zero, prepared.denial.take());
                let created = prepared.fetch_all(context, Operation::Create);
                created.or(zero, denial)
            }
            None => FetchAll::nothing().or(Zero::Forbidden(DENIED), None),
        }
    }
}

impl<M: Owned, S> fmt::Debug for CreateMany<'_, M, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CreateMany({}, {} rows)", M::TABLE, self.rows.len())
    }
}

/// Whether all of the rows meet a policy.
struct Question<DB: Backend> {
    head: &'static str,
    row: Vec<u8>,
    number: usize,
    rules: Vec<u8>,
    binder: Binder<DB>,
}

impl<DB: Backend> Question<DB> {
    /// The statement, which gives a row if they do.
    fn statement<M: Model>(self, context: Context<'_, M::Root>) -> Result<Statement<DB>>
    where
        M::Root: TenantRoot<Database = DB>,
    {
        let mut template = self.head.as_bytes().to_vec();
        for index in 0..self.number {
            template.extend_from_slice(if index > 0 { b", (" } else { b"(" });
            template.extend_from_slice(&self.row);
            template.push(b')');
        }
        template.extend_from_slice(b") SELECT 1 WHERE ");
        template.extend_from_slice(AllMeet::<M>::STORED.as_bytes());
        template.extend_from_slice(&self.rules);
        template.extend_from_slice(ALL_MET.as_bytes());
        finish::<M>(context, self.binder, context.rendered(&template))
    }
}

/// Why none of the rows was created; asked only then.
async fn denial<M: Owned>(
    context: Context<'_, M::Root>,
    references: impl References<DatabaseOf<M>>,
    question: Option<Question<DatabaseOf<M>>>,
) -> Error {
    if let Some(question) = question {
        match meets::<M>(context, question.statement::<M>(context)).await {
            Ok(true) => {}
            Ok(false) => return Error::Forbidden(DENIED),
            Err(error) => return error,
        }
    }
    unmet::<M>(context, None, Some(Box::new(references))).await
}

/// The references of every row.
struct Each<R>(Vec<R>);

impl<DB: Backend, R: References<DB>> References<DB> for Each<R> {
    fn sealed(_: Seal) {}

    fn has_checks(&self) -> bool {
        self.0.iter().any(R::has_checks)
    }

    fn render_checks(&self, template: &mut Vec<u8>) {
        for row in &self.0 {
            row.render_checks(template);
        }
    }

    fn bind_keys(&self, binder: &mut Binder<DB>) {
        for row in &self.0 {
            row.bind_keys(binder);
        }
    }

    fn bind_checks(&self, binder: &mut Binder<DB>) {
        for row in &self.0 {
            row.bind_checks(binder);
        }
    }
}

/// `INSERT INTO "table" (columns) `.
struct Head<'t, M, S>(PhantomData<(Brand<'t>, M, S)>);

impl<'t, M: Owned, S: Assignments<'t, M>> Stored for Head<'t, M, S> {
    const TEXT: &'static Text = CreateText::<'t, M, M::New<'t>, S, false>::HEAD;
}

/// `WITH "new""rows" (columns) AS (VALUES `, for rows that a policy is asked of.
struct NamedRows<'t, M, S>(PhantomData<(Brand<'t>, M, S)>);

impl<'t, M: Owned, S: Assignments<'t, M>> Stored for NamedRows<'t, M, S> {
    const TEXT: &'static Text = &policied::named_rows::<M, M::New<'t>>(S::NAMES);
}

/// `NOT EXISTS (…`: all new rows meet a policy.
struct AllMeet<M>(PhantomData<M>);

impl<M: Model> Stored for AllMeet<M> {
    const TEXT: &'static Text = &policied::all_meet::<M>();
}

/// The values of a row, all but the tenant.
struct Row<'t, M, S>(PhantomData<(Brand<'t>, M, S)>);

impl<'t, M: Owned, S: Assignments<'t, M>> Stored for Row<'t, M, S> {
    const TEXT: &'static Text = &{
        let text = statement::row_values::<M, M::New<'t>>(S::VALUES);
        assert!(
            !text.is_empty(),
            "these rows have no values of their own, so there is no list of them: create them one by one"
        );
        text
    };
}

/// What every row has besides its own values: the tenant.
struct Tail<M>(PhantomData<M>);

impl<M: Owned> Stored for Tail<M> {
    const TEXT: &'static Text = &{
        let mut text = Text::EMPTY;
        if tenanted::<M>() {
            text.push(", ");
            text.mark(TENANT);
        }
        text
    };
}
