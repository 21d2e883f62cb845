//! L36: a trigger skips the row without a word, which is neither a missing row, nor a denial, nor a reference that
//! does not exist; and those are told apart from each other.

use tenancy::{Error, Ref, Root as _};
use uuid::Uuid;

macro_rules! suite {
    ($name:ident, $database:ty, $schema:expr) => {
        mod $name {
            use super::*;
            use tenancy::{TenantRoot, TenantScoped};

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $database)]
            struct Organization {
                id: Uuid,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            struct User {
                id: Uuid,
                name: String,
            }

            /// Nobody decides about them.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            struct Page {
                id: Uuid,
                #[tenancy(belongs_to = User)]
                owner_id: Uuid,
                title: String,
            }

            /// The same, with a version.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            struct Sheet {
                id: Uuid,
                title: String,
                #[tenancy(version)]
                version: i64,
            }

            /// The same table as pages, with rules.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, table = "pages", policies)]
            struct Ruled {
                id: Uuid,
                #[tenancy(belongs_to = User)]
                owner_id: Uuid,
                title: String,
            }

            tenancy::policies! {
                Ruled, actor: User {
                    read { authorize_if always; }
                    create { authorize_if title != "denied"; }
                    update { authorize_if title != "denied"; }
                    destroy { authorize_if title != "denied"; }
                }
            }

            /// The same, with rules about what only the database knows.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, table = "pages", policies)]
            struct Kept {
                id: Uuid,
                #[tenancy(belongs_to = User)]
                owner_id: Uuid,
                #[tenancy(stored)]
                title: String,
            }

            tenancy::policies! {
                Kept, actor: User {
                    read { authorize_if always; }
                    create { authorize_if title != "denied"; }
                    update { authorize_if title != "denied"; }
                    destroy { authorize_if title != "denied"; }
                }
            }

            macro_rules! is {
                ($error:pat, $result:expr) => {
                    match $result {
                        Err($error) => {}
                        other => panic!("{}: {other:?}", stringify!($result)),
                    }
                };
            }

            #[tokio::test]
            async fn a_tenant() {
                let db = tenancy_tests::database::$name($schema).await;
                let skip = if stringify!($name) == "sqlite" {
                    "CREATE TRIGGER o BEFORE INSERT ON organizations BEGIN SELECT RAISE(IGNORE); END"
                } else {
                    "CREATE FUNCTION skip_all() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
                     CREATE TRIGGER o BEFORE INSERT ON organizations FOR EACH ROW EXECUTE FUNCTION skip_all()"
                };
                tenancy_tests::database::run(&db, skip).await.unwrap();
                is!(Error::Skipped, Organization::create(NewOrganization {}).execute(&db).await);
                is!(Error::TenantUnavailable, Organization::verify(&db, Uuid::nil()).await);
            }

            #[tokio::test]
            async fn where_nobody_decides() {
                let db = tenancy_tests::database::$name($schema).await;
                let create = || Organization::create(NewOrganization {}).execute(&db);
                let (acme, globex) = (create().await.unwrap(), create().await.unwrap());
                let foreign = {
                    tenancy::enter!(globex = globex);
                    let new = NewUser { name: "b".into() };
                    User::create(new).fetch_one(&globex).await.unwrap().id
                };
                tenancy::enter!(mut acme = acme);
                let ann = User::create(NewUser { name: "a".into() });
                let ann = ann.fetch_one(&acme).await.unwrap();
                let new = |title: &str, owner_id: Uuid| NewPage {
                    owner_id: Ref::by_id(owner_id),
                    title: title.into(),
                };
                let known = |title: &str| NewPage {
                    owner_id: (&ann).into(),
                    title: title.into(),
                };
                is!(Error::Skipped, Page::create(known("skip")).execute(&acme).await);
                is!(Error::Skipped, Page::create(known("skip")).fetch_one(&acme).await);
                is!(Error::Skipped, Page::create(new("skip", ann.id)).execute(&acme).await);
                is!(Error::Skipped, Page::create_many([known("skip"), known("skip")]).execute(&acme).await);
                is!(Error::Skipped, Page::create_many([new("skip", ann.id)]).fetch_all(&acme).await);
                is!(Error::Skipped, Page::upsert(known("skip")).on(|p| p.title).execute(&acme).await);
                is!(Error::Skipped, Page::upsert(new("skip", ann.id)).on(|p| p.title).fetch_one(&acme).await);
                // A reference that does not exist, be it that of another tenant: whether or not it would be skipped.
                for id in [Uuid::now_v7(), foreign] {
                    for title in ["skip", "a"] {
                        is!(Error::InvalidReference, Page::create(new(title, id)).execute(&acme).await);
                        let many = [new(title, ann.id), new(title, id)];
                        is!(Error::InvalidReference, Page::create_many(many).execute(&acme).await);
                        let upsert = Page::upsert(new(title, id)).on(|p| p.title);
                        is!(Error::InvalidReference, upsert.execute(&acme).await);
                    }
                }
                let page = Page::create(known("a")).fetch_one(&acme).await.unwrap();
                let to = |title| Page::update(&page).set(|p| p.title.to(title));
                is!(Error::Skipped, to("skip").execute(&acme).await);
                is!(Error::Skipped, to("skip").fetch_one(&acme).await);
                let tx = acme.begin().await.unwrap();
                is!(Error::Skipped, to("skip").execute(&tx).await);
                to("kept").execute(&tx).await.unwrap();
                is!(Error::Skipped, Page::destroy(&page).execute(&tx).await);
                is!(Error::Skipped, Page::destroy(&page).fetch_one(&tx).await);
                tx.commit().await.unwrap();
                let moved = |id| Page::update(&page).set(|p| (p.title.to("skip"), p.owner_id.to(Ref::by_id(id))));
                is!(Error::Skipped, moved(ann.id).execute(&acme).await);
                is!(Error::InvalidReference, moved(foreign).execute(&acme).await);
                to("a").execute(&acme).await.unwrap();
                Page::destroy(&page).execute(&acme).await.unwrap();
                is!(Error::NotFound, to("skip").execute(&acme).await);
                is!(Error::NotFound, moved(foreign).execute(&acme).await);
                is!(Error::NotFound, Page::destroy(&page).execute(&acme).await);

                let sheet = Sheet::create(NewSheet { title: "a".into() });
                let sheet = sheet.fetch_one(&acme).await.unwrap();
                let to = |title| Sheet::update(&sheet).set(|s| s.title.to(title));
                is!(Error::Skipped, to("skip").fetch_one(&acme).await);
                to("kept").execute(&acme).await.unwrap();
                is!(Error::Stale, to("skip").fetch_one(&acme).await);
                is!(Error::Stale, Sheet::destroy(&sheet).execute(&acme).await);
                let sheet = Sheet::query().fetch_one(&acme).await.unwrap();
                is!(Error::Skipped, Sheet::destroy(&sheet).execute(&acme).await);
            }

            macro_rules! ruled {
                ($test:ident, $model:ident, $new:ident) => {
                    #[tokio::test]
                    async fn $test() {
                        let db = tenancy_tests::database::$name($schema).await;
                        let acme = Organization::create(NewOrganization {}).execute(&db).await;
                        tenancy::enter!(acme = acme.unwrap());
                        let ann = User::create(NewUser { name: "a".into() });
                        let ann = ann.fetch_one(&acme).await.unwrap();
                        let acme = acme.acting_as(ann.clone());
                        let new = |title: &str, owner_id: Uuid| $new {
                            owner_id: Ref::by_id(owner_id),
                            title: title.into(),
                        };
                        let known = |title: &str| $new {
                            owner_id: (&ann).into(),
                            title: title.into(),
                        };
                        let absent = Uuid::now_v7();
                        is!(Error::Skipped, $model::create(known("skip")).execute(&acme).await);
                        is!(Error::Skipped, $model::create(new("skip", ann.id)).fetch_one(&acme).await);
                        is!(Error::Forbidden(_), $model::create(known("denied")).execute(&acme).await);
                        is!(Error::Forbidden(_), $model::create(new("denied", ann.id)).execute(&acme).await);
                        is!(Error::InvalidReference, $model::create(new("a", absent)).execute(&acme).await);
                        is!(Error::InvalidReference, $model::create(new("skip", absent)).fetch_one(&acme).await);

                        // Of many, too, however they are described.
                        let many = |title, id| [known("b"), new(title, id)];
                        let skipped = || [known("skip"), new("skip", ann.id)];
                        is!(Error::Skipped, $model::create_many(skipped()).execute(&acme).await);
                        is!(Error::Skipped, $model::create_many([known("skip")]).fetch_all(&acme).await);
                        let each = skipped().map(|new| $model::create(new));
                        is!(Error::Skipped, $model::create_each(each).execute(&acme).await);
                        is!(Error::InvalidReference, $model::create_many(many("a", absent)).execute(&acme).await);
                        is!(Error::Forbidden(_), $model::create_many(many("denied", ann.id)).execute(&acme).await);
                        is!(Error::Forbidden(_), $model::create_many(many("denied", ann.id)).fetch_all(&acme).await);
                        let each = many("denied", ann.id).map(|new| $model::create(new));
                        is!(Error::Forbidden(_), $model::create_each(each).execute(&acme).await);
                        let each = many("a", absent).map(|new| $model::create(new));
                        is!(Error::InvalidReference, $model::create_each(each).fetch_all(&acme).await);
                        assert_eq!($model::query().count(&acme).await.unwrap(), 0);

                        let row = $model::create(known("a")).fetch_one(&acme).await.unwrap();
                        let to = |title| $model::update(&row).set(|r| r.title.to(title));
                        is!(Error::Skipped, to("skip").execute(&acme).await);
                        is!(Error::Forbidden(_), to("denied").fetch_one(&acme).await);
                        let moved = |id| $model::update(&row).set(|r| r.owner_id.to(Ref::by_id(id)));
                        is!(Error::InvalidReference, moved(absent).execute(&acme).await);
                        moved(ann.id).execute(&acme).await.unwrap();
                        to("kept").execute(&acme).await.unwrap();
                        is!(Error::Skipped, $model::destroy(&row).execute(&acme).await);
                        to("a").execute(&acme).await.unwrap();
                        $model::destroy(&row).fetch_one(&acme).await.unwrap();
                        is!(Error::NotFound, to("skip").execute(&acme).await);
                    }
                };
            }

            ruled!(where_rules_decide, Ruled, NewRuled);
            ruled!(where_rules_decide_on_the_stored_row, Kept, NewKept);

            /// Which rule it was about which row, an upsert does not tell; a missing reference it does.
            #[tokio::test]
            async fn upserts_that_rules_narrow() {
                let db = tenancy_tests::database::$name($schema).await;
                let acme = Organization::create(NewOrganization {}).execute(&db).await;
                tenancy::enter!(acme = acme.unwrap());
                let ann = User::create(NewUser { name: "a".into() });
                let ann = ann.fetch_one(&acme).await.unwrap();
                let acme = acme.acting_as(ann.clone());
                let upsert = |title: &str, id| {
                    let new = NewRuled { owner_id: Ref::by_id(id), title: title.into() };
                    Ruled::upsert(new).on(|r| r.title)
                };
                is!(Error::InvalidReference, upsert("a", Uuid::now_v7()).execute(&acme).await);
                is!(Error::Forbidden(_), upsert("denied", ann.id).execute(&acme).await);
                upsert("a", ann.id).execute(&acme).await.unwrap();
                upsert("a", ann.id).execute(&acme).await.unwrap();
            }
        }
    };
}

suite!(
    sqlite,
    sqlx::Sqlite,
    "CREATE TABLE organizations (id BLOB PRIMARY KEY);
     CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, name TEXT NOT NULL);
     CREATE TABLE pages (tenant_id BLOB NOT NULL, id BLOB NOT NULL, owner_id BLOB NOT NULL, title TEXT NOT NULL,
         UNIQUE (tenant_id, title));
     CREATE TABLE sheets (tenant_id BLOB NOT NULL, id BLOB NOT NULL, title TEXT NOT NULL, version INTEGER NOT NULL);
     CREATE TRIGGER i BEFORE INSERT ON pages WHEN NEW.title = 'skip' BEGIN SELECT RAISE(IGNORE); END;
     CREATE TRIGGER u BEFORE UPDATE ON pages WHEN NEW.title = 'skip' BEGIN SELECT RAISE(IGNORE); END;
     CREATE TRIGGER d BEFORE DELETE ON pages WHEN OLD.title = 'kept' BEGIN SELECT RAISE(IGNORE); END;
     CREATE TRIGGER us BEFORE UPDATE ON sheets WHEN NEW.title = 'skip' BEGIN SELECT RAISE(IGNORE); END;
     CREATE TRIGGER ds BEFORE DELETE ON sheets WHEN OLD.title = 'kept' BEGIN SELECT RAISE(IGNORE); END;"
);
suite!(
    postgres,
    sqlx::Postgres,
    "CREATE TABLE organizations (id uuid PRIMARY KEY);
     CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL, name text NOT NULL);
     CREATE TABLE pages (tenant_id uuid NOT NULL, id uuid NOT NULL, owner_id uuid NOT NULL, title text NOT NULL,
         UNIQUE (tenant_id, title));
     CREATE TABLE sheets (tenant_id uuid NOT NULL, id uuid NOT NULL, title text NOT NULL, version bigint NOT NULL);
     CREATE FUNCTION skips() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF TG_OP = 'DELETE' THEN
             IF OLD.title = 'kept' THEN RETURN NULL; END IF;
             RETURN OLD;
         END IF;
         IF NEW.title = 'skip' THEN RETURN NULL; END IF;
         RETURN NEW;
     END $$;
     CREATE TRIGGER skips BEFORE INSERT OR UPDATE OR DELETE ON pages FOR EACH ROW EXECUTE FUNCTION skips();
     CREATE TRIGGER skips BEFORE INSERT OR UPDATE OR DELETE ON sheets FOR EACH ROW EXECUTE FUNCTION skips();"
);
