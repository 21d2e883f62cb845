//! Inside of an axum service: the token never leaves the handler, the proof travels with the
//! request (lesson L26: a request without a tenant gets nowhere).

use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use futures_util::TryStreamExt as _;
use tenancy::{Db, Error, Ref, Root as _, Tenant, TenantScoped as _, VerifiedTenant};
use tower::ServiceExt as _;
use uuid::Uuid;

/// An error on its way to a client.
struct Failure(Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = match &self.0 {
            Error::NotFound | Error::TenantUnavailable => StatusCode::NOT_FOUND,
            Error::Conflict(_) | Error::Stale => StatusCode::CONFLICT,
            Error::InvalidReference | Error::InvalidValue(_) => StatusCode::UNPROCESSABLE_ENTITY,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        (status, self.0.to_string()).into_response()
    }
}

async fn call(
    app: &Router,
    method: &str,
    path: &str,
    tenant: Option<Uuid>,
) -> (StatusCode, String) {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(tenant) = tenant {
        request = request.header("x-tenant", tenant.to_string());
    }
    let request = request.body(Body::empty()).unwrap();
    let response = app.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

tenancy_tests::on_both! {
    async fn handlers_enter_the_tenant_of_their_request() {
        async fn resolve(
            State(db): State<Db<Database>>,
            mut request: Request,
            next: Next,
        ) -> Result<Response, Failure> {
            let id = request
                .headers()
                .get("x-tenant")
                .and_then(|id| id.to_str().ok())
                .and_then(|id| id.parse().ok())
                .ok_or(Error::TenantUnavailable)?;
            let verified = Organization::verify(&db, id).await?;
            request.extensions_mut().insert(verified);
            Ok(next.run(request).await)
        }

        async fn create(
            Extension(tenant): Extension<VerifiedTenant<Organization>>,
            Path(email): Path<String>,
        ) -> Result<(StatusCode, Json<Uuid>), Failure> {
            tenancy::enter!(mut tenant = tenant);
            let tx = tenant.begin().await?;
            let user = create_user(&tx, email).await?;
            Document::create(NewDocument {
                title: "Welcome".into(),
                views: 0,
                owner_id: Ref::by_id(user),
                reviewer_id: None,
            })
            .execute(&tx)
            .await?;
            tx.commit().await?;
            Ok((StatusCode::CREATED, Json(user)))
        }

        async fn create_user<'t>(
            tenant: &Tenant<'t, Organization>,
            email: String,
        ) -> tenancy::Result<Uuid> {
            let new = NewUser { email, role: Role::Member, nickname: None };
            Ok(User::create(new).fetch_one(tenant).await?.id)
        }

        async fn emails(
            Extension(tenant): Extension<VerifiedTenant<Organization>>,
        ) -> Result<Json<Vec<String>>, Failure> {
            let emails = tenant
                .scope(async |tenant| {
                    User::query()
                        .order_by(|u| u.email.asc())
                        .fetch(&tenant)
                        .map_ok(|user| user.email.clone())
                        .try_collect()
                        .await
                })
                .await?;
            Ok(Json(emails))
        }

        async fn show(
            Extension(tenant): Extension<VerifiedTenant<Organization>>,
            Path(id): Path<Uuid>,
        ) -> Result<String, Failure> {
            tenancy::enter!(tenant = tenant);
            Ok(User::find(id).fetch_one(&tenant).await?.email.clone())
        }

        let db = database().await;
        let app = Router::new()
            .route("/users", get(emails))
            .route("/users/{email}", post(create).get(show))
            .layer(from_fn_with_state(Db::clone(&db), resolve));
        let mut tenants = Vec::new();
        for name in ["Acme", "Globex"] {
            let tenant = Organization::create(NewOrganization { name: name.into() })
                .execute(&db)
                .await
                .unwrap();
            tenants.push(Some(*tenant.id()));
        }
        let (acme, globex) = (tenants[0], tenants[1]);

        let (status, ann) = call(&app, "POST", "/users/ann", acme).await;
        assert_eq!(status, StatusCode::CREATED, "{ann}");
        let ann = ann.trim_matches('"');
        assert_eq!(call(&app, "POST", "/users/ann", acme).await.0, StatusCode::CONFLICT);
        assert_eq!(call(&app, "POST", "/users/bob", globex).await.0, StatusCode::CREATED);
        assert_eq!(call(&app, "GET", "/users", acme).await.1, r#"["ann"]"#);
        assert_eq!(call(&app, "GET", "/users", globex).await.1, r#"["bob"]"#);
        assert_eq!(call(&app, "GET", &format!("/users/{ann}"), acme).await.1, "ann");

        // Another tenant's row is as one that does not exist, to the letter.
        let foreign = call(&app, "GET", &format!("/users/{ann}"), globex).await;
        let absent = call(&app, "GET", &format!("/users/{}", Uuid::now_v7()), globex).await;
        assert_eq!(foreign, absent);
        assert_eq!(foreign.0, StatusCode::NOT_FOUND);
        for tenant in [None, Some(Uuid::now_v7())] {
            assert_eq!(call(&app, "GET", "/users", tenant).await.0, StatusCode::NOT_FOUND);
        }
    }
}
