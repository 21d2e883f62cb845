//! What happens between entering a tenant and leaving it.

use tenancy::{Error, Tenant};

use super::handles::Handles;
use super::models::{Comment, Document, Note, Organization, Plan, Setting, User};
use super::program::{Kept, Program};
use super::running::Running;
use super::subject::Subject;
use super::templates::{Known as Templated, StoredTemplates};
use super::{On, creates, reads, transaction, writes};
use crate::answer::{answer, learn, reaches_database, settle};
use crate::generate::{self, Surroundings};
use crate::oracle::Fails;
use crate::schema::Table;
use crate::statement::{Failure, Outcome, Statement};

pub(super) async fn run<'t>(mut tenant: Tenant<'t, Organization>, program: &mut Program<'_>) {
    let mut handles = Handles::default();
    adopt(&tenant, program, &mut handles);
    for _ in 0..program.random.between(2, 5) {
        if program.random.chance(22) {
            transaction::run(&mut tenant, program, &mut handles).await;
        } else {
            let on = On {
                tenant: &tenant,
                transaction: None,
                shared: false,
            };
            step(on, program, &mut handles).await;
        }
    }
    detach(&tenant, program, &handles);
}

/// Takes rows of earlier sessions: those of another tenant are refused.
fn adopt<'t>(
    tenant: &Tenant<'t, Organization>,
    program: &mut Program<'_>,
    handles: &mut Handles<'t>,
) {
    for kept in std::mem::take(&mut program.kept) {
        let (own, refused) = match kept {
            Kept::User(whose, row) => {
                let adopted = tenant.adopt(row);
                let own = whose == *tenant.id();
                (own, adopted.map(|row| handles.keep(vec![row])).err())
            }
            Kept::Document(whose, row) => {
                let adopted = tenant.adopt(row);
                let own = whose == *tenant.id();
                (own, adopted.map(|row| handles.keep(vec![row])).err())
            }
        };
        program.note(format!("adopt: {}", if own { "own" } else { "foreign" }));
        match (own, refused) {
            (true, None) | (false, Some(Error::NotFound)) => {}
            (_, refused) => program.fail(&format!("adopting gave {refused:?}")),
        }
    }
}

/// Leaves rows for later sessions.
fn detach<'t>(tenant: &Tenant<'t, Organization>, program: &mut Program<'_>, handles: &Handles<'t>) {
    let whose = *tenant.id();
    if let Some(user) = handles.users.last() {
        let row = tenant.detach(user.clone());
        program.kept.push(Kept::User(whose, row));
    }
    if let Some(document) = handles.documents.last() {
        let row = tenant.detach(document.clone());
        program.kept.push(Kept::Document(whose, row));
    }
}

/// Runs a random statement and compares what it gives.
pub(super) async fn step<'t>(
    on: On<'_, '_, 't>,
    program: &mut Program<'_>,
    handles: &mut Handles<'t>,
) {
    let known = handles.known();
    let tenant = *on.tenant.id();
    let around = Surroundings {
        state: &program.state,
        tenant,
        known: &known,
        in_transaction: on.transaction.is_some(),
        catalog: &Templated,
    };
    let statement = generate::statement(&mut program.random, &around);
    program.note(format!("{statement:?}"));

    let mut expected = answer(&program.state, tenant, &known, &statement);
    let refused = if on.is_elsewhere(statement.table()) {
        Some(Failure::OtherDatabase)
    } else {
        program.failed.then_some(Failure::RolledBack)
    };
    if let (Some(refused), true) = (refused, reaches_database(&statement)) {
        expected = crate::answer::Answer::Fails(Fails {
            with: vec![refused],
            database: false,
        });
    }
    let on_db = on.transaction.is_none() && program.random.chance(50);
    let outcome = perform(&statement, on, on_db, handles).await;
    program.counts.count(&statement, &outcome);

    let table = statement.table();
    let settled = match settle(&mut program.state, tenant, table, expected, &outcome) {
        Ok(settled) => settled,
        Err(problem) => program.fail(&problem),
    };
    program.counts.rows += settled.rows;
    if settled.failed && on.transaction.is_some() && transaction::error_ends_transaction() {
        program.failed = true;
    }
    if !settled.made.is_empty() {
        // The statement gave no rows back: find the new ones, to know their keys.
        let rows = match everything(table, on, handles).await {
            Outcome::Rows(rows) => rows,
            other => program.fail(&format!("{other:?} where rows were to be read")),
        };
        let new: Vec<_> = rows
            .iter()
            .filter(|row| {
                let mut present = program.state.visible(table, tenant);
                !present.any(|record| record.values == **row)
            })
            .cloned()
            .collect();
        program.counts.statements += 1;
        program.counts.rows += rows.len();
        let present = program.state.visible(table, tenant).count();
        if rows.len() != present + settled.made.len() {
            program.fail(&format!("{rows:?} after creating {:?}", settled.made));
        }
        if let Err(problem) = learn(&mut program.state, tenant, table, settled.made, &new) {
            program.fail(&problem);
        }
    }
    if statement.writes() && on.transaction.is_none() {
        program.compare().await;
    }
}

/// Reads all rows of a table.
async fn everything<'t>(table: Table, on: On<'_, '_, 't>, handles: &mut Handles<'t>) -> Outcome {
    async fn all<'t, M: Subject>(on: On<'_, '_, 't>, handles: &mut Handles<'t>) -> Outcome {
        finish(Running::All(M::all().fetch_all(on.tenant)), handles).await
    }
    match table {
        Table::Organizations => all::<Organization>(on, handles).await,
        Table::Users => all::<User>(on, handles).await,
        Table::Documents => all::<Document>(on, handles).await,
        Table::Comments => all::<Comment>(on, handles).await,
        Table::Notes => all::<Note>(on, handles).await,
        Table::Settings => all::<Setting>(on, handles).await,
        Table::Plans => all::<Plan>(on, handles).await,
    }
}

/// Runs a statement; one on a model without tenants possibly without a tenant.
pub(super) async fn perform<'t>(
    statement: &Statement,
    on: On<'_, '_, 't>,
    on_db: bool,
    handles: &mut Handles<'t>,
) -> Outcome {
    match statement.table() {
        Table::Organizations => {
            let running = match statement {
                Statement::Read(read) => reads::read_any::<Organization>(read, on),
                Statement::Count(_, filter) => reads::count(filter, on),
                Statement::Exists(_, filter) => reads::exists(filter, on),
                Statement::Update {
                    row, change, fetch, ..
                } => writes::update(*row, change, handles, *fetch, on),
                other => unreachable!("{other:?} is not for tenants themselves"),
            };
            finish(running, handles).await
        }
        Table::Users => finish(upsertable::<User>(statement, on, handles), handles).await,
        Table::Documents => {
            let running = match statement {
                Statement::Create { row, fetch, .. } if creates::sets_default(row) => {
                    creates::create_set(row, handles, *fetch, on)
                }
                Statement::CreateMany { rows, fetch, .. }
                    if rows.first().is_some_and(creates::sets_default) =>
                {
                    creates::create_many_set(rows, handles, *fetch, on)
                }
                statement => upsertable::<Document>(statement, on, handles),
            };
            finish(running, handles).await
        }
        Table::Comments => finish(start::<Comment>(statement, on, handles), handles).await,
        Table::Notes => finish(start::<Note>(statement, on, handles), handles).await,
        Table::Settings => finish(upsertable::<Setting>(statement, on, handles), handles).await,
        Table::Plans => {
            let without = on_db
                .then(|| writes::without_tenant(statement, on.tenant.db()))
                .flatten();
            let Some(running) = without else {
                return finish(upsertable::<Plan>(statement, on, handles), handles).await;
            };
            let (outcome, rows) = running.finish().await;
            let adopted = rows.into_iter().map(|row| on.tenant.adopt(row));
            handles.keep(
                adopted
                    .map(|row| row.expect("a row of this database"))
                    .collect(),
            );
            outcome
        }
    }
}

async fn finish<'t, M: Subject>(running: Running<'_, 't, M>, handles: &mut Handles<'t>) -> Outcome {
    let (outcome, rows) = running.finish().await;
    handles.keep(rows);
    outcome
}

fn upsertable<'e, 't, M: StoredTemplates + creates::Upserted>(
    statement: &Statement,
    on: On<'e, '_, 't>,
    handles: &Handles<'t>,
) -> Running<'e, 't, M> {
    match statement {
        Statement::Upsert { row, fetch, .. } => M::upsert_row(row, handles, *fetch, on),
        statement => start(statement, on, handles),
    }
}

fn start<'e, 't, M: StoredTemplates>(
    statement: &Statement,
    on: On<'e, '_, 't>,
    handles: &Handles<'t>,
) -> Running<'e, 't, M> {
    match statement {
        Statement::Read(read) => reads::read(read, on),
        Statement::Count(_, filter) => reads::count(filter, on),
        Statement::Exists(_, filter) => reads::exists(filter, on),
        Statement::Create { row, fetch, .. } => creates::create(row, handles, *fetch, on),
        Statement::CreateMany { rows, fetch, .. } => {
            creates::create_many(rows, handles, *fetch, on)
        }
        Statement::Update {
            row, change, fetch, ..
        } => writes::update(*row, change, handles, *fetch, on),
        Statement::UpdateWhere {
            filter,
            change,
            fetch,
            ..
        } => writes::update_where(filter, change, handles, *fetch, on),
        Statement::Destroy { row, fetch, .. } => writes::destroy(*row, handles, *fetch, on),
        Statement::DestroyWhere { filter, fetch, .. } => writes::destroy_where(filter, *fetch, on),
        Statement::Upsert { .. } => unreachable!("rows without a unique column are not upserted"),
    }
}
