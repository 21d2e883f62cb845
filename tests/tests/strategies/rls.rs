//! Row-level security refuses what the statements of the library would never ask for.

use sqlx::{Executor as _, PgConnection};
use tenancy::{DbOf, Root as _, TenantScoped as _, VerifiedTenant};
use tenancy_tests::with_rls::{
    Database, Fresh, NewNote, NewOrganization, Note, Organization, database,
};
use uuid::Uuid;

use crate::left_behind::cancel;

pub(crate) async fn tenant(db: &DbOf<Organization>, name: &str) -> VerifiedTenant<Organization> {
    let new = NewOrganization { name: name.into() };
    let tenant = Organization::create(new).execute(db).await.unwrap();
    tenant
        .clone()
        .scope(async |tenant| note(&tenant).await.unwrap())
        .await;
    tenant
}

pub(crate) async fn note(tenant: &tenancy::Tenant<'_, Organization>) -> tenancy::Result<()> {
    let note = NewNote {
        body: "a".into(),
        priority: None,
    };
    Note::create(note).execute(tenant).await
}

/// How many notes SQL sees that names no tenant.
pub(crate) async fn seen(connection: &mut PgConnection) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM notes")
        .fetch_one(connection)
        .await
        .unwrap()
}

async fn setting(connection: &mut PgConnection) -> String {
    sqlx::query_scalar("SELECT coalesce(current_setting('tenancy.tenant', true), '')")
        .fetch_one(connection)
        .await
        .unwrap()
}

/// A pool of one connection, to the same database as the same role.
async fn single(fresh: &Fresh) -> DbOf<Organization> {
    let pool = tenancy::PoolOptions::new().max_connections(1);
    let db = tenancy::Db::<Database>::connect_with(pool, fresh.connect_options().clone());
    db.await.unwrap().with_rls().await.unwrap()
}

#[tokio::test]
async fn sql_without_a_tenant_sees_and_writes_nothing() {
    let db = database().await;
    let acme = tenant(&db, "Acme").await;
    let mut connection = db.acquire().await.unwrap();
    assert_eq!(seen(&mut connection).await, 0);
    let organizations: i64 = sqlx::query_scalar("SELECT count(*) FROM organizations")
        .fetch_one(&mut *connection)
        .await
        .unwrap();
    assert_eq!(organizations, 0);
    for write in [
        "UPDATE notes SET body = 'x'",
        "DELETE FROM notes",
        "UPDATE notes SET tenant_id = tenant_id",
    ] {
        let done = connection.execute(sqlx::raw_sql(write)).await.unwrap();
        assert_eq!(done.rows_affected(), 0, "{write}");
    }
    let insert =
        sqlx::query("INSERT INTO notes (tenant_id, body) VALUES ($1, 'x')").bind(*acme.id());
    let refused = insert.execute(&mut *connection).await.unwrap_err();
    assert_eq!(
        refused.as_database_error().unwrap().code().unwrap(),
        "42501"
    );
    drop(connection);
    tenancy::enter!(acme = acme);
    let notes = Note::query().fetch_all(&acme).await.unwrap();
    assert_eq!(notes.len(), 1);
    assert_eq!(notes[0].body, "a");
}

/// The tenant of the transaction is all there is to SQL that somebody writes by hand, too.
#[tokio::test]
async fn sql_with_a_tenant_has_that_one_alone() {
    let db = database().await;
    let acme = tenant(&db, "Acme").await;
    let globex = tenant(&db, "Globex").await;
    let mut connection = db.acquire().await.unwrap();
    let mut transaction = sqlx::Connection::begin(&mut *connection).await.unwrap();
    sqlx::query("SELECT set_config('tenancy.tenant', $1, true)")
        .bind(acme.id().to_string())
        .execute(&mut *transaction)
        .await
        .unwrap();
    assert_eq!(seen(&mut transaction).await, 1);
    let all = "UPDATE notes SET body = 'b' WHERE true OR tenant_id IS NOT NULL";
    let done = transaction.execute(sqlx::raw_sql(all)).await.unwrap();
    assert_eq!(done.rows_affected(), 1);
    for refused in [
        "INSERT INTO notes (tenant_id, body) VALUES ($1, 'x')",
        "UPDATE notes SET tenant_id = $1",
    ] {
        let mut savepoint = sqlx::Connection::begin(&mut *transaction).await.unwrap();
        let refused = sqlx::query(refused)
            .bind(*globex.id())
            .execute(&mut *savepoint)
            .await;
        let refused = refused.unwrap_err();
        assert_eq!(
            refused.as_database_error().unwrap().code().unwrap(),
            "42501"
        );
        savepoint.rollback().await.unwrap();
    }
    transaction.rollback().await.unwrap();
}

/// Statements say their own tenant whatever somebody has set, and without policies that agree they give
/// nothing: here a trigger of the database plays a statement that was injected.
#[tokio::test]
async fn another_tenant_set_gives_nothing() {
    let fresh = database().await;
    let acme = tenant(&fresh, "Acme").await;
    let globex = tenant(&fresh, "Globex").await;
    let sql = format!(
        "CREATE FUNCTION swap() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN PERFORM set_config('tenancy.tenant', '{}', true); RETURN NULL; END $$;
         CREATE TRIGGER swap AFTER UPDATE ON plans FOR EACH STATEMENT EXECUTE FUNCTION swap()",
        globex.id()
    );
    tenancy_tests::rls::execute(&fresh.outside().shared, sql).await;
    tenancy::enter!(mut in_acme = acme.clone());
    let tx = in_acme.begin().await.unwrap();
    assert_eq!(Note::query().count(&tx).await.unwrap(), 1);
    use tenancy_tests::with_rls::Plan;
    let swapped = Plan::update_where(|p| p.key.eq("x")).set(|p| p.value.to("y"));
    swapped.execute(&tx).await.unwrap();
    // Neither the one's rows nor the other's.
    assert_eq!(Note::query().count(&tx).await.unwrap(), 0);
    assert!(note(&tx).await.is_err());
    drop(tx);
    assert_eq!(Note::query().count(&in_acme).await.unwrap(), 1);
    tenancy::enter!(in_globex = globex);
    assert_eq!(Note::query().count(&in_globex).await.unwrap(), 1);
}

/// L7 and L28: the tenant is gone with the statement or the transaction, however it ended.
#[tokio::test]
async fn the_tenant_ends_with_the_transaction() {
    let fresh = database().await;
    let db = single(&fresh).await;
    let acme = tenant(&db, "Acme").await;
    macro_rules! assert_gone {
        () => {{
            let mut connection = db.acquire().await.unwrap();
            assert_eq!(setting(&mut connection).await, "");
            assert_eq!(seen(&mut connection).await, 0);
        }};
    }
    assert_gone!();
    tenancy::enter!(mut acme = acme);
    Note::query().count(&acme).await.unwrap();
    assert_gone!();
    let tx = acme.begin().await.unwrap();
    note(&tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_gone!();
    drop(acme.begin().await.unwrap());
    assert_gone!();
    // Statements that fail, with and without a transaction around them.
    let taken = Organization::create(NewOrganization { name: "x".into() }).with_key(*acme.id());
    taken.execute(&db).await.unwrap_err();
    assert_gone!();
    for polls in 0.. {
        let flow = async {
            Note::query().fetch_all(&acme).await?;
            let mut rows = Note::query().fetch(&acme);
            std::future::poll_fn(|task| {
                futures_util::Stream::poll_next(std::pin::Pin::new(&mut rows), task)
            })
            .await
            .unwrap()?;
            drop(rows);
            Organization::verify(&db, *acme.id()).await?;
            let tx = acme.begin().await?;
            note(&tx).await?;
            tx.rollback().await
        };
        let ended = cancel(flow, polls).await;
        assert_gone!();
        if let Some(ended) = ended {
            ended.unwrap();
            break;
        }
        assert!(polls < 1_000, "it ends");
    }
    assert_eq!(Note::query().count(&acme).await.unwrap(), 2);
}

/// Unlike its cousins, `verify` looks for a tenant that may not be there.
#[tokio::test]
async fn tenants_that_are_not_there() {
    let db = database().await;
    tenant(&db, "Acme").await;
    let absent = Organization::verify(&db, Uuid::now_v7()).await;
    assert!(matches!(absent, Err(tenancy::Error::TenantUnavailable)));
}

/// An empty id is nobody's to policies, and so it is no tenant's: that is what is said, and not that a policy was
/// violated.
#[tokio::test]
async fn an_empty_id() {
    use tenancy::{Db, Error, Root, TenantRoot};
    use tenancy_tests::rls::{role, secure};

    #[derive(Debug, TenantRoot)]
    #[tenancy(database = sqlx::Postgres, rls)]
    struct Shop {
        id: String,
    }

    let fresh = tenancy_tests::database::postgres("CREATE TABLE shops (id text PRIMARY KEY)").await;
    let superuser = fresh.connect_options().clone();
    let setting = "nullif(current_setting('tenancy.tenant', true), '')";
    secure(&superuser, setting, &["shops id"]).await;
    let db = Db::connect_with(tenancy::PoolOptions::new(), role(&superuser, "").await);
    let db = db.await.unwrap().with_rls().await.unwrap();
    let empty = || NewShop { id: String::new() };
    let created = Shop::create(empty()).execute(&db).await;
    let Err(Error::InvalidValue(why)) = &created else {
        panic!("{created:?}");
    };
    let why = std::error::Error::source(why).unwrap().to_string();
    assert!(why.contains("an empty id, which is nobody's"), "{why}");
    let verified = Shop::verify(&db, String::new()).await;
    assert!(
        matches!(verified, Err(Error::TenantUnavailable)),
        "{verified:?}"
    );
    let assumed = VerifiedTenant::<Shop>::assume_verified(&db, String::new(), "a test");
    tenancy::enter!(assumed = assumed);
    let read = Shop::query().count(&assumed).await;
    assert!(matches!(read, Err(Error::InvalidValue(_))), "{read:?}");
    // The connection is as good as any.
    let new = NewShop { id: "one".into() };
    Shop::create(new).execute(&db).await.unwrap();
}
