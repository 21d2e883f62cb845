//! Types of the database's own behind a pooler, where each connection of the pool has to learn of them, and loses a
//! statement by it: also one whose row is asked about before it lasts.

use std::sync::Arc;

use sqlx::Postgres;
use tenancy::{Db, PoolOptions, Root as _, TenantRoot, TenantScoped};
use tenancy_tests::database;
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use uuid::Uuid;

const CONNECTIONS: u32 = 6;

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
struct Guest {
    id: Uuid,
}

#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Company, policies)]
struct Person {
    id: Uuid,
    mood: Mood,
    #[tenancy(stored)]
    name: String,
}

tenancy::policies! {
    Person, actor: Guest {
        read { authorize_if always; }
        create { authorize_if name == "a"; }
        update { authorize_if name == "a"; }
    }
}

#[tokio::test]
async fn a_row_that_is_asked_about() {
    let fresh = database::postgres(
        "CREATE TYPE mood AS ENUM ('good', 'bad');
         CREATE TABLE companies (id uuid PRIMARY KEY);
         CREATE TABLE guests (tenant_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (tenant_id, id));
         CREATE TABLE persons (tenant_id uuid NOT NULL, id uuid NOT NULL, mood mood NOT NULL, name text NOT NULL,
             PRIMARY KEY (tenant_id, id))",
    )
    .await;
    // Nothing is prepared; that each connection leads to one session makes no difference to it.
    let pool = PoolOptions::new()
        .max_connections(CONNECTIONS)
        .transaction_pooler(true);
    let db = Db::<Postgres>::connect_with(pool, fresh.connect_options().clone());
    let db = db.await.unwrap();
    let company = Company::create(NewCompany {}).execute(&db).await.unwrap();
    let barrier = Arc::new(Barrier::new(CONNECTIONS as usize));
    let mut tasks = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (company, barrier) = (company.clone(), Arc::clone(&barrier));
        tasks.spawn(async move {
            tenancy::enter!(mut company = company);
            let transaction = company.begin().await.unwrap();
            barrier.wait().await;
            transaction.rollback().await.unwrap();
        });
    }
    tasks.join_all().await;
    assert_eq!(db.connections().idle, CONNECTIONS as usize);
    let verified = company;
    tenancy::enter!(company = verified.clone());
    let guest = Guest::create(NewGuest {})
        .fetch_one(&company)
        .await
        .unwrap();
    // Whichever connections they get, all at once.
    let guest = company.detach(guest);
    let mut tasks = JoinSet::new();
    for _ in 0..4 * CONNECTIONS {
        let (verified, guest) = (verified.clone(), guest.clone());
        tasks.spawn(async move {
            tenancy::enter!(company = verified);
            let guest = company.adopt(guest).unwrap();
            let company = company.acting_as(guest);
            let new = NewPerson {
                mood: Mood::Good,
                name: "a".into(),
            };
            let person = Person::create(new).fetch_one(&company).await.unwrap();
            assert_eq!(person.mood, Mood::Good);
            let update = Person::update(&person).set(|p| p.mood.to(Mood::Bad));
            assert_eq!(update.fetch_one(&company).await.unwrap().mood, Mood::Bad);
        });
    }
    tasks.join_all().await;
    let guest = company.adopt(guest).unwrap();
    let company = company.acting_as(guest);
    let people = Person::query().count(&company).await.unwrap();
    assert_eq!(people, u64::from(4 * CONNECTIONS));
}
