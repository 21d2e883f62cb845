//! The handlers: each takes the verified tenant and enters it; those that need to know who asks take
//! the [`Caller`].

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::json;
use tenancy::policy::action;
use tenancy::{Acting, Condition, Detached, Ref, Root as _, Tenant, TenantScoped, VerifiedTenant};
use uuid::Uuid;

use crate::models::{
    Document, DocumentChanges, NewDocument, NewPerson, NewUser, Organization, Person, Role, User,
};

type Verified = Extension<VerifiedTenant<Organization>>;

/// Who sent the request, as the middleware found out.
#[derive(Clone)]
pub struct Caller(pub Detached<User>);

impl Caller {
    /// The token of the caller: on it, policies decide.
    fn enter<'t>(
        self,
        tenant: Tenant<'t, Organization>,
    ) -> tenancy::Result<Acting<'t, Organization, User>> {
        let user = tenant.adopt(self.0)?;
        Ok(tenant.acting_as(user))
    }
}

/// The tenant's own row: the only one of its table that can be seen from inside.
pub async fn show_organization(Extension(verified): Verified) -> Result<Response, ApiError> {
    tenancy::enter!(tenant = verified);
    let organization = Organization::query().fetch_one(&tenant).await?;
    Ok(Json(organization).into_response())
}

/// The people of the organization: those of others share their table, and are not seen.
pub async fn list_people(
    Extension(verified): Verified,
    Extension(caller): Extension<Caller>,
) -> Result<Response, ApiError> {
    tenancy::enter!(tenant = verified);
    let tenant = caller.enter(tenant)?;
    let people = Person::query()
        .order_by(|p| p.email.asc())
        .fetch_all(&tenant)
        .await?;
    Ok(Json(people).into_response())
}

#[derive(Deserialize)]
pub struct UserForm {
    email: String,
    role: Role,
}

/// Signs somebody up in the organization: who has been elsewhere already is the same person here.
pub async fn create_user(
    Extension(verified): Verified,
    Json(form): Json<UserForm>,
) -> Result<Response, ApiError> {
    let db = verified.db().clone();
    let known = Person::query().filter(|p| p.email.eq(&form.email));
    let person = match known.fetch_optional(&db).await? {
        Some(person) => person,
        None => {
            let new = NewPerson { email: form.email };
            Person::create(new).fetch_one(&db).await?
        }
    };
    tenancy::enter!(tenant = verified);
    let person = tenant.adopt(person)?;
    let new = NewUser {
        person_id: (&person).into(),
        role: form.role,
    };
    let user = User::create(new).fetch_one(&tenant).await?;
    Ok((StatusCode::CREATED, Json(user)).into_response())
}

#[derive(Deserialize)]
pub struct Search {
    title: Option<String>,
}

/// The documents that the caller may read: nothing here says which these are.
pub async fn list_documents(
    Extension(verified): Verified,
    Extension(caller): Extension<Caller>,
    Query(search): Query<Search>,
) -> Result<Response, ApiError> {
    tenancy::enter!(tenant = verified);
    let tenant = caller.enter(tenant)?;
    let documents = Document::query()
        .filter(|d| Condition::if_some(search.title, |title| d.title.contains(title)))
        .order_by(|d| d.title.asc())
        .limit(100)
        .fetch_all(&tenant)
        .await?;
    Ok(Json(documents).into_response())
}

/// A document, and what the caller may do with it: a client shows buttons accordingly.
pub async fn show_document(
    Extension(verified): Verified,
    Extension(caller): Extension<Caller>,
    Path(id): Path<Uuid>,
) -> Result<Response, ApiError> {
    tenancy::enter!(tenant = verified);
    let tenant = caller.enter(tenant)?;
    let document = Document::find(id).fetch_one(&tenant).await?;
    let can = json!({
        "update": tenant.can(action::Update, &document).await?,
        "destroy": tenant.can(action::Destroy, &document).await?,
    });
    Ok(Json(json!({ "document": document, "can": can })).into_response())
}

#[derive(Deserialize)]
pub struct DocumentForm {
    title: String,
    owner_id: Uuid,
    #[serde(default)]
    draft: bool,
}

/// The owner comes as a plain id from the client. The insert itself proves that it is a user of
/// this tenant, and that the caller may create a document of this owner.
pub async fn create_document(
    Extension(verified): Verified,
    Extension(caller): Extension<Caller>,
    Json(form): Json<DocumentForm>,
) -> Result<Response, ApiError> {
    tenancy::enter!(tenant = verified);
    let tenant = caller.enter(tenant)?;
    let document = Document::create(NewDocument {
        title: form.title,
        owner_id: Ref::by_id(form.owner_id),
        summary: None,
        draft: form.draft,
    })
    .fetch_one(&tenant)
    .await?;
    Ok((StatusCode::CREATED, Json(document)).into_response())
}

pub async fn change_document(
    Extension(verified): Verified,
    Extension(caller): Extension<Caller>,
    Path(id): Path<Uuid>,
    Json(changes): Json<DocumentChanges>,
) -> Result<Response, ApiError> {
    tenancy::enter!(tenant = verified);
    let mut tenant = caller.enter(tenant)?;
    let transaction = tenant.begin().await?;
    let document = Document::find(id)
        .for_update()
        .fetch_one(&transaction)
        .await?;
    let document = Document::update(&document)
        .apply(changes)
        .fetch_one(&transaction)
        .await?;
    let response = Json(document).into_response();
    transaction.commit().await?;
    Ok(response)
}

pub async fn remove_document(
    Extension(verified): Verified,
    Extension(caller): Extension<Caller>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, ApiError> {
    tenancy::enter!(tenant = verified);
    let tenant = caller.enter(tenant)?;
    let document = Document::find(id).fetch_one(&tenant).await?;
    Document::destroy(&document).execute(&tenant).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An error as an answer: the status says what to do, the text gives nothing away.
pub struct ApiError(tenancy::Error);

impl From<tenancy::Error> for ApiError {
    fn from(error: tenancy::Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        use tenancy::Error;

        let status = match &self.0 {
            Error::NotFound | Error::TenantUnavailable => StatusCode::NOT_FOUND,
            Error::Forbidden(_) => StatusCode::FORBIDDEN,
            Error::Conflict(_) | Error::Stale | Error::StillReferenced => StatusCode::CONFLICT,
            Error::InvalidReference | Error::InvalidValue(_) | Error::Skipped => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            error if error.is_unavailable() => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        if status.is_server_error() {
            // What went wrong is for the operator; the client gets the text of the error alone.
            let source = std::error::Error::source(&self.0);
            eprintln!(
                "{}: {}",
                self.0,
                source.map(ToString::to_string).unwrap_or_default()
            );
        }
        match &self.0 {
            // Why, in words that the policies chose for clients.
            Error::Forbidden(denial) => (status, denial.code()).into_response(),
            error => (status, error.to_string()).into_response(),
        }
    }
}
