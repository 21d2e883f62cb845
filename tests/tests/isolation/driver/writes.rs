//! Updates and removals, from plain data.

use tenancy::expr::{Assignments, Bind};
use tenancy::policy::Cascades;
use tenancy::query::DestroyWhere;
use tenancy::query::{Update, UpdateWhere};
use tenancy::{Changes, DbOf, NoActor, TenantScoped as _};

use super::On;
use super::condition::{Filtered, boxed};
use super::handles::Handles;
use super::models::{Database, Organization, Plan};
use super::reads::condition;
use super::running::Running;
use super::subject::{Stored, Subject};
use super::templates::{StoredTemplates, Templates, Typed};
use crate::statement::{Assigns, Change, Fetch, Filter, Shape, Statement, Style};

pub(super) fn update<'e, 't, M: Templates>(
    row: usize,
    change: &Change,
    handles: &Handles<'t>,
    fetch: bool,
    on: On<'e, '_, 't>,
) -> Running<'e, 't, M> {
    let update = M::change(&M::of(handles)[row]);
    match &change.style {
        Style::Fixed(template, values) => {
            M::fixed_update(*template, &Typed::new(values, handles), update, fetch, on)
        }
        Style::Collected => {
            let changes = M::collected(&change.assigns, handles);
            updated(update.apply(changes), fetch, on)
        }
        Style::Derived => updated(update.apply(M::derived(&change.assigns)), fetch, on),
    }
}

pub(super) fn updated<'e, 't, M: Subject, S: Assignments<'t, M>>(
    update: Update<'t, M, S>,
    fetch: bool,
    on: On<'e, '_, 't>,
) -> Running<'e, 't, M> {
    if fetch {
        Running::One(update.fetch_one(on.tenant))
    } else {
        Running::ExecuteOne(update.execute(on.tenant))
    }
}

pub(super) fn update_where<'e, 't, M: StoredTemplates>(
    filter: &Filter,
    change: &Change,
    handles: &Handles<'t>,
    fetch: bool,
    on: On<'e, '_, 't>,
) -> Running<'e, 't, M> {
    match (&filter.shape, &change.style) {
        (Shape::Fixed(template, params), Style::Fixed(_, values)) => {
            let typed = Typed::new(values, handles);
            M::fixed_update_where(*template, params, &typed, fetch, on)
        }
        (Shape::Fixed(template, params), style) => {
            let changes = changes(style, &change.assigns, handles);
            M::fixed_update_where_by(*template, params, changes, fetch, on)
        }
        (_, Style::Fixed(template, values)) => {
            let typed = Typed::new(values, handles);
            let update = M::update_where(|_| boxed(condition(filter)));
            M::update_where_fixed(*template, &typed, update, fetch, on)
        }
        (_, style) => {
            let changes = changes(style, &change.assigns, handles);
            let update = M::update_where(|_| boxed(condition(filter))).set(|_| changes);
            updated_where(update, fetch, on)
        }
    }
}

fn changes<'t, M: Filtered>(
    style: &Style,
    assigns: &Assigns,
    handles: &Handles<'t>,
) -> Changes<'t, M> {
    match style {
        Style::Derived => M::derived(assigns),
        _ => M::collected(assigns, handles),
    }
}

pub(super) fn updated_where<'e, 't, M, P, S>(
    update: UpdateWhere<'t, M, P, S>,
    fetch: bool,
    on: On<'e, '_, 't>,
) -> Running<'e, 't, M>
where
    M: Subject,
    P: Bind<Database>,
    S: Assignments<'t, M>,
{
    if fetch {
        Running::All(update.fetch_all(on.tenant))
    } else {
        Running::Execute(update.execute(on.tenant))
    }
}

pub(super) fn destroy<'e, 't, M: Stored>(
    row: usize,
    handles: &Handles<'t>,
    fetch: bool,
    on: On<'e, '_, 't>,
) -> Running<'e, 't, M> {
    let destroy = M::destroy(&M::of(handles)[row]);
    if fetch {
        Running::One(destroy.fetch_one(on.tenant))
    } else {
        Running::ExecuteOne(destroy.execute(on.tenant))
    }
}

pub(super) fn destroy_where<'e, 't, M: StoredTemplates>(
    filter: &Filter,
    fetch: bool,
    on: On<'e, '_, 't>,
) -> Running<'e, 't, M> {
    match &filter.shape {
        Shape::Fixed(template, params) => M::fixed_destroy_where(*template, params, fetch, on),
        _ => destroyed_where(M::destroy_where(|_| boxed(condition(filter))), fetch, on),
    }
}

pub(super) fn destroyed_where<'e, 't, M, P>(
    destroy: DestroyWhere<M, P>,
    fetch: bool,
    on: On<'e, '_, 't>,
) -> Running<'e, 't, M>
where
    M: Subject + Cascades<NoActor>,
    P: Bind<Database>,
{
    if fetch {
        Running::All(destroy.fetch_all(on.tenant))
    } else {
        Running::Execute(destroy.execute(on.tenant))
    }
}

/// Runs a statement on a model without tenants on the database itself, where that is possible.
pub(super) fn without_tenant<'e>(
    statement: &Statement,
    db: &'e DbOf<Organization>,
) -> Option<Running<'e, 'static, Plan>> {
    let handles = Handles::default();
    let boxed_of = |filter: &Filter| {
        matches!(filter.shape, Shape::Boxed).then(|| boxed::<Plan>(condition(filter)))
    };
    Some(match statement {
        Statement::Read(read)
            if read.fetch == Fetch::All
                && (read.order, read.limit, read.offset) == (0, None, None) =>
        {
            let condition = boxed_of(&read.filter)?;
            Running::All(Plan::query().filter(|_| condition).fetch_all(db))
        }
        Statement::Count(_, filter) => {
            let condition = boxed_of(filter)?;
            Running::Count(Plan::query().filter(|_| condition).count(db))
        }
        Statement::Create {
            row, fetch: true, ..
        } => Running::One(Plan::create(Plan::new(row, &handles)).fetch_one(db)),
        Statement::Upsert {
            row, fetch: true, ..
        } => {
            let upsert = Plan::upsert(Plan::new(row, &handles)).on(|plan| plan.key);
            Running::One(upsert.fetch_one(db))
        }
        Statement::DestroyWhere { filter, fetch, .. } => {
            let condition = boxed_of(filter)?;
            let destroy = Plan::destroy_where(|_| condition);
            if *fetch {
                Running::All(destroy.fetch_all(db))
            } else {
                Running::Execute(destroy.execute(db))
            }
        }
        _ => return None,
    })
}
