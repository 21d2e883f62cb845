//! The transaction of a read is ended by the next statement of the connection, or a moment later.

use std::time::Duration;

use sqlx::{Connection as _, Executor as _, PgConnection};
use tenancy::{Db, DbOf, PoolOptions, TenantScoped as _, VerifiedTenant};
use tenancy_tests::with_rls::{Database, Fresh, Note, Organization, Plan, database};
use uuid::Uuid;

use crate::rls::{seen, tenant};

/// A pool of one connection, which the server knows by its name, and somebody who looks at it from outside.
struct One {
    db: DbOf<Organization>,
    outside: PgConnection,
    name: String,
}

impl One {
    async fn new(fresh: &Fresh) -> Self {
        let name = Uuid::now_v7().to_string();
        let options = fresh.connect_options().clone().application_name(&name);
        let pool = PoolOptions::new().max_connections(1);
        let db = Db::<Database>::connect_with(pool, options).await.unwrap();
        let outside = &fresh.outside().shared;
        Self {
            db: db.with_rls().await.unwrap(),
            outside: PgConnection::connect_with(outside).await.unwrap(),
            name,
        }
    }

    fn over(&self, tenant: &VerifiedTenant<Organization>) -> VerifiedTenant<Organization> {
        tenancy_tests::over(&self.db, tenant)
    }

    /// What the server says of the connection: idle, or idle in a transaction.
    async fn states(&mut self) -> Vec<String> {
        let states = "SELECT state FROM pg_stat_activity WHERE application_name = $1";
        let states = sqlx::query_scalar(states).bind(&self.name);
        states.fetch_all(&mut self.outside).await.unwrap()
    }

    async fn settles(&mut self) {
        let settled = async {
            while self.states().await != ["idle"] {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let settled = tokio::time::timeout(Duration::from_secs(5), settled).await;
        settled.expect("the transaction of the read ends by itself");
    }
}

#[tokio::test]
async fn it_ends_without_a_next_statement() {
    let fresh = database().await;
    let acme = tenant(&fresh, "Acme").await;
    let mut one = One::new(&fresh).await;
    tenancy::enter!(acme = one.over(&acme));
    for _ in 0..3 {
        assert_eq!(Note::query().count(&acme).await.unwrap(), 1);
        one.settles().await;
        // Changes of the table wait for nothing.
        let alter = "SET lock_timeout = '1s'; ALTER TABLE notes ALTER body SET STORAGE EXTENDED";
        one.outside.execute(sqlx::raw_sql(alter)).await.unwrap();
    }
}

/// L7: nothing is left for the next borrower, whoever it is.
#[tokio::test]
async fn nobody_is_in_the_transaction_of_anothers_read() {
    let fresh = database().await;
    let acme = tenant(&fresh, "Acme").await;
    let globex = tenant(&fresh, "Globex").await;
    let mut one = One::new(&fresh).await;
    // Which shows only if no tenant is set.
    let shared = "INSERT INTO plans VALUES ('free', '');
        ALTER TABLE plans ENABLE ROW LEVEL SECURITY;
        CREATE POLICY nobody ON plans USING (coalesce(current_setting('tenancy.tenant', true), '') = '')";
    one.outside.execute(sqlx::raw_sql(shared)).await.unwrap();
    for _ in 0..20 {
        tenancy::enter!(first = one.over(&acme));
        let mine = Note::query().fetch_one(&first).await.unwrap();
        tenancy::enter!(second = one.over(&globex));
        let other = Note::query().fetch_one(&second).await.unwrap();
        assert_ne!(mine.id, other.id);
        assert_eq!(
            Note::find(mine.id).fetch_optional(&second).await.unwrap(),
            None
        );
        // A statement without a tenant.
        assert_eq!(Plan::query().count(&one.db).await.unwrap(), 1);
        // Plain SQL.
        Note::query().count(&first).await.unwrap();
        let mut connection = one.db.acquire().await.unwrap();
        assert_eq!(seen(&mut connection).await, 0);
        assert!(!connection.is_in_transaction());
        connection.execute("BEGIN").await.unwrap();
        connection.execute("ROLLBACK").await.unwrap();
    }
}

/// What was not ended when the connection is closed, the pool ends.
#[tokio::test]
async fn what_a_read_did_lasts() {
    let fresh = database().await;
    let acme = tenant(&fresh, "Acme").await;
    let mut one = One::new(&fresh).await;
    // Reads that leave a trace, by way of a function of the database.
    let traces = "CREATE TABLE traces (at timestamptz DEFAULT now());
        CREATE FUNCTION trace() RETURNS boolean LANGUAGE sql SECURITY DEFINER AS
            'INSERT INTO traces DEFAULT VALUES; SELECT true';
        ALTER POLICY tenancy_isolation ON notes USING (
            tenant_id = nullif(current_setting('tenancy.tenant', true), '')::uuid AND (SELECT trace()))";
    one.outside.execute(sqlx::raw_sql(traces)).await.unwrap();
    tenancy::enter!(acme = one.over(&acme));
    for _ in 0..3 {
        Note::query().fetch_all(&acme).await.unwrap();
    }
    one.db.close().await;
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM traces")
        .fetch_one(&mut one.outside)
        .await
        .unwrap();
    assert_eq!(left, 3);
}

/// The end of a serializable transaction says whether what was read holds.
#[tokio::test]
async fn a_serializable_read_ends_at_once() {
    let fresh = database().await;
    let acme = tenant(&fresh, "Acme").await;
    let mut one = One::new(&fresh).await;
    let serializable = "DO $$ BEGIN EXECUTE format(
        'ALTER DATABASE %I SET default_transaction_isolation TO serializable', current_database()); END $$";
    one.outside
        .execute(sqlx::raw_sql(serializable))
        .await
        .unwrap();
    let mut one = One::new(&fresh).await;
    tenancy::enter!(acme = one.over(&acme));
    for _ in 0..20 {
        Note::query().count(&acme).await.unwrap();
        assert_eq!(one.states().await, ["idle"]);
    }
}

/// A read that is dropped in the middle leaves nothing, whether or not one before it was left open.
#[tokio::test]
async fn a_read_that_is_given_up_ends_what_was_left_open() {
    let fresh = database().await;
    let acme = tenant(&fresh, "Acme").await;
    let globex = tenant(&fresh, "Globex").await;
    let one = One::new(&fresh).await;
    for polls in 0..12 {
        tenancy::enter!(first = one.over(&acme));
        Note::query().count(&first).await.unwrap();
        crate::left_behind::cancel(Note::query().fetch_all(&first), polls).await;
        tenancy::enter!(second = one.over(&globex));
        assert_eq!(Note::query().count(&second).await.unwrap(), 1, "{polls}");
        let mut second = second;
        let transaction = second.begin().await.unwrap();
        assert_eq!(Note::query().count(&transaction).await.unwrap(), 1);
        transaction.rollback().await.unwrap();
        let mut connection = one.db.acquire().await.unwrap();
        assert_eq!(seen(&mut connection).await, 0);
    }
}
