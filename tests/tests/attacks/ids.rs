//! Ids of tenants that are odd, with row-level security.

use sqlx::AssertSqlSafe;
use tenancy::{Db, DbOf, Error, PoolOptions, Root as _, TenantRoot, TenantScoped, VerifiedTenant};
use tenancy_tests::database;
use uuid::Uuid;

use crate::secured::{key, raw};

#[derive(Debug, TenantRoot)]
#[tenancy(database = sqlx::Postgres, rls)]
struct Place {
    #[tenancy(given)]
    id: String,
    name: String,
}

#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Place)]
struct Thing {
    id: Uuid,
    name: String,
}

const TABLES: &str = r"
    CREATE TABLE places (id text PRIMARY KEY, name text NOT NULL);
    CREATE TABLE things (
        tenant_id text NOT NULL REFERENCES places (id) DEFERRABLE INITIALLY DEFERRED, id uuid NOT NULL, name text NOT NULL,
        PRIMARY KEY (tenant_id, id)
    );
    ALTER TABLE things ADD CONSTRAINT late UNIQUE (tenant_id, name) DEFERRABLE INITIALLY DEFERRED;
    ALTER TABLE places ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    ALTER TABLE things ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
";

async fn secured(signed: bool) -> DbOf<Place> {
    let fresh = database::postgres(TABLES).await;
    let role = format!("app_{}", Uuid::now_v7().simple());
    let (setup, tenant) = match signed {
        true => (key().setup(), "tenancy.tenant()"),
        false => (
            String::new(),
            "nullif(current_setting('tenancy.tenant', true), '')",
        ),
    };
    let sql = format!(
        "{setup}; CREATE ROLE {role} LOGIN PASSWORD '{role}';
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
        CREATE POLICY one ON places USING (id = {tenant}); CREATE POLICY one ON things USING (tenant_id = {tenant})"
    );
    #[expect(clippy::disallowed_methods, reason = "made of constants")]
    let sql = AssertSqlSafe(sql);
    sqlx::raw_sql(sql)
        .execute(&mut *fresh.acquire().await.unwrap())
        .await
        .unwrap();
    let options = fresh
        .connect_options()
        .clone()
        .username(&role)
        .password(&role);
    let db = Db::connect_with(PoolOptions::new().max_connections(1), options)
        .await
        .unwrap();
    match signed {
        true => db.with_signed_rls(key()).await.unwrap(),
        false => db.with_rls().await.unwrap(),
    }
}

const IDS: [&str; 18] = [
    "a",
    "A",
    " a",
    "a ",
    "a'",
    "a''; SET LOCAL tenancy.tenant TO 'a",
    "a\\",
    "a\\'",
    "$1",
    "a\n",
    "é",
    "e\u{301}",
    "\u{1F980}",
    "'a'",
    "a:b",
    ":",
    "\"a\"",
    "a--",
];

async fn odd_ids_are_told(signed: bool) {
    let db = secured(signed).await;
    let long = "x".repeat(9000);
    for id in IDS.into_iter().chain([&*long, &long[1..]]) {
        let new = NewPlace {
            id: id.into(),
            name: id.into(),
        };
        let tenant = Place::create(new)
            .execute(&db)
            .await
            .unwrap_or_else(|error| panic!("{id:?}: {error:?}"));
        tenancy::enter!(mut tenant = tenant);
        Thing::create(NewThing { name: id.into() })
            .execute(&tenant)
            .await
            .unwrap();
        let transaction = tenant.begin().await.unwrap();
        Thing::create(NewThing { name: "two".into() })
            .execute(&transaction)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
    }
    for id in IDS.into_iter().chain([&*long, &long[1..]]) {
        let tenant = Place::verify(&db, id.into()).await.unwrap();
        tenancy::enter!(tenant = tenant);
        let things = Thing::query()
            .order_by(|t| t.name.asc())
            .fetch_all(&tenant)
            .await
            .unwrap();
        assert_eq!(things.len(), 2, "{id:?}");
        assert!(things.iter().any(|thing| thing.name == id), "{id:?}");
    }
    for id in ["", "\0", "a\0", "b", "a''"] {
        let unknown = Place::verify(&db, id.into()).await;
        assert!(
            matches!(
                unknown,
                Err(Error::TenantUnavailable | Error::InvalidValue(_))
            ),
            "{id:?} {unknown:?}"
        );
        tenancy::enter!(mut tenant = VerifiedTenant::assume_verified(&db, id.into(), "an attack"));
        let things = Thing::query().fetch_all(&tenant).await;
        assert!(
            things.as_ref().map_or(true, Vec::is_empty),
            "{id:?} {things:?}"
        );
        if let Ok(transaction) = tenant.begin().await {
            let things = Thing::query().fetch_all(&transaction).await;
            assert!(
                things.as_ref().map_or(true, Vec::is_empty),
                "{id:?} {things:?}"
            );
        }
        let mut next = db.acquire().await.unwrap();
        let left = "SELECT coalesce(current_setting('tenancy.tenant', true), '') || '|' || count(*) FROM things";
        let left = raw(&mut next, left).await;
        assert_eq!(left.unwrap(), ["|0"], "{id:?}");
    }
}

#[tokio::test]
async fn odd_ids_are_told_as_they_are() {
    odd_ids_are_told(false).await;
}

#[tokio::test]
async fn odd_ids_are_signed_as_they_are() {
    odd_ids_are_told(true).await;
}

#[tokio::test]
async fn what_a_commit_refuses_was_not_written() {
    for signed in [false, true] {
        let db = secured(signed).await;
        let new = NewPlace {
            id: "a".into(),
            name: "a".into(),
        };
        tenancy::enter!(tenant = Place::create(new).execute(&db).await.unwrap());
        let thing = || NewThing { name: "one".into() };
        Thing::create(thing()).execute(&tenant).await.unwrap();
        let again = Thing::create(thing()).execute(&tenant).await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
        let again = Thing::create(thing()).fetch_one(&tenant).await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
        let again = Thing::create_many([thing(), thing()])
            .fetch_all(&tenant)
            .await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
        assert_eq!(Thing::query().count(&tenant).await.unwrap(), 1);
    }
}
