//! The rows that a program begins with: the same keys and the same values in several tenants.

use uuid::Uuid;

use super::value::{TEXTS, number, role, text};
use crate::oracle::{Record, State};
use crate::random::Random;
use crate::schema::{Table, Val};

pub(crate) const TENANTS: [Uuid; 3] = [id(8, 1), id(8, 2), id(8, 3)];

/// There is no such tenant.
pub(crate) const ABSENT_TENANT: Uuid = id(8, 4);

/// One of a few ids, the same in every program and every tenant.
pub(super) const fn id(table: usize, number: usize) -> Uuid {
    Uuid::from_u128(((table as u128) << 8) | number as u128)
}

pub(crate) fn world(random: &mut Random) -> State {
    let mut state = State::default();
    for tenant in TENANTS {
        let organization = vec![
            Val::Uuid(tenant),
            Val::Text(text(random)),
            Val::Bool(random.chance(90)),
        ];
        add(&mut state, Table::Organizations, tenant, organization);
        let users = users(random, &mut state, tenant);
        let documents = documents(random, &mut state, tenant, &users);
        comments(random, &mut state, tenant, &users, &documents);
        settings(random, &mut state, tenant);
    }
    notes(random, &mut state);
    for key in some_texts(random, 3) {
        let plan = vec![Val::Text(key), Val::Text(text(random))];
        add(&mut state, Table::Plans, Uuid::nil(), plan);
    }
    state
}

fn add(state: &mut State, table: Table, tenant: Uuid, values: Vec<Val>) {
    state.rows_mut(table).push(Record { tenant, values });
}

/// Up to `most` different ids of a table.
fn some_ids(random: &mut Random, table: usize, least: usize, most: usize) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = (1..=4).map(|number| id(table, number)).collect();
    random.shuffle(&mut ids);
    ids.truncate(random.between(least, most));
    ids
}

/// Up to `most` different texts.
fn some_texts(random: &mut Random, most: usize) -> Vec<String> {
    let mut texts: Vec<String> = TEXTS[..9].iter().map(|text| (*text).to_owned()).collect();
    random.shuffle(&mut texts);
    texts.truncate(random.between(0, most));
    texts
}

fn users(random: &mut Random, state: &mut State, tenant: Uuid) -> Vec<Uuid> {
    let mut emails = TEXTS[..9].to_vec();
    random.shuffle(&mut emails);
    let ids = some_ids(random, 1, 1, 4);
    for (id, email) in ids.iter().zip(emails) {
        let nickname = random.chance(60).then(|| text(random));
        let user = vec![
            Val::Uuid(*id),
            Val::Uuid(tenant),
            Val::from(email),
            role(random),
            Val::from(nickname),
        ];
        add(state, Table::Users, tenant, user);
    }
    ids
}

fn documents(random: &mut Random, state: &mut State, tenant: Uuid, users: &[Uuid]) -> Vec<Uuid> {
    let mut titles = TEXTS[..9].to_vec();
    random.shuffle(&mut titles);
    let ids = some_ids(random, 2, 0, 4);
    for (id, title) in ids.iter().zip(titles) {
        let reviewer = random.chance(60).then(|| *random.pick(users));
        let document = vec![
            Val::Uuid(*id),
            Val::Uuid(*random.pick(users)),
            Val::from(reviewer),
            Val::from(title),
            Val::Int(number(random).max(0)),
            Val::Bool(random.chance(40)),
            Val::Int(if random.chance(80) { 1 } else { 2 }),
        ];
        add(state, Table::Documents, tenant, document);
    }
    ids
}

/// Comments, some of which refer to nothing: the database does not mind.
fn comments(
    random: &mut Random,
    state: &mut State,
    tenant: Uuid,
    users: &[Uuid],
    documents: &[Uuid],
) {
    for comment in some_ids(random, 3, 0, 4) {
        let document = match documents {
            [] => id(2, 1),
            documents => *random.pick(documents),
        };
        let author = random.chance(60).then(|| *random.pick(users));
        let comment = vec![
            Val::Uuid(comment),
            Val::Uuid(document),
            Val::from(author),
            role(random),
            Val::Text(text(random)),
        ];
        add(state, Table::Comments, tenant, comment);
    }
}

fn settings(random: &mut Random, state: &mut State, tenant: Uuid) {
    for key in some_texts(random, 4) {
        let setting = vec![Val::Text(key), Val::Uuid(tenant), Val::Int(number(random))];
        add(state, Table::Settings, tenant, setting);
    }
}

/// Notes of all tenants in turns: the database numbers them from 1.
fn notes(random: &mut Random, state: &mut State) {
    for number_of in 1..=i64::try_from(random.between(2, 8)).expect("a small number") {
        let tenant = *random.pick(&TENANTS);
        let priority = random.chance(60).then(|| number(random));
        let note = vec![
            Val::Int(number_of),
            Val::Uuid(tenant),
            Val::Text(text(random)),
            Val::from(priority),
        ];
        add(state, Table::Notes, tenant, note);
    }
}
