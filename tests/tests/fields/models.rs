//! Models with guarded fields, on both databases.

macro_rules! models {
    ($name:ident, $database:ty, $schema:literal) => {
        pub(crate) mod $name {
            use tenancy::{Acting, Masked, Root as _, Scoped, Tenant, TenantRoot, TenantScoped};
            use uuid::Uuid;

            pub type Database = $database;

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
                pub level: Option<i64>,
            }

            #[derive(Clone, Debug, PartialEq, serde::Serialize, TenantScoped)]
            #[tenancy(root = Organization, policies)]
            pub struct Employee {
                pub id: Uuid,
                #[tenancy(belongs_to = User)]
                pub user_id: Uuid,
                pub name: String,
                pub team: i64,
                /// There is an index on it.
                #[tenancy(guarded)]
                pub salary: Masked<i64>,
                /// At most the salary, says the table.
                #[tenancy(guarded, default)]
                pub bonus: Masked<Option<i64>>,
                /// Unique in the tenant; its column has another name.
                #[tenancy(guarded, column = "badge_number")]
                pub badge: Masked<Option<i64>>,
                #[tenancy(guarded)]
                pub notes: Masked<Option<String>>,
                /// Made of the salary by the database.
                #[tenancy(guarded, generated)]
                pub double: Masked<i64>,
                #[tenancy(version)]
                pub version: i64,
            }

            tenancy::policies! {
                Employee, actor: User {
                    check is_me = user_id == actor;
                    read { authorize_if always; }
                    create { authorize_if always; }
                    update { authorize_if always; }
                    destroy { authorize_if always; }
                    field(salary, bonus, badge, double) {
                        authorize_if is_me();
                        authorize_if actor.admin;
                    }
                    field notes {
                        forbid_if team > actor.level;
                        authorize_if always;
                    }
                    field notes when actor.admin { authorize_if always; }
                    field notes when !actor.admin { authorize_unless user_id.any(|u| u.admin); }
                }
            }

            /// A text to be read by an employee, who may have been read by another one.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, policies)]
            pub struct Memo {
                pub id: Uuid,
                pub least: i64,
                pub number: i64,
            }

            impl Employee {
                pub fn paid(&self) -> &Masked<i64> {
                    &self.salary
                }
            }

            tenancy::policies! {
                Memo, actor: Employee {
                    create { authorize_if always; }
                    read {
                        authorize_if number == 1 && least <= actor.salary;
                        authorize_if number == 2 && actor.salary > 0;
                        authorize_if number == 3 && actor.salary == actor.salary;
                        authorize_if number == 4 && actor.paid() == actor.paid();
                        authorize_if number == 5 && actor.bonus == actor.bonus;
                        authorize_unless number != 6 || actor.salary != 70_000;
                        authorize_if number == 7 && actor.bonus.is_none();
                        authorize_unless number != 8 || actor.bonus.is_none();
                        authorize_if number == 9 && actor.salary.is_in([70_000, 1]);
                        authorize_if number == 10 && actor.salary.is_hidden();
                        authorize_if number == 11;
                    }
                }
            }

            /// A new database.
            pub(crate) async fn database() -> tenancy_tests::database::Fresh<$database> {
                tenancy_tests::database::$name($schema).await
            }

            /// A new tenant.
            pub(crate) async fn tenant(
                db: &tenancy::Db<$database>,
            ) -> tenancy::VerifiedTenant<Organization> {
                Organization::create(NewOrganization {})
                    .execute(db)
                    .await
                    .unwrap()
            }

            /// A new user.
            pub(crate) async fn user<'t>(
                tenant: &Tenant<'t, Organization>,
                admin: bool,
                level: Option<i64>,
            ) -> Scoped<'t, User> {
                User::create(NewUser { admin, level })
                    .fetch_one(tenant)
                    .await
                    .unwrap()
            }

            /// A new employee of team 1.
            pub(crate) async fn employee<'t>(
                acting: &Acting<'t, Organization, User>,
                user: &Scoped<'t, User>,
                name: &str,
                salary: i64,
            ) -> Scoped<'t, Employee> {
                let new = NewEmployee {
                    user_id: user.into(),
                    name: name.into(),
                    team: 1,
                    salary,
                    badge: None,
                    notes: Some(format!("about {name}")),
                };
                Employee::create(new).fetch_one(acting).await.unwrap()
            }
        }
    };
}

models!(
    sqlite,
    sqlx::Sqlite,
    "CREATE TABLE organizations (id BLOB PRIMARY KEY);
     CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, admin BOOLEAN NOT NULL,
         level INTEGER, PRIMARY KEY (tenant_id, id));
     CREATE TABLE employees (tenant_id BLOB NOT NULL, id BLOB NOT NULL, user_id BLOB NOT NULL,
         name TEXT NOT NULL, team INTEGER NOT NULL, salary INTEGER NOT NULL,
         bonus INTEGER DEFAULT 7 CHECK (bonus <= salary), badge_number INTEGER, notes TEXT,
         \"double\" INTEGER NOT NULL GENERATED ALWAYS AS (2 * salary) STORED, version INTEGER NOT NULL,
         PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, badge_number));
     CREATE INDEX by_salary ON employees (tenant_id, salary);
     CREATE TABLE memos (tenant_id BLOB NOT NULL, id BLOB NOT NULL, least INTEGER NOT NULL,
         number INTEGER NOT NULL, PRIMARY KEY (tenant_id, id));"
);
models!(
    postgres,
    sqlx::Postgres,
    "CREATE TABLE organizations (id uuid PRIMARY KEY);
     CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL, admin boolean NOT NULL,
         level bigint, PRIMARY KEY (tenant_id, id));
     CREATE TABLE employees (tenant_id uuid NOT NULL, id uuid NOT NULL, user_id uuid NOT NULL,
         name text NOT NULL, team bigint NOT NULL, salary bigint NOT NULL,
         bonus bigint DEFAULT 7 CHECK (bonus <= salary), badge_number bigint, notes text,
         \"double\" bigint NOT NULL GENERATED ALWAYS AS (2 * salary) STORED, version bigint NOT NULL,
         PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, badge_number));
     CREATE INDEX by_salary ON employees (tenant_id, salary);
     CREATE TABLE memos (tenant_id uuid NOT NULL, id uuid NOT NULL, least bigint NOT NULL,
         number bigint NOT NULL, PRIMARY KEY (tenant_id, id));"
);

/// Defines a test twice, once for each database, where the models are in scope.
macro_rules! on_both {
    ($(async fn $name:ident() $body:block)*) => {
        mod sqlite {
            #[allow(unused_imports)]
            use super::*;
            use crate::models::sqlite::*;
            $( #[tokio::test] async fn $name() $body )*
        }

        mod postgres {
            #[allow(unused_imports)]
            use super::*;
            use crate::models::postgres::*;
            $( #[tokio::test] async fn $name() $body )*
        }
    };
}

pub(crate) use on_both;
