//! Reads, from plain data.

use tenancy::expr::Bind;
use tenancy::query::Ordering;
use tenancy::query::Page;
use tenancy::query::Query;

use super::On;
use super::condition::boxed;
use super::models::Database;
use super::running::Running;
use super::subject::{FromVal as _, Stored, Subject};
use super::templates::Templates;
use crate::statement::{Fetch, Filter, Read, Shape};

/// Runs a read of a model with a key that one can look for.
pub(super) fn read<'e, 't, M: Stored + Templates>(
    read: &Read,
    on: On<'e, '_, 't>,
) -> Running<'e, 't, M> {
    match &read.filter.shape {
        Shape::Key(key) => paged_or_not(M::find(M::Key::from_val(key)), read, on),
        Shape::Keys(keys) => {
            let keys: Vec<M::Key> = keys.iter().map(M::Key::from_val).collect();
            paged_or_not(M::find_many(keys), read, on)
        }
        _ => read_any(read, on),
    }
}

/// Runs a read of any model.
pub(super) fn read_any<'e, 't, M: Templates>(
    read: &Read,
    on: On<'e, '_, 't>,
) -> Running<'e, 't, M> {
    match &read.filter.shape {
        Shape::Unfiltered => M::ordered(M::all(), read, on),
        Shape::Fixed(template, params) => M::fixed_read(*template, params, read, on),
        _ => M::ordered(
            M::all().filter(|_| boxed(condition(&read.filter))),
            read,
            on,
        ),
    }
}

/// Runs a count.
pub(super) fn count<'e, 't, M: Templates>(
    filter: &Filter,
    on: On<'e, '_, 't>,
) -> Running<'e, 't, M> {
    match &filter.shape {
        Shape::Unfiltered => Running::Count(M::all().count(on.tenant)),
        Shape::Fixed(template, params) => M::fixed_count(*template, params, on),
        _ => Running::Count(
            M::all()
                .filter(|_| boxed(condition(filter)))
                .count(on.tenant),
        ),
    }
}

/// Asks whether there is a row.
pub(super) fn exists<'e, 't, M: Templates>(
    filter: &Filter,
    on: On<'e, '_, 't>,
) -> Running<'e, 't, M> {
    match &filter.shape {
        Shape::Unfiltered => Running::Exists(M::all().exists(on.tenant)),
        Shape::Fixed(template, params) => M::fixed_exists(*template, params, on),
        _ => Running::Exists(
            M::all()
                .filter(|_| boxed(condition(filter)))
                .exists(on.tenant),
        ),
    }
}

pub(super) fn condition(filter: &Filter) -> &crate::condition::Cond {
    filter
        .cond
        .as_ref()
        .expect("a filtered statement has a condition")
}

/// Runs a query with any limit and offset.
pub(super) fn paged<'e, 't, M, P, O>(
    query: Query<M, P, O>,
    read: &Read,
    on: On<'e, '_, 't>,
) -> Running<'e, 't, M>
where
    M: Subject,
    P: Bind<Database>,
    O: Ordering<M>,
{
    match (read.limit, read.offset) {
        (None, None) => fetch(query, read.fetch, on),
        (Some(limit), None) => fetch(query.limit(limit), read.fetch, on),
        (None, Some(offset)) => fetch(query.offset(offset), read.fetch, on),
        // In either order.
        (Some(limit), Some(offset)) if limit > offset => {
            fetch(query.limit(limit).offset(offset), read.fetch, on)
        }
        (Some(limit), Some(offset)) => fetch(query.offset(offset).limit(limit), read.fetch, on),
    }
}

/// Runs a query with limit and offset, or with neither: fewer shapes to compile.
pub(super) fn paged_or_not<'e, 't, M, P, O>(
    query: Query<M, P, O>,
    read: &Read,
    on: On<'e, '_, 't>,
) -> Running<'e, 't, M>
where
    M: Subject,
    P: Bind<Database>,
    O: Ordering<M>,
{
    match (read.limit, read.offset) {
        (None, None) => fetch(query, read.fetch, on),
        (limit, offset) => fetch(
            query
                .limit(limit.unwrap_or(u64::MAX))
                .offset(offset.unwrap_or(0)),
            read.fetch,
            on,
        ),
    }
}

fn fetch<'e, 't, M, P, O, L>(
    query: Query<M, P, O, L>,
    fetch: Fetch,
    on: On<'e, '_, 't>,
) -> Running<'e, 't, M>
where
    M: Subject,
    P: Bind<Database>,
    O: Ordering<M>,
    L: Page,
{
    let locked = || on.transaction.expect("rows are locked in transactions");
    match fetch {
        Fetch::All => Running::All(query.fetch_all(on.tenant)),
        Fetch::One => Running::One(query.fetch_one(on.tenant)),
        Fetch::Optional => Running::Optional(query.fetch_optional(on.tenant)),
        Fetch::Stream(limit) => Running::Stream(query.fetch(on.tenant), limit),
        Fetch::LockedAll => Running::All(query.for_update().fetch_all(locked())),
        Fetch::LockedOne => Running::One(query.for_update().fetch_one(locked())),
        Fetch::LockedOptional => Running::Optional(query.for_update().fetch_optional(locked())),
    }
}
