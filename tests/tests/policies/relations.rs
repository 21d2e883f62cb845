//! Rules that look at other rows: those that a foreign key names, those that refer to this one, the tenant's
//! own; and only as far as the rules of these let the actor see them.

use tenancy::policy::action;
use tenancy::{Error, Root as _, TenantRoot};
use time::{Duration, OffsetDateTime};

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
                pub plan: String,
                pub support_until: Option<OffsetDateTime>,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            pub struct User {
                pub id: Uuid,
                pub name: String,
                pub support: bool,
                pub until: OffsetDateTime,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, policies)]
            pub struct Folder {
                pub id: Uuid,
                #[tenancy(belongs_to = User)]
                pub owner_id: Uuid,
                #[tenancy(belongs_to = Folder)]
                pub parent_id: Option<Uuid>,
                pub public: bool,
            }

            tenancy::policies! {
                Folder, actor: User {
                    // Leads back to itself: a folder is seen through those above it.
                    read {
                        authorize_if public;
                        authorize_if owner_id == actor;
                        authorize_if parent_id.can(read);
                    }
                    create { authorize_if always; }
                    update { authorize_if owner_id == actor; }
                }
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            pub struct Share {
                pub id: Uuid,
                #[tenancy(belongs_to = Document)]
                pub document_id: Option<Uuid>,
                #[tenancy(belongs_to = User)]
                pub user_id: Uuid,
                pub level: i64,
                pub expires: OffsetDateTime,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, policies)]
            pub struct Document {
                pub id: Uuid,
                #[tenancy(belongs_to = Folder)]
                pub folder_id: Option<Uuid>,
                pub title: String,
                pub opens: Option<OffsetDateTime>,
            }

            tenancy::policies! {
                Document, actor: User {
                    relation shares = Share.document_id;

                    bypass(read) {
                        authorize_if actor.support && tenant.support_until > now();
                    }
                    read when actor.until > now() {
                        authorize_if folder_id.any(|folder| folder.public);
                        authorize_if shares.any(|share| share.user_id == actor && share.expires > now());
                        authorize_if now() >= opens;
                        forbid_if always;
                    }
                    create { authorize_if folder_id.can(update); authorize_if tenant.plan == "free"; }
                    update {
                        forbid_if shares.any(|share| share.level > actor.name.len() as i64 + 1) => "shared";
                        authorize_if folder_id.can(update);
                        authorize_if shares.every(|share| share.user_id == actor);
                    }
                    destroy { authorize_if shares.none(|share| share.level >= 0); }
                }
            }

            #[tokio::test]
            async fn are_seen_as_far_as_their_rules_go() {
                let fresh = tenancy_tests::database::$name($schema).await;
                let (past, future) = (
                    OffsetDateTime::now_utc() - Duration::HOUR,
                    OffsetDateTime::now_utc() + Duration::HOUR,
                );
                // The second tenant has everything that would open the rows of the first.
                let mut tenants = Vec::new();
                for (plan, until) in [("paid", None), ("free", Some(future))] {
                    let new = NewOrganization {
                        plan: plan.into(),
                        support_until: until,
                    };
                    tenants.push(Organization::create(new).execute(&fresh).await.expect("a tenant"));
                }
                let globex = tenants.pop().expect("two");
                let acme = tenants.pop().expect("two");
                tenancy::enter!(own = acme.clone());
                tenancy::enter!(other = globex);
                let user = |name: &str, support, until| NewUser {
                    name: name.into(),
                    support,
                    until,
                };
                let ann = User::create(user("ann", false, future)).fetch_one(&own).await.expect("Ann");
                let bob = User::create(user("bob", false, future)).fetch_one(&own).await.expect("Bob");
                let eve = User::create(user("eve", true, past)).fetch_one(&own).await.expect("Eve");
                let cy = User::create(user("cy", true, past)).fetch_one(&other).await.expect("Cy");
                // As Ann: two folders, a secret one and a public one below it, one below that.
                let own = own.acting_as(ann.clone());
                let folder = |owner, parent, public| NewFolder {
                    owner_id: owner,
                    parent_id: parent,
                    public,
                };
                let secret = folder((&ann).into(), None, false);
                let secret = Folder::create(secret).fetch_one(&own).await.expect("a folder");
                let open = folder((&bob).into(), None, true);
                let open = Folder::create(open).fetch_one(&own).await.expect("a folder");
                let below = folder((&bob).into(), Some((&open).into()), false);
                let below = Folder::create(below).fetch_one(&own).await.expect("a folder");

                // Ann may change her own folder, and none of Bob's; her tenant pays.
                let new = document(Some((&secret).into()), "in secret");
                Document::create(new).execute(&own).await.expect("in her folder");
                for folder in [Some((&open).into()), Some((&below).into()), None] {
                    let refused = Document::create(document(folder, "no")).execute(&own).await;
                    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
                }
                // The tenant of Cy does not.
                let other = other.acting_as(cy.clone());
                Document::create(document(None, "free")).execute(&other).await.expect("free");
                let seen = Document::query().count(&other).await.expect("a number");
                assert_eq!(seen, 1, "support has not ended");

                // As Bob, who may change what is his.
                tenancy::enter!(own = acme.clone());
                let bob = User::find(bob.id).fetch_one(&own).await.expect("Bob");
                let ann = User::find(ann.id).fetch_one(&own).await.expect("Ann");
                let own = own.acting_as(bob.clone());
                let open = Folder::find(open.id).fetch_one(&own).await.expect("his folder");
                let below = Folder::find(below.id).fetch_one(&own).await.expect("his folder");
                let secret = Folder::find(secret.id).fetch_optional(&own).await;
                assert!(secret.expect("an answer").is_none());
                for (folder, title) in [(&open, "in open"), (&below, "below")] {
                    let new = document(Some(folder.into()), title);
                    Document::create(new).execute(&own).await.expect("in his folder");
                }
                // Of the folders only the public one, where he sees it, opens a document.
                assert_eq!(titles(&Document::query().fetch_all(&own).await.expect("rows")), ["in open"]);
                let all = sqlx::query_scalar::<_, Uuid>("SELECT id FROM documents WHERE title = 'below'");
                let below = all.fetch_one(&mut *fresh.acquire().await.expect("a connection")).await.expect("a row");
                let share = |document, user, level, expires| NewShare {
                    document_id: document,
                    user_id: user,
                    level,
                    expires,
                };
                // A share that has ended; one of nothing, whose NULL must not make all others unknown.
                let row = row_of(&own, below).await;
                let ended = share(Some(row.clone().into()), (&bob).into(), 0, past);
                Share::create(ended).execute(&own).await.expect("a share");
                let nothing = share(None, (&ann).into(), 9, future);
                Share::create(nothing).execute(&own).await.expect("a share");
                assert_eq!(titles(&Document::query().fetch_all(&own).await.expect("rows")), ["in open"]);
                let lasting = share(Some(row.into()), (&bob).into(), 1, future);
                Share::create(lasting).execute(&own).await.expect("a share");
                let seen = Document::query()
                    .order_by(|d| d.title.asc())
                    .fetch_all(&own)
                    .await
                    .expect("rows");
                assert_eq!(titles(&seen), ["below", "in open"]);
                let [shared, unshared] = &seen[..] else {
                    unreachable!("there are two")
                };
                for document in &seen {
                    assert!(own.can(action::Update, document).await.expect("an answer"));
                    let update = Document::update(document).set(|d| d.opens.to(Some(past)));
                    update.execute(&own).await.expect("it is permitted");
                }
                assert!(!own.can(action::Destroy, shared).await.expect("an answer"));
                assert!(own.can(action::Destroy, unshared).await.expect("an answer"));
                let refused = Document::destroy(shared).execute(&own).await;
                assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
                Document::destroy(unshared).execute(&own).await.expect("it is permitted");
                Share::update_where(|s| s.level.eq(1))
                    .set(|s| s.level.to(5))
                    .execute(&own)
                    .await
                    .expect("an update");
                let refused = Document::update(shared).set(|d| d.title.to("x")).execute(&own).await;
                match refused {
                    Err(Error::Forbidden(denial)) => assert_eq!(denial.code(), "shared"),
                    other => panic!("{other:?}"),
                }
                let explanation = own.explain(action::Update, shared).await.expect("one");
                assert!(explanation.to_string().contains("=> \"shared\" [true]"), "{explanation}");

                // Eve's time is over, and so is support for her tenant, whatever others have.
                tenancy::enter!(own = acme);
                let eve = User::find(eve.id).fetch_one(&own).await.expect("Eve");
                let own = own.acting_as(eve);
                assert_eq!(Document::query().count(&own).await.expect("a number"), 0);
            }

            /// A key of a row that the actor cannot read, as another actor would have it.
            async fn row_of<'t>(
                acme: &tenancy::Acting<'t, Organization, User>,
                id: Uuid,
            ) -> Reference<'t> {
                sqlx::query(OPEN).execute(&mut *acme.db().acquire().await.expect("a connection")).await.expect("an update");
                let row = Document::find(id).fetch_one(acme).await.expect("a row");
                sqlx::query(CLOSE).execute(&mut *acme.db().acquire().await.expect("a connection")).await.expect("an update");
                Reference(row)
            }

            const OPEN: &str = "UPDATE folders SET public = NOT public";
            const CLOSE: &str = OPEN;

            #[derive(Clone)]
            struct Reference<'t>(tenancy::Scoped<'t, Document>);

            impl<'t> From<Reference<'t>> for tenancy::Ref<'t, Document> {
                fn from(reference: Reference<'t>) -> Self {
                    (&reference.0).into()
                }
            }

            fn document<'t>(
                folder: Option<tenancy::Ref<'t, Folder>>,
                title: &str,
            ) -> NewDocument<'t> {
                NewDocument {
                    folder_id: folder,
                    title: title.into(),
                    opens: None,
                }
            }

            fn titles(rows: &[tenancy::Scoped<'_, Document>]) -> Vec<String> {
                rows.iter().map(|row| row.title.clone()).collect()
            }
        }
    };
}

suite!(
    sqlite,
    sqlx::Sqlite,
    "CREATE TABLE organizations (id BLOB PRIMARY KEY, plan TEXT NOT NULL, support_until TEXT);
     CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, name TEXT NOT NULL,
         support BOOLEAN NOT NULL, until TEXT NOT NULL);
     CREATE TABLE folders (tenant_id BLOB NOT NULL, id BLOB NOT NULL, owner_id BLOB NOT NULL,
         parent_id BLOB, public BOOLEAN NOT NULL);
     CREATE TABLE documents (tenant_id BLOB NOT NULL, id BLOB NOT NULL, folder_id BLOB,
         title TEXT NOT NULL, opens TEXT);
     CREATE TABLE shares (tenant_id BLOB NOT NULL, id BLOB NOT NULL, document_id BLOB,
         user_id BLOB NOT NULL, level INTEGER NOT NULL, expires TEXT NOT NULL);"
);
suite!(
    postgres,
    sqlx::Postgres,
    "CREATE TABLE organizations (id uuid PRIMARY KEY, plan text NOT NULL, support_until timestamptz);
     CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL, name text NOT NULL,
         support boolean NOT NULL, until timestamptz NOT NULL);
     CREATE TABLE folders (tenant_id uuid NOT NULL, id uuid NOT NULL, owner_id uuid NOT NULL,
         parent_id uuid, public boolean NOT NULL);
     CREATE TABLE documents (tenant_id uuid NOT NULL, id uuid NOT NULL, folder_id uuid,
         title text NOT NULL, opens timestamptz);
     CREATE TABLE shares (tenant_id uuid NOT NULL, id uuid NOT NULL, document_id uuid,
         user_id uuid NOT NULL, level bigint NOT NULL, expires timestamptz NOT NULL);"
);
