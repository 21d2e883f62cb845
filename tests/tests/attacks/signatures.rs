//! Signatures are of no use to whoever did not make them.

use tenancy::rls::SigningKey;
use tenancy::{Error, TenantScoped as _};

use crate::secured::{Note, Secured, raw, tenant};

/// Whatever SQL of the same role can learn of other sessions.
const SPY: &str =
    "SELECT string_agg(query, ' ') FROM pg_stat_activity WHERE usename = current_user";

#[tokio::test]
async fn injected_sql_finds_no_signature_in_other_sessions() {
    let secured = Secured::new(true).await;
    let db = secured.connect(2).await.unwrap();
    let acme = tenant(&db, "Acme").await;
    tenancy::enter!(mut acme = acme);
    let mut spy = db.acquire().await.unwrap();
    let seen = acme.begin().await.unwrap();
    let queries = raw(&mut spy, SPY).await.unwrap().join(" ");
    seen.rollback().await.unwrap();
    assert!(
        !queries.contains(&acme.id().to_string()),
        "another session shows what it was told: {queries}"
    );
    assert_eq!(Note::query().count(&acme).await.unwrap(), 1);
}

#[tokio::test]
async fn without_a_signature_there_are_no_rows() {
    let secured = Secured::new(true).await;
    let db = secured.connect(1).await.unwrap();
    let acme = tenant(&db, "Acme").await;
    let mut connection = db.acquire().await.unwrap();
    for setting in [
        format!("'{}'", acme.id()),
        format!("'{}:{}'", "0".repeat(64), acme.id()),
        "''".into(),
        "':'".into(),
        "'\u{1F980}'".into(),
    ] {
        let sql = format!("SET tenancy.tenant = {setting}; SELECT body FROM notes");
        assert_eq!(
            raw(&mut connection, &sql).await.unwrap(),
            [] as [&str; 0],
            "{setting}"
        );
    }
    for refused in [
        "SELECT * FROM tenancy.signing_keys",
        "INSERT INTO tenancy.signing_keys VALUES ('', '')",
        "DELETE FROM tenancy.signing_keys",
        "CREATE OR REPLACE FUNCTION tenancy.tenant() RETURNS text LANGUAGE sql AS 'SELECT NULL::text'",
        "CREATE FUNCTION tenancy.sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT $1'",
        "ALTER TABLE notes DISABLE ROW LEVEL SECURITY",
        "DROP POLICY tenancy_isolation ON notes",
        "TRUNCATE notes",
    ] {
        assert!(raw(&mut connection, refused).await.is_err(), "{refused}");
    }
    // What is found before the functions that the policy calls.
    let shadow = "SET search_path = pg_temp, pg_catalog; \
        CREATE FUNCTION pg_temp.encode(bytea, text) RETURNS text LANGUAGE sql AS $$ SELECT repeat('0', 64) $$; \
        CREATE FUNCTION pg_temp.current_setting(text, boolean) RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$; \
        SET tenancy.tenant = 'FORGED'; SELECT body FROM public.notes";
    let forged = format!("{}:{}", "0".repeat(64), acme.id());
    let shadow = shadow.replace("FORGED", &forged);
    assert_eq!(
        raw(&mut connection, &shadow).await.unwrap(),
        [] as [&str; 0]
    );
    let explained = format!(
        "SET tenancy.tenant = '{forged}'; SELECT tenancy.tenant()::text IS NULL, \
         prosrc FROM pg_proc WHERE proname = 'tenant'"
    );
    let source = raw(&mut connection, &explained).await.unwrap().join("");
    assert!(!source.contains("3031"), "{source}");
}

/// Otherwise each statement would meet no rows, and nobody would know why.
#[tokio::test]
async fn a_key_that_the_database_does_not_know_is_refused() {
    for (signed, key) in [
        (true, SigningKey::new([9; SigningKey::LEN])),
        (false, crate::secured::key()),
    ] {
        let secured = Secured::new(signed).await;
        let db = secured.plain(1).await.unwrap();
        let refused = db.with_signed_rls(key).await;
        assert!(matches!(refused, Err(Error::UnsafeRole(_))), "{refused:?}");
    }
}
