//! Values of SQLite's in a form that no statement finds: they are found, and mended where that is known how.

use tenancy::doctor::Doctor;
use tenancy::{Db, Error, Root as _, TenantRoot, TenantScoped};
use tenancy_tests::database;
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

use crate::{expect, mends};

#[derive(Debug, TenantRoot)]
#[tenancy(database = sqlx::Sqlite)]
struct Organization {
    id: Uuid,
}

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization)]
struct Item {
    id: Uuid,
    #[tenancy(belongs_to = Item)]
    parent_id: Option<Uuid>,
    title: String,
    at: OffsetDateTime,
}

const ACME: Uuid = Uuid::from_u128(0x10);
const FIRST: Uuid = Uuid::from_u128(0x21);
const SECOND: Uuid = Uuid::from_u128(0x22);
const NOON: OffsetDateTime = datetime!(2026-01-31 12:00 UTC);

/// Tables that somebody made, with foreign keys, and rows that somebody else wrote.
const BY_HAND: &str = "
    CREATE TABLE organizations (id UUID NOT NULL PRIMARY KEY);
    CREATE TABLE items (
        tenant_id UUID NOT NULL REFERENCES organizations (id), id UUID NOT NULL, parent_id UUID,
        title TEXT NOT NULL, at DATETIME NOT NULL,
        PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id, parent_id) REFERENCES items (tenant_id, id)
    );
    CREATE INDEX parents ON items (tenant_id, parent_id);
    INSERT INTO organizations VALUES ('00000000-0000-0000-0000-000000000010');
    INSERT INTO items VALUES
        ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000021', NULL, 'first',
            '2026-01-31T12:00:00Z'),
        ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000022',
            '00000000-0000-0000-0000-000000000021', 'second', '2026-01-31T14:00:00+02:00');";

fn tables() -> tenancy::ddl::Tables<Organization> {
    tenancy::ddl::Tables::new().with::<Item>()
}

async fn dangling(db: &Db<sqlx::Sqlite>) -> usize {
    let mut connection = db.acquire().await.expect("a connection");
    let query = sqlx::query("PRAGMA foreign_key_check");
    query
        .fetch_all(&mut *connection)
        .await
        .expect("an answer")
        .len()
}

#[tokio::test]
async fn keys_that_are_texts_are_made_bytes_together() {
    let tables = tables();
    let db = database::sqlite("").await;
    database::run(&db, BY_HAND).await.expect("tables");
    let verified = Organization::verify(&db, ACME).await;
    assert!(
        matches!(verified, Err(Error::TenantUnavailable)),
        "{verified:?}"
    );

    // Not without being asked, as it reads every row.
    let quick = Doctor::new(&tables).examine(&db).await.expect("a report");
    assert!(quick.is_healthy(), "{quick}");
    let doctor = Doctor::new(&tables).with_rows();
    let report = doctor.examine(&db).await.expect("a report");
    expect(&report, &["rows-out-of-form"], BY_HAND);
    let mut found: Vec<_> = report
        .findings()
        .iter()
        .map(|finding| {
            (
                finding.subject.as_str(),
                finding.problem.split_once(" that is").expect("a problem").0,
            )
        })
        .collect();
    found.sort_unstable();
    let expected = [
        ("items", "1 row has a `parent_id`"),
        ("items", "2 rows have a `at`"),
        ("items", "2 rows have a `id`"),
        ("items", "2 rows have a `tenant_id`"),
        ("organizations", "1 row has a `id`"),
    ];
    assert_eq!(found, expected);

    database::run(&db, &mends(&report)).await.expect("mended");
    let report = doctor.examine(&db).await.expect("a report");
    assert!(report.is_healthy(), "{report}");
    assert_eq!(dangling(&db).await, 0);
    tenancy::enter!(acme = Organization::verify(&db, ACME).await.expect("the tenant"));
    let second = Item::find(SECOND).fetch_one(&acme).await.expect("an item");
    assert_eq!((second.parent_id, second.at), (Some(FIRST), NOON));
    let both = Item::query().filter(|i| i.at.eq(NOON)).count(&acme).await;
    assert_eq!(both.expect("a number"), 2);
    let children = Item::query().filter(|i| i.parent_id.eq(FIRST));
    assert_eq!(children.count(&acme).await.expect("a number"), 1);
}

/// Tables that no model knows refer to the keys, too, and to one another.
#[tokio::test]
async fn what_refers_to_the_keys_follows() {
    let tables = tables();
    for kind in ["UUID", "TEXT", "BLOB"] {
        let db = database::sqlite("").await;
        let seed = format!(
            "{}
            CREATE TABLE logs (
                organization TEXT UNIQUE REFERENCES organizations, item TEXT, place TEXT,
                FOREIGN KEY (organization, item) REFERENCES items (tenant_id, id)
            );
            CREATE TABLE marks (log TEXT REFERENCES logs (organization));
            INSERT INTO logs VALUES
                ('00000000-0000-0000-0000-000000000010', '00000000-0000-0000-0000-000000000021', 'here');
            INSERT INTO marks VALUES ('00000000-0000-0000-0000-000000000010');",
            BY_HAND.replace("UUID NOT NULL PRIMARY", &format!("{kind} NOT NULL PRIMARY"))
        );
        database::run(&db, &seed).await.expect(&seed);
        let doctor = Doctor::new(&tables).with_rows();
        for _ in 0..2 {
            let report = doctor.examine(&db).await.expect("a report");
            let mend = mends(&report);
            database::run(&db, &mend).await.expect(&mend);
        }
        let report = doctor.examine(&db).await.expect("a report");
        assert!(report.is_healthy(), "{report}");
        assert_eq!(dangling(&db).await, 0, "{kind}");
        let query =
            "SELECT hex(log) || hex(item) || place FROM logs, marks WHERE log = organization";
        let mut connection = db.acquire().await.expect("a connection");
        let row = sqlx::query_scalar::<_, String>(query).fetch_one(&mut *connection);
        let expected = format!("{:032X}{:032X}here", ACME.as_u128(), FIRST.as_u128());
        assert_eq!(row.await.expect("a row"), expected);
    }
}

/// SQLite itself ends such a text where patterns are matched.
#[tokio::test]
async fn a_text_with_nul_is_found_by_the_doctor() {
    let tables = tables();
    let db = database::sqlite("").await;
    database::run(&db, &tables.sql()).await.expect("tables");
    let acme = Organization::create(NewOrganization {}).execute(&db).await;
    tenancy::enter!(acme = acme.expect("a tenant"));
    let new = NewItem {
        parent_id: None,
        title: "a".to_owned(),
        at: NOON,
    };
    let item = Item::create(new).fetch_one(&acme).await.expect("an item");
    let doctor = Doctor::new(&tables).with_rows();
    assert!(doctor.examine(&db).await.expect("a report").is_healthy());

    let seed = "UPDATE items SET title = 'a' || char(0) || 'b'";
    database::run(&db, seed).await.expect(seed);
    let read = Item::find(item.id).fetch_one(&acme).await.expect("an item");
    assert_eq!(read.title, "a\0b");
    let contains = async |text: &str| {
        let query = Item::query().filter(|i| i.title.contains(text));
        query.count(&acme).await.expect("a number")
    };
    assert_eq!((contains("a").await, contains("b").await), (1, 0));
    let report = doctor.examine(&db).await.expect("a report");
    expect(&report, &["rows-out-of-form"], seed);
    // What it should be is for a person to say.
    assert!(
        report.findings()[0]
            .mend
            .starts_with("-- Look at them:\nSELECT"),
        "{report}"
    );
}
