//! Creations and upserts, from plain data.

use tenancy::TenantScoped as _;
use tenancy::expr::Assignments;
use tenancy::query::Create;
use tenancy::query::CreateMany;

use super::On;
use super::handles::Handles;
use super::models::{Document, Plan, Setting, User};
use super::running::Running;
use super::subject::{FromVal as _, Stored};
use crate::schema::{Table, Val};
use crate::statement::{Assign, Assigns};

pub(super) fn create<'e, 't, M: Stored>(
    row: &Assigns,
    handles: &Handles<'t>,
    fetch: bool,
    on: On<'e, '_, 't>,
) -> Running<'e, 't, M> {
    created(new::<M>(row, handles), fetch, on)
}

/// A new row, possibly under a key of the caller's choice.
fn new<'t, M: Stored>(row: &Assigns, handles: &Handles<'t>) -> Create<'t, M> {
    let create = M::create(M::new(row, handles));
    match value(row, M::SUBJECT.schema().key) {
        Some(key) => M::with_key(create, M::Key::from_val(key)),
        None => create,
    }
}

fn value(row: &Assigns, wanted: usize) -> Option<&Val> {
    row.iter().find_map(|(column, assign)| match assign {
        Assign::Value(value) if *column == wanted => Some(value),
        _ => None,
    })
}

fn created<'e, 't, M: Stored, S: Assignments<'t, M>>(
    create: Create<'t, M, S>,
    fetch: bool,
    on: On<'e, '_, 't>,
) -> Running<'e, 't, M> {
    if fetch {
        Running::One(create.fetch_one(on.tenant))
    } else {
        Running::ExecuteOne(create.execute(on.tenant))
    }
}

fn archived(row: &Assigns) -> Option<bool> {
    value(row, Table::Documents.column("archived")).map(bool::from_val)
}

/// Whether a new document has a value for the column that has a default.
pub(super) fn sets_default(row: &Assigns) -> bool {
    archived(row).is_some()
}

pub(super) fn create_set<'e, 't>(
    row: &Assigns,
    handles: &Handles<'t>,
    fetch: bool,
    on: On<'e, '_, 't>,
) -> Running<'e, 't, Document> {
    let archived = archived(row).unwrap_or_default();
    let create = new::<Document>(row, handles).set(|document| document.archived.to(archived));
    created(create, fetch, on)
}

pub(super) fn create_many<'e, 't, M: Stored>(
    rows: &[Assigns],
    handles: &Handles<'t>,
    fetch: bool,
    on: On<'e, '_, 't>,
) -> Running<'e, 't, M> {
    let key = M::SUBJECT.schema().key;
    let keyed = rows.iter().any(|row| value(row, key).is_some());
    let create = if keyed && M::SUBJECT.schema().key_is_random() {
        M::create_each(rows.iter().map(|row| new(row, handles)))
    } else {
        M::create_many(rows.iter().map(|row| M::new(row, handles)))
    };
    created_many(create, fetch, on)
}

pub(super) fn create_many_set<'e, 't>(
    rows: &[Assigns],
    handles: &Handles<'t>,
    fetch: bool,
    on: On<'e, '_, 't>,
) -> Running<'e, 't, Document> {
    let create = Document::create_each(rows.iter().map(|row| {
        let archived = archived(row).unwrap_or_default();
        new::<Document>(row, handles).set(|document| document.archived.to(archived))
    }));
    created_many(create, fetch, on)
}

fn created_many<'e, 't, M: Stored, S: Assignments<'t, M>>(
    create: CreateMany<'t, M, S>,
    fetch: bool,
    on: On<'e, '_, 't>,
) -> Running<'e, 't, M> {
    if fetch {
        Running::All(create.fetch_all(on.tenant))
    } else {
        Running::Execute(create.execute(on.tenant))
    }
}

/// A model with columns that make two of its rows the same.
pub(super) trait Upserted: Stored {
    fn upsert_row<'e, 't>(
        row: &Assigns,
        handles: &Handles<'t>,
        fetch: bool,
        on: On<'e, '_, 't>,
    ) -> Running<'e, 't, Self>;
}

macro_rules! upserted {
    ($($model:ident |$columns:ident| $target:expr;)*) => {$(
        impl Upserted for $model {
            fn upsert_row<'e, 't>(
                row: &Assigns,
                handles: &Handles<'t>,
                fetch: bool,
                on: On<'e, '_, 't>,
            ) -> Running<'e, 't, Self> {
                let upsert = $model::upsert($model::new(row, handles)).on(|$columns| $target);
                if fetch {
                    Running::One(upsert.fetch_one(on.tenant))
                } else {
                    Running::ExecuteOne(upsert.execute(on.tenant))
                }
            }
        }
    )*};
}

upserted! {
    User |user| user.email;
    Document |document| (document.title,);
    Setting |setting| setting.key;
    Plan |plan| plan.key;
}
