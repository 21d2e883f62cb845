//! Whatever is run on a tenant whose schema is not there, or may not be used, says so; and nobody else is affected.

use tenancy::schema::NoSchema;
use tenancy::{Error, Root as _, TenantRoot, VerifiedTenant};
use tenancy_tests::database::{self, new_database, postgres_at};
use tenancy_tests::rls::{execute, installed};
use uuid::Uuid;

macro_rules! suite {
    ($name:ident, [$($root:ident),*]) => {
        mod $name {
            use super::*;
            use futures_util::TryStreamExt as _;
            use tenancy::ddl::Tables;
            use tenancy::policy::action;
            use tenancy::{Db, DbOf, TenantScoped};

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = sqlx::Postgres, schemas $(, $root)*)]
            pub(super) struct Organization {
                id: Uuid,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            pub(super) struct Member {
                id: Uuid,
                admin: bool,
            }

            /// What goes with it has policies, of which one names what is stored.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, strategy = schema, destroys(Paper.folder_id))]
            pub(super) struct Folder {
                id: Uuid,
                #[tenancy(unique)]
                number: i64,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, strategy = schema, policies)]
            pub(super) struct Paper {
                id: Uuid,
                #[tenancy(belongs_to = Folder)]
                folder_id: Uuid,
                #[tenancy(stored)]
                state: String,
            }

            tenancy::policies! {
                Paper, actor: Member {
                    read { authorize_if state != "secret"; }
                    create { authorize_if state == "open"; }
                    update { authorize_if state == "open"; }
                    destroy { authorize_if actor.admin; }
                }
            }

            pub(super) fn tables() -> Tables<Organization> {
                Tables::new().with::<Member>().with::<Folder>().with::<Paper>()
            }

            /// Rows in the schemas of two tenants, of which one loses its own.
            pub(super) async fn told(
                db: &DbOf<Organization>,
                superuser: &Db<sqlx::Postgres>,
                create: impl AsyncFn(&VerifiedTenant<Organization>),
                lose: &str,
                told: fn(&NoSchema) -> bool,
            ) {
                let create = async || {
                    let tenant = Organization::create(NewOrganization {}).execute(db).await.unwrap();
                    create(&tenant).await;
                    tenant
                };
                let (acme, globex) = (create().await, create().await);
                let schema = acme.schema().await.unwrap();
                tenancy::enter!(acme = acme);
                tenancy::enter!(globex = globex);
                let member = Member::create(NewMember { admin: true }).fetch_one(&acme).await.unwrap();
                let mut acme = acme.acting_as(member);
                Folder::create(NewFolder { number: 1 }).execute(&acme).await.unwrap();
                Folder::create(NewFolder { number: 1 }).execute(&globex).await.unwrap();
                let folder = Folder::query().fetch_one(&acme).await.unwrap();
                let paper = || NewPaper { folder_id: (&folder).into(), state: "open".into() };
                let filed = Paper::create(paper()).fetch_one(&acme).await.unwrap();
                database::run(superuser, &lose.replace("SELF", schema.as_str())).await.unwrap();

                macro_rules! told {
                    ($statement:expr) => {
                        let error = $statement.await.map(drop).expect_err(stringify!($statement));
                        let Error::NoSchema(why) = &error else {
                            panic!("{}: {error:?}", stringify!($statement));
                        };
                        assert!(told(why), "{}: {why:?}", stringify!($statement));
                        assert!(error.is_unavailable());
                        assert_eq!(error.to_string(), "the tenant has no schema");
                        // Nobody else is affected.
                        assert_eq!(Folder::query().count(&globex).await.unwrap(), 1);
                    };
                }
                told!(Folder::query().count(&acme));
                told!(Folder::query().exists(&acme));
                told!(Folder::query().fetch_all(&acme));
                told!(Folder::query().fetch(&acme).try_collect::<Vec<_>>());
                told!(Folder::find(folder.id).fetch_optional(&acme));
                told!(Folder::create(NewFolder { number: 2 }).execute(&acme));
                told!(Folder::create_many([NewFolder { number: 2 }]).fetch_all(&acme));
                told!(Folder::upsert(NewFolder { number: 1 }).on(|f| f.number).execute(&acme));
                told!(Folder::update(&folder).set(|f| f.number.to(2)).fetch_one(&acme));
                told!(Folder::update_where(|f| f.number.eq(1)).set(|f| f.number.to(2)).execute(&acme));
                told!(Folder::destroy(&folder).execute(&acme));
                told!(Folder::destroy_where(|f| f.number.eq(1)).execute(&acme));
                told!(Paper::query().count(&acme));
                told!(Paper::create(paper()).execute(&acme));
                told!(Paper::create_many([paper()]).execute(&acme));
                told!(Paper::update(&filed).set(|p| p.state.to("open")).execute(&acme));
                told!(Paper::update_where(|p| p.state.eq("open")).set(|p| p.state.to("open")).fetch_all(&acme));
                told!(Paper::destroy(&filed).execute(&acme));
                told!(Paper::destroy_where(|p| p.state.eq("open")).execute(&acme));
                told!(acme.can(action::Update, &filed));
                // Nor is what the tenant shares with them.
                assert_eq!(Member::query().count(&acme).await.unwrap(), 1);
                let tx = acme.begin().await.unwrap();
                told!(Folder::destroy(&folder).execute(&tx));
                tx.rollback().await.unwrap();
                let tx = acme.begin().await.unwrap();
                told!(Paper::create(paper()).execute(&tx));
                drop(tx);
                assert_eq!(Member::query().count(&acme).await.unwrap(), 1);
            }
        }
    };
}

suite!(plain, []);
suite!(secured, [rls]);

const DROPPED: &str = "DROP SCHEMA SELF CASCADE";

fn is_absent(why: &NoSchema) -> bool {
    matches!(why, NoSchema::Absent(told) if told.code() == Some("42P01"))
}

#[tokio::test]
async fn a_schema_that_is_not_there() {
    let superuser = new_database().await;
    let tables = plain::tables();
    execute(&superuser, tables.sql()).await;
    let db = postgres_at(&superuser).await;
    let create = async |tenant: &VerifiedTenant<plain::Organization>| {
        tenant.create_schema(tables.of_schema()).await.unwrap();
    };
    plain::told(&db, &db, create, DROPPED, is_absent).await;
}

/// The role of the program may not use it any more: that is not told apart by others than the operator.
const CLOSED: &str = "REVOKE USAGE ON SCHEMA SELF FROM ROLE";

async fn under_row_level_security(signed: bool) {
    let on = installed(secured::tables(), signed).await;
    let superuser = postgres_at(&on.superuser).await;
    let create = async |tenant: &VerifiedTenant<secured::Organization>| {
        let tables = on.tables.of_schema();
        tenant.create_schema_as(&on.owner, tables).await.unwrap();
    };
    secured::told(&on.db, &superuser, create, DROPPED, is_absent).await;
    let closed = CLOSED.replace("ROLE", on.program.get_username());
    let is_closed =
        |why: &NoSchema| matches!(why, NoSchema::Closed(told) if told.code() == Some("42501"));
    secured::told(&on.db, &superuser, create, &closed, is_closed).await;
}

#[tokio::test]
async fn a_schema_that_is_not_there_under_row_level_security() {
    under_row_level_security(false).await;
}

#[tokio::test]
async fn a_schema_that_is_not_there_under_signed_row_level_security() {
    under_row_level_security(true).await;
}
