//! The statements of the library on tables that were made of the models.

use sqlx::types::Json;
use tenancy::ddl::Tables;
use tenancy::{Error, Ref, Root as _};
use tenancy_tests::database;
use time::{Date, OffsetDateTime, PrimitiveDateTime};

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct Settings {
    theme: String,
}

#[derive(Clone, Copy, Debug, PartialEq, sqlx::Type)]
#[sqlx(transparent)]
struct Cents(i64);

macro_rules! live {
    ($name:ident, $database:ty, $open:path, $tables:expr) => {
        mod $name {
            use super::*;
            use tenancy::{TenantRoot, TenantScoped};
            use uuid::Uuid;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $database)]
            pub(super) struct Organization {
                id: i32,
                #[tenancy(unique)]
                subdomain: String,
                #[tenancy(active, default)]
                active: bool,
            }

            #[derive(Clone, Copy, Debug, PartialEq, sqlx::Type)]
            #[sqlx(type_name = "colour", rename_all = "lowercase")]
            enum Colour {
                Red,
                Green,
            }

            #[derive(Clone, Copy, Debug, PartialEq, Eq, tenancy::Id)]
            pub(super) struct SampleId(Uuid);

            #[derive(Clone, Debug, PartialEq, TenantScoped)]
            #[tenancy(root = Organization)]
            pub(super) struct Sample {
                #[tenancy(random)]
                id: SampleId,
                flag: bool,
                small: i32,
                #[tenancy(unique)]
                large: i64,
                ratio: f64,
                text: String,
                bytes: Vec<u8>,
                colour: Colour,
                price: Cents,
                settings: Json<Settings>,
                instant: OffsetDateTime,
                local: PrimitiveDateTime,
                day: Date,
                maybe_colour: Option<Colour>,
                maybe_settings: Option<Json<Settings>>,
                maybe_instant: Option<OffsetDateTime>,
                #[tenancy(default)]
                since: OffsetDateTime,
                #[tenancy(default = "'small'")]
                size: String,
                #[tenancy(generated)]
                shouted: Option<String>,
                #[tenancy(version)]
                version: i64,
            }

            /// A key that the database makes, and references of every kind.
            #[derive(Clone, Debug, PartialEq, TenantScoped)]
            #[tenancy(root = Organization, unique(sample_id, label))]
            pub(super) struct Note {
                id: i64,
                #[tenancy(belongs_to = Sample)]
                sample_id: SampleId,
                #[tenancy(belongs_to = Note)]
                parent_id: Option<i64>,
                #[tenancy(belongs_to = Plan)]
                plan: Option<String>,
                label: String,
            }

            #[derive(Clone, Debug, PartialEq, TenantScoped)]
            #[tenancy(root = Organization, global = true, key = name)]
            pub(super) struct Plan {
                name: String,
                price: i64,
            }

            fn sample(large: i64) -> NewSample {
                let instant = OffsetDateTime::from_unix_timestamp(1_700_000_000).expect("a time");
                NewSample {
                    flag: true,
                    small: i32::MIN,
                    large,
                    ratio: 0.1,
                    text: "'quoted'".into(),
                    bytes: vec![0, 255, 1],
                    colour: Colour::Green,
                    price: Cents(1999),
                    settings: Json(Settings {
                        theme: "dark".into(),
                    }),
                    instant,
                    local: PrimitiveDateTime::new(instant.date(), instant.time()),
                    day: instant.date(),
                    maybe_colour: None,
                    maybe_settings: None,
                    maybe_instant: Some(instant),
                }
            }

            #[tokio::test]
            async fn every_statement_works_on_them() {
                let db = $open("").await;
                database::run(&db, &$tables.sql())
                    .await
                    .expect("the tables");
                let mut tenants = Vec::new();
                for subdomain in ["acme", "globex"] {
                    let new = NewOrganization {
                        subdomain: subdomain.into(),
                    };
                    tenants.push(
                        Organization::create(new)
                            .execute(&db)
                            .await
                            .expect("a tenant"),
                    );
                }
                let again = NewOrganization {
                    subdomain: "acme".into(),
                };
                let again = Organization::create(again).execute(&db).await;
                assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");

                let [acme, globex] = [tenants[0].clone(), tenants[1].clone()];
                Organization::verify(&db, *acme.id())
                    .await
                    .expect("active by default");
                tenancy::enter!(acme = acme);
                let created = Sample::create(sample(i64::MAX))
                    .fetch_one(&acme)
                    .await
                    .expect("a row");
                assert_eq!(created.size, "small");
                assert_eq!(created.maybe_instant, Some(created.instant));
                let found = Sample::query()
                    .filter(|s| {
                        s.colour.eq(Colour::Green)
                            & s.price.ge(Cents(1999))
                            & s.bytes.eq(vec![0, 255, 1])
                            & s.day.eq(created.day)
                            & s.since.ge(created.instant)
                    })
                    .fetch_one(&acme)
                    .await
                    .expect("the row");
                assert_eq!(found, created);
                let updated = Sample::update(&found)
                    .set(|s| (s.maybe_colour.to(Some(Colour::Red)), s.ratio.to(0.5)))
                    .fetch_one(&acme)
                    .await
                    .expect("the row");
                assert_eq!(updated.maybe_colour, Some(Colour::Red));

                let twice = Sample::create(sample(i64::MAX)).execute(&acme).await;
                assert!(matches!(twice, Err(Error::Conflict(_))), "{twice:?}");
                let upserted = Sample::upsert(NewSample {
                    small: 7,
                    ..sample(i64::MAX)
                })
                .on(|s| s.large)
                .fetch_one(&acme)
                .await
                .expect("the row");
                assert_eq!((upserted.small, upserted.version), (7, updated.version + 1));

                let note = Note::create(NewNote {
                    sample_id: (&created).into(),
                    parent_id: None,
                    plan: None,
                    label: "first".into(),
                });
                let note = note.fetch_one(&acme).await.expect("a note");
                let child = Note::create(NewNote {
                    sample_id: Ref::by_id(created.id),
                    parent_id: Some((&note).into()),
                    plan: None,
                    label: "second".into(),
                });
                let child = child.fetch_one(&acme).await.expect("a note");
                let error = Note::destroy(&note)
                    .execute(&acme)
                    .await
                    .expect_err("a parent");
                assert!(matches!(error, Error::StillReferenced), "{error:?}");
                Note::destroy(&child)
                    .execute(&acme)
                    .await
                    .expect("no parent");
                Note::destroy(&note)
                    .execute(&acme)
                    .await
                    .expect("no parent any more");

                // What is unique is so for each tenant, and a foreign key does not leave its tenant even
                // where no statement of the library is in between.
                tenancy::enter!(globex = globex);
                let other = Sample::create(sample(i64::MAX))
                    .fetch_one(&globex)
                    .await
                    .expect("a row");
                let into_acme = "INSERT INTO notes (tenant_id, sample_id, label)
                    SELECT 1, id, 'x' FROM samples WHERE tenant_id = 2";
                let refused = database::run(&db, into_acme)
                    .await
                    .expect_err("another tenant's");
                assert!(matches!(refused, Error::InvalidReference), "{refused:?}");
                let no_plan = "INSERT INTO notes (tenant_id, sample_id, label, plan)
                    SELECT 2, id, 'x', 'gold' FROM samples WHERE tenant_id = 2";
                let refused = database::run(&db, no_plan).await.expect_err("no such plan");
                assert!(matches!(refused, Error::InvalidReference), "{refused:?}");
                database::run(&db, "INSERT INTO plans VALUES ('gold', 10)")
                    .await
                    .expect("a plan");
                database::run(&db, no_plan).await.expect("a note");
                let notes = Note::query().fetch_all(&globex).await.expect("notes");
                assert_eq!(notes.len(), 1);
                assert_eq!(
                    (notes[0].sample_id, notes[0].plan.as_deref()),
                    (other.id, Some("gold"))
                );
                assert_eq!(Note::query().count(&acme).await.ok(), Some(0));
            }
        }
    };
}

live!(
    sqlite,
    sqlx::Sqlite,
    database::sqlite,
    Tables::<Organization>::new()
        .with::<Note>()
        .with::<Sample>()
        .with::<Plan>()
);
live!(
    postgres,
    sqlx::Postgres,
    database::postgres,
    Tables::<Organization>::new()
        .with::<Note>()
        .with::<Sample>()
        .with::<Plan>()
        .with_enum("colour", ["red", "green"])
        .expect("the name of a type")
);

/// sqlx reads the name of a type as PostgreSQL does: without quotes, capitals are small letters (L37).
#[tokio::test]
async fn an_enum_is_called_as_sqlx_calls_it() {
    use tenancy::{TenantRoot, TenantScoped};
    use uuid::Uuid;

    #[derive(Debug, TenantRoot)]
    #[tenancy(database = sqlx::Postgres)]
    struct Organization {
        id: Uuid,
    }

    #[derive(Clone, Copy, Debug, PartialEq, sqlx::Type)]
    #[sqlx(type_name = "OtherEnum")]
    enum Other {
        One,
    }

    #[derive(Clone, Copy, Debug, PartialEq, sqlx::Type)]
    #[sqlx(type_name = "\"Quoted\"")]
    enum Quoted {
        Two,
    }

    #[derive(Debug, TenantScoped)]
    #[tenancy(root = Organization)]
    struct Label {
        id: Uuid,
        other: Other,
        quoted: Option<Quoted>,
    }

    let tables = Tables::<Organization>::new()
        .with::<Label>()
        .with_enum("OtherEnum", ["One"])
        .and_then(|tables| tables.with_enum("Quoted", ["Two"]))
        .expect("names of types");
    let db = database::postgres("").await;
    database::run(&db, &tables.sql()).await.expect("the tables");
    let acme = Organization::create(NewOrganization {}).execute(&db).await;
    tenancy::enter!(acme = acme.expect("a tenant"));
    let new = NewLabel {
        other: Other::One,
        quoted: Some(Quoted::Two),
    };
    let label = Label::create(new).fetch_one(&acme).await.expect("a row");
    assert_eq!((label.other, label.quoted), (Other::One, Some(Quoted::Two)));
    let report = tenancy::doctor::examine(&tables, &db)
        .await
        .expect("a report");
    assert!(report.is_healthy(), "{report}");
}
