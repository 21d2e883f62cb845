//! Creation of many rows in one statement.

use std::fmt;
use std::marker::PhantomData;

use super::create::{Create, CreateText};
use super::write::{Returning, finish};
use crate::Result;
use crate::backend::sealed::Backend as _;
use crate::barrier::Insert;
use crate::binder::{Binder, References};
use crate::execute::{Context, Execute, FetchAll, Operation, Statement, Zero};
use crate::expr::Assignments;
use crate::model::{DatabaseOf, TenantScoped, tenanted};
use crate::policy::{Permits, action};
use crate::sql::render::{Stored, render_dynamic};
use crate::sql::text::{PROOF, TENANT, USER};
use crate::sql::{Dialect, Text, statement, vouch};
use crate::tenant::{Brand, Scope};

/// The creation of many rows in one statement.
#[must_use = "a creation does nothing until it is executed on a tenant"]
pub struct CreateMany<'t, M: TenantScoped, S = ()> {
    rows: Vec<Create<'t, M, S>>,
}

impl<'t, M: TenantScoped, S: Assignments<'t, M>> CreateMany<'t, M, S> {
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
        let template = Self::template(self.rows.len(), &[]);
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

    /// `None` if there are no rows.
    fn statement<const RETURNING: bool>(
        self,
        context: Context<'_, M::Root>,
    ) -> Option<Result<Statement<DatabaseOf<M>>>> {
        if self.rows.is_empty() {
            return None;
        }
        let number = self.rows.len();
        let row = Row::<'t, M, S>::TEXT;
        let width = row.users() + row.proofs();
        let mut binder = Binder::new(number * width + 1);
        let mut waiting = Vec::new();
        let mut checks = Vec::new();
        for row in self.rows {
            let keys = row.new.bind(row.key, &mut binder);
            let assigned = row.assignments.bind(&mut binder);
            let keys = (assigned, keys);
            if Self::SEQUENTIAL {
                keys.bind_keys(&mut binder);
            }
            if !Self::SEQUENTIAL || keys.has_checks() {
                keys.render_checks(&mut checks);
                waiting.push(keys);
            }
        }
        binder.seal();
        if !Self::SEQUENTIAL {
            for keys in &waiting {
                keys.bind_keys(&mut binder);
            }
        }
        for keys in &waiting {
            keys.bind_checks(&mut binder);
        }
        let mut template = Self::template(number, &checks);
        if RETURNING {
            template.extend_from_slice(Returning::<M>::STORED.as_bytes());
        }
        let sql = vouch::rendered(&template, <DatabaseOf<M>>::DIALECT);
        Some(finish::<M>(context, binder, sql))
    }

    /// The rows come first in the text, as a common table expression, so that the one parameter
    /// for the tenant can come last; PostgreSQL numbers its parameters and needs no such detour,
    /// unless the rows depend on checks. The expression's name contains a double quote, which no
    /// table of a model does, so it stands before none of them.
    fn template(number: usize, checks: &[u8]) -> Vec<u8> {
        let head = Head::<'t, M, S>::STORED.as_bytes();
        let plain = <DatabaseOf<M>>::DIALECT == Dialect::Postgres && checks.is_empty();
        let tail = Tail::<M>::STORED.as_bytes();
        let mut row = Row::<'t, M, S>::STORED.as_bytes().to_vec();
        let mut template = Vec::with_capacity(head.len() + number * (row.len() + 8) + 64);
        if plain {
            template.extend_from_slice(head);
            template.extend_from_slice(b"VALUES ");
        } else {
            template.extend_from_slice(b"WITH \"new\"\"rows\" AS (VALUES ");
        }
        if Self::SEQUENTIAL {
            for byte in &mut row {
                if *byte == PROOF {
                    *byte = USER;
                }
            }
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
            template.extend_from_slice(b" FROM \"new\"\"rows\" WHERE TRUE");
            template.extend_from_slice(checks);
        }
        template
    }

    /// Creates the rows and says how many. All of them are created, or none.
    ///
    /// # Errors
    ///
    /// As for [`Create::execute`], and [`TooLarge`](crate::Error::TooLarge) if the rows have more
    /// values than a statement may have parameters.
    pub fn execute<'e, E>(self, on: &'e E) -> Execute<'e, DatabaseOf<M>>
    where
        E: Scope<'t, M>,
        M::Policies: Permits<M, E::Actor, action::CreateMany>,
    {
        let context = on.context();
        match self.statement::<false>(context) {
            None => Execute::nothing(),
            Some(statement) => {
                Execute::new::<M>(context, Operation::Create, statement).or(Zero::InvalidReference)
            }
        }
    }

    /// Creates the rows and reads them back, in no particular order.
    ///
    /// # Errors
    ///
    /// As for [`execute`](Self::execute).
    pub fn fetch_all<'e, E>(self, on: &'e E) -> FetchAll<'e, 't, M>
    where
        E: Scope<'t, M>,
        M::Policies: Permits<M, E::Actor, action::CreateMany>,
    {
        let context = on.context();
        match self.statement::<true>(context) {
            None => FetchAll::nothing(),
            Some(statement) => {
                FetchAll::new(context, Operation::Create, statement).or(Zero::InvalidReference)
            }
        }
    }
}

impl<M: TenantScoped, S> fmt::Debug for CreateMany<'_, M, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CreateMany({}, {} rows)", M::TABLE, self.rows.len())
    }
}

/// `INSERT INTO "table" (columns) `.
struct Head<'t, M, S>(PhantomData<(Brand<'t>, M, S)>);

impl<'t, M: TenantScoped, S: Assignments<'t, M>> Stored for Head<'t, M, S> {
    const TEXT: &'static Text = CreateText::<'t, M, M::New<'t>, S, false>::HEAD;
}

/// The values of a row, all but the tenant.
struct Row<'t, M, S>(PhantomData<(Brand<'t>, M, S)>);

impl<'t, M: TenantScoped, S: Assignments<'t, M>> Stored for Row<'t, M, S> {
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

impl<M: TenantScoped> Stored for Tail<M> {
    const TEXT: &'static Text = &{
        let mut text = Text::EMPTY;
        if tenanted::<M>() {
            text.push(", ");
            text.mark(TENANT);
        }
        text
    };
}
