//! Statements that are ready, and what decides whether they last.

use crate::error::{Error, Result};
use crate::execute::context::Context;
use crate::execute::fetch::{FetchAll, FetchOptional};
use crate::execute::operation::Operation;
use crate::execute::statement::Statement;
use crate::execute::write::Execute;
use crate::execute::zero::Zero;
use crate::model::contract::{DatabaseOf, Model};
use crate::query::question::Question;
use futures_core::future::BoxFuture;

/// A statement.
pub(crate) struct Prepared<'e, M: Model> {
    statement: Result<Statement<DatabaseOf<M>>>,
    /// What it means if it meets no row.
    pub(crate) zero: Zero,
    /// The same, if it has to be found out.
    pub(crate) denial: Option<BoxFuture<'e, Error>>,
    /// What is asked of the rows that it wrote; then it gives their keys.
    question: Option<Question<M>>,
}

impl<'e, M: Model> Prepared<'e, M> {
    pub(crate) fn new(statement: Result<Statement<DatabaseOf<M>>>, zero: Zero) -> Self {
        Self {
            statement,
            zero,
            denial: None,
            question: None,
        }
    }

    /// Why it met no row.
    pub(crate) fn because(mut self, denial: Option<BoxFuture<'e, Error>>) -> Self {
        self.denial = denial;
        self
    }

    /// A statement that lasts only if the rows it wrote, whose keys it gives, meet a policy.
    pub(crate) fn asking(mut self, question: Result<Question<M>>) -> Self {
        match question {
            Ok(question) => self.question = Some(question),
            Err(error) => self.statement = Err(error),
        }
        self
    }

    pub(crate) fn execute(
        self,
        context: Context<'e, M::Root>,
        operation: Operation,
    ) -> Execute<'e, DatabaseOf<M>> {
        match self.question {
            None => Execute::new::<M>(context, operation, self.statement),
            Some(question) => {
                let ask = move |keys: &[_]| question.about(context, keys);
                Execute::decided::<M>(context, operation, self.statement, ask)
            }
        }
    }

    pub(crate) fn fetch_optional<'t>(
        self,
        context: Context<'e, M::Root>,
        operation: Operation,
    ) -> FetchOptional<'e, 't, M> {
        match self.question {
            None => FetchOptional::new(context, operation, self.statement),
            Some(question) => {
                let ask = move |keys: &[_]| question.about(context, keys);
                FetchOptional::decided(context, operation, self.statement, ask)
            }
        }
    }

    pub(crate) fn fetch_all<'t>(
        self,
        context: Context<'e, M::Root>,
        operation: Operation,
    ) -> FetchAll<'e, 't, M> {
        match self.question {
            None => FetchAll::new(context, operation, self.statement),
            Some(question) => {
                let ask = move |keys: &[_]| question.about(context, keys);
                FetchAll::decided(context, operation, self.statement, ask)
            }
        }
    }
}
