//! A schema for each tenant, beside tables that all of them share.

use tenancy::schema::{NoSchema, SchemaName};
use tenancy::{Db, Error, Root as _, TenantRoot, TenantScoped, VerifiedTenant};
use uuid::Uuid;

#[derive(Debug, TenantRoot)]
#[tenancy(database = sqlx::Postgres, schemas = schema_of)]
struct Organization {
    id: i64,
    name: String,
}

fn schema_of(id: &i64) -> String {
    match id {
        9 => "Nine".to_owned(),
        id => format!("org_{id}"),
    }
}

/// In one table for all.
#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Organization)]
struct User {
    id: Uuid,
    admin: bool,
}

/// In the schema of the tenant. The tables of all have the name of one that is shared, too.
#[derive(Clone, Debug, PartialEq, TenantScoped)]
#[tenancy(root = Organization, strategy = schema)]
struct Invoice {
    #[tenancy(given)]
    id: Uuid,
    #[tenancy(belongs_to = User)]
    owner_id: Uuid,
    number: i64,
}

#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Organization, strategy = schema, policies, table = "lines")]
struct Line {
    id: Uuid,
    #[tenancy(belongs_to = Invoice)]
    invoice_id: Uuid,
    amount: i64,
}

tenancy::policies! {
    Line, actor: User {
        check is_mine = invoice_id.any(|invoice| invoice.owner_id == actor);
        create { authorize_if is_mine(); }
        read { authorize_if actor.admin; authorize_if is_mine(); }
        update { authorize_if is_mine() && amount < 100; }
        destroy { authorize_if invoice_id.any(|invoice| invoice.number == 1); }
    }
}

/// A shared table whose rows refer to rows in the schema of the tenant.
#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Organization)]
struct Reminder {
    id: Uuid,
    #[tenancy(belongs_to = Invoice)]
    invoice_id: Uuid,
}

const TABLES: &str = "
    CREATE TABLE organizations (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, name text NOT NULL,
        tenancy_mark uuid NOT NULL DEFAULT '12345678-9abc-def0-0000-000000000000');
    CREATE TABLE users (tenant_id bigint NOT NULL, id uuid NOT NULL, admin boolean NOT NULL,
        PRIMARY KEY (tenant_id, id));
    CREATE TABLE reminders (tenant_id bigint NOT NULL, id uuid NOT NULL, invoice_id uuid NOT NULL,
        PRIMARY KEY (tenant_id, id));
    CREATE TABLE invoices (mine_is_in_a_schema boolean);
    DO $$ BEGIN FOR id IN 1..2 LOOP EXECUTE format(
        'CREATE SCHEMA %1$I;
        CREATE TABLE %1$I.invoices (id uuid PRIMARY KEY, owner_id uuid NOT NULL, number bigint UNIQUE);
        CREATE TABLE %1$I.lines (id uuid PRIMARY KEY, invoice_id uuid NOT NULL, amount bigint NOT NULL)',
        'org_' || id || '_123456789abcdef0');
    END LOOP; END $$";

async fn tenants() -> (Db<sqlx::Postgres>, [VerifiedTenant<Organization>; 2]) {
    let db = tenancy_tests::database::postgres(TABLES).await;
    let create = |name: &str| Organization::create(NewOrganization { name: name.into() });
    let tenants = [
        create("Acme").execute(&db).await.unwrap(),
        create("Globex").execute(&db).await.unwrap(),
    ];
    (db.clone(), tenants)
}

/// The rows of tenants with these ids.
async fn add(db: &Db<sqlx::Postgres>, ids: &[i64]) {
    for id in ids {
        sqlx::query(
            "INSERT INTO organizations (id, name) OVERRIDING SYSTEM VALUE VALUES ($1, 'x')",
        )
        .bind(id)
        .execute(&mut *db.acquire().await.unwrap())
        .await
        .unwrap();
    }
}

#[tokio::test]
async fn the_same_rows_live_in_the_schema_of_each_tenant() {
    let (_db, [acme, globex]) = tenants().await;
    tenancy::enter!(acme = acme);
    tenancy::enter!(globex = globex);
    let id = Uuid::from_u128(1);
    macro_rules! create {
        ($tenant:ident, $number:expr) => {{
            let user = User::create(NewUser { admin: true });
            let user = user.fetch_one(&$tenant).await.unwrap();
            let new = NewInvoice {
                id,
                owner_id: (&user).into(),
                number: $number,
            };
            Invoice::create(new).fetch_one(&$tenant).await.unwrap()
        }};
    }
    let (mine, theirs) = (create!(acme, 1), create!(globex, 1));
    assert_eq!(mine.id, theirs.id);
    let update = Invoice::update_where(|i| i.number.eq(1)).set(|i| i.number.to(i.number.plus(4)));
    assert_eq!(update.execute(&acme).await.unwrap(), 1);
    assert_eq!(Invoice::find(id).fetch_one(&acme).await.unwrap().number, 5);
    assert_eq!(
        Invoice::find(id).fetch_one(&globex).await.unwrap().number,
        1
    );
    // Nothing of the other: neither as a reference, nor as a conflict.
    let stranger = Invoice::find(id).fetch_one(&globex).await.unwrap().owner_id;
    let new = |owner| NewInvoice {
        id: Uuid::from_u128(2),
        owner_id: owner,
        number: 1,
    };
    let refused = Invoice::create(new(tenancy::Ref::by_id(stranger)))
        .execute(&acme)
        .await;
    assert!(
        matches!(refused, Err(Error::InvalidReference)),
        "{refused:?}"
    );
    let owner = User::query().fetch_one(&acme).await.unwrap();
    let upsert = Invoice::upsert(new((&owner).into())).on(|i| i.number);
    assert_eq!(
        upsert.fetch_one(&acme).await.unwrap().id,
        Uuid::from_u128(2)
    );
    Invoice::destroy(&theirs).execute(&globex).await.unwrap();
    assert_eq!(Invoice::query().count(&globex).await.unwrap(), 0);
    assert_eq!(Invoice::query().count(&acme).await.unwrap(), 2);
}

#[tokio::test]
async fn shared_tables_and_schemas_look_into_each_other() {
    let (_db, [acme, globex]) = tenants().await;
    tenancy::enter!(acme = acme);
    let user = User::create(NewUser { admin: true })
        .fetch_one(&acme)
        .await
        .unwrap();
    let id = Uuid::from_u128(1);
    let new = NewInvoice {
        id,
        owner_id: (&user).into(),
        number: 1,
    };
    let invoice = Invoice::create(new).fetch_one(&acme).await.unwrap();
    Reminder::create(NewReminder {
        invoice_id: (&invoice).into(),
    })
    .execute(&acme)
    .await
    .unwrap();
    let by_id = NewReminder {
        invoice_id: tenancy::Ref::by_id(id),
    };
    Reminder::create(by_id).execute(&acme).await.unwrap();
    let reminded = || Reminder::query().select(|r| r.invoice_id);
    let admins = || User::query().filter(|u| u.admin.eq(true)).select(|u| u.id);
    let query =
        || Invoice::query().filter(|i| i.id.in_query(reminded()) & i.owner_id.in_query(admins()));
    let text = query().sql();
    assert!(
        text.contains(r#"FROM "<schema>"."invoices" WHERE"#),
        "{text}"
    );
    assert!(
        text.contains(r#"FROM "reminders" WHERE "reminders"."tenant_id" = $2)"#),
        "{text}"
    );
    assert_eq!(query().count(&acme).await.unwrap(), 1);
    let invoices = || Invoice::query().filter(|i| i.number.eq(1)).select(|i| i.id);
    let reminders = || Reminder::query().filter(|r| r.invoice_id.in_query(invoices()));
    assert_eq!(reminders().count(&acme).await.unwrap(), 2);
    tenancy::enter!(globex = globex);
    assert_eq!(query().count(&globex).await.unwrap(), 0);
    assert_eq!(reminders().count(&globex).await.unwrap(), 0);
    let by_id = NewReminder {
        invoice_id: tenancy::Ref::by_id(id),
    };
    let refused = Reminder::create(by_id).execute(&globex).await;
    assert!(
        matches!(refused, Err(Error::InvalidReference)),
        "{refused:?}"
    );
}

#[tokio::test]
async fn policies_look_into_the_schema_of_the_tenant() {
    let (_db, [acme, globex]) = tenants().await;
    macro_rules! fill {
        ($tenant:ident, $number:expr) => {{
            let user = User::create(NewUser { admin: false });
            let user = user.fetch_one(&$tenant).await.unwrap();
            let id = Uuid::from_u128(1);
            let new = NewInvoice {
                id,
                owner_id: (&user).into(),
                number: $number,
            };
            let invoice = Invoice::create(new).fetch_one(&$tenant).await.unwrap();
            (user, invoice)
        }};
    }
    tenancy::enter!(acme = acme);
    tenancy::enter!(globex = globex);
    // The invoice of the other tenant has the same key, and would permit it.
    let (_, _) = fill!(globex, 1);
    let (user, invoice) = fill!(acme, 2);
    let other = User::create(NewUser { admin: true })
        .fetch_one(&acme)
        .await
        .unwrap();
    let mut acme = acme.acting_as(user);
    let new = |amount| NewLine {
        invoice_id: (&invoice).into(),
        amount,
    };
    let line = Line::create(new(50)).fetch_one(&acme).await.unwrap();
    Line::create_many([new(150), new(7)])
        .execute(&acme)
        .await
        .unwrap();
    assert_eq!(Line::query().count(&acme).await.unwrap(), 3);
    Line::update(&line)
        .set(|l| l.amount.to(60))
        .execute(&acme)
        .await
        .unwrap();
    let denied = Line::update(&line)
        .set(|l| l.amount.to(100))
        .execute(&acme)
        .await;
    assert!(matches!(denied, Err(Error::Forbidden(_))), "{denied:?}");
    let denied = Line::destroy(&line).execute(&acme).await;
    assert!(matches!(denied, Err(Error::Forbidden(_))), "{denied:?}");
    assert!(
        !acme
            .can(tenancy::policy::action::Destroy, &line)
            .await
            .unwrap()
    );
    let tx = acme.begin().await.unwrap();
    assert_eq!(
        Line::update_where(|l| l.amount.gt(0))
            .set(|l| l.amount.to(1))
            .execute(&tx)
            .await
            .unwrap(),
        2
    );
    tx.rollback().await.unwrap();
    let acme = acme.verified();
    tenancy::enter!(acme = acme);
    let other = User::find(other.id).fetch_one(&acme).await.unwrap();
    let acme = acme.acting_as(other);
    assert_eq!(Line::query().count(&acme).await.unwrap(), 3);
    assert_eq!(
        Line::update_where(|l| l.amount.gt(0))
            .set(|l| l.amount.to(1))
            .execute(&acme)
            .await
            .unwrap(),
        0
    );
}

#[tokio::test]
async fn a_tenant_without_a_fit_name_reaches_no_schema() {
    let (db, _) = tenants().await;
    add(&db, &[3, 9]).await;
    let nine = VerifiedTenant::<Organization>::assume_verified(&db, 9, "a test");
    tenancy::enter!(nine = nine);
    let error = Invoice::query().fetch_all(&nine).await.unwrap_err();
    assert!(matches!(error, Error::NoSchema(_)), "{error:?}");
    assert!(!error.to_string().contains("Nine"), "{error}");
    let told = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        told.contains("`Nine` cannot be the schema of a tenant"),
        "{told}"
    );
    let update = Invoice::update_where(|i| i.number.eq(1)).set(|i| i.number.to(2));
    let error = update.execute(&nine).await.unwrap_err();
    assert!(matches!(error, Error::NoSchema(_)), "{error:?}");
    // Shared tables need none.
    assert_eq!(User::query().count(&nine).await.unwrap(), 0);
    // A schema that does not exist is an error, and not another table of the same name.
    let three = VerifiedTenant::<Organization>::assume_verified(&db, 3, "a test");
    tenancy::enter!(three = three);
    let error = Invoice::query().fetch_all(&three).await.unwrap_err();
    assert!(
        matches!(error, Error::NoSchema(NoSchema::Absent(_))),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_schema_is_created_whole_and_removed() {
    const TABLES: &str = "CREATE TABLE invoices (id uuid PRIMARY KEY, owner_id uuid NOT NULL, number bigint);
        CREATE TABLE lines (id uuid PRIMARY KEY, invoice_id uuid NOT NULL REFERENCES invoices, amount bigint)";
    let (db, [acme, _]) = tenants().await;
    let taken = acme.create_schema(TABLES).await.unwrap_err();
    assert!(matches!(taken, Error::Conflict(_)), "{taken:?}");
    assert!(!format!("{taken}").contains("org_1"), "{taken}");
    let create = Organization::create(NewOrganization {
        name: "Initech".into(),
    });
    let initech = create.execute(&db).await.unwrap();
    let schema = initech.schema().await.unwrap();
    assert_eq!(schema.as_str(), "org_3_123456789abcdef0");
    // Nothing is left of what failed.
    let broken = initech
        .create_schema("CREATE TABLE invoices (id uuid); CREATE TABLE")
        .await
        .unwrap_err();
    assert!(matches!(broken, Error::Database(_)), "{broken:?}");
    initech.create_schema(TABLES).await.unwrap();
    tenancy::enter!(tenant = initech.clone());
    assert_eq!(Invoice::query().count(&tenant).await.unwrap(), 0);
    // Nor of the way in which its names were looked up.
    for _ in 0..8 {
        let path: String = sqlx::query_scalar("SHOW search_path")
            .fetch_one(&mut *db.acquire().await.unwrap())
            .await
            .unwrap();
        assert!(path.contains("public"), "{path}");
    }
    initech.drop_schema().await.unwrap();
    Invoice::query().count(&tenant).await.unwrap_err();
    let gone = initech.drop_schema().await.unwrap_err();
    assert!(matches!(gone, Error::NotFound), "{gone:?}");
    tenancy::enter!(acme = acme);
    assert_eq!(Invoice::query().count(&acme).await.unwrap(), 0);
    add(&db, &[9]).await;
    let nine = VerifiedTenant::<Organization>::assume_verified(&db, 9, "a test");
    for refused in [nine.create_schema(TABLES).await, nine.drop_schema().await] {
        assert!(matches!(refused, Err(Error::NoSchema(_))), "{refused:?}");
    }
}

#[test]
fn names_of_schemas() {
    let long = "a".repeat(63);
    for name in ["a", "_", "tenant_7", "org_", long.as_str()] {
        assert_eq!(SchemaName::new(name).unwrap().as_str(), name);
    }
    let longer = "a".repeat(64);
    let refused = [
        "",
        "7",
        "A",
        "tenant-7",
        "a b",
        "a\"b",
        "é",
        "a\0",
        "pg_temp",
        "pg_catalog",
        "public",
        "information_schema",
        longer.as_str(),
    ];
    for name in refused {
        assert!(SchemaName::new(name).is_err(), "{name}");
    }
}
