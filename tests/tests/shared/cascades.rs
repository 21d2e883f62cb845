//! Cascades: what the database removes with a row is asked before the row goes.
//!
//! Covers L1 (cascades are a secondary path that policies are dropped on).

use tenancy::policy::action::{self, Action};
use tenancy::query::Reach;
use tenancy::{Error, TenantRoot};
use tenancy_tests::grounds;

/// Removing a row as a part of clearing up.
#[derive(Clone, Copy, Debug)]
pub struct ClearUp;

impl Action for ClearUp {
    type Like = action::Destroy;
    const NAME: &'static str = "clear_up";
}

#[track_caller]
fn kept<T: std::fmt::Debug>(result: tenancy::Result<T>) {
    match result {
        Err(Error::Forbidden(denial)) => {
            assert_eq!((denial.action(), denial.code()), ("destroy", "dependants"));
        }
        other => panic!("{other:?}"),
    }
}

macro_rules! suite {
    ($ground:ident, $database:ty, [$($root:tt)*], [$($strategy:tt)*], $schema:literal $(, $secured:expr)?) => {
        mod $ground {
            use super::*;
            use tenancy::{Acting, Scoped, TenantScoped};
            use uuid::Uuid;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $database $($root)*)]
            pub struct Organization {
                pub id: Uuid,
                pub name: String,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization $($strategy)*)]
            pub struct User {
                pub id: Uuid,
                pub admin: bool,
            }

            /// Without policies of its own; folders are in folders.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization $($strategy)*, destroys(Document.folder_id, Folder.parent_id))]
            pub struct Folder {
                pub id: Uuid,
                #[tenancy(belongs_to = Folder)]
                pub parent_id: Option<Uuid>,
                pub name: String,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization $($strategy)*, policies, destroys(Remark.document_id))]
            pub struct Document {
                pub id: Uuid,
                #[tenancy(belongs_to = Folder)]
                pub folder_id: Uuid,
                pub locked: bool,
                pub hidden: bool,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization $($strategy)*, policies)]
            pub struct Remark {
                pub id: Uuid,
                #[tenancy(belongs_to = Document)]
                pub document_id: Uuid,
                pub lasts: Option<bool>,
            }

            /// Nothing that goes with it has policies.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization $($strategy)*, table = "branches", destroys(Branch.parent_id))]
            pub struct Branch {
                pub id: Uuid,
                #[tenancy(belongs_to = Branch)]
                pub parent_id: Option<Uuid>,
            }

            tenancy::policies! {
                Document, actor: User {
                    read { forbid_if hidden; authorize_if always; }
                    create { authorize_if always; }
                    update { authorize_if always; }
                    destroy { forbid_if locked => "locked"; authorize_if actor.admin; }
                    destroy as ClearUp { authorize_if always; }
                }
            }

            tenancy::policies! {
                Remark, actor: User {
                    read { authorize_if always; }
                    create { authorize_if always; }
                    // What is unknown does not permit.
                    destroy { authorize_unless lasts; }
                }
            }

            type Acme<'t> = Acting<'t, Organization, User>;

            async fn folder<'t>(acme: &Acme<'t>, parent: Option<&Scoped<'t, Folder>>) -> Scoped<'t, Folder> {
                let new = NewFolder { parent_id: parent.map(Into::into), name: "a".into() };
                Folder::create(new).fetch_one(acme).await.unwrap()
            }

            /// A document that could be read when it was made.
            async fn document<'t>(
                acme: &Acme<'t>,
                folder: &Scoped<'t, Folder>,
                locked: bool,
            ) -> Scoped<'t, Document> {
                let new = NewDocument { folder_id: folder.into(), locked, hidden: false };
                Document::create(new).fetch_one(acme).await.unwrap()
            }

            async fn hidden<'t>(acme: &Acme<'t>, folder: &Scoped<'t, Folder>) {
                let new = NewDocument { folder_id: folder.into(), locked: false, hidden: true };
                Document::create(new).execute(acme).await.unwrap();
            }

            async fn remark<'t>(acme: &Acme<'t>, document: &Scoped<'t, Document>, lasts: Option<bool>) {
                let new = NewRemark { document_id: document.into(), lasts };
                Remark::create(new).execute(acme).await.unwrap();
            }

            /// How many folders, documents and remarks there are, whoever asks.
            async fn there(outside: &tenancy::Db<$database>) -> (i64, i64, i64) {
                sqlx::query_as(
                    "SELECT (SELECT count(*) FROM folders), (SELECT count(*) FROM documents), \
                     (SELECT count(*) FROM remarks)",
                )
                .fetch_one(&mut *outside.acquire().await.unwrap())
                .await
                .unwrap()
            }

            #[tokio::test]
            async fn ask_what_goes_along() {
                let new = || NewOrganization { name: "One".into() };
                let ground = grounds::$ground::<Organization>($schema $(, $secured)?, new).await;
                let [(acme, outside), (globex, _)] = &ground.tenants;
                tenancy::enter!(acme = acme.clone());
                tenancy::enter!(other = globex.clone());
                let admin = User::create(NewUser { admin: true }).fetch_one(&acme).await.unwrap();
                let clerk = User::create(NewUser { admin: false }).fetch_one(&acme).await.unwrap();
                let stranger = User::create(NewUser { admin: true }).fetch_one(&other).await.unwrap();
                let acme = acme.acting_as(admin);
                let other = other.acting_as(stranger);
                // What is kept elsewhere keeps nothing here.
                let foreign = folder(&other, None).await;
                document(&other, &foreign, true).await;
                hidden(&other, &foreign).await;
                let before = there(outside).await;

                // All may go.
                let top = folder(&acme, None).await;
                let below = folder(&acme, Some(&top)).await;
                for at in [&top, &below] {
                    let document = document(&acme, at, false).await;
                    remark(&acme, &document, Some(false)).await;
                }
                Folder::destroy(&top).execute(&acme).await.unwrap();
                assert_eq!(there(outside).await, before);
                // A row that is gone is not found, whatever keeps others.
                let gone = Folder::destroy(&top).execute(&acme).await;
                assert!(matches!(gone, Err(Error::NotFound)), "{gone:?}");

                // One that its policy keeps, one that may not even be read, and what refers to one that may go:
                // each keeps the folder, two levels above, and they are not told apart.
                let locked = folder(&acme, None).await;
                let inner = folder(&acme, Some(&locked)).await;
                let inner = folder(&acme, Some(&inner)).await;
                let fast = document(&acme, &inner, true).await;
                let unseen = folder(&acme, None).await;
                hidden(&acme, &unseen).await;
                let lasting = folder(&acme, None).await;
                let marked = document(&acme, &lasting, false).await;
                remark(&acme, &marked, Some(true)).await;
                let unknown = folder(&acme, None).await;
                let unsure = document(&acme, &unknown, false).await;
                remark(&acme, &unsure, Some(false)).await;
                remark(&acme, &unsure, None).await;
                let before = there(outside).await;
                for folder in [&locked, &unseen, &lasting, &unknown] {
                    // Asking in advance says the same.
                    assert!(!acme.can(action::Destroy, folder).await.unwrap());
                    let explained = acme.explain(action::Destroy, folder).await.unwrap();
                    assert_eq!(explained.denial().unwrap().code(), "dependants");
                    assert_eq!(
                        explained.to_string(),
                        "destroy of folders: denied (dependants)\n  destroy: denied\n    guard \"dependants\": forbids",
                    );
                    kept(Folder::destroy(folder).execute(&acme).await);
                    kept(Folder::destroy(folder).fetch_one(&acme).await);
                }
                kept(Document::destroy(&marked).execute(&acme).await);
                kept(Document::destroy(&unsure).fetch_one(&acme).await);
                let denied = Document::destroy(&fast).execute(&acme).await;
                assert!(
                    matches!(&denied, Err(Error::Forbidden(denial)) if denial.code() == "locked"),
                    "{denied:?}"
                );
                assert!(!acme.can(action::Destroy, &marked).await.unwrap());
                assert!(!acme.can(action::Destroy, &fast).await.unwrap());
                let explained = acme.explain(action::Destroy, &fast).await.unwrap();
                assert_eq!(explained.denial().unwrap().code(), "locked");
                assert!(acme.can(action::Update, &marked).await.unwrap());
                assert_eq!(acme.reach::<Folder, _>(action::Destroy), Reach::SomeRows);
                assert_eq!(acme.reach::<Folder, _>(action::Update), Reach::EveryRow);
                assert_eq!(acme.reach::<Branch, _>(action::Destroy), Reach::EveryRow);
                // An action of the program's own removes rows as well.
                assert!(!acme.can(ClearUp, &marked).await.unwrap());
                let explained = acme.explain(ClearUp, &marked).await.unwrap();
                assert_eq!((explained.action, explained.allowed), ("clear_up", false));
                kept(Document::destroy(&marked).action(ClearUp).execute(&acme).await);
                let none = Document::destroy_where(|d| d.id.eq(marked.id)).action(ClearUp).execute(&acme);
                assert_eq!(none.await.unwrap(), 0);
                assert_eq!(there(outside).await, before);

                // Of many, those go that nothing keeps.
                let free = folder(&acme, None).await;
                document(&acme, &free, false).await;
                assert!(acme.can(action::Destroy, &free).await.unwrap());
                assert!(acme.explain(action::Destroy, &free).await.unwrap().denial().is_none());
                let gone = Folder::destroy_where(|f| f.parent_id.is_null()).fetch_all(&acme).await.unwrap();
                assert_eq!(gone.iter().map(|folder| folder.id).collect::<Vec<_>>(), [free.id]);
                let none = Folder::destroy_where(|f| f.name.eq("a") | f.name.eq("b")).execute(&acme).await;
                assert_eq!(none.unwrap(), 0);
                assert_eq!(there(outside).await, before);

                // In a transaction, as somebody else: nobody but an admin removes documents.
                let empty = folder(&acme, None).await;
                let filled = folder(&acme, None).await;
                document(&acme, &filled, false).await;
                let (empty, filled) = (acme.detach(empty), acme.detach(filled));
                let verified = acme.verified();
                let clerk = acme.detach(clerk);
                tenancy::enter!(as_clerk = verified);
                let clerk = as_clerk.adopt(clerk).unwrap();
                let (empty, filled) = (as_clerk.adopt(empty).unwrap(), as_clerk.adopt(filled).unwrap());
                let mut as_clerk = as_clerk.acting_as(clerk);
                let transaction = as_clerk.begin().await.unwrap();
                kept(Folder::destroy(&filled).execute(&transaction).await);
                Folder::destroy(&empty).execute(&transaction).await.unwrap();
                transaction.commit().await.unwrap();
                // What nobody keeps any more goes.
                Document::update(&fast).set(|d| d.locked.to(false)).execute(&acme).await.unwrap();
                Folder::destroy(&locked).execute(&acme).await.unwrap();
            }

            #[tokio::test]
            async fn are_followed_so_far_and_no_further() {
                let new = || NewOrganization { name: "One".into() };
                let ground = grounds::$ground::<Organization>($schema $(, $secured)?, new).await;
                let [(acme, outside), _] = &ground.tenants;
                tenancy::enter!(acme = acme.clone());
                let admin = User::create(NewUser { admin: true }).fetch_one(&acme).await.unwrap();
                // Where there is nobody to ask, rows go however deep they are, and the statement is what it was.
                let mut first = None;
                let mut last = None;
                for _ in 0..12 {
                    let new = NewBranch { parent_id: last.as_ref().map(Into::into) };
                    let branch = Branch::create(new).fetch_one(&acme).await.unwrap();
                    first.get_or_insert_with(|| branch.clone());
                    last = Some(branch);
                }
                Branch::destroy(&first.unwrap()).execute(&acme).await.unwrap();
                assert_eq!(Branch::query().count(&acme).await.unwrap(), 0);

                // Where there is, what is too deep to be asked stays.
                let acme = acme.acting_as(admin);
                let mut folders = vec![folder(&acme, None).await];
                for _ in 0..10 {
                    let next = folder(&acme, folders.last()).await;
                    folders.push(next);
                }
                kept(Folder::destroy(&folders[0]).execute(&acme).await);
                assert_eq!(there(outside).await.0, 11);
                Folder::destroy(&folders[5]).execute(&acme).await.unwrap();
                Folder::destroy(&folders[0]).execute(&acme).await.unwrap();
                assert_eq!(there(outside).await.0, 0);
            }
        }
    };
}

suite!(
    attribute_on_sqlite,
    sqlx::Sqlite,
    [],
    [],
    "CREATE TABLE organizations (id BLOB PRIMARY KEY NOT NULL, name TEXT NOT NULL);
     CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, admin BOOLEAN NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE folders (tenant_id BLOB NOT NULL, id BLOB NOT NULL, parent_id BLOB, name TEXT NOT NULL,
         PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, parent_id) REFERENCES folders (tenant_id, id) ON DELETE CASCADE);
     CREATE TABLE documents (tenant_id BLOB NOT NULL, id BLOB NOT NULL, folder_id BLOB NOT NULL,
         locked BOOLEAN NOT NULL, hidden BOOLEAN NOT NULL, PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, folder_id) REFERENCES folders (tenant_id, id) ON DELETE CASCADE);
     CREATE TABLE remarks (tenant_id BLOB NOT NULL, id BLOB NOT NULL, document_id BLOB NOT NULL, lasts BOOLEAN,
         PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, document_id) REFERENCES documents (tenant_id, id) ON DELETE CASCADE);
     CREATE TABLE branches (tenant_id BLOB NOT NULL, id BLOB NOT NULL, parent_id BLOB,
         PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, parent_id) REFERENCES branches (tenant_id, id) ON DELETE CASCADE)"
);

suite!(
    attribute_on_postgres,
    sqlx::Postgres,
    [],
    [],
    "CREATE TABLE organizations (id uuid PRIMARY KEY, name TEXT NOT NULL);
     CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL, admin BOOLEAN NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE folders (tenant_id uuid NOT NULL, id uuid NOT NULL, parent_id uuid, name TEXT NOT NULL,
         PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, parent_id) REFERENCES folders (tenant_id, id) ON DELETE CASCADE);
     CREATE TABLE documents (tenant_id uuid NOT NULL, id uuid NOT NULL, folder_id uuid NOT NULL,
         locked BOOLEAN NOT NULL, hidden BOOLEAN NOT NULL, PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, folder_id) REFERENCES folders (tenant_id, id) ON DELETE CASCADE);
     CREATE TABLE remarks (tenant_id uuid NOT NULL, id uuid NOT NULL, document_id uuid NOT NULL, lasts BOOLEAN,
         PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, document_id) REFERENCES documents (tenant_id, id) ON DELETE CASCADE);
     CREATE TABLE branches (tenant_id uuid NOT NULL, id uuid NOT NULL, parent_id uuid,
         PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, parent_id) REFERENCES branches (tenant_id, id) ON DELETE CASCADE)"
);

suite!(
    rls,
    sqlx::Postgres,
    [, rls],
    [],
    "CREATE TABLE organizations (id uuid PRIMARY KEY, name TEXT NOT NULL);
     CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL, admin BOOLEAN NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE folders (tenant_id uuid NOT NULL, id uuid NOT NULL, parent_id uuid, name TEXT NOT NULL,
         PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, parent_id) REFERENCES folders (tenant_id, id) ON DELETE CASCADE);
     CREATE TABLE documents (tenant_id uuid NOT NULL, id uuid NOT NULL, folder_id uuid NOT NULL,
         locked BOOLEAN NOT NULL, hidden BOOLEAN NOT NULL, PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, folder_id) REFERENCES folders (tenant_id, id) ON DELETE CASCADE);
     CREATE TABLE remarks (tenant_id uuid NOT NULL, id uuid NOT NULL, document_id uuid NOT NULL, lasts BOOLEAN,
         PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, document_id) REFERENCES documents (tenant_id, id) ON DELETE CASCADE);
     CREATE TABLE branches (tenant_id uuid NOT NULL, id uuid NOT NULL, parent_id uuid,
         PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, parent_id) REFERENCES branches (tenant_id, id) ON DELETE CASCADE)",
    &[
        "organizations id",
        "users tenant_id",
        "folders tenant_id",
        "documents tenant_id",
        "remarks tenant_id",
        "branches tenant_id",
    ]
);

suite!(
    schemas,
    sqlx::Postgres,
    [, schemas],
    [, strategy = schema, attribute = tenant_id],
    "CREATE TABLE organizations (id uuid PRIMARY KEY, name TEXT NOT NULL);
     CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL, admin BOOLEAN NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE folders (tenant_id uuid NOT NULL, id uuid NOT NULL, parent_id uuid, name TEXT NOT NULL,
         PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, parent_id) REFERENCES folders (tenant_id, id) ON DELETE CASCADE);
     CREATE TABLE documents (tenant_id uuid NOT NULL, id uuid NOT NULL, folder_id uuid NOT NULL,
         locked BOOLEAN NOT NULL, hidden BOOLEAN NOT NULL, PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, folder_id) REFERENCES folders (tenant_id, id) ON DELETE CASCADE);
     CREATE TABLE remarks (tenant_id uuid NOT NULL, id uuid NOT NULL, document_id uuid NOT NULL, lasts BOOLEAN,
         PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, document_id) REFERENCES documents (tenant_id, id) ON DELETE CASCADE);
     CREATE TABLE branches (tenant_id uuid NOT NULL, id uuid NOT NULL, parent_id uuid,
         PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, parent_id) REFERENCES branches (tenant_id, id) ON DELETE CASCADE)"
);

suite!(
    databases_on_sqlite,
    sqlx::Sqlite,
    [, databases],
    [, strategy = database, attribute = tenant_id],
    "CREATE TABLE organizations (id BLOB PRIMARY KEY NOT NULL, name TEXT NOT NULL);
     CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, admin BOOLEAN NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE folders (tenant_id BLOB NOT NULL, id BLOB NOT NULL, parent_id BLOB, name TEXT NOT NULL,
         PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, parent_id) REFERENCES folders (tenant_id, id) ON DELETE CASCADE);
     CREATE TABLE documents (tenant_id BLOB NOT NULL, id BLOB NOT NULL, folder_id BLOB NOT NULL,
         locked BOOLEAN NOT NULL, hidden BOOLEAN NOT NULL, PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, folder_id) REFERENCES folders (tenant_id, id) ON DELETE CASCADE);
     CREATE TABLE remarks (tenant_id BLOB NOT NULL, id BLOB NOT NULL, document_id BLOB NOT NULL, lasts BOOLEAN,
         PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, document_id) REFERENCES documents (tenant_id, id) ON DELETE CASCADE);
     CREATE TABLE branches (tenant_id BLOB NOT NULL, id BLOB NOT NULL, parent_id BLOB,
         PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, parent_id) REFERENCES branches (tenant_id, id) ON DELETE CASCADE)"
);

macro_rules! guarded {
    ($database:ident, $type:ty, $schema:literal) => {
        mod $database {
            use super::*;
            use tenancy::{Masked, Root as _, TenantScoped};
            use uuid::Uuid;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $type)]
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
            #[tenancy(root = Organization, policies, destroys(Page.binder_id, Binder.inside_id))]
            pub struct Binder {
                pub id: Uuid,
                #[tenancy(belongs_to = Binder)]
                pub inside_id: Option<Uuid>,
                #[tenancy(guarded)]
                pub code: Masked<i64>,
                #[tenancy(version)]
                pub version: i64,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, policies)]
            pub struct Page {
                pub id: Uuid,
                #[tenancy(belongs_to = Binder)]
                pub binder_id: Uuid,
                #[tenancy(guarded)]
                pub secret: Masked<i64>,
            }

            // What decides is hidden from who asks.
            tenancy::policies! {
                Binder, actor: User {
                    read { authorize_if always; }
                    create { authorize_if always; }
                    update { authorize_if always; }
                    destroy { authorize_if code < 10; }
                    field code { authorize_if actor.admin; }
                }
            }

            tenancy::policies! {
                Page, actor: User {
                    read { authorize_if always; }
                    create { authorize_if always; }
                    destroy { authorize_if secret < 10; }
                    field secret { authorize_if actor.admin; }
                }
            }

            #[tokio::test]
            async fn are_asked_as_they_are_and_not_as_they_are_seen() {
                let fresh = tenancy_tests::database::$database($schema).await;
                let acme = Organization::create(NewOrganization {})
                    .execute(&fresh)
                    .await
                    .unwrap();
                tenancy::enter!(acme = acme);
                let user = User::create(NewUser { admin: false })
                    .fetch_one(&acme)
                    .await
                    .unwrap();
                let acme = acme.acting_as(user);
                let mut binders = Vec::new();
                // The code of a binder, that of one in it, and the secret of a page in that.
                for (code, inner, secret) in [(1, 1, 1), (1, 1, 20), (1, 20, 1), (20, 1, 1)] {
                    let new = NewBinder {
                        inside_id: None,
                        code,
                    };
                    let outer = Binder::create(new).fetch_one(&acme).await.unwrap();
                    let new = NewBinder {
                        inside_id: Some((&outer).into()),
                        code: inner,
                    };
                    let inner = Binder::create(new).fetch_one(&acme).await.unwrap();
                    let new = NewPage {
                        binder_id: (&inner).into(),
                        secret,
                    };
                    Page::create(new).execute(&acme).await.unwrap();
                    assert!(outer.code.visible().is_none());
                    binders.push(outer);
                }
                kept(Binder::destroy(&binders[1]).execute(&acme).await);
                kept(Binder::destroy(&binders[2]).fetch_one(&acme).await);
                match Binder::destroy(&binders[3]).execute(&acme).await {
                    Err(Error::Forbidden(denial)) => assert_eq!(denial.code(), "destroy"),
                    other => panic!("{other:?}"),
                }
                // What is hidden is not found by asking for it.
                let none = Binder::destroy_where(|b| b.code.ge(0)).execute(&acme).await;
                assert_eq!(none.unwrap(), 0);
                Binder::update(&binders[1])
                    .set(|b| b.code.to(2))
                    .execute(&acme)
                    .await
                    .unwrap();
                let stale = Binder::destroy(&binders[1]).execute(&acme).await;
                assert!(matches!(stale, Err(Error::Stale)), "{stale:?}");
                let gone = Binder::destroy(&binders[0]).fetch_one(&acme).await.unwrap();
                assert!(gone.code.visible().is_none());
                let none = Binder::destroy_where(|b| b.inside_id.is_null())
                    .fetch_all(&acme)
                    .await;
                assert_eq!(none.unwrap().len(), 0);
                assert_eq!(Binder::query().count(&acme).await.unwrap(), 6);
                assert_eq!(Page::query().count(&acme).await.unwrap(), 3);
            }
        }
    };
}

guarded!(
    sqlite,
    sqlx::Sqlite,
    "CREATE TABLE organizations (id BLOB PRIMARY KEY NOT NULL);
     CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, admin BOOLEAN NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE binders (tenant_id BLOB NOT NULL, id BLOB NOT NULL, inside_id BLOB, code INTEGER NOT NULL,
         version INTEGER NOT NULL, PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, inside_id) REFERENCES binders (tenant_id, id) ON DELETE CASCADE);
     CREATE TABLE pages (tenant_id BLOB NOT NULL, id BLOB NOT NULL, binder_id BLOB NOT NULL, secret INTEGER NOT NULL,
         PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, binder_id) REFERENCES binders (tenant_id, id) ON DELETE CASCADE)"
);

guarded!(
    postgres,
    sqlx::Postgres,
    "CREATE TABLE organizations (id uuid PRIMARY KEY);
     CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL, admin boolean NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE binders (tenant_id uuid NOT NULL, id uuid NOT NULL, inside_id uuid, code bigint NOT NULL,
         version bigint NOT NULL, PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, inside_id) REFERENCES binders (tenant_id, id) ON DELETE CASCADE);
     CREATE TABLE pages (tenant_id uuid NOT NULL, id uuid NOT NULL, binder_id uuid NOT NULL, secret bigint NOT NULL,
         PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, binder_id) REFERENCES binders (tenant_id, id) ON DELETE CASCADE)"
);
