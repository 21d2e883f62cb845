//! A client that shows the service, in as few lines as HTTP takes.

use std::net::SocketAddr;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Sends a few requests and prints what comes back.
pub async fn tour(address: SocketAddr) -> Result<(), Box<dyn std::error::Error>> {
    let service = Service(address);

    println!("\nThe host says whose request it is:");
    service.send("acme", "GET", "/", Value::Null).await?;

    println!("\nEach organization has its own users:");
    let ann = service
        .send("acme", "POST", "/users", json!({"email": "ann@acme.com"}))
        .await?;
    let gil = service
        .send(
            "globex",
            "POST",
            "/users",
            json!({"email": "gil@globex.com"}),
        )
        .await?;
    service.send("acme", "GET", "/users", Value::Null).await?;

    println!("\nA document belongs to a user of the same organization:");
    let document = json!({"title": "Plan", "owner_id": ann["id"]});
    let document = service.send("acme", "POST", "/documents", document).await?;
    let stolen = json!({"title": "Trap", "owner_id": gil["id"]});
    service.send("acme", "POST", "/documents", stolen).await?;

    println!("\nChanges: what is left out stays, and nobody else's document is found:");
    let path = format!("/documents/{}", document["id"].as_str().unwrap_or_default());
    let summary = json!({"summary": "Grow"});
    service.send("acme", "PUT", &path, summary.clone()).await?;
    service.send("globex", "PUT", &path, summary).await?;

    println!("\nNo tenant, no service:");
    service
        .send("initech", "GET", "/users", Value::Null)
        .await?;
    Ok(())
}

struct Service(SocketAddr);

impl Service {
    /// Sends one request to a tenant's host and prints it with its answer.
    async fn send(
        &self,
        tenant: &str,
        method: &str,
        path: &str,
        body: Value,
    ) -> Result<Value, Box<dyn std::error::Error>> {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let mut stream = TcpStream::connect(self.0).await?;
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {tenant}.example.com\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;

        let status = answer.split(' ').nth(1).unwrap_or_default();
        let text = answer.split("\r\n\r\n").nth(1).unwrap_or_default();
        println!(
            "  {tenant:<8} {method:<4} {} {body}\n      {status} {text}",
            shorten(path)
        );
        Ok(serde_json::from_str(text).unwrap_or_default())
    }
}

fn shorten(path: &str) -> &str {
    path.get(..22).unwrap_or(path)
}
