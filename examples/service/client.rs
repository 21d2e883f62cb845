//! A client that shows the service, in as few lines as HTTP takes.

use std::net::SocketAddr;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Sends a few requests and prints what comes back.
pub async fn tour(address: SocketAddr) -> Result<(), Box<dyn std::error::Error>> {
    let service = Service(address);

    println!("\nThe host says whose request it is:");
    service.send("acme", "", "GET", "/", Value::Null).await?;

    println!("\nPeople are users of one organization, or of several:");
    let mut ids = Vec::new();
    for (tenant, email, role) in [
        ("acme", "ann@acme.com", "editor"),
        ("acme", "vic@acme.com", "viewer"),
        ("acme", "ada@acme.com", "admin"),
        ("globex", "gil@globex.com", "admin"),
        ("globex", "ann@acme.com", "viewer"),
    ] {
        let user = json!({"email": email, "role": role});
        let user = service.send(tenant, "", "POST", "/users", user).await?;
        ids.push(user["id"].clone());
    }
    let [ann, vic, _, gil, _] = &ids[..] else {
        return Err("five users were created".into());
    };

    println!("\nAn organization sees its own people:");
    for (tenant, user) in [("acme", "ann"), ("globex", "gil")] {
        let people = service
            .send(tenant, user, "GET", "/people", Value::Null)
            .await?;
        let number = people.as_array().map_or(0, Vec::len);
        assert_eq!(number, if tenant == "acme" { 3 } else { 2 });
    }

    println!("\nA document belongs to a user of the same organization:");
    let document =
        |title: &str, owner: &Value| json!({"title": title, "owner_id": owner, "draft": true});
    let plan = service
        .send("acme", "ann", "POST", "/documents", document("Plan", ann))
        .await?;
    service
        .send("acme", "ada", "POST", "/documents", document("Trap", gil))
        .await?;

    println!("\nRoles: a viewer writes nothing, and nobody in the name of another:");
    service
        .send("acme", "vic", "POST", "/documents", document("Mine", vic))
        .await?;
    service
        .send("acme", "ann", "POST", "/documents", document("His", vic))
        .await?;

    println!("\nA draft is there for its owner and for admins:");
    let path = format!("/documents/{}", plan["id"].as_str().unwrap_or_default());
    for user in ["vic", "ann", "ada"] {
        service
            .send("acme", user, "GET", &path, Value::Null)
            .await?;
    }

    println!("\nChanges: what is left out stays, and nobody else's document is found:");
    let publish = json!({"summary": "Grow", "draft": false});
    service
        .send("acme", "vic", "PUT", &path, publish.clone())
        .await?;
    service
        .send("globex", "gil", "PUT", &path, publish.clone())
        .await?;
    service.send("acme", "ann", "PUT", &path, publish).await?;
    service
        .send("acme", "vic", "PUT", &path, json!({"summary": "Shrink"}))
        .await?;

    println!("\nRemoving is for admins:");
    for user in ["ann", "ada"] {
        service
            .send("acme", user, "DELETE", &path, Value::Null)
            .await?;
    }

    println!("\nNo tenant, no service:");
    service.send("initech", "", "GET", "/", Value::Null).await?;
    Ok(())
}

struct Service(SocketAddr);

impl Service {
    /// Sends one request of a user to a tenant's host and prints it with its answer.
    async fn send(
        &self,
        tenant: &str,
        user: &str,
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
             x-user: {user}@{tenant}.com\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;

        let status = answer.split(' ').nth(1).unwrap_or_default();
        let text = answer.split("\r\n\r\n").nth(1).unwrap_or_default();
        println!(
            "  {tenant:<8} {user:<3} {method:<6} {} {body}\n      {status} {text}",
            shorten(path)
        );
        Ok(serde_json::from_str(text).unwrap_or_default())
    }
}

fn shorten(path: &str) -> &str {
    path.get(..22).unwrap_or(path)
}
