//! Asking the database what the atoms of some rules come to: why a write met no row, and for
//! [`can`](crate::Acting::can).

use crate::backend::Backend;
use crate::error::denial::Denial;
use crate::error::{Error, Result};
use crate::execute::context::Context;
use crate::execute::operation::Operation;
use crate::execute::statement::Pending;
use crate::model::contract::{DatabaseOf, Model, RowOf};
use crate::model::params::{Binder, References};
use crate::policy::actor::By;
use crate::policy::along::Along;
use crate::policy::answers::{ALONG, Answer, Answers, Questions, Remembering};
use crate::policy::contract::Actor;
use crate::policy::decided::Decided;
use crate::policy::explanation::Explanation;
use crate::policy::judge::explain;
use crate::policy::permit::Permits;
use crate::policy::rules::{Atoms, Rules, unexplained};
use crate::query::unmet::{Proof, is_proven, proving, unmet};
use crate::query::write::{RowKey, ThisRow, finish};
use crate::sealed::{SEAL, Seal};
use crate::stmt::policied;
use crate::stmt::scope::render_scoped;
use std::borrow::Cow;
use std::future::poll_fn;

use crate::backend::sealed::Backend as _;
use crate::expr::bind::Bind as _;
use crate::sql::node::Node as _;

/// Renders the answers to atoms as columns of a `SELECT`: 1, 0, or 2 for unknown.
struct Selecting<'a, DB: Backend> {
    wanted: &'a [usize],
    /// The atoms, in the order of the columns.
    columns: Vec<usize>,
    template: Vec<u8>,
    binder: Binder<DB>,
}

impl<M: Model> Questions<M> for Selecting<'_, DatabaseOf<M>> {
    const SEALED: Seal = SEAL;

    fn actor(&mut self, _: usize, _: impl FnOnce() -> Option<bool>) {}

    fn when(&mut self, _: usize, _: impl FnOnce() -> bool) {}

    fn row(
        &mut self,
        atom: usize,
        _: impl FnOnce() -> Answer,
        certainly: impl Fn(bool, &mut dyn FnMut(Decided<'_, M, ()>)),
    ) {
        if !self.wanted.contains(&atom) {
            return;
        }
        if !self.columns.is_empty() {
            self.template.extend_from_slice(b", ");
        }
        self.columns.push(atom);
        let Self {
            template, binder, ..
        } = self;
        let mut side = |holds, before: &str| {
            template.extend_from_slice(before.as_bytes());
            certainly(holds, &mut |decided| {
                decided.render(template);
                decided.bind(binder);
            });
        };
        side(true, "CASE WHEN ");
        side(false, " THEN 1 WHEN ");
        template.extend_from_slice(b" THEN 0 ELSE 2 END");
    }
}

/// A row as a write would have left it: what it takes to ask about it.
pub(crate) struct NewRow<DB: Backend, R> {
    /// The values that the write assigns.
    pub(crate) values: Binder<DB>,
    /// The keys that it assigns.
    pub(crate) references: R,
    /// `? AS "a", ? AS "b"`: the assignments.
    pub(crate) aliased: Cow<'static, [u8]>,
    /// The columns that are assigned, as bits; the others are as they were.
    pub(crate) mask: u128,
}

/// A row that a statement is to ask about.
enum Subject<'a, M: Model, R> {
    /// As it is.
    Old(&'a RowKey<M>),
    /// As an update would leave it.
    Changed(&'a RowKey<M>, NewRow<DatabaseOf<M>, R>),
    /// As a creation would leave it.
    Created(NewRow<DatabaseOf<M>, R>),
}

impl<M: Model, R> Subject<'_, M, R> {
    fn into_references(self) -> Option<R> {
        match self {
            Self::Old(_) => None,
            Self::Changed(_, new) | Self::Created(new) => Some(new.references),
        }
    }
}

/// What the database said of a row: nothing if there is none.
struct Asked<'e, M: Model> {
    row: Pending<'e, Option<RowOf<M>>>,
    columns: Vec<usize>,
}

impl<M: Model> Asked<'_, M> {
    /// Adds the answers; `false` if there is no row.
    async fn answer(mut self, answers: &mut Answers) -> Result<bool> {
        let Some(row) = poll_fn(|task| self.row.poll(task)).await? else {
            return Ok(false);
        };
        for (index, atom) in self.columns.iter().enumerate() {
            let answer = <DatabaseOf<M>>::get_i32(&row, index)?;
            answers.know(
                *atom,
                [Some(false), Some(true), None][answer.clamp(0, 2) as usize],
            );
        }
        Ok(true)
    }
}

/// The statement that asks about a row.
///
/// Gives back the keys of a new row.
fn ask<'e, M, A, Act, R>(
    context: Context<'e, M::Root>,
    by: By<'e, A>,
    wanted: &[usize],
    along: Option<Along<M, A>>,
    subject: Subject<'_, M, R>,
) -> (Asked<'e, M>, Option<R>)
where
    M: Model,
    A: Actor,
    R: References<DatabaseOf<M>>,
    M::Policies: Permits<M, A, Act>,
{
    let (row, new) = match subject {
        Subject::Old(row) => (Some(row), None),
        Subject::Changed(row, new) => (Some(row), Some(new)),
        Subject::Created(new) => (None, Some(new)),
    };
    let (binder, references, mut template) = match new {
        None => (Binder::new(wanted.len() + 4), None, Vec::new()),
        Some(new) => {
            let mut text = Vec::new();
            policied::open_new_row(&new.aliased, &mut text);
            if row.is_some() {
                policied::unchanged::<M>(new.mask, &mut text);
                render_scoped::<M>(&ThisRow::<M>::new(), &mut text);
            }
            (new.values, Some(new.references), text)
        }
    };
    let mut selecting = Selecting {
        wanted,
        columns: Vec::new(),
        template: Vec::new(),
        binder,
    };
    <M::Policies as Permits<M, A, Act>>::ask(by, None, &mut selecting);
    if let Some(along) = along {
        selecting.row(
            ALONG,
            || Answer::Open,
            |holds, tell| {
                if holds {
                    along(by, tell);
                } else {
                    tell(Decided::None);
                }
            },
        );
    }
    let Selecting {
        columns,
        template: answers,
        mut binder,
        ..
    } = selecting;
    policied::select_answers::<M>(references.is_some(), &answers, &mut template);
    if references.is_none() {
        render_scoped::<M>(&ThisRow::<M>::new(), &mut template);
    }
    binder.seal();
    if let Some(references) = &references {
        references.bind_keys(&mut binder);
    }
    if let Some(row) = row {
        row.bind(&mut binder);
    }
    let sql = context.rendered(&template);
    let statement = finish::<M>(context, binder, sql);
    let asked = Asked {
        row: context.one(Operation::Judge, statement),
        columns,
    };
    (asked, references)
}

/// What the rules say about a row that is in memory, as far as that can be known without the database.
pub(crate) fn remembered<M, A, Act>(
    by: By<'_, A>,
    parts: &[&Rules],
    row: Option<&M>,
) -> (Answers, Atoms)
where
    M: Model,
    A: Actor,
    M::Policies: Permits<M, A, Act>,
{
    let atoms = Atoms::of(parts);
    let mut remembering = Remembering {
        atoms: &atoms,
        answers: Answers::new(),
    };
    <M::Policies as Permits<M, A, Act>>::ask(by, row, &mut remembering);
    (remembering.answers, atoms)
}

/// Completes the answers about a row that was read, with what goes along if anything does; an error if it is no more.
pub(crate) async fn complete<'e, M, A, Act>(
    context: Context<'e, M::Root>,
    by: By<'e, A>,
    key: RowKey<M>,
    mut open: Vec<usize>,
    along: Option<Along<M, A>>,
    mut answers: Answers,
) -> Result<Answers>
where
    M: Model,
    A: Actor,
    M::Policies: Permits<M, A, Act>,
{
    open.extend(along.map(|_| ALONG));
    let (asked, _) = ask::<M, A, Act, ()>(context, by, &open, along, Subject::Old(&key));
    if asked.answer(&mut answers).await? {
        Ok(answers)
    } else {
        Err(RowKey::<M>::zero().error())
    }
}

/// What it means if a write met no row, and no rule denies it.
pub(crate) enum Otherwise<M: Model> {
    /// A rule did that cannot be asked once more.
    Denied,
    /// A condition of the write itself did.
    Forbidden(Denial),
    /// The database did. These references it had to prove besides those of the new row, if there is one.
    Skipped(Option<Proof<M>>),
}

/// Why a write met no row.
///
/// `row` is the one it was about, and `new` what it would have made of it.
pub(crate) async fn denial<'e, M, A, Act, R>(
    context: Context<'e, M::Root>,
    by: By<'e, A>,
    parts: &'static [&'static Rules],
    row: Option<RowKey<M>>,
    new: Option<NewRow<DatabaseOf<M>, R>>,
    otherwise: Otherwise<M>,
) -> Error
where
    M: Model,
    A: Actor,
    R: References<DatabaseOf<M>>,
    M::Policies: Permits<M, A, Act>,
{
    let (answers, atoms) = remembered::<M, A, Act>(by, parts, None);
    let forbidden = |answers: &Answers| -> Option<Explanation> {
        Some(explain(M::TABLE, parts, answers)).filter(|explanation| !explanation.allowed)
    };
    if let Some(row) = &row {
        let mut answers = answers.clone();
        let (asked, _) = ask::<M, A, Act, R>(context, by, &atoms.row, None, Subject::Old(row));
        match asked.answer(&mut answers).await {
            Err(error) => return error,
            Ok(false) => return RowKey::<M>::zero().error(),
            Ok(true) => {}
        }
        if let Some(explanation) = forbidden(&answers) {
            // What may not be read is not there.
            let unseen = parts.len() > 1 && !explanation.parts[0].allowed;
            return match explanation.denial() {
                Some(denial) if !unseen => Error::Forbidden(denial),
                _ => RowKey::<M>::zero().error(),
            };
        }
    }
    if let Some(new) = new {
        let mut answers = answers;
        let subject = match &row {
            Some(row) => Subject::Changed(row, new),
            None => Subject::Created(new),
        };
        let references = if atoms.row.is_empty() {
            subject.into_references()
        } else {
            let (asked, references) = ask::<M, A, Act, R>(context, by, &atoms.row, None, subject);
            if let Err(error) = asked.answer(&mut answers).await {
                return error;
            }
            references
        };
        if let Some(denial) = forbidden(&answers).and_then(|explanation| explanation.denial()) {
            return Error::Forbidden(denial);
        }
        let proving = references.and_then(|references| proving::<M>(context, &references));
        match is_proven::<M>(context, proving).await {
            Ok(true) => {}
            Ok(false) => return Error::InvalidReference,
            Err(error) => return error,
        }
    }
    match otherwise {
        Otherwise::Denied => Error::Forbidden(unexplained(parts)),
        Otherwise::Forbidden(denial) => Error::Forbidden(denial),
        Otherwise::Skipped(proof) => unmet::<M>(context, None, proof).await,
    }
}
