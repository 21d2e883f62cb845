//! Rows of tenants do not go with a row that all tenants share: whoever removes that sees one tenant at most. And what
//! goes with a row refers to it.

use tenancy::{Db, Scoped, TenantScoped};
use tenancy_ui_tests::{Document, Organization};
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, global = true, table = "people", destroys(Member.person_id))]
struct Person {
    id: Uuid,
}

#[derive(TenantScoped)]
#[tenancy(root = Organization, policies)]
struct Member {
    id: Uuid,
    #[tenancy(belongs_to = Person)]
    person_id: Uuid,
}

async fn remove(db: &Db<sqlx::Sqlite>, person: &Scoped<'static, Person>) {
    let _ = Person::destroy(person).execute(db).await;
}

#[derive(TenantScoped)]
#[tenancy(root = Organization, destroys(Document.owner_id))]
struct Shelf {
    id: Uuid,
}

fn main() {}
