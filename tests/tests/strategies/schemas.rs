//! A schema is the tenant's because its name has the mark of the tenant's row, and dropping it drops nothing else.

use std::time::{Duration, Instant};

use sqlx::Postgres;
use tenancy::{Db, Error, PoolOptions, Root as _, TenantRoot, TenantScoped, VerifiedTenant};
use tenancy_tests::database::{self, Fresh};
use uuid::Uuid;

/// Ids that differ may make the same beginning of a name; two of them are the names of other schemas.
#[derive(Debug, TenantRoot)]
#[tenancy(database = Postgres, schemas = schema_of)]
struct Firm {
    id: String,
}

fn schema_of(id: &str) -> String {
    id.to_ascii_lowercase()
}

#[derive(Debug, TenantScoped)]
#[tenancy(root = Firm, strategy = schema)]
struct Bill {
    id: Uuid,
    number: i64,
}

const FIRMS: &str = "CREATE TABLE firms (id text PRIMARY KEY,
    tenancy_mark uuid NOT NULL UNIQUE DEFAULT gen_random_uuid())";
const BILLS: &str = "CREATE TABLE bills (id uuid PRIMARY KEY, number bigint NOT NULL)";

async fn firms() -> Fresh<Postgres> {
    database::postgres(FIRMS).await
}

async fn firm(db: &Db<Postgres>, id: &str) -> VerifiedTenant<Firm> {
    let new = NewFirm { id: id.to_owned() };
    Firm::create(new).execute(db).await.unwrap()
}

async fn bill(firm: &VerifiedTenant<Firm>, number: i64) -> tenancy::Result<()> {
    tenancy::enter!(firm = firm.clone());
    Bill::create(NewBill { number }).execute(&firm).await
}

async fn numbers(firm: &VerifiedTenant<Firm>) -> tenancy::Result<Vec<i64>> {
    tenancy::enter!(firm = firm.clone());
    let bills = Bill::query().order_by(|b| b.number.asc());
    let bills = bills.fetch_all(&firm).await?;
    Ok(bills.iter().map(|bill| bill.number).collect())
}

async fn run(db: &Db<Postgres>, sql: &str) {
    database::run(db, sql).await.expect(sql);
}

/// Two ids that fold to one name: each has a schema, and none drops the other's.
#[tokio::test]
async fn names_that_are_the_same() {
    let db = firms().await;
    let [upper, lower] = [firm(&db, "ACME").await, firm(&db, "acme").await];
    upper.create_schema(BILLS).await.unwrap();
    lower.create_schema(BILLS).await.unwrap();
    assert!(matches!(
        upper.create_schema(BILLS).await,
        Err(Error::Conflict(_))
    ));
    bill(&upper, 1).await.unwrap();
    bill(&lower, 2).await.unwrap();
    lower.drop_schema().await.unwrap();
    assert!(matches!(lower.drop_schema().await, Err(Error::NotFound)));
    assert_eq!(numbers(&upper).await.unwrap(), [1]);
    assert!(numbers(&lower).await.is_err());
}

/// Tenants that are called like a shared schema, the key's, or one of PostgreSQL's own.
#[tokio::test]
async fn names_of_schemas_that_are_no_tenants() {
    let db = firms().await;
    run(
        &db,
        "CREATE SCHEMA app; CREATE TABLE app.bills (id uuid PRIMARY KEY, number bigint NOT NULL);
         CREATE SCHEMA tenancy; CREATE TABLE tenancy.signing_keys (key text);
         INSERT INTO app.bills VALUES (gen_random_uuid(), 7); INSERT INTO tenancy.signing_keys VALUES ('k')",
    )
    .await;
    for id in ["app", "tenancy", "public", "information_schema"] {
        let firm = firm(&db, id).await;
        assert!(
            matches!(firm.drop_schema().await, Err(Error::NotFound)),
            "{id}"
        );
        assert!(numbers(&firm).await.is_err(), "{id}");
        firm.create_schema(BILLS).await.unwrap();
        bill(&firm, 1).await.unwrap();
        assert_eq!(numbers(&firm).await.unwrap(), [1]);
        firm.drop_schema().await.unwrap();
    }
    let kept =
        "SELECT (SELECT count(*) FROM app.bills) + (SELECT count(*) FROM tenancy.signing_keys)";
    let kept: i64 = sqlx::query_scalar(kept)
        .fetch_one(&mut *db.acquire().await.unwrap())
        .await
        .unwrap();
    assert_eq!(kept, 2);
    let catalog = firm(&db, "pg_catalog").await;
    assert!(matches!(
        catalog.create_schema(BILLS).await,
        Err(Error::NoSchema(_))
    ));
    let long = firm(&db, &"a".repeat(47)).await;
    assert!(matches!(
        long.create_schema(BILLS).await,
        Err(Error::NoSchema(_))
    ));
    let longest = firm(&db, &"a".repeat(46)).await;
    longest.create_schema(BILLS).await.unwrap();
    bill(&longest, 1).await.unwrap();
}

/// An id that was given out again has another mark, and so another schema.
#[tokio::test]
async fn an_id_that_was_given_out_again() {
    let db = firms().await;
    let old = firm(&db, "acme").await;
    old.create_schema(BILLS).await.unwrap();
    bill(&old, 1).await.unwrap();
    run(&db, "DELETE FROM firms").await;
    let new = firm(&db, "acme").await;
    assert!(numbers(&new).await.is_err());
    assert!(matches!(new.drop_schema().await, Err(Error::NotFound)));
    new.create_schema(BILLS).await.unwrap();
    assert!(numbers(&new).await.unwrap().is_empty());
    bill(&new, 2).await.unwrap();
    for again in [
        Firm::verify(&db, "acme".to_owned()).await.unwrap(),
        VerifiedTenant::assume_verified(&db, "acme".to_owned(), "a test"),
    ] {
        assert_eq!(numbers(&again).await.unwrap(), [2]);
    }
    // Who still has the proof of the old one reaches the old one.
    assert_eq!(numbers(&old).await.unwrap(), [1]);
    old.drop_schema().await.unwrap();
    assert_eq!(numbers(&new).await.unwrap(), [2]);
}

/// What is elsewhere and depends on the schema is not dropped along with it: it is said to the operator.
#[tokio::test]
async fn what_depends_on_a_schema_from_elsewhere() {
    const OWN: &str = "CREATE TYPE mood AS ENUM ('good');
        CREATE SEQUENCE numbers;
        CREATE FUNCTION answer() RETURNS int LANGUAGE sql AS 'SELECT 42';
        CREATE TABLE bills (id uuid PRIMARY KEY, number bigint NOT NULL DEFAULT nextval('numbers'))";
    let db = firms().await;
    run(&db, "CREATE TABLE plans (id uuid PRIMARY KEY)").await;
    let acme = firm(&db, "acme").await;
    acme.create_schema(OWN).await.unwrap();
    bill(&acme, 1).await.unwrap();
    let globex = firm(&db, "globex").await;
    globex.create_schema(BILLS).await.unwrap();
    let [own, other] = [acme.schema().await.unwrap(), globex.schema().await.unwrap()];
    let uses = [
        (
            format!("CREATE TABLE {other}.copy (LIKE {own}.bills INCLUDING ALL)"),
            format!("DROP TABLE {other}.copy"),
        ),
        (
            format!("ALTER TABLE {other}.bills ADD mood {own}.mood"),
            format!("ALTER TABLE {other}.bills DROP mood"),
        ),
        (
            format!("CREATE VIEW all_bills AS SELECT * FROM {own}.bills"),
            "DROP VIEW all_bills".to_owned(),
        ),
        (
            format!("ALTER TABLE plans ADD FOREIGN KEY (id) REFERENCES {own}.bills"),
            "ALTER TABLE plans DROP CONSTRAINT plans_id_fkey".to_owned(),
        ),
        (
            format!("CREATE TABLE {other}.child () INHERITS ({own}.bills)"),
            format!("DROP TABLE {other}.child"),
        ),
        (
            format!("ALTER TABLE plans ADD answer int DEFAULT {own}.answer()"),
            "ALTER TABLE plans DROP answer".to_owned(),
        ),
        (
            format!(
                "CREATE POLICY mine ON plans USING (EXISTS (SELECT FROM {own}.bills AS b WHERE b.id = plans.id))"
            ),
            "DROP POLICY mine ON plans".to_owned(),
        ),
    ];
    for (uses, ends) in &uses {
        run(&db, uses).await;
        let dropped = acme.drop_schema().await;
        let Err(Error::SchemaInUse(why)) = &dropped else {
            panic!("{dropped:?} after {uses}");
        };
        let said = dropped.as_ref().unwrap_err().to_string();
        assert!(!said.contains("acme"), "{said}");
        assert!(why.to_string().contains("used from elsewhere: "), "{why}");
        run(&db, ends).await;
    }
    assert_eq!(numbers(&acme).await.unwrap(), [1]);
    acme.drop_schema().await.unwrap();
    assert!(numbers(&globex).await.unwrap().is_empty());
}

/// All that is in a schema, and refers to what is shared, is dropped.
#[tokio::test]
async fn what_is_in_a_schema() {
    const OWN: &str =
        "CREATE TYPE mood AS ENUM ('good'); CREATE DOMAIN short AS text CHECK (length(VALUE) < 9);
        CREATE TABLE bills (id uuid PRIMARY KEY, number bigint NOT NULL, mood mood, short short,
            plan uuid REFERENCES public.plans, note text, serial serial);
        CREATE TABLE years (year int, bill uuid REFERENCES bills) PARTITION BY RANGE (year);
        CREATE TABLE year_1 PARTITION OF years FOR VALUES FROM (1) TO (2);
        CREATE VIEW shown AS SELECT bills.id FROM bills JOIN public.plans ON plans.id = plan;
        CREATE MATERIALIZED VIEW kept AS SELECT * FROM shown;
        CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER touch BEFORE UPDATE ON bills FOR EACH ROW EXECUTE FUNCTION touch();
        CREATE POLICY all_of_it ON bills USING (EXISTS (SELECT FROM shown));
        CREATE RULE quiet AS ON UPDATE TO shown DO INSTEAD NOTHING;
        CREATE STATISTICS both_of_them ON number, plan FROM bills;
        CREATE COLLATION plain FROM \"C\";
        ALTER DEFAULT PRIVILEGES IN SCHEMA $schema GRANT SELECT ON TABLES TO PUBLIC";
    let db = firms().await;
    run(&db, "CREATE TABLE plans (id uuid PRIMARY KEY)").await;
    let acme = firm(&db, "acme").await;
    let name = acme.schema().await.unwrap();
    #[expect(
        clippy::disallowed_methods,
        reason = "made of a constant and a name that was checked"
    )]
    let own = sqlx::AssertSqlSafe(OWN.replace("$schema", name.as_str()));
    acme.create_schema(own).await.unwrap();
    let publication = format!("CREATE PUBLICATION changes FOR TABLE {name}.bills");
    run(&db, &publication).await;
    acme.drop_schema().await.unwrap();
    let left = "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'acme%'";
    let left: i64 = sqlx::query_scalar(left)
        .fetch_one(&mut *db.acquire().await.unwrap())
        .await
        .unwrap();
    assert_eq!(left, 0);
}

/// Dropping waits for what has begun, and not for ever.
#[tokio::test]
async fn one_is_dropped_while_it_is_used() {
    let db = firms().await;
    let pool = PoolOptions::new()
        .max_connections(2)
        .acquire_timeout(Duration::from_millis(700));
    let db: Db<Postgres> = Db::connect_with(pool, db.connect_options().clone())
        .await
        .unwrap();
    let acme = firm(&db, "acme").await;
    acme.create_schema(BILLS).await.unwrap();
    tenancy::enter!(mut late = acme.clone());
    let tx = late.begin().await.unwrap();
    Bill::create(NewBill { number: 1 })
        .execute(&tx)
        .await
        .unwrap();
    let start = Instant::now();
    let used = acme.drop_schema().await;
    assert!(matches!(used, Err(Error::Busy(_))), "{used:?}");
    assert!(start.elapsed() < Duration::from_secs(10));
    Bill::create(NewBill { number: 2 })
        .execute(&tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(numbers(&acme).await.unwrap(), [1, 2]);
    acme.drop_schema().await.unwrap();
}

/// A row whose table has no mark for it: no schema is found by the id alone.
#[tokio::test]
async fn a_row_without_a_mark() {
    let db = firms().await;
    run(
        &db,
        "ALTER TABLE firms ALTER tenancy_mark DROP NOT NULL, ALTER tenancy_mark DROP DEFAULT;
         CREATE SCHEMA acme; CREATE TABLE acme.bills (id uuid PRIMARY KEY, number bigint NOT NULL)",
    )
    .await;
    let acme = firm(&db, "acme").await;
    for done in [
        acme.create_schema(BILLS).await,
        acme.drop_schema().await,
        bill(&acme, 1).await,
    ] {
        assert!(matches!(done, Err(Error::NoSchema(_))), "{done:?}");
    }
    run(&db, "UPDATE firms SET tenancy_mark = gen_random_uuid()").await;
    acme.create_schema(BILLS).await.unwrap();
    bill(&acme, 1).await.unwrap();
    assert_eq!(numbers(&acme).await.unwrap(), [1]);
    // Nobody is there to have one.
    let nobody = VerifiedTenant::<Firm>::assume_verified(&db, "nobody".to_owned(), "a test");
    let read = numbers(&nobody).await;
    assert!(matches!(read, Err(Error::TenantUnavailable)), "{read:?}");
}

/// The mark is read in the transaction that needs it, and once.
#[tokio::test]
async fn a_tenant_that_is_assumed_in_a_transaction() {
    let fresh = firms().await;
    let pool = PoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_secs(2));
    let db: Db<Postgres> = Db::connect_with(pool, fresh.connect_options().clone())
        .await
        .unwrap();
    firm(&db, "acme").await.create_schema(BILLS).await.unwrap();
    let acme = VerifiedTenant::<Firm>::assume_verified(&db, "acme".to_owned(), "a test");
    tenancy::enter!(mut token = acme);
    let mut tx = token.begin().await.unwrap();
    let inner = tx.begin().await.unwrap();
    Bill::create(NewBill { number: 1 })
        .execute(&inner)
        .await
        .unwrap();
    inner.commit().await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(Bill::query().count(&token).await.unwrap(), 1);
}
