//! A server whose answers can be held back, to cancel exactly between question and answer.

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Stands between a client and a server and passes everything on; answers only while it is open.
pub(crate) struct Proxy {
    port: u16,
    open: watch::Sender<bool>,
}

impl Proxy {
    pub(crate) async fn start(server: &PgConnectOptions) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = (server.get_host().to_owned(), server.get_port());
        let (open, answers) = watch::channel(true);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&server).await.unwrap();
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                let always = watch::channel(true).1;
                tokio::spawn(pass(from_client, to_server, always));
                tokio::spawn(pass(from_server, to_client, answers.clone()));
            }
        });
        Self { port, open }
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
        self.open.send_replace(false);
    }

    pub(crate) fn pass_answers(&self) {
        self.open.send_replace(true);
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut open: watch::Receiver<bool>) {
    let mut bytes = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut bytes).await {
        // A sender that is gone has left the gate as it was last.
        let _ = open.wait_for(|open| *open).await;
        if to.write_all(&bytes[..read]).await.is_err() {
            break;
        }
    }
}
