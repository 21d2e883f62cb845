//! Actions of the program's own: each statement under its own rules, and no others.

use tenancy::policy::action::{self, Action};
use tenancy::{Error, Root as _, TenantRoot};

macro_rules! actions {
    ($($name:ident $like:ident $text:literal;)*) => {$(
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl Action for $name {
            type Like = action::$like;
            const NAME: &'static str = $text;
        }
    )*};
}

actions! {
    Publish Update "publish";
    Purge Destroy "purge";
    Import Create "import";
    Export Read "export";
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
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, policies)]
            pub struct Document {
                pub id: Uuid,
                #[tenancy(belongs_to = User)]
                pub owner_id: Uuid,
                pub title: String,
                pub public: bool,
            }

            tenancy::policies! {
                Document, actor: User {
                    guard(update as Publish) { forbid_if title == "" => "untitled"; }
                    read { authorize_if title != "unseen"; }
                    read as Export { authorize_if owner_id == actor; }
                    create { authorize_if owner_id == actor; }
                    create as Import { authorize_if always; }
                    update { authorize_if owner_id == actor; }
                    update as Publish => "drafts" { authorize_unless public; }
                    destroy as super::Purge { authorize_if title == "old"; }
                }
            }

            #[tokio::test]
            async fn have_rules_of_their_own() {
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
                let new = |owner, title: &str| NewDocument {
                    owner_id: owner,
                    title: title.into(),
                    public: false,
                };
                let create = |owner, title| Document::create(new(owner, title));
                let bobs = || create((&bob).into(), "b");
                assert_eq!(code(bobs().execute(&acme).await), "create");
                bobs()
                    .action(Import)
                    .execute(&acme)
                    .await
                    .expect("imported");
                let bobs = bobs()
                    .action(Import)
                    .fetch_one(&acme)
                    .await
                    .expect("imported");
                let unseen = create((&ann).into(), "unseen").action(Import);
                assert_eq!(code(unseen.fetch_one(&acme).await.map(|_| ())), "read");
                create((&ann).into(), "unseen")
                    .action(Import)
                    .execute(&acme)
                    .await
                    .expect("imported");
                let anns = create((&ann).into(), "a")
                    .fetch_one(&acme)
                    .await
                    .expect("Ann's");

                // Reads: hers alone, and with those that `read` does not let her see.
                let all = || Document::query();
                assert_eq!(all().count(&acme).await.expect("a number"), 3);
                assert_eq!(
                    all().action(Export).count(&acme).await.expect("a number"),
                    2
                );
                assert!(all().action(Export).exists(&acme).await.expect("an answer"));
                let rows = all().order_by(|d| d.title.asc()).action(Export);
                let titles: Vec<_> = rows.fetch_all(&acme).await.expect("rows");
                let titles: Vec<_> = titles.iter().map(|row| row.title.as_str()).collect();
                assert_eq!(titles, ["a", "unseen"]);
                let one = all().filter(|d| d.title.eq("b")).action(Export);
                let none = one.fetch_optional(&acme).await.expect("an answer");
                assert!(none.is_none());

                // Updates.
                let update = |row| Document::update(row).set(|d| d.title.to("c"));
                assert_eq!(code(update(&bobs).execute(&acme).await), "update");
                update(&bobs)
                    .action(Publish)
                    .execute(&acme)
                    .await
                    .expect("a draft");
                let row = update(&bobs).action(Publish).fetch_one(&acme).await;
                assert_eq!(row.expect("a draft").title, "c");
                let untitled = Document::update(&bobs)
                    .set(|d| d.title.to(""))
                    .action(Publish);
                assert_eq!(code(untitled.execute(&acme).await), "untitled");
                let public = Document::update(&bobs)
                    .set(|d| d.public.to(true))
                    .action(Publish);
                // As it will be it is no draft any more.
                assert_eq!(code(public.execute(&acme).await), "drafts");
                assert!(acme.can(Publish, &bobs).await.expect("an answer"));
                assert!(!acme.can(action::Update, &bobs).await.expect("an answer"));
                let explanation = acme.explain(Publish, &bobs).await.expect("one");
                assert_eq!((explanation.action, explanation.allowed), ("publish", true));
                let number = Document::update_where(|d| d.public.eq(false))
                    .set(|d| d.title.to("old"))
                    .action(Publish);
                assert_eq!(number.execute(&acme).await.expect("a number"), 3);

                // Removals, of which there are no other rules.
                let purge = Document::destroy(&anns).action(Purge);
                purge.execute(&acme).await.expect("it is old");
                let gone = Document::destroy(&anns)
                    .action(Purge)
                    .fetch_one(&acme)
                    .await;
                assert!(matches!(gone, Err(Error::NotFound)), "{gone:?}");
                let rows = Document::destroy_where(|d| d.title.ne("x")).action(Purge);
                assert_eq!(rows.fetch_all(&acme).await.expect("rows").len(), 2);
            }
        }
    };
}

fn code(result: tenancy::Result<()>) -> &'static str {
    match result {
        Err(Error::Forbidden(denial)) => denial.code(),
        other => panic!("{other:?}"),
    }
}

suite!(
    sqlite,
    sqlx::Sqlite,
    "CREATE TABLE organizations (id BLOB PRIMARY KEY);
     CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL);
     CREATE TABLE documents (tenant_id BLOB NOT NULL, id BLOB NOT NULL, owner_id BLOB NOT NULL,
         title TEXT NOT NULL, public BOOLEAN NOT NULL);"
);
suite!(
    postgres,
    sqlx::Postgres,
    "CREATE TABLE organizations (id uuid PRIMARY KEY);
     CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL);
     CREATE TABLE documents (tenant_id uuid NOT NULL, id uuid NOT NULL, owner_id uuid NOT NULL,
         title text NOT NULL, public boolean NOT NULL);"
);
