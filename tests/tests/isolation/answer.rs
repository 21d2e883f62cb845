//! What a statement must give, and whether it did.

use uuid::Uuid;

use crate::oracle::{Effect, Expected, Fails, Made, State};
use crate::schema::{Table, Val};
use crate::statement::{Failure, Fetch, Outcome, Read, Statement};

/// The rows that a session has read, by table.
pub(crate) type Known = [Vec<Vec<Val>>; Table::ALL.len()];

/// What a statement must give.
#[derive(Debug)]
pub(crate) enum Answer {
    Fails(Fails),
    /// So many of these rows.
    Rows(Expected, usize),
    /// The first of these rows, which may be missing or not.
    First(Expected, Option<Failure>),
    Number(u64),
    Flag(bool),
    Written(Effect, Reply),
}

/// In which form a write answers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reply {
    Rows,
    Number,
    Done,
}

/// What follows from an answer that was right.
#[derive(Debug, Default)]
pub(crate) struct Settled {
    /// How many rows were compared.
    pub(crate) rows: usize,
    /// New rows whose keys are still to be found out.
    pub(crate) made: Vec<Made>,
    /// Whether the database reported an error.
    pub(crate) failed: bool,
}

/// Whether a statement reaches the database at all.
pub(crate) fn reaches_database(statement: &Statement) -> bool {
    match statement {
        Statement::CreateMany { rows, .. } => !rows.is_empty(),
        // A stream that is never polled is a statement that never runs.
        Statement::Read(read) => read.fetch != Fetch::Stream(Some(0)),
        _ => true,
    }
}

/// What `statement` of `tenant` must give.
pub(crate) fn answer(state: &State, tenant: Uuid, known: &Known, statement: &Statement) -> Answer {
    let (written, reply) = match statement {
        Statement::Read(read) => return read_answer(state, tenant, read),
        Statement::Count(table, filter) => {
            let rows = state.matching(tenant, *table, filter.cond.as_ref());
            return Answer::Number(rows.len() as u64);
        }
        Statement::Exists(table, filter) => {
            let rows = state.matching(tenant, *table, filter.cond.as_ref());
            return Answer::Flag(!rows.is_empty());
        }
        Statement::Create { table, row, fetch } => {
            let row = std::slice::from_ref(row);
            (state.create(tenant, *table, row), one(*fetch))
        }
        Statement::CreateMany { table, rows, fetch } => {
            (state.create(tenant, *table, rows), many(*fetch))
        }
        Statement::Upsert { table, row, fetch } => {
            let schema = table.schema();
            let target = schema.unique.unwrap_or(schema.key);
            (state.upsert(tenant, *table, target, row), one(*fetch))
        }
        Statement::Update {
            table,
            row,
            change,
            fetch,
        } => {
            let read = &known[*table as usize][*row];
            let written = state.update_row(tenant, *table, read, &change.assigns);
            (written, one(*fetch))
        }
        Statement::UpdateWhere {
            table,
            filter,
            change,
            fetch,
        } => {
            let filter = filter.cond.as_ref();
            let written = state.update_where(tenant, *table, filter, &change.assigns);
            (written, many(*fetch))
        }
        Statement::Destroy { table, row, fetch } => {
            let read = &known[*table as usize][*row];
            (state.destroy_row(tenant, *table, read), one(*fetch))
        }
        Statement::DestroyWhere {
            table,
            filter,
            fetch,
        } => {
            let written = state.destroy_where(tenant, *table, filter.cond.as_ref());
            (written, many(*fetch))
        }
    };
    match written {
        Ok(effect) => Answer::Written(effect, reply),
        Err(fails) => Answer::Fails(fails),
    }
}

fn one(fetch: bool) -> Reply {
    if fetch { Reply::Rows } else { Reply::Done }
}

fn many(fetch: bool) -> Reply {
    if fetch { Reply::Rows } else { Reply::Number }
}

fn read_answer(state: &State, tenant: Uuid, read: &Read) -> Answer {
    let matching = state.matching(tenant, read.table, read.filter.cond.as_ref());
    let expected = Expected::new(matching, read.window.clone());
    let len = expected.len();
    match read.fetch {
        Fetch::All | Fetch::LockedAll | Fetch::Stream(None) => Answer::Rows(expected, len),
        Fetch::Stream(Some(limit)) => Answer::Rows(expected, len.min(limit)),
        Fetch::One | Fetch::LockedOne => Answer::First(expected, Some(Failure::NotFound)),
        Fetch::Optional | Fetch::LockedOptional => Answer::First(expected, None),
    }
}

/// Compares what a statement gave with what it must give, and brings `state` up to date.
pub(crate) fn settle(
    state: &mut State,
    tenant: Uuid,
    table: Table,
    answer: Answer,
    outcome: &Outcome,
) -> Result<Settled, String> {
    match (answer, outcome) {
        (Answer::Fails(fails), Outcome::Failed(failure)) if fails.with.contains(failure) => {
            Ok(Settled {
                failed: fails.database,
                ..Settled::default()
            })
        }
        (Answer::First(expected, Some(missing)), Outcome::Failed(failure))
            if expected.len() == 0 && *failure == missing =>
        {
            Ok(Settled::default())
        }
        (Answer::First(expected, None), Outcome::Rows(rows))
            if expected.len() == 0 && rows.is_empty() =>
        {
            Ok(Settled::default())
        }
        (Answer::First(expected, _), Outcome::Rows(rows)) => compared(&expected, rows, 1),
        (Answer::Rows(expected, len), Outcome::Rows(rows)) => compared(&expected, rows, len),
        (Answer::Number(expected), Outcome::Number(number)) if expected == *number => {
            Ok(Settled::default())
        }
        (Answer::Flag(expected), Outcome::Flag(flag)) if expected == *flag => {
            Ok(Settled::default())
        }
        (Answer::Written(effect, reply), outcome) => {
            written(state, tenant, table, effect, reply, outcome)
        }
        (answer, outcome) => Err(format!("{outcome:?} instead of {answer:?}")),
    }
}

fn compared(expected: &Expected, rows: &[Vec<Val>], len: usize) -> Result<Settled, String> {
    expected.check(rows, len)?;
    Ok(Settled {
        rows: len,
        ..Settled::default()
    })
}

fn written(
    state: &mut State,
    tenant: Uuid,
    table: Table,
    effect: Effect,
    reply: Reply,
    outcome: &Outcome,
) -> Result<Settled, String> {
    let len = effect.rows.len();
    let mut settled = Settled::default();
    match (reply, outcome) {
        (Reply::Rows, Outcome::Rows(rows)) => {
            *state = effect.state;
            settled.rows = len;
            let key = table.schema().key;
            let (made, given): (Vec<_>, Vec<_>) = effect
                .rows
                .into_iter()
                .partition(|row| row[key] == Val::Null);
            let (old, new): (Vec<_>, Vec<_>) =
                rows.iter().cloned().partition(|row| given.contains(row));
            Expected::all(given.clone()).check(&old, given.len())?;
            if made.len() != new.len() {
                return Err(format!("{new:?} instead of {made:?}"));
            }
            learn(state, tenant, table, effect.made, &new)?;
        }
        (Reply::Number, Outcome::Number(number)) if *number == len as u64 => {
            *state = effect.state;
            settled.made = effect.made;
        }
        (Reply::Done, Outcome::Done) => {
            *state = effect.state;
            settled.made = effect.made;
        }
        (_, outcome) => {
            return Err(format!("{outcome:?} instead of {:?}", effect.rows));
        }
    }
    Ok(settled)
}

/// Takes the keys of new rows from rows that were read: each must be one of the new ones, under a
/// key that was not there before.
pub(crate) fn learn(
    state: &mut State,
    tenant: Uuid,
    table: Table,
    mut made: Vec<Made>,
    rows: &[Vec<Val>],
) -> Result<(), String> {
    let key = table.schema().key;
    let mut rows = rows.to_vec();
    // What follows must not depend on the order in which a database happens to find rows.
    rows.sort();
    for row in &rows {
        if state
            .visible(table, tenant)
            .any(|record| record.values[key] == row[key])
        {
            return Err(format!("{row:?} is not new"));
        }
        let mut without_key = row.clone();
        without_key[key] = Val::Null;
        let position = made.iter().position(|new| new.0.values == without_key);
        let Some(position) = position else {
            return Err(format!("{row:?} is none of {made:?}"));
        };
        let Made(mut record) = made.swap_remove(position);
        record.values.clone_from(row);
        state.rows_mut(table).push(record);
    }
    if made.is_empty() {
        Ok(())
    } else {
        Err(format!("{made:?} were not created"))
    }
}
