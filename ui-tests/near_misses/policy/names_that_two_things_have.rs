//! Actions are what their types are, relations what their columns are, and columns are called as they like.

use tenancy::policy::action;
use tenancy::{Acting, Scoped, TenantScoped};
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

macro_rules! actions {
    ($($module:ident $name:ident $like:ident;)*) => {$(
        mod $module {
            use tenancy::policy::action;

            #[allow(non_camel_case_types)]
            #[derive(Clone, Copy)]
            pub struct $name;

            impl action::Action for $name {
                type Like = action::$like;
                const NAME: &'static str = stringify!($module);
            }
        }
    )*};
}

actions! {
    page Publish Update;
    site Publish Update;
    strange update Destroy;
}

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
struct Page {
    id: Uuid,
    #[tenancy(belongs_to = User)]
    owner_id: Uuid,
    #[tenancy(belongs_to = User)]
    editor_id: Option<Uuid>,
    by: bool,
    visit: bool,
    row: i64,
    with: bool,
}

tenancy::policies! {
    Page, actor: User {
        read {
            forbid_if owner_id.any(|user| user.age > 5);
            authorize_if editor_id.any(|user| user.age > 5);
        }
        update { authorize_if by; authorize_if visit && with; authorize_if row == actor.age; }
        update as page::Publish { authorize_if owner_id == actor; }
        bypass(update as site::Publish) { authorize_if actor.age > 100; }
        destroy as strange::update { authorize_if actor.age == 7; }
    }
}

async fn all<'t>(
    acme: &Acting<'t, Organization, User>,
    page: &Scoped<'t, Page>,
) -> tenancy::Result<bool> {
    let update = || Page::update(page).set(|p| p.by.to(true));
    update().execute(acme).await?;
    update().action(page::Publish).execute(acme).await?;
    update().action(site::Publish).execute(acme).await?;
    Page::destroy(page)
        .action(strange::update)
        .execute(acme)
        .await?;
    acme.can(action::Read, page).await
}
