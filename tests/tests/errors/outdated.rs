//! L33: connections that know the database as it was.

use sqlx::Postgres;
use tenancy::{Db, Error, PoolOptions, Root as _, TenantRoot, TenantScoped};
use tenancy_tests::{database, over};
use uuid::Uuid;

const SCHEMA: &str = "
    CREATE TYPE mood AS ENUM ('calm', 'angry');
    CREATE TABLE organizations (id uuid PRIMARY KEY);
    CREATE TABLE cats (tenant_id uuid NOT NULL, id uuid NOT NULL, mood mood NOT NULL, name varchar(10) NOT NULL,
        moods mood[] NOT NULL DEFAULT '{}');";

/// The enum as it is made anew: with another OID, under the same name.
const ANEW: &str = "
    ALTER TABLE cats ALTER mood TYPE text, ALTER moods DROP DEFAULT, ALTER moods TYPE text[] USING moods::text[];
    DROP TYPE mood;
    CREATE TYPE mood AS ENUM ('angry', 'calm', 'sleepy');
    ALTER TABLE cats ALTER mood TYPE mood USING mood::mood, ALTER moods TYPE mood[] USING moods::mood[],
        ALTER moods SET DEFAULT '{}';";

/// Types that a `String` is read from, in turn.
const TYPES: [&str; 2] = [
    "ALTER TABLE cats ALTER name TYPE text",
    "ALTER TABLE cats ALTER name TYPE varchar(20)",
];

#[derive(Debug, TenantRoot)]
#[tenancy(database = Postgres)]
struct Organization {
    id: Uuid,
}

#[derive(Clone, Copy, Debug, PartialEq, sqlx::Type)]
#[sqlx(type_name = "mood", rename_all = "lowercase")]
enum Mood {
    Calm,
    Angry,
}

#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Organization)]
struct Cat {
    id: Uuid,
    mood: Mood,
    name: String,
    #[tenancy(default)]
    moods: Vec<Mood>,
}

fn cat(name: &str) -> NewCat {
    NewCat {
        mood: Mood::Calm,
        name: name.into(),
    }
}

/// All connections of the pool know the statements that are to come.
async fn warm_up(db: &Db<Postgres>, acme: &tenancy::VerifiedTenant<Organization>) {
    let mut tasks = Vec::new();
    for _ in 0..4 {
        let (db, acme) = (db.clone(), acme.clone());
        tasks.push(tokio::spawn(async move {
            tenancy::enter!(mut acme = over(&db, &acme));
            let tx = acme.begin().await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            // Behind a pooler, the first of a transaction may find a type that it does not know.
            let known = statements(&tx).await;
            assert!(matches!(known, Ok(()) | Err(Error::Busy(_))), "{known:?}");
            tx.rollback().await.unwrap();
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
}

async fn statements(tenant: &tenancy::Tenant<'_, Organization>) -> tenancy::Result<()> {
    let one = Cat::create(cat("one")).fetch_one(tenant).await?;
    let moods = || vec![Mood::Calm, Mood::Angry];
    Cat::create(cat("two"))
        .set(|c| c.moods.to(moods()))
        .execute(tenant)
        .await?;
    let update = Cat::update(&one).set(|c| (c.mood.to(Mood::Angry), c.moods.to(moods())));
    assert_eq!(update.fetch_one(tenant).await?.moods, moods());
    Cat::query()
        .filter(|c| c.mood.eq(Mood::Angry))
        .fetch_all(tenant)
        .await?;
    Cat::query()
        .filter(|c| c.mood.eq(Mood::Angry))
        .count(tenant)
        .await?;
    let stream = Cat::query().fetch(tenant);
    futures_util::TryStreamExt::try_collect::<Vec<_>>(stream).await?;
    Cat::update_where(|c| c.mood.eq(Mood::Angry))
        .set(|c| c.name.to("x"))
        .fetch_all(tenant)
        .await?;
    Cat::destroy_where(|c| c.name.ne("y"))
        .execute(tenant)
        .await?;
    Ok(())
}

/// Statements outside of a transaction do not notice, whatever was changed, and whichever connection they get.
#[tokio::test]
async fn statements_go_on_after_ddl() {
    let fresh = database::postgres(SCHEMA).await;
    let outside = Db::<Postgres>::connect_with(PoolOptions::new(), fresh.connect_options().clone());
    let outside = outside.await.unwrap();
    let acme = Organization::create(NewOrganization {})
        .execute(&fresh)
        .await
        .unwrap();
    // Also where each runs in a transaction that is begun for it.
    let pooled = PoolOptions::new()
        .transaction_pooler(true)
        .max_connections(4);
    let pooled = Db::<Postgres>::connect_with(pooled, fresh.connect_options().clone());
    let pooled = pooled.await.unwrap();
    for change in [TYPES[0], ANEW, TYPES[1], ANEW] {
        warm_up(&fresh, &acme).await;
        warm_up(&pooled, &acme).await;
        database::run(&outside, change).await.unwrap();
        for db in [&fresh, &pooled] {
            tenancy::enter!(acme = over(db, &acme));
            for _ in 0..6 {
                statements(&acme).await.unwrap();
            }
            assert_eq!(Cat::query().count(&acme).await.unwrap(), 0);
        }
    }
}

/// Plain SQL that discards what the driver prepared costs the connection, and nobody a statement.
#[tokio::test]
async fn statements_that_were_discarded_are_missed() {
    let fresh = database::postgres(SCHEMA).await;
    let acme = Organization::create(NewOrganization {})
        .execute(&fresh)
        .await
        .unwrap();
    for discard in ["DISCARD ALL", "DEALLOCATE ALL"] {
        warm_up(&fresh, &acme).await;
        for _ in 0..6 {
            database::run(&fresh, discard).await.unwrap();
            tenancy::enter!(mut acme = acme.clone());
            for _ in 0..5 {
                let tx = acme.begin().await.unwrap();
                statements(&tx).await.unwrap();
                tx.rollback().await.unwrap();
                statements(&acme).await.unwrap();
            }
        }
        // One that was not used for anything of the kind stays.
        warm_up(&fresh, &acme).await;
        let asked = |db: Db<Postgres>| async move {
            let mut connection = db.acquire().await.unwrap();
            let pid = sqlx::query_scalar::<_, i32>("SELECT pg_backend_pid()");
            pid.fetch_one(&mut *connection).await.unwrap()
        };
        let one = Db::<Postgres>::connect_lazy_with(
            PoolOptions::new().max_connections(1),
            fresh.connect_options().clone(),
        );
        assert_eq!(asked(one.clone()).await, asked(one).await);
    }
}

/// Behind a pooler nothing is prepared, and so nothing is missed.
#[tokio::test]
async fn a_pooler_has_nothing_to_discard() {
    let fresh = database::postgres(SCHEMA).await;
    let acme = Organization::create(NewOrganization {})
        .execute(&fresh)
        .await
        .unwrap();
    let pooled = tenancy_tests::pooler::to(fresh.connect_options()).await;
    for _ in 0..6 {
        for discard in ["DISCARD ALL", "DEALLOCATE ALL"] {
            database::run(&pooled, discard).await.unwrap();
            tenancy::enter!(acme = over(&pooled, &acme));
            statements(&acme).await.unwrap();
        }
    }
}

/// What is written once more is written once.
#[tokio::test]
async fn a_statement_has_its_effect_once() {
    let fresh = database::postgres(SCHEMA).await;
    let outside = Db::<Postgres>::connect_with(PoolOptions::new(), fresh.connect_options().clone());
    let outside = outside.await.unwrap();
    let acme = Organization::create(NewOrganization {})
        .execute(&fresh)
        .await
        .unwrap();
    warm_up(&fresh, &acme).await;
    tenancy::enter!(acme = acme);
    for (turn, change) in [ANEW, TYPES[0], ANEW].into_iter().enumerate() {
        database::run(&outside, change).await.unwrap();
        Cat::create(cat("a")).fetch_one(&acme).await.unwrap();
        Cat::create_many([cat("b"), cat("c")])
            .execute(&acme)
            .await
            .unwrap();
        let all = Cat::query().count(&acme).await.unwrap();
        assert_eq!(all, 3 * (turn as u64 + 1));
    }
}

/// A transaction is lost, and says that trying again helps, which it does.
#[tokio::test]
async fn a_transaction_is_tried_again() {
    let fresh = database::postgres(SCHEMA).await;
    let outside = Db::<Postgres>::connect_with(PoolOptions::new(), fresh.connect_options().clone());
    let outside = outside.await.unwrap();
    let acme = Organization::create(NewOrganization {})
        .execute(&fresh)
        .await
        .unwrap();
    for change in [TYPES[0], ANEW] {
        warm_up(&fresh, &acme).await;
        database::run(&outside, change).await.unwrap();
        tenancy::enter!(mut acme = acme.clone());
        let mut lost = 0;
        loop {
            let tx = acme.begin().await.unwrap();
            match statements(&tx).await {
                Ok(()) => break tx.commit().await.unwrap(),
                Err(error) => {
                    assert!(matches!(error, Error::Busy(_)), "{error:?}");
                    lost += 1;
                }
            }
        }
        // The other connections are as old, and were closed, too.
        assert_eq!(lost, 1, "{change}");
    }
}
