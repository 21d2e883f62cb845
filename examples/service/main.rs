//! A small web service: every request belongs to a tenant, every handler works inside it.
//!
//! `cargo run --example service` starts it on a free port of this machine, sends itself a few
//! requests and prints what came back. With `-- --serve` it goes on listening.
//!
//! The tenant of a request comes from its `Host`: `acme.example.com` is the organization with the
//! subdomain `acme`. One middleware looks it up; behind it no handler can forget it, because what
//! the handlers run their statements on is the tenant.

#![allow(unreachable_pub, reason = "a program has no callers outside")]

mod api;
mod client;
mod models;

use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, put};
use axum::{Router, http::header::HOST};
use sqlx::pool::PoolOptions;
use tenancy::{Db, Root as _};

use api::ApiError;
use models::{Database, NewOrganization, Organization, SCHEMA, Subdomain};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = PoolOptions::new().max_connections(1);
    let db = Db::connect_with(options, "sqlite::memory:".parse()?).await?;
    sqlx::raw_sql(SCHEMA).execute(db.pool()).await?;
    for name in ["Acme", "Globex"] {
        let subdomain = Subdomain(name.to_lowercase());
        let name = name.to_owned();
        Organization::create(NewOrganization { subdomain, name })
            .execute(&db)
            .await?;
    }

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    println!("listening on http://{address}");
    let server = tokio::spawn(axum::serve(listener, service(db)).into_future());
    if std::env::args().any(|argument| argument == "--serve") {
        server.await??;
    } else {
        client::tour(address).await?;
    }
    Ok(())
}

/// The routes, behind the middleware that resolves the tenant.
fn service(db: Db<Database>) -> Router {
    Router::new()
        .route("/", get(api::show_organization))
        .route("/users", get(api::list_users).post(api::create_user))
        .route(
            "/documents",
            get(api::list_documents).post(api::create_document),
        )
        .route("/documents/{id}", put(api::change_document))
        .layer(from_fn_with_state(db, resolve_tenant))
}

/// Finds the tenant of a request and leaves the proof with it. Without one the request ends here.
///
/// A real service also checks here that the caller is a member of this tenant.
async fn resolve_tenant(
    State(db): State<Db<Database>>,
    mut request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let subdomain = request
        .headers()
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .and_then(|host| host.strip_suffix(".example.com"))
        .ok_or(tenancy::Error::TenantUnavailable)?;
    let verified = Organization::verify(&db, Subdomain(subdomain.to_owned())).await?;
    request.extensions_mut().insert(verified);
    Ok(next.run(request).await)
}
