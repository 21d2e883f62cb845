//! A row with which rows of a model with policies go is removed only where these say who may remove them.

use tenancy::{Acting, Scoped, Tenant, TenantScoped};
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, destroys(Page.binder_id))]
struct Binder {
    id: Uuid,
}

#[derive(TenantScoped)]
#[tenancy(root = Organization, policies)]
struct Page {
    id: Uuid,
    #[tenancy(belongs_to = Binder)]
    binder_id: Uuid,
}

tenancy::policies! {
    Page, actor: User {
        read { authorize_if always; }
    }
}

async fn as_nobody<'t>(acme: &Tenant<'t, Organization>, binder: &Scoped<'t, Binder>) {
    let _ = Binder::destroy(binder).execute(acme).await;
}

async fn as_user<'t>(acme: &Acting<'t, Organization, User>) {
    let _ = Binder::destroy_where(|b| b.id.eq(Uuid::nil())).execute(acme).await;
}

fn main() {}
