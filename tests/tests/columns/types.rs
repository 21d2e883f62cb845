//! Types of columns: what goes in comes out, and can be compared, on both databases.

use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::types::time::{Date, OffsetDateTime, PrimitiveDateTime};
use tenancy::Root as _;
use tenancy_tests::database;

/// What a JSON column holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Settings {
    theme: String,
    tags: Vec<String>,
}

/// A newtype that is no id, through sqlx's own derive.
#[derive(Clone, Copy, Debug, PartialEq, sqlx::Type)]
#[sqlx(transparent)]
struct Cents(i64);

macro_rules! every_type {
    ($name:ident, $database:ty, $open:path, $schema:expr) => {
        mod $name {
            use super::*;
            use tenancy::{TenantRoot, TenantScoped};
            use uuid::Uuid;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $database)]
            pub(super) struct Organization {
                id: Uuid,
            }

            #[derive(Clone, Copy, Debug, PartialEq, sqlx::Type)]
            #[sqlx(type_name = "colour", rename_all = "lowercase")]
            enum Colour {
                Red,
                Green,
            }

            /// A newtype as a key.
            #[derive(Clone, Copy, Debug, PartialEq, Eq, tenancy::Id)]
            pub(super) struct SampleId(Uuid);

            #[derive(Clone, Debug, PartialEq, TenantScoped)]
            #[tenancy(root = Organization)]
            pub(super) struct Sample {
                #[tenancy(random)]
                id: SampleId,
                flag: bool,
                small: i32,
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
                #[tenancy(generated)]
                shouted: Option<String>,
            }

            #[tokio::test]
            async fn what_goes_in_comes_out() {
                let db = $open($schema).await;
                let verified = Organization::create(NewOrganization {})
                    .execute(&db)
                    .await
                    .expect("a tenant");
                tenancy::enter!(tenant = verified);

                let instant = OffsetDateTime::from_unix_timestamp(1_700_000_000).expect("a time");
                let local = PrimitiveDateTime::new(instant.date(), instant.time());
                let settings = Settings {
                    theme: "dark \"'".into(),
                    tags: vec!["ä".into(), String::new()],
                };
                let created = Sample::create(NewSample {
                    flag: true,
                    small: i32::MIN,
                    large: i64::MAX,
                    ratio: 0.1,
                    text: "Ünï 'quoted' \"text\" \u{1f980}".into(),
                    bytes: vec![0, 255, 1],
                    colour: Colour::Green,
                    price: Cents(1999),
                    settings: Json(settings.clone()),
                    instant,
                    local,
                    day: instant.date(),
                    maybe_colour: None,
                    maybe_settings: None,
                    maybe_instant: Some(instant),
                })
                .fetch_one(&tenant)
                .await
                .expect("a new row");
                assert_eq!(created.small, i32::MIN);
                assert_eq!(created.ratio, 0.1);
                assert_eq!(created.bytes, [0, 255, 1]);
                assert_eq!(created.settings.0, settings);
                assert_eq!(created.instant, instant);
                assert_eq!(created.shouted.as_deref(), Some("small"));

                let found = Sample::query()
                    .filter(|s| {
                        s.id.eq(created.id)
                            & s.flag.eq(true)
                            & s.small.lt(0)
                            & s.large.eq(i64::MAX)
                            & s.ratio.between(0.0, 0.2)
                            & s.text.contains("'quoted'")
                            & s.bytes.eq(vec![0, 255, 1])
                            & s.colour.eq(Colour::Green)
                            & s.price.ge(Cents(1999))
                    })
                    .filter(|s| {
                        s.instant.eq(instant)
                            & s.local.le(local)
                            & s.day.eq(local.date())
                            & s.maybe_colour.is_null()
                            & s.maybe_instant.eq(instant)
                            & s.colour.in_([Colour::Red, Colour::Green])
                    })
                    .fetch_one(&tenant)
                    .await
                    .expect("the row");
                assert_eq!(found, created);

                let updated = Sample::update(&found)
                    .set(|s| {
                        (
                            s.maybe_colour.to(Some(Colour::Red)),
                            s.maybe_settings.to(Json(settings.clone())),
                            s.maybe_instant.to_null(),
                            s.small.to(s.small.plus(1)),
                        )
                    })
                    .fetch_one(&tenant)
                    .await
                    .expect("the row");
                assert_eq!(updated.maybe_colour, Some(Colour::Red));
                assert_eq!(
                    updated.maybe_settings.as_ref().map(|json| &json.0),
                    Some(&settings)
                );
                assert_eq!(updated.maybe_instant, None);
                assert_eq!(updated.small, i32::MIN + 1);
                assert_eq!(
                    Sample::query()
                        .filter(|s| s.colour.eq(Colour::Red))
                        .count(&tenant)
                        .await
                        .ok(),
                    Some(0)
                );
            }
        }
    };
}

every_type!(
    sqlite,
    sqlx::Sqlite,
    database::sqlite,
    "CREATE TABLE organizations (id BLOB PRIMARY KEY NOT NULL);
     CREATE TABLE samples (
        tenant_id BLOB NOT NULL, id BLOB NOT NULL, flag BOOLEAN NOT NULL, small INTEGER NOT NULL,
        large BIGINT NOT NULL, ratio DOUBLE NOT NULL, text TEXT NOT NULL, bytes BLOB NOT NULL,
        colour TEXT NOT NULL, price BIGINT NOT NULL, settings TEXT NOT NULL,
        instant DATETIME NOT NULL, local DATETIME NOT NULL, day DATE NOT NULL,
        maybe_colour TEXT, maybe_settings TEXT, maybe_instant DATETIME,
        shouted TEXT DEFAULT 'small', PRIMARY KEY (tenant_id, id))"
);

every_type!(
    postgres,
    sqlx::Postgres,
    database::postgres,
    "CREATE TYPE colour AS ENUM ('red', 'green');
     CREATE TABLE organizations (id uuid PRIMARY KEY);
     CREATE TABLE samples (
        tenant_id uuid NOT NULL, id uuid NOT NULL, flag boolean NOT NULL, small integer NOT NULL,
        large bigint NOT NULL, ratio double precision NOT NULL, text text NOT NULL,
        bytes bytea NOT NULL, colour colour NOT NULL, price bigint NOT NULL,
        settings jsonb NOT NULL, instant timestamptz NOT NULL, local timestamp NOT NULL,
        day date NOT NULL, maybe_colour colour, maybe_settings jsonb, maybe_instant timestamptz,
        shouted text DEFAULT 'small', PRIMARY KEY (tenant_id, id))"
);
