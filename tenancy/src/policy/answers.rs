//! What the atoms of some rules come to, for one actor and one row.

use crate::model::contract::Model;
use crate::policy::decided::Decided;
use crate::policy::rules::Atoms;

/// Asked by the code of `policies!` for each of its atoms. Sealed.
#[doc(hidden)]
pub trait Questions<M: Model> {
    #[doc(hidden)]
    const SEALED: crate::sealed::Seal;

    /// An atom about the actor alone.
    fn actor(&mut self, atom: usize, answer: impl FnOnce() -> Option<bool>);

    /// The condition of a block's `when`.
    fn when(&mut self, when: usize, answer: impl FnOnce() -> bool);

    /// An atom about the row: in memory, if the row is there and Rust can tell; and as the two
    /// predicates that it is certainly true and certainly false.
    fn row(
        &mut self,
        atom: usize,
        in_memory: impl FnOnce() -> Answer,
        certainly: impl Fn(bool, &mut dyn FnMut(Decided<'_, M, ()>)),
    );
}

/// The answer to an atom about a row.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Only the database can tell.
    Open,
    /// True, false, or unknown.
    Known(Option<bool>),
}

/// The answers that are known so far.
#[derive(Clone, Debug)]
pub(crate) struct Answers {
    actor: Vec<Option<bool>>,
    whens: Vec<bool>,
    row: Vec<Answer>,
    /// Whether the actor may remove all that goes along, if that was asked.
    along: Option<bool>,
}

/// What goes along with a row, where atoms are listed.
pub(crate) const ALONG: usize = usize::MAX;

fn put<T: Clone>(list: &mut Vec<T>, at: usize, value: T, other: T) {
    if list.len() <= at {
        list.resize(at + 1, other);
    }
    list[at] = value;
}

impl Answers {
    pub(crate) fn new() -> Self {
        Self {
            actor: Vec::new(),
            whens: Vec::new(),
            row: Vec::new(),
            along: None,
        }
    }

    /// Whether the actor may remove all that goes along, if that was asked.
    pub(crate) fn along(&self) -> Option<bool> {
        self.along
    }

    pub(crate) fn of_actor(&self, atom: usize) -> Option<bool> {
        self.actor.get(atom).copied().flatten()
    }

    /// What is open counts as unknown, which permits nothing.
    pub(crate) fn of_row(&self, atom: usize) -> Option<bool> {
        match self.row.get(atom) {
            Some(Answer::Known(value)) => *value,
            _ => None,
        }
    }

    pub(crate) fn applies(&self, when: usize) -> bool {
        self.whens.get(when).copied().unwrap_or_default()
    }

    pub(crate) fn know(&mut self, atom: usize, value: Option<bool>) {
        if atom == ALONG {
            // What is not certain permits nothing.
            self.along = Some(value == Some(true));
            return;
        }
        put(&mut self.row, atom, Answer::Known(value), Answer::Open);
    }

    /// Which of the atoms about the row are still open.
    pub(crate) fn open(&self, atoms: &Atoms) -> Vec<usize> {
        let known = |atom: &usize| matches!(self.row.get(*atom), Some(Answer::Known(_)));
        atoms
            .row
            .iter()
            .copied()
            .filter(|atom| !known(atom))
            .collect()
    }
}

/// Answers what can be answered without the database.
pub(crate) struct Remembering<'a> {
    pub(crate) atoms: &'a Atoms,
    pub(crate) answers: Answers,
}

impl<M: Model> Questions<M> for Remembering<'_> {
    const SEALED: crate::sealed::Seal = crate::sealed::SEAL;

    fn actor(&mut self, atom: usize, answer: impl FnOnce() -> Option<bool>) {
        if self.atoms.actor.contains(&atom) {
            put(&mut self.answers.actor, atom, answer(), None);
        }
    }

    fn when(&mut self, when: usize, answer: impl FnOnce() -> bool) {
        if self.atoms.whens.contains(&when) {
            put(&mut self.answers.whens, when, answer(), false);
        }
    }

    fn row(
        &mut self,
        atom: usize,
        in_memory: impl FnOnce() -> Answer,
        _: impl Fn(bool, &mut dyn FnMut(Decided<'_, M, ()>)),
    ) {
        if self.atoms.row.contains(&atom)
            && let Answer::Known(value) = in_memory()
        {
            self.answers.know(atom, value);
        }
    }
}
