//! Every kind of column takes what it is for.

use tenancy::{Changes, Patch, Ref, Root, Scoped, Tenant, TenantScoped};
use tenancy_ui_tests::{Document, NewDocument, NewUser, Organization, Plan, User};
use uuid::Uuid;

// a_value_of_another_type_is_not_assigned, null_is_not_assigned_…, a_column_…_does_not_become_null
pub async fn values<'t>(
    tenant: &Tenant<'t, Organization>,
    user: Scoped<'t, User>,
) -> tenancy::Result<()> {
    User::update(&user)
        .set(|u| {
            (
                u.email.to("new"),
                u.age.to(u.age.plus(1)),
                u.nickname.to(Some("Al".to_owned())),
            )
        })
        .execute(tenant)
        .await?;
    User::update_where(|u| u.nickname.is_null())
        .set(|u| u.nickname.to("Al"))
        .execute(tenant)
        .await?;
    Ok(())
}

// a_raw_id_is_not_assigned_to_a_foreign_key: a reference by id is, and the statement proves it
pub async fn references<'t>(
    tenant: &Tenant<'t, Organization>,
    document: Scoped<'t, Document>,
    owner: Scoped<'t, User>,
    id: Uuid,
) -> tenancy::Result<()> {
    Document::update(&document)
        .set(|d| {
            (
                d.owner_id.to(&owner),
                d.reviewer_id.to(Some(Ref::by_id(id))),
            )
        })
        .execute(tenant)
        .await?;
    Document::update(&document)
        .set(|d| (d.owner_id.to(owner.key()), d.reviewer_id.to_null()))
        .execute(tenant)
        .await
}

// the_tenant_is_not_named_in_a_creation, a_new_row_is_complete, the_key_of_a_new_row_…
pub async fn creations(tenant: &Tenant<'_, Organization>, owner: Uuid) -> tenancy::Result<()> {
    User::create(NewUser {
        email: "ann@acme.com".to_owned(),
        age: 40,
        nickname: None,
    })
    .execute(tenant)
    .await?;
    Document::create(NewDocument {
        owner_id: Ref::by_id(owner),
        reviewer_id: None,
        title: "Q3".to_owned(),
        views: 0,
    })
    .set(|d| d.archived.to(true))
    .execute(tenant)
    .await
}

// the_tenant_is_not_deserialized_into_changes, changes_to_another_model_are_not_applied
#[derive(serde::Deserialize, tenancy::Changes)]
#[tenancy(model = Document)]
pub struct DocumentPatch {
    title: Option<String>,
    views: Option<i64>,
    archived: Option<bool>,
    owner_id: Option<Uuid>,
    #[serde(default)]
    reviewer_id: Patch<Uuid>,
}

#[derive(tenancy::Changes)]
#[tenancy(model = User)]
pub struct UserPatch {
    email: Option<&'static str>,
    nickname: Patch<String>,
}

pub async fn changes<'t>(
    tenant: &Tenant<'t, Organization>,
    document: Scoped<'t, Document>,
    user: Scoped<'t, User>,
    patches: (DocumentPatch, UserPatch),
) -> tenancy::Result<()> {
    Document::update(&document)
        .apply(patches.0)
        .execute(tenant)
        .await?;
    User::update(&user).apply(patches.1).execute(tenant).await?;
    User::update(&user)
        .apply(Changes::new())
        .execute(tenant)
        .await
}

// an_upsert_says_what_makes_two_rows_the_same
pub async fn upserts(tenant: &Tenant<'_, Organization>, new: NewUser) -> tenancy::Result<()> {
    User::upsert(new)
        .on(|u| (u.email, u.age))
        .execute(tenant)
        .await
}

// the_root_is_not_destroyed_by_its_tenant, the_key_of_the_root_is_not_assigned
pub async fn the_root(tenant: &Tenant<'_, Organization>) -> tenancy::Result<()> {
    let row = Organization::query().fetch_one(tenant).await?;
    Organization::update(&row)
        .set(|o| o.name.to("Acme"))
        .execute(tenant)
        .await
}

// a_shared_model_does_not_refer_to_rows_of_tenants
#[derive(TenantScoped)]
#[tenancy(root = Organization)]
pub struct Subscription {
    pub id: Uuid,
    #[tenancy(belongs_to = Plan)]
    pub plan: String,
}

#[derive(TenantScoped)]
#[tenancy(root = Organization, global = true)]
pub struct Feature {
    pub id: Uuid,
    #[tenancy(belongs_to = Plan)]
    pub plan: String,
}

// null_is_not_assigned_to_a_column_that_always_has_a_value: one that may be NULL takes what another column has.
pub async fn from_a_column<'t>(
    tenant: &Tenant<'t, Organization>,
    user: &Scoped<'t, User>,
) -> tenancy::Result<()> {
    User::update(user)
        .set(|u| u.nickname.to(u.email))
        .execute(tenant)
        .await
}
