//! Rows full of canaries, and every kind of error that databases have: none of them says one.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::PgRange;
use tenancy::{Db, DbOf, Error, PoolOptions, Root as _, VerifiedTenant};

use super::{chain, has_the_drivers};

/// In numbers, and in texts.
const NUMBER: i64 = 7_012_345_673;
const TEXT: &str = "kanarie";

fn silent(error: &Error) {
    let said = chain(error);
    for canary in [&NUMBER.to_string(), "7012", TEXT] {
        assert!(!said.contains(canary), "{said}");
    }
    assert!(!has_the_drivers(error), "{said}");
}

/// A value whose code says what it holds, when it is encoded and when it is decoded.
#[derive(Clone, Debug)]
struct Talkative;

macro_rules! talkative {
    ($database:ty) => {
        impl sqlx::Type<$database> for Talkative {
            fn type_info() -> <$database as sqlx::Database>::TypeInfo {
                <String as sqlx::Type<$database>>::type_info()
            }
        }

        impl sqlx::Encode<'_, $database> for Talkative {
            fn encode_by_ref(
                &self,
                _: &mut <$database as sqlx::Database>::ArgumentBuffer,
            ) -> Result<IsNull, BoxDynError> {
                Err(format!("{TEXT} cannot be encoded").into())
            }
        }

        impl<'r> sqlx::Decode<'r, $database> for Talkative {
            fn decode(
                value: <$database as sqlx::Database>::ValueRef<'r>,
            ) -> Result<Self, BoxDynError> {
                let value = <String as sqlx::Decode<'r, $database>>::decode(value)?;
                Err(format!("{value} cannot be decoded").into())
            }
        }
    };
}

talkative!(sqlx::Sqlite);
talkative!(sqlx::Postgres);

macro_rules! models {
    ($database:ty, $($more:tt)*) => {
        use tenancy::{Masked, TenantRoot, TenantScoped};
        use uuid::Uuid;

        #[derive(Debug, TenantRoot)]
        #[tenancy(database = $database)]
        pub(super) struct Organization {
            id: Uuid,
            pub(super) name: String,
        }

        #[derive(Clone, Debug, TenantScoped)]
        #[tenancy(root = Organization)]
        pub(super) struct User {
            id: Uuid,
            pub(super) email: String,
            #[tenancy(default)]
            boss: bool,
        }

        #[derive(Clone, Debug, TenantScoped)]
        #[tenancy(root = Organization, policies)]
        pub(super) struct Contract {
            id: Uuid,
            #[tenancy(belongs_to = User)]
            pub(super) user_id: Uuid,
            #[tenancy(guarded)]
            pub(super) salary: Masked<i64>,
        }

        tenancy::policies! {
            Contract, actor: User {
                create { authorize_if always; }
                read { authorize_if actor.boss; }
                field salary { authorize_if actor.boss; }
            }
        }

        #[derive(Clone, Debug, TenantScoped)]
        #[tenancy(root = Organization)]
        pub(super) struct Thing {
            id: Uuid,
            pub(super) label: String,
            pub(super) amount: i64,
            #[tenancy(default)]
            pub(super) code: String,
            $($more)*
        }

        /// The same table, read as what it is not.
        #[derive(Clone, Debug, TenantScoped)]
        #[tenancy(root = Organization, table = "things")]
        pub(super) struct Odd {
            id: Uuid,
            pub(super) label: Talkative,
        }

        #[derive(Clone, Debug, TenantScoped)]
        #[tenancy(root = Organization, table = "things")]
        pub(super) struct Mistyped {
            id: Uuid,
            pub(super) label: i64,
        }

        #[derive(Clone, Debug, TenantScoped)]
        #[tenancy(root = Organization)]
        pub(super) struct Absent {
            id: Uuid,
            pub(super) label: String,
        }
    };
}

mod sqlite {
    use super::*;
    models!(sqlx::Sqlite,);

    pub(super) const SCHEMA: &str = "
        CREATE TABLE organizations (id BLOB PRIMARY KEY, name TEXT NOT NULL UNIQUE);
        CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, email TEXT NOT NULL, boss BOOLEAN NOT NULL DEFAULT FALSE,
            PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, email));
        CREATE TABLE contracts (tenant_id BLOB NOT NULL, id BLOB NOT NULL, user_id BLOB, salary INTEGER NOT NULL,
            PRIMARY KEY (tenant_id, id),
            FOREIGN KEY (tenant_id, user_id) REFERENCES users ON DELETE SET NULL);
        CREATE TABLE things (tenant_id BLOB NOT NULL, id BLOB NOT NULL,
            label TEXT NOT NULL CHECK (label <> 'checked ' || 'kan' || 'arie'),
            amount INTEGER NOT NULL CHECK (amount <> 0), code TEXT NOT NULL DEFAULT '',
            UNIQUE (tenant_id, label));
        CREATE TRIGGER talks BEFORE INSERT ON things WHEN NEW.label LIKE 'raise%'
            BEGIN SELECT RAISE(ABORT, 'the label is raise kanarie'); END;
        CREATE TRIGGER computes BEFORE INSERT ON things WHEN NEW.label LIKE 'path%'
            BEGIN SELECT json_extract('{}', NEW.label); END;
        CREATE TRIGGER parses BEFORE INSERT ON things WHEN NEW.label LIKE 'json%'
            BEGIN SELECT json(NEW.label); END;
        CREATE TABLE strict_things (amount INTEGER) STRICT;
        CREATE VIRTUAL TABLE words USING fts5(word);";

    /// What plain SQL provokes.
    pub(super) const PROVOKE: &[&str] = &[
        "SELECT json('kanarie')",
        "SELECT json_extract('{}', 'kanarie')",
        "SELECT * FROM words WHERE words MATCH 'kanarie : x'",
        "SELECT * FROM words WHERE words MATCH '\"kanarie'",
        "INSERT INTO strict_things VALUES ('kanarie')",
        "SELECT abs(-9223372036854775808), 'kanarie'",
        "SELECT kanarie FROM things",
        "SELECT 'kanarie' FROM things WHERE '",
        "SELECT load_extension('kanarie')",
        "PRAGMA kanarie.user_version",
    ];

    /// Labels that triggers look at.
    pub(super) const LABELS: &[&str] = &["raise", "path", "json", "checked kanarie"];
}

mod postgres {
    use super::*;
    models!(sqlx::Postgres,
        #[tenancy(default)]
        pub(super) slot: PgRange<i64>,
    );

    /// The same table, with columns that text is turned into something else for.
    #[derive(Clone, Debug, TenantScoped)]
    #[tenancy(root = Organization, table = "things")]
    pub(super) struct Typed {
        id: Uuid,
        pub(super) label: String,
        pub(super) amount: i64,
        #[tenancy(default)]
        pub(super) mood: String,
        #[tenancy(default)]
        pub(super) relation: String,
    }

    pub(super) const SCHEMA: &str = r#"
        CREATE TYPE mood AS ENUM ('calm');
        CREATE DOMAIN amount AS bigint CHECK (VALUE <> 0);
        CREATE TABLE organizations (id uuid PRIMARY KEY, name text NOT NULL UNIQUE);
        CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL, email text NOT NULL, boss boolean NOT NULL DEFAULT false,
            PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, email));
        CREATE TABLE contracts (tenant_id uuid NOT NULL, id uuid NOT NULL, user_id uuid, salary bigint NOT NULL,
            PRIMARY KEY (tenant_id, id),
            FOREIGN KEY (tenant_id, user_id) REFERENCES users ON DELETE SET NULL);
        CREATE TABLE things (tenant_id uuid NOT NULL, id uuid NOT NULL,
            label text NOT NULL CHECK (label NOT LIKE 'checked%'),
            amount amount NOT NULL, code varchar(3) NOT NULL DEFAULT '',
            slot int8range NOT NULL DEFAULT 'empty', mood mood NOT NULL DEFAULT 'calm',
            relation regclass NOT NULL DEFAULT 'users',
            UNIQUE (tenant_id, label), EXCLUDE USING gist (slot WITH &&),
            UNIQUE (tenant_id, amount) DEFERRABLE INITIALLY DEFERRED);
        CREATE FUNCTION talks() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE number int;
        BEGIN
            CASE substr(NEW.label, 1, 5)
                WHEN 'raise' THEN RAISE EXCEPTION 'the label is %', NEW.label
                    USING DETAIL = NEW.label, HINT = NEW.label;
                WHEN 'posed' THEN RAISE EXCEPTION 'the label is %', NEW.label
                    USING ERRCODE = 'unique_violation', CONSTRAINT = NEW.label, COLUMN = NEW.label,
                    TABLE = NEW.label, DATATYPE = NEW.label, SCHEMA = NEW.label;
                WHEN 'table' THEN RAISE EXCEPTION 'the label is %', NEW.label USING ERRCODE = '42P01';
                WHEN 'zerod' THEN number := NEW.amount / 0;
                WHEN 'parse' THEN number := NEW.label;
                WHEN 'range' THEN number := NEW.amount;
                WHEN 'query' THEN EXECUTE 'SELECT ' || NEW.label || ' FROM users';
                WHEN 'synta' THEN EXECUTE 'SELECT FROM ' || quote_literal(NEW.label);
                WHEN 'asser' THEN ASSERT false, NEW.label;
                WHEN 'moved' THEN PERFORM NEW.label::regclass;
                WHEN 'dates' THEN PERFORM NEW.label::date;
                WHEN 'jsons' THEN PERFORM NEW.label::json;
                ELSE NULL;
            END CASE;
            RETURN NEW;
        END $$;
        CREATE TRIGGER talks BEFORE INSERT ON things FOR EACH ROW EXECUTE FUNCTION talks();"#;

    pub(super) const PROVOKE: &[&str] = &[
        "SELECT 'kanarie'::text::int",
        "SELECT '7012345673'::text::int",
        "SELECT '7012345673'::text::int2",
        "SELECT 'kanarie'::text::bool",
        "SELECT 'kanarie'::text::uuid",
        "SELECT 'kanarie'::text::date",
        "SELECT '7012-13-13 kanarie'::text::timestamptz",
        "SELECT 'kanarie'::text::interval",
        "SELECT 'kanarie'::text::inet",
        "SELECT 'kanarie'::text::json",
        "SELECT 'kanarie'::text::jsonb",
        "SELECT 'kanarie'::text::mood",
        "SELECT 'kanarie'::text::regclass",
        "SELECT 'kanarie'::text::regtype",
        "SELECT 'kanarie'::text::regrole",
        "SELECT 'kanarie'::text::regproc",
        "SELECT 'kanarie'::text::int8range",
        "SELECT '[7012,1]'::text::int8range",
        "SELECT '{kanarie'::text::int[]",
        "SELECT 'kanarie'::text::amount",
        "SELECT (0 * length('kanarie'))::amount",
        "SELECT 7012345673 / 0",
        "SELECT 7012345673::int",
        "SELECT 7012345673::numeric(3)",
        "SELECT 10::numeric ^ 7012345673",
        "SELECT regexp_match('kanarie', 'kanarie(')",
        "SELECT repeat('kanarie', 701234567)",
        "SELECT current_setting('kanarie.x')",
        "SELECT set_config('kanarie', 'x', false)",
        "SELECT to_date('kanarie', 'YYYY')",
        "SELECT decode('kanarie', 'hex')",
        "SELECT chr(-7012)",
        "SELECT jsonb_path_query('{}', 'kanarie kanarie')",
        "SELECT nextval('kanarie'::text)",
        "SELECT lo_get(7012)",
        "SELECT pg_get_serial_sequence('kanarie', 'x')",
        "SELECT FROM kanarie kanarie kanarie",
        "DO $$ BEGIN RAISE EXCEPTION 'kanarie' USING HINT = 'kanarie'; END $$",
        "DO $$ BEGIN PERFORM kanarie FROM users; END $$",
        "DO $$ BEGIN RAISE SQLSTATE '28P01' USING MESSAGE = 'kanarie'; END $$",
        "COPY users FROM '/kanarie'",
        "INSERT INTO organizations VALUES ('00000000-0000-0000-0000-000000007012', NULL)",
        "CREATE UNIQUE INDEX ON users ((left(email, 0)))",
        "ALTER TABLE users ADD CHECK (email <> 'kan' || 'arie')",
        "ALTER TABLE users ALTER email TYPE int USING email::int",
    ];

    pub(super) const LABELS: &[&str] = &[
        "raise",
        "posed",
        "table",
        "zerod",
        "parse",
        "range",
        "query",
        "synta",
        "asser",
        "moved",
        "dates",
        "jsons",
        "checked kanarie",
    ];
}

macro_rules! suite {
    ($name:ident, $database:ty, $open:path) => {
        mod $name {
            use super::super::$name::*;
            use super::*;
            use tenancy::TenantScoped as _;

            fn thing(label: &str, amount: i64) -> NewThing {
                NewThing {
                    label: label.into(),
                    amount,
                }
            }

            async fn acme(db: &Db<$database>) -> VerifiedTenant<Organization> {
                let new = NewOrganization { name: TEXT.into() };
                Organization::create(new).execute(db).await.unwrap()
            }

            #[tokio::test]
            async fn no_statement_of_a_model() {
                let db = $open(SCHEMA).await;
                let acme = acme(&db).await;
                tenancy::enter!(acme = acme);
                let mut errors = Vec::new();

                // The row is one of another model, which the actor may not read.
                let ann = User::create(NewUser { email: TEXT.into() });
                let ann = ann.fetch_one(&acme).await.unwrap();
                let bob = User::create(NewUser {
                    email: format!("{TEXT} too"),
                });
                let bob = bob.fetch_one(&acme).await.unwrap();
                let mut acme = acme.acting_as(bob.clone());
                let new = NewContract {
                    user_id: (&ann).into(),
                    salary: NUMBER,
                };
                Contract::create(new).execute(&acme).await.unwrap();
                errors.push(User::destroy(&ann).execute(&acme).await.unwrap_err());
                errors.push(User::destroy(&ann).fetch_one(&acme).await.unwrap_err());
                let all = User::destroy_where(|u| u.email.eq(TEXT));
                errors.push(all.execute(&acme).await.unwrap_err());

                // Keys, checks, types, triggers.
                let same = || User::create(NewUser { email: TEXT.into() });
                errors.push(same().execute(&acme).await.unwrap_err());
                errors.push(same().fetch_one(&acme).await.unwrap_err());
                let update = || User::update(&bob).set(|u| u.email.to(TEXT));
                errors.push(update().execute(&acme).await.unwrap_err());
                errors.push(update().fetch_one(&acme).await.unwrap_err());
                let kept = Thing::create(thing(TEXT, NUMBER))
                    .fetch_one(&acme)
                    .await
                    .unwrap();
                let zero = Thing::update(&kept).set(|t| t.amount.to(0));
                errors.push(zero.execute(&acme).await.unwrap_err());
                let zero = Thing::update_where(|t| t.amount.eq(NUMBER)).set(|t| t.amount.to(0));
                errors.push(zero.execute(&acme).await.unwrap_err());
                for label in LABELS {
                    let label = format!("{label} {TEXT}");
                    let label = label
                        .strip_suffix(" kanarie kanarie")
                        .map_or(label.clone(), |label| format!("{label} kanarie"));
                    let created = Thing::create(thing(&label, NUMBER)).execute(&acme).await;
                    errors.push(created.expect_err(&label));
                    let many = Thing::create_many([thing("a", 1), thing(&label, NUMBER)]);
                    errors.push(many.fetch_all(&acme).await.unwrap_err());
                    let tx = acme.begin().await.unwrap();
                    let created = Thing::create(thing(&label, NUMBER)).fetch_one(&tx).await;
                    errors.push(created.unwrap_err());
                }

                // Code of the program's, and types that do not fit.
                let talks = Odd::create(NewOdd { label: Talkative });
                errors.push(talks.execute(&acme).await.unwrap_err());
                errors.push(Odd::query().fetch_all(&acme).await.unwrap_err());
                errors.push(Odd::query().fetch_one(&acme).await.unwrap_err());
                let stream = Odd::query().fetch(&acme);
                let streamed = futures_util::TryStreamExt::try_collect::<Vec<_>>(stream);
                errors.push(streamed.await.unwrap_err());
                errors.push(Mistyped::query().fetch_all(&acme).await.unwrap_err());
                let absent = Absent::query().filter(|a| a.label.eq(TEXT));
                errors.push(absent.fetch_all(&acme).await.unwrap_err());
                let absent = Absent::create(NewAbsent { label: TEXT.into() });
                errors.push(absent.execute(&acme).await.unwrap_err());

                // Without a tenant.
                let new = NewOrganization { name: TEXT.into() };
                errors.push(Organization::create(new).execute(&db).await.unwrap_err());

                for error in &errors {
                    silent(error);
                }
            }

            #[tokio::test]
            async fn no_error_of_plain_sql_that_becomes_one_of_this_crate() {
                let db = $open(SCHEMA).await;
                let acme = acme(&db).await;
                tenancy::enter!(acme = acme);
                for email in [TEXT, "other"] {
                    let new = NewUser {
                        email: email.into(),
                    };
                    User::create(new).execute(&acme).await.unwrap();
                }
                for provoke in PROVOKE {
                    let error = tenancy_tests::database::run(&db, provoke).await;
                    silent(&error.expect_err(provoke));
                }
            }

            /// For development, everything is there.
            #[tokio::test]
            async fn unless_the_program_asks() {
                let db = $open(SCHEMA).await;
                let acme = acme(&db).await;
                let options = PoolOptions::new().detailed_errors(true);
                let detailed = Db::connect_lazy_with(options, db.connect_options().clone());
                tenancy::enter!(acme = tenancy_tests::over(&detailed, &acme));
                let created = Thing::create(thing("raise kanarie", 1))
                    .execute(&acme)
                    .await;
                let error = created.unwrap_err();
                let said = chain(&error);
                assert!(said.contains("the label is raise kanarie"), "{said}");
                assert!(has_the_drivers(&error));
                // The error itself may go to anybody.
                assert!(!error.to_string().contains(TEXT));
                Thing::create(thing(TEXT, 1)).execute(&acme).await.unwrap();
                let said = chain(&Odd::query().fetch_one(&acme).await.unwrap_err());
                assert!(said.contains("kanarie cannot be decoded"), "{said}");
                let said = chain(&Odd::query().fetch_all(&acme).await.unwrap_err());
                assert!(said.contains("kanarie cannot be decoded"), "{said}");
            }
        }
    };
}

mod on_sqlite {
    use super::*;
    suite!(sqlite, sqlx::Sqlite, tenancy_tests::database::sqlite);
}

mod on_postgres {
    use super::*;
    suite!(postgres, sqlx::Postgres, tenancy_tests::database::postgres);
}

/// What only PostgreSQL has: exclusion, deferred keys, types that text is turned into.
#[tokio::test]
async fn nor_of_columns_of_postgresql() {
    use postgres::*;
    use tenancy::TenantScoped as _;

    let db = tenancy_tests::database::postgres(SCHEMA).await;
    let acme = Organization::create(NewOrganization { name: "a".into() });
    tenancy::enter!(mut acme = acme.execute(&db).await.unwrap());
    let thing = |label: &str, amount| NewThing {
        label: label.into(),
        amount,
    };
    let slot = || PgRange::<i64>::from(7012..7077);
    let first = Thing::create(thing("first", NUMBER)).set(|t| t.slot.to(slot()));
    first.execute(&acme).await.unwrap();
    let second = Thing::create(thing("second", 1)).set(|t| t.slot.to(slot()));
    let error = second.execute(&acme).await.unwrap_err();
    assert!(
        matches!(&error, Error::Conflict(c) if c.mentions("slot")),
        "{error:?}"
    );
    silent(&error);
    // The code's length, a value of the enum, a table.
    let cut = Thing::create(thing("cut", 1)).set(|t| t.code.to(TEXT));
    let error = cut.execute(&acme).await.unwrap_err();
    assert!(matches!(error, Error::InvalidValue(_)), "{error:?}");
    silent(&error);
    let typed = || NewTyped {
        label: "typed".into(),
        amount: 1,
    };
    let mood = Typed::create(typed()).set(|t| t.mood.to(TEXT));
    silent(&mood.execute(&acme).await.unwrap_err());
    let relation = Typed::create(typed()).set(|t| t.relation.to(TEXT));
    silent(&relation.execute(&acme).await.unwrap_err());
    // At the end of the transaction.
    let tx = acme.begin().await.unwrap();
    Thing::create(thing("third", NUMBER))
        .execute(&tx)
        .await
        .unwrap();
    let error = tx.commit().await.unwrap_err();
    assert!(
        matches!(&error, Error::Conflict(c) if c.mentions("amount")),
        "{error:?}"
    );
    silent(&error);
    let alone = Thing::create(thing("third", NUMBER)).execute(&acme).await;
    let error = alone.unwrap_err();
    assert!(
        matches!(&error, Error::Conflict(c) if c.mentions("amount")),
        "{error:?}"
    );
    silent(&error);
}

/// What goes on with a name that is missing can be seen without details.
#[tokio::test]
async fn names_are_told() {
    use postgres::*;
    use tenancy::TenantScoped as _;

    let db = tenancy_tests::database::postgres(SCHEMA).await;
    let acme = Organization::create(NewOrganization { name: "a".into() });
    tenancy::enter!(acme = acme.execute(&db).await.unwrap());
    let error = Absent::query().fetch_all(&acme).await.unwrap_err();
    let Error::Database(told) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(told.code(), Some("42P01"));
    assert_eq!(told.message(), Some("relation \"absents\" does not exist"));
    let error = Mistyped::query().fetch_all(&acme).await;
    assert!(error.unwrap().is_empty());
}

/// A lookup may ask a table.
#[tokio::test]
async fn nor_of_a_lookup() {
    use tenancy::TenantScoped as _;
    use tenancy_tests::sqlite_databases::{NewOrganization, Note, Organization};

    let shared = tenancy_tests::sqlite_databases::database().await;
    let options = shared.connect_options().clone();
    let plain = Db::<sqlx::Sqlite>::connect_with(PoolOptions::new(), options)
        .await
        .unwrap();
    let asked = plain.clone();
    let db: DbOf<Organization> = plain.with_databases(move |_| {
        let asked = asked.clone();
        async move {
            let mut connection = asked.acquire().await?;
            sqlx::raw_sql("SELECT json('kanarie')")
                .execute(&mut *connection)
                .await?;
            Err("not reached".into())
        }
    });
    let acme = Organization::create(NewOrganization { name: "a".into() });
    tenancy::enter!(acme = acme.execute(&db).await.unwrap());
    let error = Note::query().count(&acme).await.unwrap_err();
    assert!(matches!(error, Error::NoDatabase(_)), "{error:?}");
    silent(&error);
}
