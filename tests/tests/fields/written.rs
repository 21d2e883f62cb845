//! What writes give back of guarded fields: many rows at once, rows in the place of others, and rows that are
//! decided on as they are stored. And what may be done with a row whose fields are hidden.

use tenancy::policy::action;
use tenancy::{Masked, Root as _, TenantRoot};

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
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, policies)]
            pub struct Employee {
                pub id: Uuid,
                #[tenancy(belongs_to = User)]
                pub user_id: Uuid,
                pub name: String,
                #[tenancy(guarded)]
                pub salary: Masked<i64>,
            }

            tenancy::policies! {
                Employee, actor: User {
                    read { authorize_if always; }
                    create { authorize_if salary > 0; }
                    // The rule sees what the actor does not.
                    update { authorize_if salary < 1000; }
                    destroy { authorize_if salary == 7; }
                    field salary { authorize_if user_id == actor; }
                }
            }

            /// The same, decided on the stored row.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, table = "employees", policies)]
            pub struct Stored {
                pub id: Uuid,
                #[tenancy(belongs_to = User)]
                pub user_id: Uuid,
                #[tenancy(stored)]
                pub name: String,
                #[tenancy(guarded)]
                pub salary: Masked<i64>,
            }

            tenancy::policies! {
                Stored, actor: User {
                    read { authorize_if name != "no"; }
                    create { authorize_if name != "no" && salary > 0; }
                    update { authorize_if name != "no" && salary < 1000; }
                    field salary { authorize_if user_id == actor; }
                }
            }

            #[tokio::test]
            async fn what_comes_back_is_masked() {
                let fresh = tenancy_tests::database::$name($schema).await;
                let acme = Organization::create(NewOrganization {})
                    .execute(&fresh)
                    .await;
                tenancy::enter!(acme = acme.expect("a tenant"));
                let ann = User::create(NewUser {})
                    .fetch_one(&acme)
                    .await
                    .expect("Ann");
                let bob = User::create(NewUser {})
                    .fetch_one(&acme)
                    .await
                    .expect("Bob");
                let acme = acme.acting_as(ann.clone());
                let new = |user: &tenancy::Scoped<'_, User>, name: &str, salary| {
                    let user_id = if user.id == ann.id {
                        (&ann).into()
                    } else {
                        (&bob).into()
                    };
                    NewEmployee {
                        user_id,
                        name: name.into(),
                        salary,
                    }
                };

                // Many at once.
                let rows = [new(&ann, "a", 5), new(&bob, "b", 6)];
                let rows = Employee::create_many(rows)
                    .fetch_all(&acme)
                    .await
                    .expect("two");
                for row in &rows {
                    let expected = if row.name == "a" {
                        Masked::Visible(5)
                    } else {
                        Masked::Hidden
                    };
                    assert_eq!(row.salary, expected, "{row:?}");
                }

                // In the place of another one, and of none.
                for (user, name, salary, expected) in [
                    (&bob, "b", 8, Masked::Hidden),
                    (&ann, "a", 9, Masked::Visible(9)),
                    (&bob, "c", 7, Masked::Hidden),
                    (&ann, "d", 7, Masked::Visible(7)),
                ] {
                    let upsert = Employee::upsert(new(user, name, salary)).on(|e| e.name);
                    let row = upsert.fetch_one(&acme).await.expect("a row");
                    assert_eq!(row.salary, expected, "{row:?}");
                }

                // The rules see what is hidden, in memory as in the database.
                let rows = Employee::query().fetch_all(&acme).await.expect("rows");
                for row in &rows {
                    let expected = row.name == "c" || row.name == "d";
                    let can = acme.can(action::Destroy, row).await.expect("an answer");
                    assert_eq!(can, expected, "{row:?}");
                    assert!(acme.can(action::Update, row).await.expect("an answer"));
                    let explained = acme.explain(action::Destroy, row).await.expect("one");
                    assert_eq!(explained.allowed, expected, "{explained}");
                }

                // Decided on the stored row.
                let new = |user, name: &str, salary| NewStored {
                    user_id: user,
                    name: name.into(),
                    salary,
                };
                for (user, name, expected) in [
                    ((&bob).into(), "e", Masked::Hidden),
                    ((&ann).into(), "f", Masked::Visible(3)),
                ] {
                    let row = Stored::create(new(user, name, 3)).fetch_one(&acme).await;
                    let row = row.expect("a row");
                    assert_eq!(row.salary, expected, "{row:?}");
                    let update = Stored::update(&row).set(|s| s.name.to("other"));
                    let row = update.fetch_one(&acme).await.expect("a row");
                    assert_eq!(row.salary, expected, "{row:?}");
                    let back = Stored::update(&row).set(|s| s.name.to(name));
                    back.execute(&acme).await.expect("an update");
                }
                let rows = [new((&bob).into(), "g", 4), new((&ann).into(), "h", 4)];
                let rows = Stored::create_many(rows)
                    .fetch_all(&acme)
                    .await
                    .expect("two");
                for row in &rows {
                    let expected = if row.name == "h" {
                        Masked::Visible(4)
                    } else {
                        Masked::Hidden
                    };
                    assert_eq!(row.salary, expected, "{row:?}");
                }
                // A condition of the caller's does not find what is hidden there, either.
                let updated = Stored::update_where(|s| s.salary.eq(4))
                    .set(|s| s.salary.to(40))
                    .fetch_all(&acme)
                    .await
                    .expect("one row");
                let updated: Vec<_> = updated
                    .iter()
                    .map(|row| (&*row.name, &row.salary))
                    .collect();
                assert_eq!(updated, [("h", &Masked::Visible(40))]);
                let updated = Stored::update_where(|s| s.name.ge("g"))
                    .set(|s| s.salary.to(50))
                    .fetch_all(&acme)
                    .await
                    .expect("rows");
                for row in &updated {
                    let expected = if row.name == "h" {
                        Masked::Visible(50)
                    } else {
                        Masked::Hidden
                    };
                    assert_eq!(row.salary, expected, "{row:?}");
                }
                assert_eq!(updated.len(), 2);
            }
        }
    };
}

suite!(
    sqlite,
    sqlx::Sqlite,
    "CREATE TABLE organizations (id BLOB PRIMARY KEY);
     CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL);
     CREATE TABLE employees (tenant_id BLOB NOT NULL, id BLOB NOT NULL, user_id BLOB NOT NULL,
         name TEXT NOT NULL, salary INTEGER NOT NULL, UNIQUE (tenant_id, name));"
);
suite!(
    postgres,
    sqlx::Postgres,
    "CREATE TABLE organizations (id uuid PRIMARY KEY);
     CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL);
     CREATE TABLE employees (tenant_id uuid NOT NULL, id uuid NOT NULL, user_id uuid NOT NULL,
         name text NOT NULL, salary bigint NOT NULL, UNIQUE (tenant_id, name));"
);
