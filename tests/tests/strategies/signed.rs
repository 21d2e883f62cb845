//! Signed row-level security: SQL that somebody injects changes to no other tenant.

use sqlx::{Connection as _, PgConnection};
use tenancy::TenantScoped as _;
use tenancy::rls::SigningKey;
use tenancy::{Db, DbOf, Error, PoolOptions};
use tenancy_tests::rls::execute;
use tenancy_tests::with_rls::{Fresh, Note, Organization, signed};

use crate::rls::{note, seen, tenant};

/// What the setting is in a transaction of the tenant, as a trigger of the database sees it.
async fn signature(fresh: &Fresh, tenant: &tenancy::VerifiedTenant<Organization>) -> String {
    let superuser = &fresh.outside().shared;
    let sql = "CREATE TABLE IF NOT EXISTS told (value text);
         GRANT INSERT ON told TO PUBLIC;
         CREATE OR REPLACE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN INSERT INTO told VALUES (current_setting('tenancy.tenant')); RETURN NULL; END $$;
         CREATE OR REPLACE TRIGGER tell AFTER INSERT ON notes FOR EACH STATEMENT EXECUTE FUNCTION tell()";
    execute(superuser, sql.into()).await;
    tenancy::enter!(tenant = tenant.clone());
    note(&tenant).await.unwrap();
    let mut connection = PgConnection::connect_with(superuser).await.unwrap();
    let told = sqlx::query_scalar("SELECT value FROM told")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    execute(
        superuser,
        "DROP TRIGGER tell ON notes; DELETE FROM told".into(),
    )
    .await;
    told
}

/// How many notes injected SQL sees that sets the tenant.
async fn with_setting(connection: &mut PgConnection, value: &str) -> i64 {
    let mut transaction = connection.begin().await.unwrap();
    sqlx::query("SELECT set_config('tenancy.tenant', $1, true)")
        .bind(value)
        .execute(&mut *transaction)
        .await
        .unwrap();
    let seen = seen(&mut transaction).await;
    transaction.rollback().await.unwrap();
    seen
}

#[tokio::test]
async fn what_is_not_signed_is_nobody() {
    let fresh = signed().await;
    let acme = tenant(&fresh, "Acme").await;
    let globex = tenant(&fresh, "Globex").await;
    let genuine = signature(&fresh, &acme).await;
    let (mac, id) = genuine.split_once(':').unwrap();
    assert_eq!((mac.len(), id), (64, acme.id().to_string().as_str()));
    let mut connection = fresh.acquire().await.unwrap();
    // The one it was made for, and only that one: the trigger's note is the second.
    assert_eq!(with_setting(&mut connection, &genuine).await, 2);
    let mut flipped = genuine.clone().into_bytes();
    flipped[0] = if flipped[0] == b'0' { b'1' } else { b'0' };
    for forged in [
        globex.id().to_string(),
        acme.id().to_string(),
        format!("{mac}:{}", globex.id()),
        format!("{}:{}", "0".repeat(64), globex.id()),
        format!(":{}", globex.id()),
        mac.to_owned(),
        format!("{genuine} "),
        genuine.to_uppercase(),
        String::from_utf8(flipped).unwrap(),
        String::new(),
        SigningKeyOf::another(&globex.id().to_string()),
    ] {
        assert_eq!(with_setting(&mut connection, &forged).await, 0, "{forged}");
    }
}

/// A signature with a key that the database does not have.
struct SigningKeyOf;

impl SigningKeyOf {
    fn another(tenant: &str) -> String {
        // HMAC of nothing that is known: any 64 digits would do.
        format!("{}:{tenant}", "ab".repeat(32))
    }
}

/// Neither the key nor a signature of another tenant is to be had by the program's role.
#[tokio::test]
async fn the_key_is_out_of_reach() {
    let fresh = signed().await;
    tenant(&fresh, "Acme").await;
    let mut connection = fresh.acquire().await.unwrap();
    for sql in [
        "SELECT * FROM tenancy.signing_keys",
        "INSERT INTO tenancy.signing_keys VALUES ('', '')",
        "DELETE FROM tenancy.signing_keys",
        "DROP FUNCTION tenancy.tenant() CASCADE",
        "CREATE OR REPLACE FUNCTION tenancy.tenant() RETURNS text LANGUAGE sql AS 'SELECT NULL'",
        "CREATE TABLE tenancy.other (id int)",
        "ALTER TABLE notes NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY tenancy_isolation ON notes",
        "ALTER TABLE tenancy.signing_keys OWNER TO CURRENT_USER",
    ] {
        let refused = sqlx::raw_sql(sql)
            .execute(&mut *connection)
            .await
            .unwrap_err();
        let code = refused.as_database_error().unwrap().code().unwrap();
        assert_eq!(code, "42501", "{sql}: {refused}");
    }
    // What the function reads, the caller cannot put something else in the place of.
    let shadows = "SET search_path = pg_temp, public;
        CREATE TEMPORARY TABLE signing_keys (inner_block bytea, outer_block bytea);
        CREATE FUNCTION pg_temp.sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT ''''::bytea'";
    sqlx::raw_sql(shadows)
        .execute(&mut *connection)
        .await
        .unwrap();
    let zeros = format!("{}:{}", "0".repeat(64), uuid::Uuid::nil());
    assert_eq!(with_setting(&mut connection, &zeros).await, 0);
}

/// Keys are changed while the program runs.
#[tokio::test]
async fn keys_rotate() {
    let fresh = signed().await;
    let superuser = fresh.outside().shared.clone();
    let acme = tenant(&fresh, "Acme").await;
    let new_key = || SigningKey::new([9; SigningKey::LEN]);
    let with = async |key| -> tenancy::Result<DbOf<Organization>> {
        let options = fresh.connect_options().clone();
        let db = Db::connect_with(PoolOptions::new().max_connections(1), options);
        db.await?.with_signed_rls(key).await
    };
    let count = async |db: &DbOf<Organization>| {
        let acme = tenancy::VerifiedTenant::assume_verified(db, *acme.id(), "known to the test");
        tenancy::enter!(acme = acme);
        Note::query().count(&acme).await.unwrap()
    };
    // A key that the database does not have signs nothing.
    let refused = with(new_key()).await;
    assert!(matches!(refused, Err(Error::UnsafeRole(_))), "{refused:?}");
    execute(&superuser, new_key().setup()).await;
    let new = with(new_key()).await.unwrap();
    assert_eq!((count(&fresh).await, count(&new).await), (1, 1));
    let sql = "DELETE FROM tenancy.signing_keys WHERE inner_block =
        decode(repeat(lpad(to_hex(7 # 54), 2, '0'), 32) || repeat('36', 32), 'hex')";
    execute(&superuser, sql.into()).await;
    assert_eq!((count(&fresh).await, count(&new).await), (0, 1));
}
