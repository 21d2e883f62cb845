//! A tenant whose storage is not there is that tenant's trouble, and nobody else's.

use std::error::Error as _;
use std::time::Duration;

use sqlx::Postgres;
use tenancy::databases::NoDatabase;
use tenancy::schema::NoSchema;
use tenancy::{Db, DbOf, Error, PoolOptions, Root as _, TenantScoped as _, VerifiedTenant};
use tenancy_tests::database::{self, postgres_options};
use uuid::Uuid;

/// A port on which nobody listens.
fn closed_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[tokio::test]
async fn a_database_that_cannot_be_reached() {
    use tenancy_tests::postgres_databases::{self, NewNote, Note, Organization};

    const HEALTHY: Uuid = Uuid::from_u128(0x801);
    const DOWN: Uuid = Uuid::from_u128(2);
    const SHUT: Uuid = Uuid::from_u128(3);
    const GONE: Uuid = Uuid::from_u128(4);
    let fresh = postgres_databases::database().await;
    let (_, healthy) = fresh.outside().own.first().unwrap().clone();
    let pool = PoolOptions::new().acquire_timeout(Duration::from_millis(500));
    let options = fresh.connect_options().clone();
    let db = Db::<Postgres>::connect_with(pool, options).await.unwrap();
    let port = closed_port();
    let at = healthy.clone();
    let db: DbOf<Organization> = db.with_databases(move |id| {
        std::future::ready(Ok(match id {
            DOWN => at.clone().port(port),
            SHUT => at.clone().password("wrong"),
            GONE => at.clone().database("there_is_none"),
            _ => at.clone(),
        }))
    });
    // Their rows have the mark that the healthy database has.
    let rows = "INSERT INTO organizations (id, name, tenancy_mark)
        SELECT ('00000000-0000-0000-0000-000000000' || id)::uuid, '', '00000000-0000-0000-0000-000000000000'
        FROM unnest(ARRAY['801', '002', '003', '004']) AS id";
    database::run(&fresh, rows).await.unwrap();
    let assumed = |id| VerifiedTenant::<Organization>::assume_verified(&db, id, "a test");
    for (id, code) in [(DOWN, None), (SHUT, Some("28P01")), (GONE, Some("3D000"))] {
        tenancy::enter!(mut tenant = assumed(id));
        let errors = [
            Note::query().count(&tenant).await.unwrap_err(),
            tenant.begin().await.unwrap_err(),
            assumed(id).acquire_own().await.unwrap_err(),
        ];
        for error in errors {
            assert!(error.is_unavailable());
            let told = match &error {
                Error::NoDatabase(NoDatabase::Unreachable(told)) if id != GONE => told,
                Error::NoDatabase(NoDatabase::Absent(told)) if id == GONE => told,
                error => panic!("{error:?}"),
            };
            assert_eq!(told.code(), code);
            // Which it is, is for the operator.
            assert_eq!(error.to_string(), "the tenant has no database");
            assert!(error.source().unwrap().source().is_some());
        }
        // Nobody else is affected.
        tenancy::enter!(healthy = assumed(HEALTHY));
        Note::query().count(&healthy).await.unwrap();
        Organization::query().count(&tenant).await.unwrap();
    }

    // What ends in the middle.
    tenancy::enter!(mut tenant = assumed(HEALTHY));
    let tx = tenant.begin().await.unwrap();
    let note = NewNote {
        body: "a".into(),
        priority: None,
    };
    Note::create(note).execute(&tx).await.unwrap();
    let name = healthy.get_database().unwrap();
    let end = format!(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'"
    );
    let server = Db::<Postgres>::connect_with(PoolOptions::new(), postgres_options());
    database::run(&server.await.unwrap(), &end).await.unwrap();
    let error = tx.commit().await.unwrap_err();
    assert!(
        matches!(error, Error::NoDatabase(NoDatabase::Unreachable(_))),
        "{error:?}"
    );
    let left = Note::query().count(&tenant).await;
    assert_eq!(left.unwrap(), 0);
}

/// The one that all share is nobody's in particular.
#[tokio::test]
async fn a_shared_database_that_cannot_be_reached() {
    use tenancy_tests::postgres::{self, Organization, User};

    let fresh = postgres::database().await;
    let options = fresh.connect_options().clone();
    let pool = || PoolOptions::new().acquire_timeout(Duration::from_millis(300));
    for options in [
        options.clone().port(closed_port()),
        options.clone().password("wrong"),
        options.clone().database("there_is_none"),
    ] {
        let db = Db::<Postgres>::connect_lazy_with(pool(), options.clone());
        let verified = Organization::verify(&db, Uuid::nil()).await.unwrap_err();
        let connected = Db::<Postgres>::connect_with(pool(), options)
            .await
            .unwrap_err();
        let acquired = db.acquire().await.unwrap_err();
        let acme = VerifiedTenant::<Organization>::assume_verified(&db, Uuid::nil(), "a test");
        tenancy::enter!(mut acme = acme);
        let begun = acme.begin().await.unwrap_err();
        let read = User::query().count(&acme).await.unwrap_err();
        for error in [verified, connected, acquired, begun, read] {
            assert!(matches!(error, Error::Unreachable(_)), "{error:?}");
            assert!(error.is_unavailable());
        }
    }
}

#[tokio::test]
async fn a_schema_that_is_not_there() {
    use tenancy_tests::schemas::{self, NewNote, NewOrganization, Note, Organization, User};

    let db = schemas::database().await;
    let create = Organization::create(NewOrganization { name: "a".into() });
    let acme = create.execute(&db).await.unwrap();
    let absent = |error: Error| {
        assert!(error.is_unavailable());
        assert_eq!(error.to_string(), "the tenant has no schema");
        let Error::NoSchema(NoSchema::Absent(told)) = &error else {
            panic!("{error:?}");
        };
        assert_eq!(told.code(), Some("42P01"));
    };
    let note = || NewNote {
        body: "a".into(),
        priority: None,
    };
    {
        tenancy::enter!(mut acme = acme.clone());
        absent(Note::query().count(&acme).await.unwrap_err());
        absent(Note::create(note()).execute(&acme).await.unwrap_err());
        let update = Note::update_where(|n| n.body.eq("a")).set(|n| n.body.to("b"));
        absent(update.fetch_all(&acme).await.unwrap_err());
        let tx = acme.begin().await.unwrap();
        absent(Note::create(note()).fetch_one(&tx).await.unwrap_err());
    }
    // A table that is missing is missing for this tenant, too.
    acme.create_schema(
        "CREATE TABLE notes (id bigserial PRIMARY KEY, body text NOT NULL, priority bigint)",
    )
    .await
    .unwrap();
    tenancy::enter!(acme = acme);
    Note::create(note()).execute(&acme).await.unwrap();
    absent(User::query().count(&acme).await.unwrap_err());
}
