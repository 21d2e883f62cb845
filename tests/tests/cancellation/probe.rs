//! What the next borrower of a connection can see of the last one.

use std::time::Duration;

use sqlx::{Postgres, Row as _, Sqlite};
use tenancy::{Backend, Db};
use uuid::Uuid;

/// How to look at a connection, for each database.
pub(crate) trait Probe: Backend {
    /// The connection of `one`, whose pool has only that, carries nothing of its last borrower, and
    /// what is written on it is seen from the other connections of `witness`.
    async fn assert_clean(one: &Db<Self>, witness: &Db<Self>);
}

impl Probe for Sqlite {
    async fn assert_clean(one: &Db<Self>, witness: &Db<Self>) {
        let mut connection = one.acquire().await.expect("a connection");
        // Fails inside of a transaction.
        sqlx::raw_sql("BEGIN IMMEDIATE; COMMIT")
            .execute(&mut *connection)
            .await
            .unwrap();
        let key = Uuid::now_v7().to_string();
        sqlx::query("INSERT INTO plans (key, value) VALUES (?, '')")
            .bind(&key)
            .execute(&mut *connection)
            .await
            .unwrap();
        drop(connection);
        let seen = sqlx::query("DELETE FROM plans WHERE key = ?")
            .bind(&key)
            .execute(&mut *witness.acquire().await.expect("a connection"))
            .await
            .unwrap();
        assert_eq!(seen.rows_affected(), 1, "the write was not committed");
    }
}

impl Probe for Postgres {
    async fn assert_clean(one: &Db<Self>, witness: &Db<Self>) {
        let mut connection = one.acquire().await.expect("a connection");
        // One simple query is one transaction of its own, unless one is open already: then the
        // transaction is older than the statement.
        let look = "SELECT pg_current_xact_id_if_assigned() IS NULL AS unassigned,
                           now() = statement_timestamp() AS fresh,
                           current_user AS role, session_user AS login,
                           (SELECT count(*) FROM pg_locks
                            WHERE locktype = 'advisory' AND pid = pg_backend_pid()) AS locks,
                           (SELECT count(*) FROM pg_class
                            WHERE relnamespace = pg_my_temp_schema()) AS temporary,
                           (SELECT count(*) FROM pg_cursors WHERE is_holdable) AS cursors,
                           (SELECT count(*) FROM pg_listening_channels()) AS channels,
                           current_setting('search_path') AS search_path,
                           current_setting('app.tenant', true) AS tenant,
                           pg_backend_pid() AS pid";
        let row = sqlx::raw_sql(look)
            .fetch_one(&mut *connection)
            .await
            .unwrap();
        assert!(
            row.get::<bool, _>("unassigned"),
            "a transaction has written"
        );
        assert!(row.get::<bool, _>("fresh"), "a transaction is open");
        let options = one.connect_options();
        for identity in ["role", "login"] {
            let name = row.get::<&str, _>(identity);
            assert_eq!(name, options.get_username(), "another {identity} is set");
        }
        for left in ["locks", "temporary", "cursors", "channels"] {
            assert_eq!(row.get::<i64, _>(left), 0, "{left} are left");
        }
        assert_eq!(row.get::<&str, _>("search_path"), "\"$user\", public");
        let tenant = row.get::<Option<&str>, _>("tenant");
        assert!(matches!(tenant, None | Some("")), "a tenant is set");
        let key = Uuid::now_v7().to_string();
        sqlx::query("INSERT INTO plans (key, value) VALUES ($1, '')")
            .bind(&key)
            .execute(&mut *connection)
            .await
            .unwrap();
        let seen = sqlx::query("DELETE FROM plans WHERE key = $1")
            .bind(&key)
            .execute(&mut *witness.acquire().await.expect("a connection"))
            .await
            .unwrap();
        assert_eq!(seen.rows_affected(), 1, "the write was not committed");
        assert_idle(row.get("pid"), witness).await;
    }
}

/// The server itself says that no transaction is open on a connection.
async fn assert_idle(pid: i32, witness: &Db<Postgres>) {
    let state = "SELECT state FROM pg_stat_activity WHERE pid = $1";
    for _ in 0..50 {
        let state: String = sqlx::query_scalar(state)
            .bind(pid)
            .fetch_one(&mut *witness.acquire().await.expect("a connection"))
            .await
            .unwrap();
        match state.as_str() {
            "idle" => return,
            // The server notes the state a moment after it has answered.
            "active" => tokio::time::sleep(Duration::from_millis(1)).await,
            other => panic!("the connection is {other}"),
        }
    }
    panic!("the connection does not become idle");
}
