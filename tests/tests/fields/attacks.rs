//! Attempts that the compiler has nothing to say about: by what an error carries along, and by names.

use std::error::Error as _;

use tenancy::policy::action;
use tenancy::query::Reach;
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

            /// The same rows, whose numbers the database may change.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, table = "employees", policies)]
            pub struct Stored {
                pub id: Uuid,
                #[tenancy(belongs_to = User)]
                pub user_id: Uuid,
                #[tenancy(stored)]
                pub number: i64,
                #[tenancy(guarded)]
                pub salary: Masked<i64>,
            }

            tenancy::policies! {
                Stored, actor: User {
                    read { authorize_if number > 0; }
                    update { authorize_if always; }
                    field salary when actor.admin { authorize_if user_id == actor; }
                }
            }

            #[tokio::test]
            async fn an_error_has_nothing_with_it_that_is_hidden() {
                let fresh = tenancy_tests::database::$name($schema).await;
                let acme = Organization::create(NewOrganization {})
                    .execute(&fresh)
                    .await;
                tenancy::enter!(acme = acme.expect("a tenant"));
                let ann = User::create(NewUser { admin: true })
                    .fetch_one(&acme)
                    .await
                    .unwrap();
                let bob = User::create(NewUser { admin: true })
                    .fetch_one(&acme)
                    .await
                    .unwrap();
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
                // Decided on the stored row.
                let stored = Stored::find(one.id).fetch_one(&acme).await.unwrap();
                let check = || Stored::update(&stored).set(|s| s.number.to(1000));
                let conflict = || Stored::update(&stored).set(|s| s.number.to(other.number));
                errors.push(check().execute(&acme).await.unwrap_err());
                errors.push(conflict().fetch_one(&acme).await.unwrap_err());
                for error in errors {
                    let constraint = match &error {
                        Error::InvalidValue(constraint) | Error::Conflict(constraint) => constraint,
                        error => panic!("{error:?}"),
                    };
                    // What the program goes by is there, and which value it was is not.
                    assert!(constraint.mentions("number"), "{error:?}");
                    let printed = printed(&error);
                    assert!(!printed.contains("7012345673"), "{printed}");
                }
            }

            #[tokio::test]
            async fn a_field_is_hidden_if_none_of_its_rules_apply() {
                let fresh = tenancy_tests::database::$name($schema).await;
                let acme = Organization::create(NewOrganization {})
                    .execute(&fresh)
                    .await;
                let acme = acme.expect("a tenant");
                for (admin, expected) in [(true, Masked::Visible(7)), (false, Masked::Hidden)] {
                    tenancy::enter!(acme = acme.clone());
                    let ann = User::create(NewUser { admin })
                        .fetch_one(&acme)
                        .await
                        .unwrap();
                    let acme = acme.acting_as(ann.clone());
                    let number = 1 + i64::from(admin);
                    let new = NewEmployee {
                        user_id: (&ann).into(),
                        number,
                        salary: 7,
                    };
                    let row = Employee::create(new).fetch_one(&acme).await.unwrap();
                    assert_eq!(row.salary, Masked::Visible(7));
                    let row = Stored::find(row.id).fetch_one(&acme).await.unwrap();
                    assert_eq!(row.salary, expected);
                    let found = Stored::query()
                        .filter(|s| s.salary.eq(7))
                        .count(&acme)
                        .await;
                    assert_eq!(found.unwrap(), u64::from(admin));
                    let update = Stored::update(&row).set(|s| s.number.to(number));
                    assert_eq!(update.fetch_one(&acme).await.unwrap().salary, expected);
                }
            }

            #[tokio::test]
            async fn a_bypass_is_for_the_action_that_it_names() {
                let fresh = tenancy_tests::database::$name($schema).await;
                let acme = Organization::create(NewOrganization {})
                    .execute(&fresh)
                    .await;
                tenancy::enter!(acme = acme.expect("a tenant"));
                let ann = User::create(NewUser { admin: true })
                    .fetch_one(&acme)
                    .await
                    .unwrap();
                let bob = User::create(NewUser { admin: false })
                    .fetch_one(&acme)
                    .await
                    .unwrap();
                let acme = acme.acting_as(ann);
                assert_eq!(acme.reach::<Employee, _>(special::Raise), Reach::EveryRow);
                assert_eq!(acme.reach::<Employee, _>(ordinary::Raise), Reach::SomeRows);
                assert_eq!(acme.reach::<Employee, _>(action::Update), Reach::EveryRow);
                let new = NewEmployee {
                    user_id: (&bob).into(),
                    number: 1,
                    salary: 1,
                };
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
     CREATE TABLE employees (tenant_id BLOB NOT NULL, id BLOB NOT NULL, user_id BLOB NOT NULL,
         number INTEGER NOT NULL CHECK (number < 1000), salary INTEGER NOT NULL,
         UNIQUE (tenant_id, salary, number));"
);
suite!(
    postgres,
    sqlx::Postgres,
    "CREATE TABLE organizations (id uuid PRIMARY KEY);
     CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL, admin boolean NOT NULL);
     CREATE TABLE employees (tenant_id uuid NOT NULL, id uuid NOT NULL, user_id uuid NOT NULL,
         number bigint NOT NULL CHECK (number < 1000), salary bigint NOT NULL,
         UNIQUE (tenant_id, salary, number));"
);
