//! All strategies side by side, under one root.

use sqlx::Postgres;
use sqlx::postgres::PgConnectOptions;
use tenancy::ddl::Tables;
use tenancy::query::Create;
use tenancy::{DbOf, Error, Ref, Root as _, TenantRoot, TenantScoped, VerifiedTenant};
use tenancy_tests::rls::{SETTING, execute, owner, role, secure};
use uuid::Uuid;

use crate::home::Server as _;

#[derive(Debug, TenantRoot)]
#[tenancy(database = Postgres, databases, schemas, rls)]
struct Organization {
    id: Uuid,
}

/// In the shared database, by its column, which row-level security compares, too.
#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Organization)]
struct Member {
    id: Uuid,
    tenant_id: Uuid,
    admin: bool,
}

/// In the shared database, in a schema of the tenant.
#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Organization, strategy = schema)]
struct Badge {
    id: Uuid,
    #[tenancy(belongs_to = Member)]
    member_id: Uuid,
}

/// In the tenant's own database, with its column all the same.
#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Organization, strategy = database, attribute = tenant_id)]
struct Ledger {
    id: Uuid,
    tenant_id: Uuid,
    year: i64,
}

/// In the tenant's own database.
#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Organization, strategy = database)]
struct Entry {
    id: Uuid,
    #[tenancy(belongs_to = Ledger)]
    ledger_id: Uuid,
    amount: i64,
}

const OWN: &str = "
    CREATE TABLE ledgers (id uuid, tenant_id uuid NOT NULL, year bigint NOT NULL, PRIMARY KEY (tenant_id, id));
    CREATE TABLE entries (id uuid PRIMARY KEY, ledger_id uuid NOT NULL, amount bigint NOT NULL)";

/// The tenants log in to the shared database as a role that row-level security holds for, and to their own as
/// one that may create them. Their schemas belong to a third one.
async fn tenants() -> (DbOf<Organization>, [VerifiedTenant<Organization>; 2]) {
    let home = Postgres::home().await;
    let superuser = home.shared.clone();
    let tables = "CREATE TABLE organizations (id uuid PRIMARY KEY, tenancy_mark uuid NOT NULL UNIQUE DEFAULT gen_random_uuid());
        CREATE TABLE members (id uuid, tenant_id uuid NOT NULL, admin boolean NOT NULL,
            PRIMARY KEY (tenant_id, id))";
    execute(&superuser, tables.into()).await;
    secure(
        &superuser,
        SETTING,
        &["organizations id", "members tenant_id"],
    )
    .await;
    let mut program = home.clone();
    program.shared = role(&superuser, "").await;
    let owner = owner(&superuser).await;
    let owner = tenancy_tests::database::postgres_at(&owner).await;
    let role = program.shared.get_username().to_owned();
    let db = program.connect(3).await.with_rls().await.unwrap();
    let db: DbOf<Organization> =
        db.with_databases::<Organization, _, _>(move |id| std::future::ready(home.look_up(id)));
    let create = || async {
        let tenant = Organization::create(NewOrganization {}).execute(&db);
        let tenant = tenant.await.unwrap();
        let badges = format!(
            "CREATE TABLE badges (id uuid PRIMARY KEY, member_id uuid NOT NULL);
            GRANT USAGE ON SCHEMA {} TO {role}; GRANT SELECT, INSERT, UPDATE, DELETE ON badges TO {role}",
            tenant.schema().await.unwrap()
        );
        #[expect(clippy::disallowed_methods, reason = "made of names of the test")]
        let badges = sqlx::AssertSqlSafe(badges);
        tenant.create_schema_as(&owner, badges).await.unwrap();
        tenant.create_database(OWN).await.unwrap();
        tenant
    };
    let tenants = [create().await, create().await];
    (db, tenants)
}

/// Databases that another role than the program's makes and owns: what is looked up names it, in a handle for that.
#[tokio::test]
async fn a_database_belongs_to_another_role_than_the_programs() {
    let home = Postgres::home().await;
    let superuser = home.shared.clone();
    let owner = owner(&superuser).await;
    let tables = Tables::<Organization>::new()
        .with::<Member>()
        .with::<Ledger>()
        .with::<Entry>();
    let mut program = home.clone();
    program.shared = role(&superuser, "").await;
    let tables = tables.granted_to(program.shared.get_username()).unwrap();
    execute(&owner, tables.sql()).await;
    let may_create = format!("ALTER ROLE {} CREATEDB", owner.get_username());
    execute(&superuser, may_create).await;
    let with = async |databases: PgConnectOptions| -> DbOf<Organization> {
        let db = program.connect(3).await.with_rls().await.unwrap();
        db.with_databases::<Organization, _, _>(move |id| {
            let name = format!("own_{}", id.simple());
            std::future::ready(Ok(databases.clone().database(&name)))
        })
    };
    let (makes, uses) = (with(owner).await, with(program.shared.clone()).await);
    let made = Organization::create(NewOrganization {})
        .execute(&makes)
        .await
        .unwrap();
    made.create_database(tables.of_database()).await.unwrap();
    let acme = Organization::verify(&uses, *made.id()).await.unwrap();
    {
        tenancy::enter!(acme = acme.clone());
        Ledger::create(NewLedger { year: 2026 })
            .execute(&acme)
            .await
            .unwrap();
        assert_eq!(Ledger::query().count(&acme).await.unwrap(), 1);
    }
    acme.drop_database().await.unwrap_err();
    let mut connection = acme.acquire_own().await.unwrap();
    for sql in [
        "ALTER TABLE ledgers ADD x int",
        "DROP TABLE entries",
        "TRUNCATE entries",
        "UPDATE tenancy_tenant SET tenant = ''",
    ] {
        let refused = sqlx::raw_sql(sql)
            .execute(&mut *connection)
            .await
            .unwrap_err();
        let code = refused.as_database_error().unwrap().code().unwrap();
        assert_eq!(code, "42501", "{sql}: {refused}");
    }
    drop(connection);
    uses.close().await;
    made.drop_database().await.unwrap();
}

fn badge(member_id: Ref<'_, Member>) -> Create<'_, Badge> {
    Badge::create(NewBadge { member_id })
}

fn entry(ledger_id: Ref<'_, Ledger>) -> Create<'_, Entry> {
    Entry::create(NewEntry {
        ledger_id,
        amount: 5,
    })
}

#[tokio::test]
async fn rows_of_each_kind_refer_to_each_other_in_one_database() {
    let (db, [acme, globex]) = tenants().await;
    let assumed = VerifiedTenant::<Organization>::assume_verified(&db, *acme.id(), "a test");
    tenancy::enter!(mut acme = acme);
    tenancy::enter!(globex = globex);
    let member = Member::create(NewMember { admin: true });
    let member = member.fetch_one(&acme).await.unwrap();
    badge((&member).into()).execute(&acme).await.unwrap();
    let ledger = Ledger::create(NewLedger { year: 2026 });
    let ledger = ledger.fetch_one(&acme).await.unwrap();
    entry((&ledger).into()).execute(&acme).await.unwrap();
    entry(Ref::by_id(ledger.id)).execute(&acme).await.unwrap();
    // Those of another tenant are not there, whichever way one asks.
    let foreign = entry(Ref::by_id(ledger.id)).execute(&globex).await;
    assert!(
        matches!(foreign, Err(Error::InvalidReference)),
        "{foreign:?}"
    );
    let foreign = badge(Ref::by_id(member.id)).execute(&globex).await;
    assert!(
        matches!(foreign, Err(Error::InvalidReference)),
        "{foreign:?}"
    );

    let admins = || {
        Member::query()
            .filter(|m| m.admin.eq(true))
            .select(|m| m.id)
    };
    let badges = || Badge::query().filter(|b| b.member_id.in_query(admins()));
    let ledgers = || Ledger::query().filter(|l| l.year.eq(2026)).select(|l| l.id);
    let entries = || Entry::query().filter(|e| e.ledger_id.in_query(ledgers()));
    assert_eq!(badges().count(&acme).await.unwrap(), 1);
    assert_eq!(entries().count(&acme).await.unwrap(), 2);
    assert_eq!(badges().count(&globex).await.unwrap(), 0);
    assert_eq!(entries().count(&globex).await.unwrap(), 0);

    // Who is assumed to be verified has the mark of both read when it is needed, as the tenant, to row-level security.
    tenancy::enter!(mut assumed = assumed);
    let tx = assumed.begin_shared().await.unwrap();
    assert_eq!(badges().count(&tx).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(badges().count(&assumed).await.unwrap(), 1);
    assert_eq!(entries().count(&assumed).await.unwrap(), 2);

    // A transaction is on one of the databases.
    let tx = acme.begin().await.unwrap();
    assert_eq!(entries().count(&tx).await.unwrap(), 2);
    assert!(matches!(
        badges().count(&tx).await,
        Err(Error::OtherDatabase)
    ));
    tx.rollback().await.unwrap();
    let tx = acme.begin_shared().await.unwrap();
    assert_eq!(badges().count(&tx).await.unwrap(), 1);
    assert!(matches!(
        entries().count(&tx).await,
        Err(Error::OtherDatabase)
    ));
    let moved = Member::update(&member).set(|m| m.admin.to(false));
    moved.execute(&tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(badges().count(&acme).await.unwrap(), 0);
}
