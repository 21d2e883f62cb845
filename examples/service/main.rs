//! A small web service: every request belongs to a tenant, every handler works inside it.
//!
//! `cargo run --example service` starts it on a free port of this machine, sends itself a few
//! requests and prints what came back. With `-- --serve` it goes on listening.
//!
//! The tenant of a request comes from its `Host`: `acme.example.com` is the organization with the
//! subdomain `acme`. One middleware looks it up; behind it no handler can forget it, because what
//! the handlers run their statements on is the tenant. Behind a second one, which finds out who asks,
//! what they run on is that user's token, and policies decide what it reaches.

#![allow(unreachable_pub, reason = "a program has no callers outside")]

mod api;
mod client;
mod models;

use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Router, http::header::HOST};
use tenancy::PoolOptions;
use tenancy::{Db, Root as _, TenantScoped as _, VerifiedTenant};

use api::{ApiError, Caller};
use models::{Database, NewOrganization, Organization, Person, SCHEMA, Subdomain, User};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = PoolOptions::new().max_connections(1);
    let db = Db::connect_with(options, "sqlite::memory:".parse()?).await?;
    sqlx::raw_sql(SCHEMA)
        .execute(&mut *db.acquire().await?)
        .await?;
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
    let documents = Router::new()
        .route("/", get(api::list_documents).post(api::create_document))
        .route(
            "/{id}",
            get(api::show_document)
                .put(api::change_document)
                .delete(api::remove_document),
        )
        .layer(from_fn(identify_caller));
    let people = Router::new()
        .route("/", get(api::list_people))
        .layer(from_fn(identify_caller));
    Router::new()
        .route("/", get(api::show_organization))
        .route("/users", post(api::create_user))
        .nest("/people", people)
        .nest("/documents", documents)
        .layer(from_fn_with_state(db, resolve_tenant))
}

/// Finds the tenant of a request and leaves the proof with it. Without one the request ends here.
///
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

/// Finds out who sent the request: a user of this tenant, or nobody.
///
/// A real service takes the address from a session or a signed token; here the client just says it.
async fn identify_caller(mut request: Request, next: Next) -> Result<Response, ApiError> {
    let email = request
        .headers()
        .get("x-user")
        .and_then(|email| email.to_str().ok())
        .ok_or(tenancy::Error::NotFound)?
        .to_owned();
    let verified = request
        .extensions()
        .get::<VerifiedTenant<Organization>>()
        .cloned()
        .ok_or(tenancy::Error::TenantUnavailable)?;
    // Who it is, outside of all tenants; then, what they are in this one.
    let person = Person::query()
        .filter(|p| p.email.eq(email))
        .fetch_one(verified.db())
        .await?;
    tenancy::enter!(tenant = verified);
    let user = User::query()
        .filter(|u| u.person_id.eq(person.id))
        .fetch_one(&tenant)
        .await?;
    let caller = Caller(tenant.detach(user));
    request.extensions_mut().insert(caller);
    Ok(next.run(request).await)
}
