//! Guarded columns of every type: a value that was selected by a rule is still of its type.

use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::types::time::{Date, OffsetDateTime, PrimitiveDateTime};
use tenancy::{Masked, Root as _};

/// What a JSON column holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Settings {
    theme: String,
}

/// A newtype that is no id, through sqlx's own derive.
#[derive(Clone, Copy, Debug, PartialEq, sqlx::Type)]
#[sqlx(transparent)]
struct Cents(i64);

macro_rules! every_type {
    ($name:ident, $database:ty, $schema:expr) => {
        mod $name {
            use super::*;
            use tenancy::{TenantRoot, TenantScoped};
            use uuid::Uuid;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $database)]
            struct Organization {
                id: Uuid,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            struct User {
                id: Uuid,
            }

            #[derive(Clone, Copy, Debug, PartialEq, sqlx::Type)]
            #[sqlx(type_name = "colour", rename_all = "lowercase")]
            enum Colour {
                Red,
                Green,
            }

            #[derive(Clone, Debug, PartialEq, TenantScoped)]
            #[tenancy(root = Organization, policies)]
            struct Sample {
                #[tenancy(given)]
                id: i64,
                #[tenancy(belongs_to = User)]
                user_id: Uuid,
                #[tenancy(guarded)]
                flag: Masked<bool>,
                #[tenancy(guarded)]
                small: Masked<i32>,
                #[tenancy(guarded)]
                large: Masked<i64>,
                #[tenancy(guarded)]
                ratio: Masked<f64>,
                #[tenancy(guarded)]
                text: Masked<String>,
                between: i64,
                #[tenancy(guarded)]
                bytes: Masked<Vec<u8>>,
                #[tenancy(guarded)]
                other: tenancy::Masked<Uuid>,
                #[tenancy(guarded)]
                colour: Masked<Colour>,
                #[tenancy(guarded)]
                price: Masked<Cents>,
                #[tenancy(guarded)]
                settings: Masked<Json<Settings>>,
                #[tenancy(guarded)]
                instant: Masked<OffsetDateTime>,
                #[tenancy(guarded)]
                local: Masked<PrimitiveDateTime>,
                #[tenancy(guarded)]
                day: Masked<Date>,
                #[tenancy(guarded)]
                maybe_colour: Masked<Option<Colour>>,
                #[tenancy(guarded)]
                maybe_settings: Masked<std::option::Option<Json<Settings>>>,
                #[tenancy(guarded)]
                maybe_instant: Masked<Option<OffsetDateTime>>,
            }

            tenancy::policies! {
                Sample, actor: User {
                    create { authorize_if always; }
                    read { authorize_if always; }
                    update { authorize_if always; }
                    field(flag, small, large, ratio, text, bytes, other, colour, price, settings) {
                        authorize_if user_id == actor;
                    }
                    field(instant, local, day, maybe_colour, maybe_settings, maybe_instant) {
                        authorize_if user_id == actor && flag;
                    }
                }
            }

            #[tokio::test]
            async fn what_is_visible_is_of_its_type() {
                let db = tenancy_tests::database::$name($schema).await;
                let new = Organization::create(NewOrganization {}).execute(&db).await;
                tenancy::enter!(acme = new.unwrap());
                let ann = User::create(NewUser {}).fetch_one(&acme).await.unwrap();
                let bob = User::create(NewUser {}).fetch_one(&acme).await.unwrap();
                let acme = acme.acting_as(ann.clone());
                let instant = OffsetDateTime::from_unix_timestamp(1_700_000_000).unwrap();
                let local = PrimitiveDateTime::new(instant.date(), instant.time());
                let settings = || {
                    Json(Settings {
                        theme: "dark \"'".into(),
                    })
                };
                let new = |id, user, flag| NewSample {
                    id,
                    user_id: user,
                    flag,
                    small: i32::MIN,
                    large: i64::MAX,
                    ratio: 2.0,
                    text: "Ünï 'quoted'".into(),
                    between: 3,
                    bytes: vec![0, 255, 1],
                    other: Uuid::nil(),
                    colour: Colour::Green,
                    price: Cents(1999),
                    settings: settings(),
                    instant,
                    local,
                    day: instant.date(),
                    maybe_colour: Some(Colour::Red),
                    maybe_settings: None,
                    maybe_instant: Some(instant),
                };
                let mine = Sample::create(new(1, (&ann).into(), true));
                let mine = mine.fetch_one(&acme).await.unwrap();
                let half = Sample::create(new(2, (&ann).into(), false));
                let half = half.fetch_one(&acme).await.unwrap();
                let hidden = Sample::create(new(3, (&bob).into(), true));
                let hidden = hidden.fetch_one(&acme).await.unwrap();
                let expected = Sample {
                    id: 1,
                    user_id: ann.id,
                    flag: Masked::Visible(true),
                    small: Masked::Visible(i32::MIN),
                    large: Masked::Visible(i64::MAX),
                    ratio: Masked::Visible(2.0),
                    text: Masked::Visible("Ünï 'quoted'".into()),
                    between: 3,
                    bytes: Masked::Visible(vec![0, 255, 1]),
                    other: Masked::Visible(Uuid::nil()),
                    colour: Masked::Visible(Colour::Green),
                    price: Masked::Visible(Cents(1999)),
                    settings: Masked::Visible(settings()),
                    instant: Masked::Visible(instant),
                    local: Masked::Visible(local),
                    day: Masked::Visible(instant.date()),
                    maybe_colour: Masked::Visible(Some(Colour::Red)),
                    maybe_settings: Masked::Visible(None),
                    maybe_instant: Masked::Visible(Some(instant)),
                };
                assert_eq!(*mine, expected);
                let expected_half = Sample {
                    id: 2,
                    flag: Masked::Visible(false),
                    instant: Masked::Hidden,
                    local: Masked::Hidden,
                    day: Masked::Hidden,
                    maybe_colour: Masked::Hidden,
                    maybe_settings: Masked::Hidden,
                    maybe_instant: Masked::Hidden,
                    ..expected
                };
                assert_eq!(*half, expected_half);
                let expected_hidden = Sample {
                    id: 3,
                    user_id: bob.id,
                    flag: Masked::Hidden,
                    small: Masked::Hidden,
                    large: Masked::Hidden,
                    ratio: Masked::Hidden,
                    text: Masked::Hidden,
                    bytes: Masked::Hidden,
                    other: Masked::Hidden,
                    colour: Masked::Hidden,
                    price: Masked::Hidden,
                    settings: Masked::Hidden,
                    ..expected_half
                };
                assert_eq!(*hidden, expected_hidden);
                let rows = Sample::query().order_by(|s| s.id.asc());
                let rows = rows.fetch_all(&acme).await.unwrap();
                assert_eq!(rows, [mine, half, hidden]);

                let found = Sample::query()
                    .filter(|s| {
                        s.flag.eq(true)
                            & s.small.lt(0)
                            & s.large.eq(i64::MAX)
                            & s.ratio.between(1.5, 2.5)
                            & s.ratio.eq(2.0)
                            & s.text.contains("'quoted'")
                            & s.bytes.eq(vec![0, 255, 1])
                            & s.other.eq(Uuid::nil())
                            & s.colour.eq(Colour::Green)
                            & s.price.ge(Cents(1999))
                    })
                    .filter(|s| {
                        s.instant.eq(instant)
                            & s.local.le(local)
                            & s.day.eq(local.date())
                            & s.maybe_colour.eq(Colour::Red)
                            & s.maybe_settings.is_null()
                            & s.maybe_instant.eq(instant)
                            & s.colour.in_([Colour::Red, Colour::Green])
                    });
                let found = found.order_by(|s| (s.colour.asc(), s.day.desc(), s.text.asc()));
                let found = found.fetch_all(&acme).await.unwrap();
                assert_eq!(found, rows[..1]);
                let updated = Sample::update(&found[0]).set(|s| {
                    (
                        s.maybe_settings.to(settings()),
                        s.maybe_instant.to_null(),
                        s.ratio.to(0.5),
                    )
                });
                let updated = updated.fetch_one(&acme).await.unwrap();
                assert_eq!(updated.maybe_settings, Masked::Visible(Some(settings())));
                assert_eq!(updated.maybe_instant, Masked::Visible(None));
                assert_eq!(updated.ratio, Masked::Visible(0.5));
            }
        }
    };
}

every_type!(
    sqlite,
    sqlx::Sqlite,
    "CREATE TABLE organizations (id BLOB PRIMARY KEY NOT NULL);
     CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE samples (
        tenant_id BLOB NOT NULL, id INTEGER NOT NULL, user_id BLOB NOT NULL, flag BOOLEAN NOT NULL,
        small INTEGER NOT NULL, large BIGINT NOT NULL, ratio DOUBLE NOT NULL, text TEXT NOT NULL,
        \"between\" INTEGER NOT NULL, bytes BLOB NOT NULL, other BLOB NOT NULL, colour TEXT NOT NULL,
        price BIGINT NOT NULL, settings TEXT NOT NULL, instant DATETIME NOT NULL,
        local DATETIME NOT NULL, day DATE NOT NULL, maybe_colour TEXT, maybe_settings TEXT,
        maybe_instant DATETIME, PRIMARY KEY (tenant_id, id))"
);
every_type!(
    postgres,
    sqlx::Postgres,
    "CREATE TYPE colour AS ENUM ('red', 'green');
     CREATE TABLE organizations (id uuid PRIMARY KEY);
     CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE samples (
        tenant_id uuid NOT NULL, id bigint NOT NULL, user_id uuid NOT NULL, flag boolean NOT NULL,
        small integer NOT NULL, large bigint NOT NULL, ratio double precision NOT NULL,
        text text NOT NULL, \"between\" bigint NOT NULL, bytes bytea NOT NULL, other uuid NOT NULL,
        colour colour NOT NULL, price bigint NOT NULL, settings jsonb NOT NULL,
        instant timestamptz NOT NULL, local timestamp NOT NULL, day date NOT NULL,
        maybe_colour colour, maybe_settings jsonb, maybe_instant timestamptz,
        PRIMARY KEY (tenant_id, id))"
);
