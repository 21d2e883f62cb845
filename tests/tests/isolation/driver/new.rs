//! New rows, from plain data.

use tenancy::query::Create;
use uuid::Uuid;

use super::handles::Handles;
use super::models::{
    Comment, Document, NewComment, NewDocument, NewNote, NewPlan, NewSetting, NewUser, Note, Plan,
    Setting, User,
};
use super::subject::{FromVal, Stored, Subject};
use crate::statement::{Assign, Assigns, Reference};

/// The value of a column of a new row.
fn value<M: Subject, T: FromVal>(row: &Assigns, name: &str) -> T {
    match assign::<M>(row, name) {
        Assign::Value(value) => T::from_val(value),
        other => unreachable!("{other:?} is not a value"),
    }
}

/// The reference in a column of a new row.
fn reference<'r, M: Subject>(row: &'r Assigns, name: &str) -> &'r Reference {
    match assign::<M>(row, name) {
        Assign::Reference(reference) => reference,
        other => unreachable!("{other:?} is not a reference"),
    }
}

fn assign<'r, M: Subject>(row: &'r Assigns, name: &str) -> &'r Assign {
    let wanted = M::SUBJECT.column(name);
    row.iter()
        .find_map(|(column, assign)| (*column == wanted).then_some(assign))
        .expect("a value for every column of a new row")
}

impl Stored for User {
    fn new(row: &Assigns, _: &Handles<'_>) -> NewUser {
        NewUser {
            email: value::<Self, _>(row, "email"),
            role: value::<Self, _>(row, "role"),
            nickname: value::<Self, _>(row, "nickname"),
        }
    }

    fn with_key(create: Create<'_, Self>, key: Uuid) -> Create<'_, Self> {
        create.with_key(key)
    }
}

impl Stored for Document {
    fn new<'t>(row: &Assigns, handles: &Handles<'t>) -> NewDocument<'t> {
        NewDocument {
            owner_id: handles
                .reference(reference::<Self>(row, "owner_id"))
                .expect("a document has an owner"),
            reviewer_id: handles.reference(reference::<Self>(row, "reviewer_id")),
            title: value::<Self, _>(row, "title"),
            views: value::<Self, _>(row, "views"),
        }
    }

    fn with_key(create: Create<'_, Self>, key: Uuid) -> Create<'_, Self> {
        create.with_key(key)
    }
}

impl Stored for Comment {
    fn new<'t>(row: &Assigns, handles: &Handles<'t>) -> NewComment<'t> {
        NewComment {
            document_id: handles
                .reference(reference::<Self>(row, "document_id"))
                .expect("a comment has a document"),
            author_id: handles.reference(reference::<Self>(row, "author_id")),
            role: value::<Self, _>(row, "role"),
            body: value::<Self, _>(row, "body"),
        }
    }

    fn with_key(create: Create<'_, Self>, key: Uuid) -> Create<'_, Self> {
        create.with_key(key)
    }
}

impl Stored for Note {
    fn new(row: &Assigns, _: &Handles<'_>) -> NewNote {
        NewNote {
            body: value::<Self, _>(row, "body"),
            priority: value::<Self, _>(row, "priority"),
        }
    }
}

impl Stored for Setting {
    fn new(row: &Assigns, _: &Handles<'_>) -> NewSetting {
        NewSetting {
            key: value::<Self, _>(row, "key"),
            value: value::<Self, _>(row, "value"),
        }
    }
}

impl Stored for Plan {
    fn new(row: &Assigns, _: &Handles<'_>) -> NewPlan {
        NewPlan {
            key: value::<Self, _>(row, "key"),
            value: value::<Self, _>(row, "value"),
        }
    }
}
