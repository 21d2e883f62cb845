//! Attempts that the compiler has nothing to say about: by what an error carries along, and by names.

use std::error::Error as _;

use tenancy::policy::Reach;
use tenancy::policy::action;
use tenancy::{Error, Masked, Root as _, TenantRoot};

macro_rules! actions {
    ($($module:ident)*) => {$(
        mod $module {
            /// An action whose name another one has, too.
            #[derive(Clone, Copy, Debug)]
            pub struct Raise;

            impl tenancy::policy::action::Action for Raise {
                type Like = tenancy::policy::action::Update;
                const NAME: &'static str = stringify!($module);
            }
        }
    )*};
}

actions! { ordinary special }

/// All that a program can print of an error, and of its sources.
fn printed(error: &Error) -> String {
    let mut printed = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(error) = source {
        printed += &format!(" {error} {error:?}");
        source = error.source();
    }
    printed
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
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, policies)]
            pub struct Employee {
                pub id: Uuid,
                #[tenancy(belongs_to = User)]
                pub user_id: Uuid,
                pub number: i64,
                /// Unique in the tenant together with the number.
                #[tenancy(guarded)]
                pub salary: Masked<i64>,
            }

            tenancy::policies! {
                Employee, actor: User {
                    read { authorize_if always; }
                    create { authorize_if always; }
                    update { authorize_if always; }
                    update as ordinary::Raise { authorize_if user_id == actor; }
                    bypass(update as special::Raise) { authorize_if actor.admin; }
                    field salary { authorize_if user_id == actor; }
                }
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, policies)]
            pub struct Node {
                pub id: Uuid,
                #[tenancy(belongs_to = Node)]
                pub parent_id: Option<Uuid>,
                pub number: i64,
            }
            #[derive(Debug, tenancy::SystemActor)]
            pub struct Sys;
            tenancy::policies! { Node, actor: Sys { create { authorize_if always; } read { authorize_if always; } } }
            tenancy::policies! { Node, actor: User {
                read { forbid_if parent_id.any(|p| p.number >= 0); authorize_if always; }
            } }
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, policies)]
            pub struct Paper {
                pub id: Uuid,
                #[tenancy(belongs_to = User)]
                pub user_id: Uuid,
                pub number: i64,
            }
            tenancy::policies! { Paper, actor: User {
                create { authorize_if always; }
                read { authorize_if user_id.any(|u| u.admin); }
            } }

            #[tokio::test]
            async fn scratch() {
                let fresh = tenancy_tests::database::$name($schema).await;
                let acme = Organization::create(NewOrganization {}).execute(&fresh).await.unwrap();
                tenancy::enter!(acme = acme);
                let ann = User::create(NewUser { admin: false }).fetch_one(&acme).await.unwrap();
                let verified = acme.verified();
                let acme = acme.acting_as(ann.clone());
                Paper::create(NewPaper { user_id: (&ann).into(), number: 10 }).execute(&acme).await.unwrap();
                for bound in [5, 9, 10, 11] {
                    let query = Paper::query().filter(|e| e.number.ne(e.number.plus(i64::MAX - bound)));
                    println!("overflow {bound}: {:?}", query.count(&acme).await.map_err(|error| error.to_string()));
                }
                let ann = acme.detach(ann);
                tenancy::enter!(sys = verified.clone());
                let sys = sys.as_system(Sys, "x");
                let mut last: Option<tenancy::Scoped<'_, Node>> = None;
                for number in 0..16 {
                    let row = Node::create(NewNode { parent_id: last.as_ref().map(Into::into), number }).fetch_one(&sys).await.unwrap();
                    last = Some(row);
                }
                tenancy::enter!(again = verified);
                let ann = again.adopt(ann).unwrap();
                let again = again.acting_as(ann);
                let rows = Node::query().order_by(|n| n.number.asc()).fetch_all(&again).await.unwrap();
                println!("nodes: {:?}", rows.iter().map(|n| n.number).collect::<Vec<_>>());
            }

            #[tokio::test]
            async fn an_error_has_nothing_with_it_that_is_hidden() {
                let fresh = tenancy_tests::database::$name($schema).await;
                let acme = Organization::create(NewOrganization {}).execute(&fresh).await;
                tenancy::enter!(acme = acme.expect("a tenant"));
                let ann = User::create(NewUser { admin: true }).fetch_one(&acme).await.unwrap();
                let bob = User::create(NewUser { admin: true }).fetch_one(&acme).await.unwrap();
                let mut acme = acme.acting_as(ann.clone());
                let new = |number| NewEmployee {
                    user_id: (&bob).into(),
                    number,
                    salary: 7_012_345_673,
                };
                let one = Employee::create(new(1)).fetch_one(&acme).await.unwrap();
                let other = Employee::create(new(2)).fetch_one(&acme).await.unwrap();
                assert_eq!(one.salary, Masked::Hidden);

                let check = || Employee::update(&one).set(|e| e.number.to(1000));
                let conflict = || Employee::update(&one).set(|e| e.number.to(other.number));
                let all = || Employee::update_where(|e| e.number.eq(1)).set(|e| e.number.to(1000));
                let mut errors = vec![
                    check().execute(&acme).await.unwrap_err(),
                    check().fetch_one(&acme).await.unwrap_err(),
                    conflict().execute(&acme).await.unwrap_err(),
                    conflict().fetch_one(&acme).await.unwrap_err(),
                    all().execute(&acme).await.unwrap_err(),
                    all().fetch_all(&acme).await.unwrap_err(),
                ];
                let mut transaction = acme.begin().await.unwrap();
                {
                    let inner = transaction.begin().await.unwrap();
                    errors.push(check().execute(&inner).await.unwrap_err());
                    inner.rollback().await.unwrap();
                }
                errors.push(conflict().fetch_one(&transaction).await.unwrap_err());
                drop(transaction);
                for error in errors {
                    let constraint = match &error {
                        Error::InvalidValue(constraint) | Error::Conflict(constraint) => constraint,
                        error => panic!("{error:?}"),
                    };
                    // What the program goes by is there, and which value it was is not.
                    assert!(constraint.mentions("number"), "{error:?}");
                    let printed = printed(&error);
                    assert!(!printed.contains("7012345673"), "{printed}");
                    #[cfg(not(miri))]
                    if let Some(database) = constraint.source().and_then(|error| {
                        error.downcast_ref::<sqlx::Error>()?.as_database_error()
                    }) {
                        let postgres = database.try_downcast_ref::<sqlx::postgres::PgDatabaseError>();
                        assert!(postgres.is_none_or(|error| error.detail().is_none()));
                    }
                }
            }

            #[tokio::test]
            async fn a_bypass_is_for_the_action_that_it_names() {
                let fresh = tenancy_tests::database::$name($schema).await;
                let acme = Organization::create(NewOrganization {}).execute(&fresh).await;
                tenancy::enter!(acme = acme.expect("a tenant"));
                let ann = User::create(NewUser { admin: true }).fetch_one(&acme).await.unwrap();
                let bob = User::create(NewUser { admin: false }).fetch_one(&acme).await.unwrap();
                let acme = acme.acting_as(ann);
                assert_eq!(acme.reach::<Employee, _>(special::Raise), Reach::EveryRow);
                assert_eq!(acme.reach::<Employee, _>(ordinary::Raise), Reach::SomeRows);
                assert_eq!(acme.reach::<Employee, _>(action::Update), Reach::EveryRow);
                let new = NewEmployee { user_id: (&bob).into(), number: 1, salary: 1 };
                let row = Employee::create(new).fetch_one(&acme).await.unwrap();
                let raise = || Employee::update(&row).set(|e| e.salary.to(2));
                let denied = raise().action(ordinary::Raise).execute(&acme).await;
                let denied = match denied {
                    Err(Error::Forbidden(denial)) => denial,
                    other => panic!("{other:?}"),
                };
                assert_eq!(denied.action(), "ordinary");
                raise().action(special::Raise).execute(&acme).await.unwrap();
            }
        }
    };
}

suite!(
    sqlite,
    sqlx::Sqlite,
    "CREATE TABLE organizations (id BLOB PRIMARY KEY);
     CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, admin BOOLEAN NOT NULL);
     CREATE TABLE nodes (tenant_id BLOB NOT NULL, id BLOB NOT NULL, parent_id BLOB, number INTEGER NOT NULL);
     CREATE TABLE papers (tenant_id BLOB NOT NULL, id BLOB NOT NULL, user_id BLOB, number INTEGER NOT NULL);
     CREATE TABLE employees (tenant_id BLOB NOT NULL, id BLOB NOT NULL, user_id BLOB NOT NULL,
         number INTEGER NOT NULL CHECK (number < 1000), salary INTEGER NOT NULL,
         UNIQUE (tenant_id, salary, number));"
);
suite!(
    postgres,
    sqlx::Postgres,
    "CREATE TABLE organizations (id uuid PRIMARY KEY);
     CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL, admin boolean NOT NULL);
     CREATE TABLE nodes (tenant_id uuid NOT NULL, id uuid NOT NULL, parent_id uuid, number bigint NOT NULL);
     CREATE TABLE papers (tenant_id uuid NOT NULL, id uuid NOT NULL, user_id uuid, number bigint NOT NULL);
     CREATE TABLE employees (tenant_id uuid NOT NULL, id uuid NOT NULL, user_id uuid NOT NULL,
         number bigint NOT NULL CHECK (number < 1000), salary bigint NOT NULL,
         UNIQUE (tenant_id, salary, number));"
);
