//! How often a statement alone waits for the server: once, and under row-level security as often as it must.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tenancy::{Db, PoolOptions, Root as _, TenantScoped as _};
use tenancy_tests::over;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// The server, by way of somebody who counts how often it says that it is ready.
struct Counted {
    options: PgConnectOptions,
    answers: Arc<AtomicUsize>,
}

impl Counted {
    async fn new(server: &PgConnectOptions) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let address = (server.get_host().to_owned(), server.get_port());
        let answers = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&answers);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&address).await.unwrap();
                let (mut from_client, to_client) = client.into_split();
                let (from_server, mut to_server) = server.into_split();
                let counted = Arc::clone(&counted);
                tokio::spawn(
                    async move { tokio::io::copy(&mut from_client, &mut to_server).await },
                );
                tokio::spawn(count(from_server, to_client, counted));
            }
        });
        let options = server.clone().host("127.0.0.1").port(port);
        Self {
            options: options.ssl_mode(PgSslMode::Disable),
            answers,
        }
    }

    async fn of<T>(&self, ten_times: impl AsyncFn() -> T) -> usize {
        // The first time the statement is prepared, and a read leaves its transaction open.
        ten_times().await;
        let before = self.answers.load(Ordering::Relaxed);
        for _ in 0..10 {
            ten_times().await;
        }
        self.answers.load(Ordering::Relaxed) - before
    }
}

/// Passes messages on, each of which is a letter, its length, and so much less four.
async fn count(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    answers: Arc<AtomicUsize>,
) {
    let mut message = Vec::new();
    loop {
        let mut head = [0; 5];
        if from.read_exact(&mut head).await.is_err() {
            return;
        }
        let [kind, length @ ..] = head;
        let length = u32::from_be_bytes(length) as usize - 4;
        message.clear();
        message.extend_from_slice(&head);
        message.resize(5 + length, 0);
        if from.read_exact(&mut message[5..]).await.is_err() {
            return;
        }
        if kind == b'Z' {
            answers.fetch_add(1, Ordering::Relaxed);
        }
        if to.write_all(&message).await.is_err() {
            return;
        }
    }
}

fn one() -> PoolOptions {
    PoolOptions::new().max_connections(1)
}

#[tokio::test]
async fn a_statement_alone_is_one() {
    use tenancy_tests::postgres::{NewOrganization, Note, Organization, database};

    let fresh = database().await;
    let counted = Counted::new(fresh.connect_options()).await;
    let db = Db::connect_with(one(), counted.options.clone())
        .await
        .unwrap();
    let new = NewOrganization {
        name: "Acme".into(),
    };
    let acme = Organization::create(new).execute(&fresh).await.unwrap();
    tenancy::enter!(acme = over(&db, &acme));
    let reads = counted.of(async || Note::query().count(&acme).await.unwrap());
    assert_eq!(reads.await, 10);
    let writes = counted.of(async || {
        let all = Note::destroy_where(|n| n.body.eq("none"));
        all.execute(&acme).await.unwrap()
    });
    assert_eq!(writes.await, 10);
}

/// A read's transaction is ended by what comes next: so beginning and ending is one round trip, not two.
#[tokio::test]
async fn under_row_level_security_a_read_is_two_and_a_write_three() {
    use tenancy_tests::with_rls::{Note, database};

    let fresh = database().await;
    let acme = crate::rls::tenant(&fresh, "Acme").await;
    let counted = Counted::new(fresh.connect_options()).await;
    let db = Db::connect_with(one(), counted.options.clone())
        .await
        .unwrap();
    let db = db.with_rls().await.unwrap();
    tenancy::enter!(acme = over(&db, &acme));
    let reads = counted.of(async || Note::query().count(&acme).await.unwrap());
    assert_eq!(reads.await, 20);
    let writes = counted.of(async || {
        let all = Note::destroy_where(|n| n.body.eq("none"));
        all.execute(&acme).await.unwrap()
    });
    assert_eq!(writes.await, 30);
}
