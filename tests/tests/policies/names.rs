//! What names mean, whatever else there is of the same letters; and rules that macros write, or leave out.
#![allow(non_snake_case, reason = "a column with a strange name")]

use std::borrow::Cow;

use tenancy::policy::action::{self, Action};
use tenancy::{Error, Patch, Root as _, TenantRoot};

/// What a rule about the column `URGENT` must not mean.
#[allow(dead_code, reason = "not what the rules mean")]
const URGENT: bool = true;

/// What a rule about the limit of this crate means.
pub const LIMIT: i64 = 1;

#[derive(Clone, Copy, Debug)]
pub struct Publish;

impl Action for Publish {
    type Like = action::Update;
    const NAME: &'static str = "publish";
}

/// Writes rules: with a limit of another crate, and with a condition that it was given.
macro_rules! rules {
    ($there:expr, $condition:expr) => {
        tenancy::policies! {
            Task, actor: User {
                check locked = r#locked && number > 0;
                relation others = Note.task_id;

                /// Nothing overrides it: not an action like it, either.
                guard(update) { forbid_if locked() => "locked"; }
                read {
                    authorize_if $condition;
                    // Texts that are alike, and limits of two crates.
                    authorize_if number == $crate::names::LIMIT;
                    authorize_if number == $there;
                    authorize_if r#URGENT && _2fa;
                    authorize_if 公開;
                    /// Columns of different types under one name.
                    authorize_if next_id.any(|r| r.small == 8) || owner_id.any(|r| r.level == 8);
                    authorize_if next_id.any(|t| t.owner_id.any(|t| t.admin));
                    #[cfg(any())]
                    authorize_if always;
                    #[cfg(all())]
                    authorize_if others.any(|o| o.small == 10);
                }
                #[cfg(any())]
                create { forbid_if always; }
                #[cfg(not(any()))]
                create { authorize_if always; }
                update { authorize_if always; }
                update as Publish { authorize_if always; }
            }
        }
    };
}

/// A macro that is given the name of a macro, and gives it what another crate calls its limit.
macro_rules! with {
    ($condition:expr) => {
        tenancy_tests::with_limit!(rules, $condition);
    };
}

macro_rules! suite {
    ($name:ident, $database:ty, $schema:literal) => {
        mod $name {
            use super::*;
            use tenancy::TenantScoped;
            use uuid::Uuid;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $database)]
            pub struct Organization {
                pub id: Uuid,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            pub struct User {
                pub id: Uuid,
                pub admin: bool,
                pub level: i64,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, policies)]
            pub struct Task {
                pub id: Uuid,
                #[tenancy(belongs_to = User)]
                pub owner_id: Uuid,
                #[tenancy(belongs_to = Step)]
                pub next_id: Option<Uuid>,
                pub number: i64,
                pub locked: bool,
                #[allow(non_snake_case)]
                pub URGENT: bool,
                pub _2fa: bool,
                pub 公開: bool,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            pub struct Step {
                pub id: Uuid,
                #[tenancy(belongs_to = User)]
                pub owner_id: Uuid,
                pub small: i32,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            pub struct Note {
                pub id: Uuid,
                #[tenancy(belongs_to = Task)]
                pub task_id: Uuid,
                pub small: i32,
            }

            with!(actor.admin);

            /// A partial update that borrows from what came in.
            #[derive(tenancy::Changes)]
            #[tenancy(model = Letter)]
            struct Request<'a> {
                title: Option<&'a str>,
                note: Patch<Cow<'a, str>>,
                size: Option<&'a i64>,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            pub struct Letter {
                pub id: Uuid,
                pub title: String,
                pub note: Option<String>,
                pub size: i64,
            }

            #[tokio::test]
            async fn mean_one_thing() {
                let fresh = tenancy_tests::database::$name($schema).await;
                let acme = Organization::create(NewOrganization {})
                    .execute(&fresh)
                    .await;
                tenancy::enter!(acme = acme.expect("a tenant"));
                let user = |admin, level| User::create(NewUser { admin, level });
                let ann = user(false, 1).fetch_one(&acme).await.expect("Ann");
                let admin = user(true, 1).fetch_one(&acme).await.expect("an admin");
                let other = user(false, 8).fetch_one(&acme).await.expect("another");
                let task = |number| NewTask {
                    owner_id: (&ann).into(),
                    next_id: None,
                    number,
                    locked: false,
                    URGENT: false,
                    _2fa: false,
                    公開: false,
                };
                let step = |owner_id, small| Step::create(NewStep { owner_id, small });
                let eight = step((&ann).into(), 8)
                    .fetch_one(&acme)
                    .await
                    .expect("a step");
                let nine = step((&admin).into(), 9)
                    .fetch_one(&acme)
                    .await
                    .expect("a step");
                let seven = step((&ann).into(), 7)
                    .fetch_one(&acme)
                    .await
                    .expect("a step");
                let acme = acme.acting_as(ann.clone());
                let with = |next| NewTask {
                    next_id: Some(next),
                    ..task(0)
                };
                let mut number = 0;
                for (new, visible, why) in [
                    (task(0), false, "no constant, and no rule that is not there"),
                    (task(1), true, "the limit of this crate"),
                    (task(2), true, "the limit of another one"),
                    (task(3), false, "no limit"),
                    (
                        NewTask {
                            URGENT: true,
                            _2fa: true,
                            ..task(0)
                        },
                        true,
                        "columns",
                    ),
                    (
                        NewTask {
                            公開: true,
                            ..task(0)
                        },
                        true,
                        "a column whose letters have no cases",
                    ),
                    (
                        NewTask {
                            owner_id: (&other).into(),
                            ..task(0)
                        },
                        true,
                        "of one type",
                    ),
                    (with((&eight).into()), true, "of another type"),
                    (with((&seven).into()), false, "neither"),
                    (with((&nine).into()), true, "a relation of a related row"),
                ] {
                    Task::create(new).execute(&acme).await.expect("a task");
                    number += u64::from(visible);
                    assert_eq!(
                        Task::query().count(&acme).await.expect("a number"),
                        number,
                        "{why}"
                    );
                }
                // It may be read as it will be, as it is referred to: a rule whose `cfg` holds.
                let task = Task::create(task(1))
                    .fetch_one(&acme)
                    .await
                    .expect("a task");
                let update = || Task::update(&task).set(|t| t.number.to(0)).execute(&acme);
                let denied = update().await;
                assert!(matches!(denied, Err(Error::Forbidden(_))), "{denied:?}");
                let note = NewNote {
                    task_id: (&task).into(),
                    small: 10,
                };
                Note::create(note).execute(&acme).await.expect("a note");
                update().await.expect("it may be read");
            }

            #[tokio::test]
            async fn a_guard_holds_for_actions_that_are_alike() {
                let fresh = tenancy_tests::database::$name($schema).await;
                let acme = Organization::create(NewOrganization {})
                    .execute(&fresh)
                    .await;
                tenancy::enter!(acme = acme.expect("a tenant"));
                let admin = User::create(NewUser {
                    admin: true,
                    level: 1,
                });
                let admin = admin.fetch_one(&acme).await.expect("an admin");
                // Whom the condition is about that the macro was given.
                let acme = acme.acting_as(admin.clone());
                for (number, locked) in [(0, false), (1, true)] {
                    let task = NewTask {
                        owner_id: (&admin).into(),
                        next_id: None,
                        number,
                        locked: true,
                        URGENT: false,
                        _2fa: false,
                        公開: false,
                    };
                    let task = Task::create(task).fetch_one(&acme).await.expect("a task");
                    let update = || Task::update(&task).set(|t| t._2fa.to(true));
                    for result in [
                        update().execute(&acme).await,
                        update().action(Publish).execute(&acme).await,
                    ] {
                        match result {
                            Ok(()) => assert!(!locked),
                            Err(Error::Forbidden(denial)) => {
                                assert!(locked);
                                assert_eq!(denial.code(), "locked");
                            }
                            Err(error) => panic!("{error}"),
                        }
                    }
                    assert_eq!(acme.can(Publish, &task).await.expect("an answer"), !locked);
                }
            }

            #[tokio::test]
            async fn changes_copy_what_they_borrow() {
                let fresh = tenancy_tests::database::$name($schema).await;
                let acme = Organization::create(NewOrganization {})
                    .execute(&fresh)
                    .await;
                tenancy::enter!(acme = acme.expect("a tenant"));
                let new = NewLetter {
                    title: "a".into(),
                    note: None,
                    size: 1,
                };
                let letter = Letter::create(new)
                    .fetch_one(&acme)
                    .await
                    .expect("a letter");
                let update = {
                    let text = String::from("b, and more");
                    let request = Request {
                        title: text.get(..1),
                        note: Patch::Set(Cow::Borrowed(&text)),
                        size: Some(&7),
                    };
                    Letter::update(&letter).apply(request)
                };
                let changed = update.fetch_one(&acme).await.expect("a letter");
                assert_eq!(
                    (&*changed.title, changed.note.as_deref(), changed.size),
                    ("b", Some("b, and more"), 7)
                );
                let nothing = Request {
                    title: None,
                    note: Patch::Null,
                    size: None,
                };
                let changed = Letter::update(&letter)
                    .apply(nothing)
                    .fetch_one(&acme)
                    .await;
                let changed = changed.expect("a letter");
                assert_eq!(
                    (&*changed.title, changed.note.as_deref(), changed.size),
                    ("b", None, 7)
                );
            }
        }
    };
}

suite!(
    sqlite,
    sqlx::Sqlite,
    "CREATE TABLE organizations (id BLOB PRIMARY KEY);
     CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, admin BOOLEAN NOT NULL, level INTEGER NOT NULL);
     CREATE TABLE tasks (tenant_id BLOB NOT NULL, id BLOB NOT NULL, owner_id BLOB NOT NULL, next_id BLOB,
         number INTEGER NOT NULL, locked BOOLEAN NOT NULL, \"URGENT\" BOOLEAN NOT NULL,
         _2fa BOOLEAN NOT NULL, \"公開\" BOOLEAN NOT NULL);
     CREATE TABLE steps (tenant_id BLOB NOT NULL, id BLOB NOT NULL, owner_id BLOB NOT NULL, small INTEGER NOT NULL);
     CREATE TABLE notes (tenant_id BLOB NOT NULL, id BLOB NOT NULL, task_id BLOB NOT NULL, small INTEGER NOT NULL);
     CREATE TABLE letters (tenant_id BLOB NOT NULL, id BLOB NOT NULL, title TEXT NOT NULL, note TEXT,
         size INTEGER NOT NULL);"
);
suite!(
    postgres,
    sqlx::Postgres,
    "CREATE TABLE organizations (id uuid PRIMARY KEY);
     CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL, admin boolean NOT NULL, level bigint NOT NULL);
     CREATE TABLE tasks (tenant_id uuid NOT NULL, id uuid NOT NULL, owner_id uuid NOT NULL, next_id uuid,
         number bigint NOT NULL, locked boolean NOT NULL, \"URGENT\" boolean NOT NULL,
         _2fa boolean NOT NULL, \"公開\" boolean NOT NULL);
     CREATE TABLE steps (tenant_id uuid NOT NULL, id uuid NOT NULL, owner_id uuid NOT NULL, small integer NOT NULL);
     CREATE TABLE notes (tenant_id uuid NOT NULL, id uuid NOT NULL, task_id uuid NOT NULL, small integer NOT NULL);
     CREATE TABLE letters (tenant_id uuid NOT NULL, id uuid NOT NULL, title text NOT NULL, note text,
         size bigint NOT NULL);"
);
