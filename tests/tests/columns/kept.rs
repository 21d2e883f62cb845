//! Rules about values that the database changes: they are asked of what is stored, if the field says `stored`.

use tenancy::policy::action;
use tenancy::{Error, Root as _, TenantRoot, TenantScoped};
use tenancy_tests::database;

macro_rules! kept {
    ($name:ident, $database:ty, $($seed:literal),+) => {
        mod $name {
            use super::*;
            use tenancy::ddl::Tables;
            use uuid::Uuid;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $database)]
            struct Organization {
                id: Uuid,
            }

            #[derive(Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            struct User {
                id: Uuid,
                level: i64,
            }

            #[derive(Debug, TenantScoped)]
            #[tenancy(root = Organization, policies)]
            struct Page {
                id: Uuid,
                #[tenancy(stored)]
                title: String,
            }

            tenancy::policies! {
                Page, actor: User {
                    read { authorize_if always; }
                    create { forbid_if title == "admin"; authorize_if always; }
                    update { forbid_if title == "admin"; authorize_if always; }
                }
            }

            #[tokio::test]
            async fn what_is_stored_decides() {
                for seed in [$($seed),+] {
                    let db = database::$name("").await;
                    let tables = Tables::<Organization>::new().with::<User>().with::<Page>();
                    database::run(&db, &tables.sql().replace("\"title\" TEXT NOT NULL", "\"title\" TEXT COLLATE RTRIM NOT NULL")).await.expect("it runs");
                    database::run(&db, seed).await.expect("it runs");
                    let acme = Organization::create(NewOrganization {}).execute(&db).await;
                    tenancy::enter!(acme = acme.expect("it runs"));
                    let user = User::create(NewUser { level: 1 }).fetch_one(&acme).await.expect("it runs");
                    let acme = acme.acting_as(user);
                    let new = |title: &str| NewPage { title: title.to_owned() };
                    let page = Page::create(new("mine")).fetch_one(&acme).await.expect("it runs");
                    for title in ["admin", "admin ", "admin  "] {
                        let created = Page::create(new(title)).execute(&acme).await;
                        let updated = Page::update(&page).set(|p| p.title.to(title)).execute(&acme).await;
                        assert!(matches!(created, Err(Error::Forbidden(_))), "{created:?} after {seed}");
                        assert!(matches!(updated, Err(Error::Forbidden(_))), "{updated:?} after {seed}");
                    }
                    assert_eq!(Page::query().count(&acme).await.expect("it runs"), 1, "{seed}");
                }
            }
        }
    };
}

kept!(sqlite, sqlx::Sqlite, "SELECT 1");
kept!(
    postgres,
    sqlx::Postgres,
    "ALTER TABLE pages ALTER title TYPE varchar(5)",
    "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN NEW.title := btrim(NEW.title); RETURN NEW; END $$;
     CREATE TRIGGER cut BEFORE INSERT OR UPDATE ON pages FOR EACH ROW EXECUTE FUNCTION cut()"
);

mod not_a_number {
    use super::*;
    use uuid::Uuid;

    #[derive(Debug, TenantRoot)]
    #[tenancy(database = sqlx::Postgres)]
    struct Organization {
        id: Uuid,
    }

    #[derive(Debug, TenantScoped)]
    #[tenancy(root = Organization)]
    struct User {
        id: Uuid,
        ratio: f64,
    }

    #[derive(Debug, TenantScoped)]
    #[tenancy(root = Organization, policies)]
    struct Page {
        id: Uuid,
        ratio: f64,
        other: f64,
        #[tenancy(default)]
        note: i64,
    }

    tenancy::policies! {
        Page, actor: User {
            read { authorize_if always; }
            create { authorize_if always; }
            update { authorize_if ratio == other; }
            destroy { authorize_if ratio != actor.ratio; }
        }
    }

    /// PostgreSQL takes NaN for equal to itself, and Rust does not. The library writes none, but another program may.
    #[tokio::test]
    async fn what_is_said_is_what_is_done() {
        for (ratio, other, updates, destroys) in [
            ("'NaN'", "'NaN'", true, true),
            ("'NaN'", "0.5", false, true),
            ("0.5", "0.5", true, false),
        ] {
            let db = database::postgres("").await;
            let tables = tenancy::ddl::Tables::<Organization>::new()
                .with::<User>()
                .with::<Page>();
            database::run(&db, &tables.sql()).await.expect("it runs");
            let acme = Organization::create(NewOrganization {}).execute(&db).await;
            tenancy::enter!(acme = acme.expect("it runs"));
            let user = User::create(NewUser { ratio: 0.5 })
                .fetch_one(&acme)
                .await
                .expect("it runs");
            let acme = acme.acting_as(user);
            let new = NewPage {
                ratio: 0.5,
                other: 0.5,
            };
            Page::create(new).execute(&acme).await.expect("it runs");
            let seed = format!("UPDATE pages SET ratio = {ratio}, other = {other}");
            database::run(&db, &seed).await.expect("it runs");
            let page = Page::query().fetch_one(&acme).await.expect("it runs");
            assert_eq!(
                acme.can(action::Update, &page).await.expect("it runs"),
                updates,
                "{seed}"
            );
            assert_eq!(
                acme.can(action::Destroy, &page).await.expect("it runs"),
                destroys,
                "{seed}"
            );
            let updated = Page::update(&page)
                .set(|p| p.note.to(1))
                .execute(&acme)
                .await;
            assert_eq!(updated.is_ok(), updates, "{updated:?} after {seed}");
            let destroyed = Page::destroy(&page).execute(&acme).await;
            assert_eq!(destroyed.is_ok(), destroys, "{destroyed:?} after {seed}");
        }
    }
}
