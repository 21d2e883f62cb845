//! L36, of removals that take others along: what goes with a row keeps it only if that is so, and a trigger that skips
//! the row is another matter.

use tenancy::{Error, Root as _};
use tenancy_tests::database;
use uuid::Uuid;

macro_rules! suite {
    ($name:ident, $database:ty, $open:path, $trigger:literal) => {
        mod $name {
            use super::*;
            use tenancy::ddl::Tables;
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
            }

            /// Only documents have a say in what becomes of these.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, destroys(Document.folder_id))]
            struct Folder {
                id: Uuid,
                name: String,
            }

            /// These have rules of their own, too.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, table = "folders", policies, destroys(Paper.folder_id))]
            struct Ruled {
                id: Uuid,
                name: String,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, policies)]
            struct Document {
                id: Uuid,
                #[tenancy(belongs_to = Folder)]
                folder_id: Uuid,
                locked: bool,
            }

            /// The same table as documents.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, table = "documents", policies)]
            struct Paper {
                id: Uuid,
                #[tenancy(belongs_to = Ruled)]
                folder_id: Uuid,
                locked: bool,
            }

            tenancy::policies! {
                Ruled, actor: User {
                    read { authorize_if always; }
                    destroy { authorize_if name != "denied"; }
                }
            }

            tenancy::policies! {
                Document, actor: User {
                    read { authorize_if always; }
                    create { authorize_if always; }
                    destroy { authorize_if !locked; }
                }
            }

            tenancy::policies! {
                Paper, actor: User {
                    read { authorize_if always; }
                    destroy { authorize_if !locked; }
                }
            }

            #[track_caller]
            fn denied<T: std::fmt::Debug>(result: tenancy::Result<T>, code: &str) {
                match result {
                    Err(Error::Forbidden(denial)) => assert_eq!(denial.code(), code),
                    other => panic!("{other:?}"),
                }
            }

            #[track_caller]
            fn skipped<T: std::fmt::Debug>(result: tenancy::Result<T>) {
                assert!(matches!(result, Err(Error::Skipped)), "{result:?}");
            }

            #[tokio::test]
            async fn or_skipped() {
                let db = $open("SELECT 1").await;
                let tables = Tables::<Organization>::new()
                    .with::<User>()
                    .with::<Folder>()
                    .with::<Document>()
                    .sql();
                database::run(&db, &tables).await.unwrap();
                database::run(&db, $trigger).await.unwrap();
                let acme = Organization::create(NewOrganization {}).execute(&db).await;
                tenancy::enter!(acme = acme.unwrap());
                let ann = User::create(NewUser {}).fetch_one(&acme).await.unwrap();
                let mut acme = acme.acting_as(ann);
                // What is in the way, and what a trigger does, in every combination.
                for name in ["skip", "free", "denied"] {
                    for locked in [None, Some(false), Some(true)] {
                        let folder = Folder::create(NewFolder { name: name.into() });
                        let folder = folder.fetch_one(&acme).await.unwrap();
                        if let Some(locked) = locked {
                            let new = NewDocument {
                                folder_id: (&folder).into(),
                                locked,
                            };
                            Document::create(new).execute(&acme).await.unwrap();
                        }
                        let ruled = Ruled::find(folder.id).fetch_one(&acme).await.unwrap();
                        let tx = acme.begin().await.unwrap();
                        match (name, locked) {
                            (_, Some(true)) => {
                                denied(Folder::destroy(&folder).execute(&tx).await, "dependants");
                                denied(Folder::destroy(&folder).fetch_one(&tx).await, "dependants");
                                let code = if name == "denied" {
                                    "destroy"
                                } else {
                                    "dependants"
                                };
                                denied(Ruled::destroy(&ruled).execute(&tx).await, code);
                            }
                            ("skip", _) => {
                                skipped(Folder::destroy(&folder).execute(&tx).await);
                                skipped(Folder::destroy(&folder).fetch_one(&tx).await);
                                skipped(Ruled::destroy(&ruled).execute(&tx).await);
                                skipped(Ruled::destroy(&ruled).fetch_one(&tx).await);
                            }
                            ("denied", _) => {
                                denied(Ruled::destroy(&ruled).execute(&tx).await, "destroy");
                            }
                            _ => {
                                Ruled::destroy(&ruled).execute(&tx).await.unwrap();
                                let gone = Folder::destroy(&folder).execute(&tx).await;
                                assert!(matches!(gone, Err(Error::NotFound)), "{gone:?}");
                            }
                        }
                        tx.commit().await.unwrap();
                    }
                }
            }
        }
    };
}

suite!(
    sqlite,
    sqlx::Sqlite,
    database::sqlite,
    "CREATE TRIGGER skips BEFORE DELETE ON folders WHEN OLD.name = 'skip' BEGIN SELECT RAISE(IGNORE); END"
);
suite!(
    postgres,
    sqlx::Postgres,
    database::postgres,
    "CREATE FUNCTION skips() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
     CREATE TRIGGER skips BEFORE DELETE ON folders FOR EACH ROW WHEN (OLD.name = $$skip$$) EXECUTE FUNCTION skips()"
);
