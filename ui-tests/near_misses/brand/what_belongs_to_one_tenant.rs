//! Rows, keys, tokens and transactions of one entry fit together, and may go wherever the brand goes.

use sqlx::Sqlite;
use tenancy::{
    Changes, Db, Detached, Key, Ref, Scoped, Tenant, TenantScoped, TenantTransaction,
    VerifiedTenant,
};
use tenancy_ui_tests::{Document, NewDocument, Organization, User};

type Verified = VerifiedTenant<Organization>;

// a_row_of_one_scope_is_not_updated_in_another
pub async fn a_row_is_updated_in_its_scope(one: Verified) -> tenancy::Result<()> {
    one.scope(async |acme| {
        let user = User::query().fetch_one(&acme).await?;
        User::update(&user)
            .set(|u| u.email.to("new"))
            .execute(&acme)
            .await
    })
    .await
}

// a_boxed_scope_keeps_its_rows_too
pub async fn a_boxed_scope_gives_plain_values(one: Verified) -> tenancy::Result<u64> {
    one.scope_boxed(|acme| Box::pin(async move { User::query().count(&acme).await }))
        .await
}

// a_row_of_one_entry_is_not_updated_on_another, and the others with `enter!`
pub async fn two_tenants_side_by_side(one: Verified, other: Verified) -> tenancy::Result<()> {
    tenancy::enter!(acme = one);
    tenancy::enter!(globex = other);
    let ann = User::query().fetch_one(&acme).await?;
    let bob = User::query().fetch_one(&globex).await?;
    User::update(&ann)
        .set(|u| u.email.to(&bob.email))
        .execute(&acme)
        .await?;
    User::destroy(&bob).execute(&globex).await
}

// the references of a new row, of an update, of many rows, of collected changes, of an upsert
pub async fn references(one: Verified) -> tenancy::Result<()> {
    tenancy::enter!(acme = one);
    let ann = User::query().fetch_one(&acme).await?;
    let new = |owner_id| NewDocument {
        owner_id,
        reviewer_id: Some(ann.key().into()),
        title: "Q3".to_owned(),
        views: 0,
    };
    let document = Document::create(new((&ann).into()))
        .fetch_one(&acme)
        .await?;
    Document::create_many([&ann, &ann].map(|owner| new(owner.into())))
        .execute(&acme)
        .await?;
    Document::update(&document)
        .set(|d| (d.owner_id.to(&ann), d.reviewer_id.to(Some(ann.key()))))
        .execute(&acme)
        .await?;
    Document::update_where(|d| d.views.gt(0))
        .set(|d| d.owner_id.to(&ann))
        .execute(&acme)
        .await?;
    let changes =
        Changes::new().set(|d: <Document as tenancy::Model>::Columns| d.owner_id.to(&ann));
    Document::update(&document)
        .apply(changes)
        .execute(&acme)
        .await?;
    Document::upsert(new(ann.key().into()))
        .on(|d| d.title)
        .execute(&acme)
        .await
}

// rows_do_not_pile_up_over_the_iterations_of_a_loop
pub async fn plain_values_pile_up(tenants: Vec<Verified>) -> tenancy::Result<()> {
    let (mut emails, mut detached) = (Vec::new(), Vec::new());
    for tenant in tenants {
        tenancy::enter!(acme = tenant);
        let user = User::query().fetch_one(&acme).await?;
        emails.push(user.email.clone());
        detached.push(acme.detach(user));
    }
    Ok(())
}

// a_row_does_not_leave_its_scope, a_row_is_not_kept_in_a_static
static LAST: std::sync::Mutex<Option<Detached<User>>> = std::sync::Mutex::new(None);

pub async fn a_detached_row_leaves(one: Verified) -> tenancy::Result<User> {
    let (detached, plain) = one
        .scope(async |acme| {
            let user = User::query().fetch_one(&acme).await?;
            let plain = user.clone().into_inner();
            Ok::<_, tenancy::Error>((acme.detach(user), plain))
        })
        .await?;
    *LAST.lock().expect("no panic") = Some(detached);
    Ok(plain)
}

// a_row_is_not_moved_into_a_spawned_task, a_token_is_not_moved_into_a_spawned_task
pub async fn a_detached_row_is_moved(one: Verified) -> tenancy::Result<()> {
    tenancy::enter!(acme = one);
    let user = acme.detach(User::query().fetch_one(&acme).await?);
    let verified = acme.verified();
    tokio::spawn(async move {
        tenancy::enter!(acme = verified);
        let user = acme.adopt(user)?;
        User::destroy(&user).execute(&acme).await
    });
    Ok(())
}

// two_elided_lifetimes_are_not_one_tenant, a_function_for_one_tenant_is_not_called_with_two
pub async fn remove<'t>(
    tenant: &Tenant<'t, Organization>,
    user: &Scoped<'t, User>,
) -> tenancy::Result<()> {
    User::destroy(user).execute(tenant).await
}

pub async fn one_lifetime_is_one_tenant(one: Verified) -> tenancy::Result<()> {
    tenancy::enter!(mut acme = one);
    let user = User::query().fetch_one(&acme).await?;
    let tx = acme.begin().await?;
    remove(&tx, &user).await?;
    tx.commit().await
}

// a_token_is_not_kept_in_a_struct_beyond_its_scope, a_struct_with_one_brand_does_not_hold_two_tenants
pub struct Service<'t> {
    tenant: Tenant<'t, Organization>,
    admin: Scoped<'t, User>,
}

impl<'t> Service<'t> {
    pub async fn users(&self) -> tenancy::Result<Vec<Scoped<'t, User>>> {
        User::query()
            .filter(|u| u.id.ne(self.admin.id))
            .fetch_all(&self.tenant)
            .await
    }
}

pub async fn a_struct_holds_one_tenant(one: Verified) -> tenancy::Result<()> {
    tenancy::enter!(tenant = one);
    let admin = User::query().fetch_one(&tenant).await?;
    let service = Service { tenant, admin };
    let users = service.users().await?;
    User::update(&users[0])
        .set(|u| u.age.to(1))
        .execute(&service.tenant)
        .await
}

// tenants_do_not_mix_through_a_trait_with_one_brand, … through_a_closure, … through_a_cell, … a channel
pub trait Remove<'t> {
    fn key(&self, user: &Scoped<'t, User>) -> Key<'t, User>;
}

impl<'t> Remove<'t> for Tenant<'t, Organization> {
    fn key(&self, user: &Scoped<'t, User>) -> Key<'t, User> {
        user.key()
    }
}

pub async fn carriers(one: Verified) -> tenancy::Result<()> {
    tenancy::enter!(acme = one);
    let user = User::query().fetch_one(&acme).await?;
    let dynamic: &dyn Remove<'_> = &acme;
    let key = dynamic.key(&user);
    let cell = std::sync::Mutex::new(Some(key));
    let (sender, receiver) = std::sync::mpsc::channel();
    let send = |reference| drop(sender.send(reference));
    if let Some(key) = cell.lock().expect("no panic").take() {
        send(Ref::from(key));
    }
    let owner = receiver.recv().expect("a reference");
    Document::update_where(|d| d.views.gt(0))
        .set(|d| d.owner_id.to(owner))
        .execute(&acme)
        .await?;
    Ok(())
}

// tenants_do_not_mix_in_a_function_that_loops_forever, and the other diverging ones
pub fn a_function_that_never_returns(one: Verified, other: Verified) -> ! {
    tenancy::enter!(acme = one);
    tenancy::enter!(globex = other);
    if acme.id() == globex.id() {
        panic!("the same tenant twice");
    }
    loop {
        std::thread::park();
    }
}

pub fn an_early_return(one: Verified, other: Verified) -> Option<Verified> {
    tenancy::enter!(acme = one);
    {
        tenancy::enter!(globex = other);
        if globex.id().is_nil() {
            return None;
        }
    }
    Some(acme.verified())
}

// tenants_do_not_mix_through_recursion
pub async fn recursion(db: &Db<Sqlite>, mut tenants: Vec<Verified>) -> tenancy::Result<u64> {
    let Some(tenant) = tenants.pop() else {
        return Ok(0);
    };
    tenancy::enter!(acme = tenant);
    let here = User::query().count(&acme).await?;
    Ok(here + Box::pin(recursion(db, tenants)).await?)
}

// the futures are `Send`: they can be spawned, and awaited in handlers
pub fn futures_are_send(one: Verified, other: Verified) {
    tokio::spawn(two_tenants_side_by_side(one.clone(), other));
    tokio::spawn(references(one.clone()));
    tokio::spawn(async move {
        one.scope(async |mut acme| {
            let tx: TenantTransaction<'_, '_, Organization> = acme.begin().await?;
            User::query().fetch_all(&tx).await?;
            tx.commit().await
        })
        .await
    });
}

// a_token_is_not_borrowed_for_its_own_brand
pub struct Borrowing<'a, 't> {
    pub tenant: &'a Tenant<'t, Organization>,
}

pub fn borrowing(one: VerifiedTenant<Organization>) -> String {
    tenancy::enter!(acme = one);
    let service = Borrowing { tenant: &acme };
    format!("{:?}", service.tenant.id())
}
