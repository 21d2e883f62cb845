//! What `can` says of a row is what the statement does, whatever the column takes for equal.

use tenancy::policy::action;
use tenancy::{Error, Root as _};

macro_rules! alike {
    ($name:ident, $database:ty, $schema:expr) => {
        mod $name {
            use super::*;
            use tenancy::{TenantRoot, TenantScoped};
            use time::{Duration, OffsetDateTime};
            use uuid::Uuid;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $database)]
            struct Organization {
                id: Uuid,
            }

            #[derive(Clone, Copy, Debug, PartialEq, sqlx::Type)]
            #[sqlx(rename_all = "lowercase", type_name = "text")]
            enum State {
                Draft,
                Final,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            struct User {
                id: Uuid,
                team: String,
                ratio: f64,
            }

            /// Of its texts, `team` takes small and capital letters for equal.
            #[derive(Debug, TenantScoped)]
            #[tenancy(root = Organization, policies)]
            struct Page {
                id: Uuid,
                team: String,
                state: State,
                ratio: f64,
                due: OffsetDateTime,
                #[tenancy(default)]
                note: i64,
            }

            tenancy::policies! {
                Page, actor: User {
                    read { authorize_if always; }
                    create { authorize_if always; }
                    update {
                        forbid_if team != actor.team;
                        forbid_if state.is_in([State::Final]);
                        authorize_if ratio == actor.ratio && due > now();
                    }
                    destroy { authorize_if team.is_in(["two", "three"]); }
                }
            }

            #[tokio::test]
            async fn what_is_said_is_what_is_done() {
                let db = tenancy_tests::database::$name($schema).await;
                let acme = Organization::create(NewOrganization {}).execute(&db).await;
                tenancy::enter!(acme = acme.expect("a tenant"));
                let user = NewUser {
                    team: "one".into(),
                    ratio: 0.5,
                };
                let user = User::create(user).fetch_one(&acme).await.expect("a user");
                let acme = acme.acting_as(user);
                let hour = Duration::hours(1);
                let mut said = Vec::new();
                for team in ["one", "ONE", "two", "Two", "four"] {
                    for state in [State::Draft, State::Final] {
                        for (ratio, due) in [(0.5, hour), (0.25, hour), (0.5, -hour)] {
                            let new = NewPage {
                                team: team.into(),
                                state,
                                ratio,
                                due: OffsetDateTime::now_utc() + due,
                            };
                            let page = Page::create(new).fetch_one(&acme).await.expect("a page");
                            let can = acme.can(action::Update, &page).await.expect("an answer");
                            let done = Page::update(&page)
                                .set(|p| p.note.to(1))
                                .execute(&acme)
                                .await;
                            match (&done, can) {
                                (Ok(_), true) | (Err(Error::Forbidden(_)), false) => {}
                                _ => panic!("{can} but {done:?} of {page:?}"),
                            }
                            said.push(can);
                            let can = acme.can(action::Destroy, &page).await.expect("an answer");
                            let done = Page::destroy(&page).execute(&acme).await;
                            match (&done, can) {
                                (Ok(_), true) | (Err(Error::Forbidden(_)), false) => {}
                                _ => panic!("{can} but {done:?} of {page:?}"),
                            }
                            said.push(can);
                        }
                    }
                }
                // Two pages may be updated, and those of two of the teams destroyed.
                assert_eq!(said.iter().filter(|can| **can).count(), 2 + 2 * 6);
            }
        }
    };
}

alike!(
    sqlite,
    sqlx::Sqlite,
    "CREATE TABLE organizations (id BLOB PRIMARY KEY);
     CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, team TEXT NOT NULL, ratio REAL NOT NULL,
         PRIMARY KEY (tenant_id, id));
     CREATE TABLE pages (tenant_id BLOB NOT NULL, id BLOB NOT NULL, team TEXT NOT NULL COLLATE NOCASE,
         state TEXT NOT NULL, ratio REAL NOT NULL, due DATETIME NOT NULL, note INTEGER NOT NULL DEFAULT 0,
         PRIMARY KEY (tenant_id, id));"
);
alike!(
    postgres,
    sqlx::Postgres,
    "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
     CREATE TABLE organizations (id uuid PRIMARY KEY);
     CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL, team text NOT NULL, ratio float8 NOT NULL,
         PRIMARY KEY (tenant_id, id));
     CREATE TABLE pages (tenant_id uuid NOT NULL, id uuid NOT NULL, team text COLLATE loose NOT NULL,
         state text NOT NULL, ratio float8 NOT NULL, due timestamptz NOT NULL, note bigint NOT NULL DEFAULT 0,
         PRIMARY KEY (tenant_id, id));"
);
