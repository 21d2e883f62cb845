//! L8: behind PgBouncer in transaction mode, where a session is nobody's and three connections of the server
//! are shared by all.

use sqlx::{ConnectOptions as _, Postgres};
use tenancy::{Db, Error, Root as _, TenantRoot, TenantScoped, VerifiedTenant};
use tenancy_tests::pooler;
use tenancy_tests::postgres::{
    self, NewNote, NewOrganization, NewUser, Note, Organization, Role, User,
};
use tenancy_tests::{over, with_rls};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::left_behind::cancel;

fn a_note(body: &str) -> NewNote {
    NewNote {
        body: body.into(),
        priority: None,
    }
}

async fn tenants<const N: usize>(db: &Db<Postgres>) -> [VerifiedTenant<Organization>; N] {
    let mut tenants = Vec::new();
    for _ in 0..N {
        let new = NewOrganization { name: "a".into() };
        tenants.push(Organization::create(new).execute(db).await.unwrap());
    }
    tenants.try_into().unwrap()
}

/// Many clients with the same statements on few connections of the server: no statement of one is in the
/// way of another's, and none is taken for another.
#[tokio::test]
async fn statements_are_nobody_elses() {
    let fresh = postgres::database().await;
    let mut clients = Vec::new();
    for _ in 0..6 {
        clients.push(pooler::to(fresh.connect_options()).await);
    }
    let tenants = tenants::<4>(&fresh).await;
    let mut tasks = JoinSet::new();
    for task in 0..24 {
        let db = clients[task % clients.len()].clone();
        let tenant = over(&db, &tenants[task % tenants.len()]);
        tasks.spawn(async move {
            tenancy::enter!(mut tenant = tenant);
            for turn in 0..6 {
                let tx = tenant.begin().await.unwrap();
                let body = format!("{task} {turn}");
                let note = Note::create(a_note(&body)).fetch_one(&tx).await.unwrap();
                assert_eq!(note.body, body);
                tx.commit().await.unwrap();
                let found = Note::query().filter(|n| n.body.eq(&body));
                assert_eq!(found.fetch_all(&tenant).await.unwrap().len(), 1);
                // Of other shapes, so that different statements take turns.
                match turn % 3 {
                    0 => drop(Note::query().count(&tenant).await.unwrap()),
                    1 => drop(User::query().exists(&tenant).await.unwrap()),
                    _ => drop(Note::find(note.id).fetch_one(&tenant).await.unwrap()),
                }
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    for tenant in &tenants {
        tenancy::enter!(tenant = tenant.clone());
        assert_eq!(Note::query().count(&tenant).await.unwrap(), 36);
    }
    // Nothing was left on the server's connections for whoever comes next.
    let mut connection = clients[0].acquire().await.unwrap();
    for _ in 0..8 {
        let left = sqlx::raw_sql("SELECT count(*) FROM pg_prepared_statements WHERE name <> ''");
        let left = sqlx::Executor::fetch_one(&mut *connection, left)
            .await
            .unwrap();
        assert_eq!(sqlx::Row::get::<i64, _>(&left, 0), 0);
    }
}

/// Whatever is cancelled, its transaction ends, and the connection of the server is there for others: else
/// three of them would be all.
#[tokio::test]
async fn cancelled_transactions_give_their_connections_back() {
    let db = postgres::through_pgbouncer().await;
    let [acme, globex] = tenants::<2>(&db).await;
    tenancy::enter!(mut acme = acme);
    tenancy::enter!(globex = globex);
    let mut seen = 0;
    for polls in 0.. {
        let flow = async {
            let tx = acme.begin().await?;
            Note::create(a_note("1")).execute(&tx).await?;
            Note::create(a_note("2")).execute(&tx).await?;
            tx.commit().await?;
            Note::query().fetch_all(&acme).await
        };
        let ended = cancel(flow, polls).await;
        // What was on its way when it was given up arrives yet, before its connection is clean.
        while db.connections().idle < db.connections().open {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        assert_eq!(Note::query().count(&globex).await.unwrap(), 0);
        let now = Note::query().count(&acme).await.unwrap();
        assert!(now == seen || now == seen + 2, "{now} after {seen}");
        seen = now;
        if let Some(result) = ended {
            result.unwrap();
            break;
        }
        assert!(polls < 1_000, "it ends");
    }
    for _ in 0..8 {
        let tx = acme.begin().await.unwrap();
        Note::create(a_note("3")).execute(&tx).await.unwrap();
        drop(tx);
        let tx = acme.begin().await.unwrap();
        let user = || NewUser {
            email: "a".into(),
            role: Role::Admin,
            nickname: None,
        };
        User::create(user()).execute(&tx).await.unwrap();
        User::create(user()).execute(&tx).await.unwrap_err();
        assert!(matches!(tx.commit().await, Err(Error::RolledBack)));
    }
    assert_eq!(Note::query().count(&acme).await.unwrap(), seen);
    assert_eq!(User::query().count(&acme).await.unwrap(), 0);
}

/// A transaction of somebody who is not finished shows nothing to others, though they share connections.
#[tokio::test]
async fn transactions_are_apart() {
    let db = postgres::through_pgbouncer().await;
    let [acme] = tenants::<1>(&db).await;
    tenancy::enter!(mut first = acme.clone());
    tenancy::enter!(mut second = acme.clone());
    tenancy::enter!(third = acme);
    let one = first.begin().await.unwrap();
    let two = second.begin().await.unwrap();
    Note::create(a_note("1")).execute(&one).await.unwrap();
    Note::create(a_note("2")).execute(&two).await.unwrap();
    assert_eq!(Note::query().count(&one).await.unwrap(), 1);
    assert_eq!(Note::query().count(&two).await.unwrap(), 1);
    assert_eq!(Note::query().count(&third).await.unwrap(), 0);
    one.rollback().await.unwrap();
    two.commit().await.unwrap();
    assert_eq!(Note::query().count(&third).await.unwrap(), 1);
}

/// With row-level security the tenant is one of the transaction, so sharing connections shows nothing.
#[tokio::test]
async fn the_tenant_is_nobody_elses() {
    let db = with_rls::through_pgbouncer().await;
    let mut tasks = JoinSet::new();
    for number in 0..8 {
        let db = Db::clone(&db);
        tasks.spawn(async move {
            let new = with_rls::NewOrganization { name: "a".into() };
            let tenant = with_rls::Organization::create(new).execute(&db).await.unwrap();
            tenancy::enter!(mut tenant = tenant);
            for turn in 0..6 {
                let note = with_rls::NewNote { body: format!("{number} {turn}"), priority: None };
                with_rls::Note::create(note).execute(&tenant).await.unwrap();
                let tx = tenant.begin().await.unwrap();
                assert_eq!(with_rls::Note::query().count(&tx).await.unwrap(), turn + 1);
                if turn % 2 == 0 {
                    drop(tx);
                } else {
                    tx.commit().await.unwrap();
                }
                // By hand, on whichever connection of the server.
                let mut connection = db.acquire().await.unwrap();
                let seen = "SELECT count(*), coalesce(current_setting('tenancy.tenant', true), '') FROM notes";
                let seen = sqlx::Executor::fetch_one(&mut *connection, sqlx::raw_sql(seen)).await.unwrap();
                assert_eq!(sqlx::Row::get::<i64, _>(&seen, 0), 0);
                assert_eq!(sqlx::Row::get::<&str, _>(&seen, 1), "");
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

/// Databases of tenants, each by way of the pooler: what names its tenant is asked of the right one.
#[tokio::test]
async fn databases_of_tenants() {
    use crate::home::models;
    models!(Postgres);

    let home = Database::home().await;
    let direct = db(&home, 2).await;
    let tenants = [
        tenant(&direct, "Acme").await,
        tenant(&direct, "Globex").await,
        tenant(&direct, "Initech").await,
    ];
    let mut tasks = JoinSet::new();
    for number in 0..4 {
        // Few connections that lead to one place for long, so that many are opened and asked.
        let pool = tenancy::PoolOptions::new()
            .max_connections(2)
            .transaction_pooler(true);
        let plain = Db::connect_with(pool, pooler::by_way_of(&home.shared));
        let look_up = home.clone();
        let db: DbOf<Organization> =
            plain
                .await
                .unwrap()
                .with_databases::<Organization, _, _>(move |id| {
                    let found = look_up.look_up(id);
                    std::future::ready(found.map(|options| pooler::by_way_of(&options)))
                });
        let ids = tenants.clone().map(|tenant| *tenant.id());
        tasks.spawn(async move {
            for _ in 0..5 {
                for id in ids {
                    let tenant = Organization::verify(&db, id).await.unwrap();
                    tenancy::enter!(mut tenant = tenant);
                    bill(&tenant, number).await.unwrap();
                    drop(tenant.begin().await.unwrap());
                    assert!(!numbers(&tenant).await.unwrap().is_empty());
                }
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    for tenant in tenants {
        tenancy::enter!(tenant = tenant);
        assert_eq!(Invoice::query().count(&tenant).await.unwrap(), 20);
    }
}

/// A type of the database's own, which the driver has to look up on each connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "mood", rename_all = "snake_case")]
enum Mood {
    Good,
    Bad,
}

#[derive(Debug, TenantRoot)]
#[tenancy(database = Postgres)]
struct Company {
    id: Uuid,
}

#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Company)]
struct Person {
    id: Uuid,
    mood: Mood,
}

#[tokio::test]
async fn types_of_the_database_are_looked_up() {
    let fresh = tenancy_tests::database::postgres(
        "CREATE TYPE mood AS ENUM ('good', 'bad');
         CREATE TABLE companies (id uuid PRIMARY KEY);
         CREATE TABLE persons (tenant_id uuid NOT NULL, id uuid NOT NULL, mood mood NOT NULL,
             PRIMARY KEY (tenant_id, id))",
    )
    .await;
    for _ in 0..4 {
        let db = pooler::to(fresh.connect_options()).await;
        let company = Company::create(NewCompany {}).execute(&db).await.unwrap();
        tenancy::enter!(company = company);
        Person::create(NewPerson { mood: Mood::Bad })
            .execute(&company)
            .await
            .unwrap();
        let bad = Person::query().filter(|p| p.mood.eq(Mood::Bad));
        let people = bad.fetch_all(&company).await.unwrap();
        assert_eq!(people.len(), 1);
        assert_eq!(people[0].mood, Mood::Bad);
    }
}

/// What is above says something only if connections of the server are shared.
#[tokio::test]
async fn it_is_in_transaction_mode() {
    let fresh = postgres::database().await;
    let options = pooler::by_way_of(fresh.connect_options());
    let mut connections = Vec::new();
    let mut servers = std::collections::HashSet::new();
    for _ in 0..12 {
        let mut connection = options.connect().await.unwrap();
        let pid = sqlx::raw_sql("SELECT pg_backend_pid()");
        let pid = sqlx::Executor::fetch_one(&mut connection, pid)
            .await
            .unwrap();
        servers.insert(sqlx::Row::get::<i32, _>(&pid, 0));
        connections.push(connection);
    }
    assert!(servers.len() < connections.len(), "each has one of its own");
}
