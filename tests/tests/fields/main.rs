//! Guarded fields, on real databases: who may not see a value does not see it, and does not find it out.

#![allow(missing_docs, unreachable_pub, dead_code, reason = "models of tests")]

#[path = "../../cases/mod.rs"]
mod cases;
mod filter;
mod random;
#[path = "../policies/reference.rs"]
mod reference;

macro_rules! suite {
    ($name:ident, $database:ty, $schema:literal) => {
        mod $name {
            use tenancy::{Masked, Root as _, TenantRoot, TenantScoped};
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
                pub level: Option<i64>,
            }

            #[derive(Clone, Debug, PartialEq, TenantScoped)]
            #[tenancy(root = Organization, policies)]
            pub struct Employee {
                pub id: Uuid,
                #[tenancy(belongs_to = User)]
                pub user_id: Uuid,
                pub name: String,
                pub team: i64,
                #[tenancy(guarded)]
                pub salary: Masked<i64>,
                #[tenancy(guarded)]
                pub bonus: Masked<Option<i64>>,
                #[tenancy(guarded)]
                pub notes: Masked<Option<String>>,
            }

            tenancy::policies! {
                Employee, actor: User {
                    check is_me = user_id == actor;
                    read { authorize_if always; }
                    create { authorize_if always; }
                    update { authorize_if always; }
                    destroy { authorize_if always; }
                    field(salary, bonus) {
                        authorize_if is_me();
                        authorize_if actor.admin;
                    }
                    field notes {
                        forbid_if team > actor.level;
                        authorize_if always;
                    }
                }
            }

            #[tokio::test]
            async fn smoke() {
                let db = tenancy_tests::database::$name($schema).await;
                let acme = Organization::create(NewOrganization {}).execute(&db).await.unwrap();
                tenancy::enter!(acme = acme);
                let user = |admin, level| NewUser { admin, level };
                let ann = User::create(user(false, Some(1))).fetch_one(&acme).await.unwrap();
                let bob = User::create(user(false, Some(9))).fetch_one(&acme).await.unwrap();
                let acting = acme.acting_as(ann.clone());
                let new = |user, name: &str, team, salary, bonus| NewEmployee {
                    user_id: user,
                    name: name.into(),
                    team,
                    salary,
                    bonus,
                    notes: Some("good".into()),
                };
                let me = Employee::create(new((&ann).into(), "ann", 1, 10, None))
                    .fetch_one(&acting).await.unwrap();
                assert_eq!(me.salary, Masked::Visible(10));
                assert_eq!(me.bonus, Masked::Visible(None));
                let other = Employee::create(new((&bob).into(), "bob", 2, 20, Some(5)))
                    .fetch_one(&acting).await.unwrap();
                assert_eq!(other.salary, Masked::Hidden);
                assert_eq!(other.notes, Masked::Hidden);
                println!("{other:?}");
                let all = Employee::query().order_by(|e| e.name.asc()).fetch_all(&acting).await.unwrap();
                assert_eq!(all.iter().map(|e| e.salary).collect::<Vec<_>>(), [Masked::Visible(10), Masked::Hidden]);
                let rich = Employee::query().filter(|e| e.salary.ge(0) & e.name.ne("x")).fetch_all(&acting).await.unwrap();
                assert_eq!(rich.len(), 1);
                assert_eq!(Employee::query().filter(|e| !e.salary.eq(5)).count(&acting).await.unwrap(), 1);
                assert_eq!(Employee::query().filter(|e| e.bonus.is_null()).count(&acting).await.unwrap(), 2);
                assert_eq!(Employee::query().count(&acting).await.unwrap(), 2);
                let updated = Employee::update(&other).set(|e| e.salary.to(30)).fetch_one(&acting).await.unwrap();
                assert_eq!(updated.salary, Masked::Hidden);
                Employee::update(&other).set(|e| (e.salary.to(30), e.bonus.to_null())).execute(&acting).await.unwrap();
                let hit = Employee::update_where(|e| e.salary.gt(0)).set(|e| e.team.to(0)).execute(&acting).await.unwrap();
                assert_eq!(hit, 1);
                let hit = Employee::destroy_where(|e| e.salary.gt(0)).fetch_all(&acting).await.unwrap();
                assert_eq!(hit.len(), 1);
            }
        }
    };
}

suite!(
    sqlite,
    sqlx::Sqlite,
    "CREATE TABLE organizations (id BLOB PRIMARY KEY);
     CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, admin BOOLEAN NOT NULL,
         level INTEGER, PRIMARY KEY (tenant_id, id));
     CREATE TABLE employees (tenant_id BLOB NOT NULL, id BLOB NOT NULL, user_id BLOB NOT NULL,
         name TEXT NOT NULL, team INTEGER NOT NULL, salary INTEGER NOT NULL, bonus INTEGER, notes TEXT,
         PRIMARY KEY (tenant_id, id));"
);
suite!(
    postgres,
    sqlx::Postgres,
    "CREATE TABLE organizations (id uuid PRIMARY KEY);
     CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL, admin boolean NOT NULL,
         level bigint, PRIMARY KEY (tenant_id, id));
     CREATE TABLE employees (tenant_id uuid NOT NULL, id uuid NOT NULL, user_id uuid NOT NULL,
         name text NOT NULL, team bigint NOT NULL, salary bigint NOT NULL, bonus bigint, notes text,
         PRIMARY KEY (tenant_id, id));"
);
