//! No false alarm.

use tenancy::ddl::Tables;
use tenancy::doctor::{Doctor, Examined, Report};
use tenancy::{Db, TenantRoot};
use tenancy_tests::database;

use crate::{on_postgres, on_sqlite};

async fn probed<R: TenantRoot<Database: Examined>>(
    tables: &Tables<R>,
    db: &Db<R::Database>,
) -> Report {
    let doctor = Doctor::new(tables).with_probe();
    doctor.examine(db).await.expect("a report")
}

#[tokio::test]
async fn on_sqlite_nothing_is_found() {
    let tables = on_sqlite::tables();
    let db = database::sqlite("").await;
    database::run(&db, &tables.sql()).await.expect("tables");
    let report = Doctor::new(&tables)
        .with_rows()
        .with_probe()
        .examine(&db)
        .await
        .expect("a report");
    assert!(
        report.is_healthy() && report.not_tried().is_empty(),
        "{report}"
    );

    // As people write it.
    let by_hand = "DROP TABLE documents;
        CREATE TABLE Documents (
            ID uuid NOT NULL, tenant_id uuid NOT NULL REFERENCES organizations, owner_id uuid NOT NULL,
            title varchar(200) NOT NULL, archived int NOT NULL DEFAULT 0, ratio double, version bigint NOT NULL,
            created datetime NOT NULL DEFAULT CURRENT_TIMESTAMP, colour text,
            PRIMARY KEY (tenant_id, id),
            FOREIGN KEY (tenant_id, owner_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
        );
        CREATE INDEX titles ON documents (tenant_id, title, archived);
        CREATE TABLE something_else (id INTEGER PRIMARY KEY, email TEXT UNIQUE);
        CREATE VIEW all_documents AS SELECT * FROM documents";
    database::run(&db, by_hand).await.expect("tables");
    let report = probed(&tables, &db).await;
    assert!(
        report.is_healthy() && report.not_tried().is_empty(),
        "{report}"
    );
}

#[tokio::test]
async fn on_postgresql_nothing_is_found() {
    let tables = on_postgres::all();
    let db = database::postgres("").await;
    database::run(&db, &tables.sql()).await.expect("tables");
    let report = Doctor::new(&tables)
        .with_rows()
        .with_probe()
        .examine(&db)
        .await
        .expect("a report");
    assert!(
        report.is_healthy() && report.not_tried().is_empty(),
        "{report}"
    );

    let by_hand = "
        CREATE DOMAIN title AS varchar(200) CHECK (VALUE <> '');
        ALTER TABLE documents ALTER title TYPE title, ADD created timestamptz NOT NULL DEFAULT now(), ADD note text;
        ALTER TABLE documents DROP CONSTRAINT documents_tenant_id_owner_id_fkey,
            ADD CONSTRAINT own FOREIGN KEY (tenant_id, owner_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE;
        ALTER TABLE notes DROP CONSTRAINT notes_tenant_id_author_id_fkey,
            ADD FOREIGN KEY (tenant_id, author_id) REFERENCES users (tenant_id, id) ON DELETE SET NULL (author_id);
        ALTER TABLE notes ALTER id DROP IDENTITY, ALTER id SET DEFAULT 1, ADD UNIQUE (id);
        DROP INDEX documents_tenant_id_title_idx;
        CREATE INDEX ON documents (tenant_id, title, archived);
        CREATE UNIQUE INDEX ON documents (lower(title), tenant_id);
        CREATE TABLE something_else (id bigint PRIMARY KEY, email text UNIQUE);
        CREATE SCHEMA other; CREATE TABLE other.users (id integer)";
    database::run(&db, by_hand).await.expect("tables");
    let report = probed(&tables, &db).await;
    assert!(
        report.is_healthy() && report.not_tried().is_empty(),
        "{report}"
    );

    // Something that no model knows fills the rows.
    let by_trigger = "ALTER TABLE documents ALTER archived DROP DEFAULT;
        CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN NEW.archived := FALSE; RETURN NEW; END';
        CREATE TRIGGER fill BEFORE INSERT ON documents FOR EACH ROW EXECUTE FUNCTION fill()";
    database::run(&db, by_trigger).await.expect("a trigger");
    let report = probed(&tables, &db).await;
    assert!(
        report.is_healthy() && report.not_tried().is_empty(),
        "{report}"
    );
}
