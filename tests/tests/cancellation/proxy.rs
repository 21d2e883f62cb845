//! A server whose answers can be held back, to cancel exactly between question and answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Stands between a client and a server and passes everything on, but for answers that are held back.
pub(crate) struct Proxy {
    port: u16,
    /// Of how many connections answers are held back, of the first ones.
    held: watch::Sender<usize>,
    connections: Arc<AtomicUsize>,
}

impl Proxy {
    pub(crate) async fn start(server: &PgConnectOptions) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = (server.get_host().to_owned(), server.get_port());
        let (held, answers) = watch::channel(0);
        let connections = Arc::new(AtomicUsize::new(0));
        let accepted = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&server).await.unwrap();
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                let number = accepted.fetch_add(1, Ordering::Relaxed);
                let never = watch::channel(0).1;
                tokio::spawn(pass(number, from_client, to_server, never));
                tokio::spawn(pass(number, from_server, to_client, answers.clone()));
            }
        });
        Self {
            port,
            held,
            connections,
        }
    }

    /// The same server, reached through the proxy.
    pub(crate) fn options(&self, server: &PgConnectOptions) -> PgConnectOptions {
        server
            .clone()
            .host("127.0.0.1")
            .port(self.port)
            .ssl_mode(PgSslMode::Disable)
    }

    pub(crate) fn hold_answers(&self) {
        self.held.send_replace(usize::MAX);
    }

    /// As if the network failed, and another server stood in: connections of now get no answer any more.
    pub(crate) fn hold_answers_of_now(&self) {
        let now = self.connections.load(Ordering::Relaxed);
        self.held.send_replace(now);
    }

    pub(crate) fn pass_answers(&self) {
        self.held.send_replace(0);
    }
}

async fn pass(
    number: usize,
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut held: watch::Receiver<usize>,
) {
    let mut bytes = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut bytes).await {
        // A sender that is gone has left the gate as it was last.
        let _ = held.wait_for(|held| number >= *held).await;
        if to.write_all(&bytes[..read]).await.is_err() {
            break;
        }
    }
}
