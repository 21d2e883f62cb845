//! The rows that a session has read, and may use later, when they are stale or gone.

use tenancy::{Ref, Scoped};
use uuid::Uuid;

use super::models::{Comment, Document, Note, Organization, Plan, Setting, User};
use super::subject::Subject;
use crate::schema::{Table, Val};
use crate::statement::Reference;

/// So many rows of a table are kept.
const KEPT: usize = 6;

#[derive(Default)]
pub(super) struct Handles<'t> {
    pub(super) organizations: Vec<Scoped<'t, Organization>>,
    pub(super) users: Vec<Scoped<'t, User>>,
    pub(super) documents: Vec<Scoped<'t, Document>>,
    pub(super) comments: Vec<Scoped<'t, Comment>>,
    pub(super) notes: Vec<Scoped<'t, Note>>,
    pub(super) settings: Vec<Scoped<'t, Setting>>,
    pub(super) plans: Vec<Scoped<'t, Plan>>,
}

impl<'t> Handles<'t> {
    /// Keeps some more rows, and forgets the oldest.
    pub(super) fn keep<M: Subject>(&mut self, mut rows: Vec<Scoped<'t, M>>) {
        // What follows must not depend on the order in which a database happens to find rows.
        rows.sort_by_cached_key(|row| row.values());
        let kept = M::of_mut(self);
        kept.extend(rows);
        let excess = kept.len().saturating_sub(KEPT);
        kept.drain(..excess);
    }

    /// The values of the rows, as they were read.
    pub(super) fn known(&self) -> [Vec<Vec<Val>>; Table::ALL.len()] {
        fn values<M: Subject>(handles: &Handles<'_>) -> Vec<Vec<Val>> {
            M::of(handles).iter().map(|row| row.values()).collect()
        }
        [
            values::<Organization>(self),
            values::<User>(self),
            values::<Document>(self),
            values::<Comment>(self),
            values::<Note>(self),
            values::<Setting>(self),
            values::<Plan>(self),
        ]
    }

    /// What a foreign key is set to, in one of the ways to say it.
    pub(super) fn reference<M>(&self, reference: &Reference) -> Option<Ref<'t, M>>
    where
        M: Subject<Key = Uuid>,
    {
        match reference {
            Reference::None => None,
            Reference::ById(id) => Some(Ref::by_id(*id)),
            Reference::Row(index, _) => {
                let row = &M::of(self)[*index];
                Some(match index % 3 {
                    0 => row.into(),
                    1 => row.key().into(),
                    _ => (&row.key()).into(),
                })
            }
        }
    }
}
