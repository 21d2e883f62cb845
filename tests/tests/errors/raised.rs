//! Errors that a trigger raises under the codes of a server that goes down, of a login that is refused, or of a
//! connection that is out of date: they are none of it.

use tenancy::{Error, PoolOptions, Root as _, TenantScoped as _};
use tenancy_tests::database;
use tenancy_tests::postgres::{self, NewOrganization, NewUser, Organization, Role, User};

use super::chain;

const TRIGGER: &str = "CREATE FUNCTION raise_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION USING ERRCODE = left(NEW.email, 5), MESSAGE = 'cache lookup failed for type kanarie';
    END $$;
    CREATE TRIGGER raise_it BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION raise_it()";

fn user(code: &str) -> NewUser {
    NewUser {
        email: format!("{code}@acme.com"),
        role: Role::Member,
        nickname: None,
    }
}

#[tokio::test]
async fn under_the_codes_of_others() {
    let db = postgres::database().await;
    database::run(&db, TRIGGER).await.unwrap();
    let acme = Organization::create(NewOrganization { name: "a".into() });
    let acme = acme.execute(&db).await.unwrap();
    let options = PoolOptions::new().max_connections(4);
    let db = tenancy::Db::connect_lazy_with(options, db.connect_options().clone());
    tenancy::enter!(mut acme = tenancy_tests::over(&db, &acme));
    // Four connections that none of it is to cost.
    let (one, two) = (db.acquire(), db.acquire());
    let (three, four) = (db.acquire(), db.acquire());
    let held = tokio::try_join!(one, two, three, four).unwrap();
    drop(held);
    for code in [
        "28000", "28P01", "3D000", "08001", "08006", "08P01", "57P01", "57P02", "57P03", "57P04",
        "57P05", "26000", "XX000", "0A000", "54001", "54000",
    ] {
        let error = User::create(user(code)).execute(&acme).await.unwrap_err();
        let Error::Database(told) = &error else {
            panic!("{code}: {error:?}");
        };
        assert_eq!(told.code(), Some(code));
        assert!(!error.is_unavailable());
        assert!(!chain(&error).contains("kanarie"));
        let tx = acme.begin().await.unwrap();
        let error = User::create(user(code)).fetch_one(&tx).await.unwrap_err();
        assert!(matches!(error, Error::Database(_)), "{code}: {error:?}");
        tx.rollback().await.unwrap();
        assert_eq!(db.connections().open, 4, "after {code}");
    }
    // What a transaction or its client may try again is that, whoever says it.
    let error = User::create(user("40001"))
        .execute(&acme)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Busy(_)), "{error:?}");
    assert!(!chain(&error).contains("kanarie"));
}

/// A function that executes a statement that is not prepared says nothing of the connection.
#[tokio::test]
async fn inside_of_a_function() {
    let db = postgres::database().await;
    let trigger = "CREATE FUNCTION run_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF NEW.nickname IS NULL THEN EXECUTE 'EXECUTE kanarie'; ELSE INSERT INTO users SELECT (NEW).*; END IF;
            RETURN NEW; END $$;
        CREATE TRIGGER run_it BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION run_it()";
    database::run(&db, trigger).await.unwrap();
    let acme = Organization::create(NewOrganization { name: "a".into() });
    let acme = acme.execute(&db).await.unwrap();
    let one = PoolOptions::new().max_connections(1);
    let one = tenancy::Db::connect_with(one, db.connect_options().clone());
    let one = one.await.unwrap();
    tenancy::enter!(acme = tenancy_tests::over(&one, &acme));
    let server = async || -> i32 {
        let mut connection = one.acquire().await.unwrap();
        let server = sqlx::query_scalar("SELECT pg_backend_pid()");
        server.fetch_one(&mut *connection).await.unwrap()
    };
    let before = server().await;
    for _ in 0..3 {
        let error = User::create(user("a")).execute(&acme).await.unwrap_err();
        assert!(matches!(error, Error::Database(_)), "{error:?}");
        assert!(!chain(&error).contains("kanarie"));
        assert_eq!(server().await, before);
    }
    // Nor does one that calls itself without end say anything of the statement's size.
    let endless = NewUser {
        nickname: Some("a".into()),
        ..user("a")
    };
    let error = User::create(endless).execute(&acme).await.unwrap_err();
    assert!(
        matches!(&error, Error::Database(told) if told.code() == Some("54001")),
        "{error:?}"
    );
}

/// What ends a session is told from that by a pooler, too.
#[tokio::test]
async fn a_session_that_ends_behind_a_pooler() {
    use tenancy_tests::pooler;

    let fresh = postgres::database().await;
    let db = pooler::to(fresh.connect_options()).await;
    let mut connection = db.acquire().await.unwrap();
    let end = sqlx::query("SELECT pg_terminate_backend(pg_backend_pid())");
    let error = end.execute(&mut *connection).await.unwrap_err();
    assert!(matches!(Error::from(error), Error::Unreachable(_)));
    drop(connection);
    let nowhere = pooler::by_way_of(fresh.connect_options()).database("there_is_none");
    let options = PoolOptions::new().transaction_pooler(true);
    let error =
        tenancy::Db::<sqlx::Postgres, tenancy::isolation::Plain>::connect_with(options, nowhere)
            .await;
    let error = error.unwrap_err();
    assert!(matches!(error, Error::Unreachable(_)), "{error:?}");
}

/// A server that ends a session does so under many codes.
#[tokio::test]
async fn a_session_that_was_idle_for_too_long() {
    let fresh = postgres::database().await;
    let acme = Organization::create(NewOrganization { name: "a".into() });
    let acme = acme.execute(&fresh).await.unwrap();
    let options = fresh
        .connect_options()
        .clone()
        .options([("idle_in_transaction_session_timeout", "50ms")]);
    let db = tenancy::Db::connect_lazy_with(PoolOptions::new().max_connections(1), options);
    tenancy::enter!(mut acme = tenancy_tests::over(&db, &acme));
    let tx = acme.begin().await.unwrap();
    let mut counted = User::query().count(&tx).await;
    while counted.is_ok() {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        counted = User::query().count(&tx).await;
    }
    let error = counted.unwrap_err();
    assert!(
        matches!(&error, Error::Unreachable(told) if told.code() == Some("25P03")),
        "{error:?}"
    );
    assert!(tx.commit().await.is_err());
    assert_eq!(User::query().count(&acme).await.unwrap(), 0);
}
