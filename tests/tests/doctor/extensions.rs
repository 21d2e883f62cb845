//! Types of extensions in schemas of tenants.

use sqlx::Postgres;
use tenancy::ddl::Tables;
use tenancy::doctor::Doctor;
use tenancy::{Db, Error, Root as _, TenantRoot, TenantScoped, VerifiedTenant};
use tenancy_tests::database::{self, Fresh};
use uuid::Uuid;

use crate::expect;

#[derive(Debug, TenantRoot)]
#[tenancy(database = Postgres, schemas)]
struct Firm {
    id: Uuid,
}

/// As it is called where it is found by its name.
#[derive(Clone, Debug, sqlx::Type)]
#[sqlx(type_name = "citext")]
struct Email(String);

/// As it is called where it is elsewhere.
#[derive(Clone, Debug, sqlx::Type)]
#[sqlx(type_name = "extensions.citext")]
struct Elsewhere(String);

#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Firm, strategy = schema)]
struct Person {
    id: Uuid,
    #[tenancy(unique)]
    email: Email,
}

#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Firm, strategy = schema)]
struct Guest {
    id: Uuid,
    #[tenancy(unique)]
    email: Elsewhere,
}

/// A database with the extension there, and a tenant.
async fn with_extension(
    schema: &str,
    tables: &Tables<Firm>,
) -> (Fresh<Postgres>, VerifiedTenant<Firm>) {
    let fresh = database::postgres("").await;
    let made = format!(
        "CREATE SCHEMA IF NOT EXISTS {schema}; CREATE EXTENSION citext SCHEMA {schema}; {}",
        tables.sql()
    );
    database::run(&fresh, &made).await.expect("tables");
    let firm = Firm::create(NewFirm {}).execute(&*fresh).await;
    (fresh, firm.expect("a tenant"))
}

#[tokio::test]
async fn one_that_all_share() {
    let tables = Tables::new().with::<Person>();
    let (db, acme) = with_extension("public", &tables).await;
    acme.create_schema(tables.of_schema())
        .await
        .expect("a schema");
    let report = Doctor::new(&tables).examine(&db).await.expect("a report");
    assert!(report.is_healthy(), "{report}");
    tenancy::enter!(acme = acme);
    let new = |email: &str| NewPerson {
        email: Email(email.into()),
    };
    Person::create(new("A@x"))
        .execute(&acme)
        .await
        .expect("one");
    let same = Person::create(new("a@X")).execute(&acme).await;
    assert!(matches!(same, Err(Error::Conflict(_))), "{same:?}");
    let found = Person::query().filter(|person| person.email.eq(Email("a@X".into())));
    assert_eq!(found.count(&acme).await.expect("a number"), 1);
}

/// It is said that it is not there, by its name; and with its schema filters and keys do not agree, unless the path
/// names that, too.
#[tokio::test]
async fn one_that_is_elsewhere() {
    let tables = Tables::new().with::<Person>();
    let (_db, acme) = with_extension("extensions", &tables).await;
    let Err(Error::Database(absent)) = acme.create_schema(tables.of_schema()).await else {
        panic!("there is no such type in public");
    };
    let told = "type \"public.citext\" does not exist";
    assert!(absent.to_string().contains(told), "{absent}");

    let tables = Tables::new().with::<Guest>();
    let (db, acme) = with_extension("extensions", &tables).await;
    acme.create_schema(tables.of_schema())
        .await
        .expect("a schema");
    let report = Doctor::new(&tables).examine(&db).await.expect("a report");
    expect(
        &report,
        &["operator-not-found"],
        "the path has no `extensions`",
    );

    let named = format!(
        "ALTER DATABASE {} SET search_path = public, extensions",
        db.connect_options().get_database().expect("a name")
    );
    database::run(&db, &named).await.expect("a path");
    let db: Db<Postgres> = database::postgres_at(db.connect_options()).await;
    let report = Doctor::new(&tables).examine(&db).await.expect("a report");
    assert!(report.is_healthy(), "{report}");
    let acme = VerifiedTenant::<Firm>::assume_verified(&db, *acme.id(), "the same tenant");
    tenancy::enter!(acme = acme);
    let new = NewGuest {
        email: Elsewhere("A@x".into()),
    };
    Guest::create(new).execute(&acme).await.expect("one");
    let found = Guest::query().filter(|guest| guest.email.eq(Elsewhere("a@X".into())));
    assert_eq!(found.count(&acme).await.expect("a number"), 1);
}
