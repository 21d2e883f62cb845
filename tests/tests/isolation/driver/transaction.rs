//! Transactions and savepoints, which end in all the ways there are.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use futures_util::Stream as _;
use tenancy::{Root as _, Tenant, TenantScoped as _, TenantTransaction, VerifiedTenant};

use super::handles::Handles;
use super::models::{Database, Note, Organization, Plan, User};
use super::program::{Program, nothing_known};
use super::running::failure;
use super::templates::Known as Templated;
use super::{APART, On, session};
use crate::answer::{answer, settle};
use crate::generate::{self, Surroundings, TENANTS};
use crate::statement::Failure;

/// Whether a failed statement takes the transaction with it.
pub(super) fn error_ends_transaction() -> bool {
    <Database as sqlx::Database>::NAME == <sqlx::Postgres as sqlx::Database>::NAME
}

pub(super) async fn run<'t>(
    tenant: &mut Tenant<'t, Organization>,
    program: &mut Program<'_>,
    handles: &mut Handles<'t>,
) {
    let shared = program.random.chance(30);
    program.note(format!("begin, shared: {shared}"));
    program.committed = program.state.clone();
    let transaction = if shared {
        tenant.begin_shared().await
    } else {
        tenant.begin().await
    };
    match transaction {
        Ok(transaction) => inside(transaction, program, handles, shared, 1).await,
        Err(error) => program.fail(&format!("no transaction: {error:?}")),
    }
    program.compare().await;
}

/// Works inside a transaction or savepoint until its end.
fn inside<'a, 'p: 'a, 't: 'a>(
    mut transaction: TenantTransaction<'p, 't, Organization>,
    program: &'a mut Program<'_>,
    handles: &'a mut Handles<'t>,
    shared: bool,
    depth: usize,
) -> Pin<Box<dyn Future<Output = ()> + 'a>> {
    Box::pin(async move {
        let before = program.state.clone();
        for _ in 0..program.random.between(1, 4) {
            match program.random.weighted(&[70, 14, 8, 8]) {
                1 if depth < 3 => {
                    savepoint(&mut transaction, program, handles, shared, depth).await;
                }
                2 if !program.failed => in_use(&transaction, program, shared).await,
                3 => peek(program).await,
                _ => {
                    let on = On {
                        tenant: &transaction,
                        transaction: Some(&transaction),
                        shared,
                    };
                    session::step(on, program, handles).await;
                }
            }
        }
        let failed = program.failed;
        let (last, ended, expected) = match program.random.weighted(&[60, 20, 20]) {
            0 => {
                program.note("commit".to_owned());
                let expected = failed.then_some(Failure::RolledBack);
                (!failed, transaction.commit().await, expected)
            }
            1 => {
                program.note("roll back".to_owned());
                (false, transaction.rollback().await, None)
            }
            _ => {
                program.note("drop".to_owned());
                drop(transaction);
                (false, Ok(()), None)
            }
        };
        if ended.as_ref().err().map(failure) != expected {
            program.fail(&format!("{ended:?} at the end, instead of {expected:?}"));
        }
        if !last {
            program.state = before;
        }
        program.failed = false;
    })
}

async fn savepoint<'t>(
    transaction: &mut TenantTransaction<'_, 't, Organization>,
    program: &mut Program<'_>,
    handles: &mut Handles<'t>,
    shared: bool,
    depth: usize,
) {
    program.note("savepoint".to_owned());
    let failed = program.failed;
    match transaction.begin().await {
        Ok(savepoint) if !failed => inside(savepoint, program, handles, shared, depth + 1).await,
        Err(error) if failed && failure(&error) == Failure::RolledBack => {}
        other => program.fail(&format!("{other:?} where failed is {failed}")),
    }
}

/// A transaction does one thing at a time: statements beside an open stream are refused, and what
/// the stream has left does not disturb those after it.
async fn in_use(
    transaction: &TenantTransaction<'_, '_, Organization>,
    program: &mut Program<'_>,
    shared: bool,
) {
    program.note("two at a time".to_owned());
    // Once only: it is left in the middle, before its end has shown.
    let second = if shared || !APART {
        let mut stream = Organization::query().fetch(transaction);
        let _ = poll_fn(|task| Poll::Ready(Pin::new(&mut stream).poll_next(task).is_ready())).await;
        Plan::query().count(transaction).await
    } else {
        let mut stream = User::query().fetch(transaction);
        let _ = poll_fn(|task| Poll::Ready(Pin::new(&mut stream).poll_next(task).is_ready())).await;
        Note::query().count(transaction).await
    };
    program.counts.statements += 1;
    if second.as_ref().err().map(failure) != Some(Failure::TransactionInUse) {
        program.fail(&format!("{second:?} beside an open stream"));
    }
}

/// What another tenant sees meanwhile: nothing of the open transaction.
async fn peek(program: &mut Program<'_>) {
    let tenant = *program.random.pick(&TENANTS);
    let verified =
        VerifiedTenant::assume_verified(program.db, tenant, "the program knows its tenants");
    let known = nothing_known();
    let around = Surroundings {
        state: &program.committed,
        tenant,
        known: &known,
        in_transaction: false,
        catalog: &Templated,
    };
    let statement = generate::read(&mut program.random, &around);
    program.note(format!("meanwhile {tenant}: {statement:?}"));
    let expected = answer(&program.committed, tenant, &known, &statement);
    let outcome = verified
        .scope(async |other| {
            let on = On {
                tenant: &other,
                transaction: None,
                shared: false,
            };
            session::perform(&statement, on, false, &mut Handles::default()).await
        })
        .await;
    program.counts.count(&statement, &outcome);
    let mut committed = program.committed.clone();
    match settle(
        &mut committed,
        tenant,
        statement.table(),
        expected,
        &outcome,
    ) {
        Ok(settled) => program.counts.rows += settled.rows,
        Err(problem) => program.fail(&problem),
    }
}
