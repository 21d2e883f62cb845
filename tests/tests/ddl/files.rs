//! Migrations in files.

use std::io::ErrorKind;

use sqlx::migrate::Migrator;
use tenancy::ddl::Tables;
use tenancy_tests::{database, schemas, sqlite, with_rls};

fn tables() -> Tables<with_rls::Organization> {
    Tables::new()
        .with::<with_rls::User>()
        .with::<with_rls::Document>()
        .with::<with_rls::Plan>()
}

#[tokio::test]
async fn sqlx_runs_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let db = database::postgres("").await;
    let role = format!("app_{}", uuid::Uuid::now_v7().simple());
    database::run(&db, &format!("CREATE ROLE {role}"))
        .await
        .expect("a role");
    let tables = tables()
        .granted_to(role.as_str())
        .expect("the name of a role");
    let paths = tables.write_to(folder.path()).expect("files");
    let names: Vec<_> = paths
        .iter()
        .filter_map(|path| path.file_name()?.to_str())
        .collect();
    assert_eq!(
        names,
        [
            "0001_tables.sql",
            "0002_row_level_security.sql",
            "0003_grants.sql"
        ]
    );
    let migrator = Migrator::new(folder.path()).await.expect("migrations");
    let mut connection = db.acquire().await.expect("a connection");
    migrator.run(&mut *connection).await.expect("tables");
    let forced: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_class WHERE relforcerowsecurity")
        .fetch_one(&mut *connection)
        .await
        .expect("a number");
    assert_eq!(forced, 3);
    let rights = "SELECT string_agg(privilege_type, ' ' ORDER BY privilege_type)
        FROM information_schema.role_table_grants WHERE grantee = $1 AND table_name = 'users'";
    let rights: String = sqlx::query_scalar(rights)
        .bind(&role)
        .fetch_one(&mut *connection)
        .await
        .expect("rights");
    assert_eq!(rights, "DELETE INSERT SELECT UPDATE");
    drop(connection);
    database::run(&db, &format!("DROP OWNED BY {role}; DROP ROLE {role}"))
        .await
        .expect("no role");

    let folder = tempfile::tempdir().expect("a folder");
    let tables = Tables::<sqlite::Organization>::new().with::<sqlite::User>();
    tables.write_to(folder.path()).expect("files");
    let db = database::sqlite("").await;
    let migrator = Migrator::new(folder.path()).await.expect("migrations");
    migrator
        .run(&mut *db.acquire().await.expect("a connection"))
        .await
        .expect("tables");
    database::run(&db, "SELECT email FROM users")
        .await
        .expect("a table");
}

#[test]
fn nothing_is_written_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = tables().write_to(folder.path()).expect("files");
    let again = tables().write_to(folder.path()).expect("the same files");
    assert_eq!(first, again);

    std::fs::remove_file(&first[0]).expect("a file");
    std::fs::write(&first[1], "-- changed").expect("a file");
    let error = tables()
        .write_to(folder.path())
        .expect_err("a changed file");
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    assert!(
        error.to_string().contains("0002_row_level_security.sql"),
        "{error}"
    );
    assert!(!first[0].exists(), "nothing was written");
    assert_eq!(
        std::fs::read_to_string(&first[1]).expect("a file"),
        "-- changed"
    );
}

#[test]
fn the_migrator_does_not_see_tables_of_schemas() {
    let folder = tempfile::tempdir().expect("a folder");
    let tables = Tables::<schemas::Organization>::new().with::<schemas::User>();
    let paths = tables.write_to(folder.path()).expect("files");
    assert_eq!(paths[1], folder.path().join("schema/0001_tables.sql"));
    let text = std::fs::read_to_string(&paths[1]).expect("a file");
    assert_eq!(text, tables.of_schema().as_str());
    assert!(
        !std::fs::read_to_string(&paths[0])
            .expect("a file")
            .contains("users")
    );
}
