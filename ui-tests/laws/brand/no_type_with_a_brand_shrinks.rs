//! Every type that carries a brand carries exactly this one: none can be had for a shorter brand.

use tenancy::{Changes, Ref, Tenant, TenantTransaction};
use tenancy_ui_tests::{Document, NewDocument, Organization, User};

fn token<'a: 'b, 'b>(it: Tenant<'a, Organization>) -> Tenant<'b, Organization> {
    it
}

fn tenant_transaction<'p, 'a: 'b, 'b>(
    it: TenantTransaction<'p, 'a, Organization>,
) -> TenantTransaction<'p, 'b, Organization> {
    it
}

fn reference<'a: 'b, 'b>(it: Ref<'a, User>) -> Ref<'b, User> {
    it
}

fn changes<'a: 'b, 'b>(it: Changes<'a, Document>) -> Changes<'b, Document> {
    it
}

fn values<'a: 'b, 'b>(it: NewDocument<'a>) -> NewDocument<'b> {
    it
}

fn assignment<'a: 'b, 'b>(
    it: tenancy::expr::Assignment<'a, Document, 4, ()>,
) -> tenancy::expr::Assignment<'b, Document, 4, ()> {
    it
}

fn create<'a: 'b, 'b>(
    it: tenancy::query::Create<'a, Document>,
) -> tenancy::query::Create<'b, Document> {
    it
}

fn create_many<'a: 'b, 'b>(
    it: tenancy::query::CreateMany<'a, Document>,
) -> tenancy::query::CreateMany<'b, Document> {
    it
}

fn upsert<'a: 'b, 'b>(
    it: tenancy::query::Upsert<'a, Document>,
) -> tenancy::query::Upsert<'b, Document> {
    it
}

fn update<'a: 'b, 'b>(
    it: tenancy::query::Update<'a, User>,
) -> tenancy::query::Update<'b, User> {
    it
}

fn update_where<'a: 'b, 'b>(
    it: tenancy::query::UpdateWhere<'a, User, ()>,
) -> tenancy::query::UpdateWhere<'b, User, ()> {
    it
}

fn destroy<'a: 'b, 'b>(
    it: tenancy::query::Destroy<'a, User>,
) -> tenancy::query::Destroy<'b, User> {
    it
}

fn fetch_one<'a: 'b, 'b>(
    it: tenancy::execute::FetchOne<'static, 'a, User>,
) -> tenancy::execute::FetchOne<'static, 'b, User> {
    it
}

fn fetch_optional<'a: 'b, 'b>(
    it: tenancy::execute::FetchOptional<'static, 'a, User>,
) -> tenancy::execute::FetchOptional<'static, 'b, User> {
    it
}

fn fetch_all<'a: 'b, 'b>(
    it: tenancy::execute::FetchAll<'static, 'a, User>,
) -> tenancy::execute::FetchAll<'static, 'b, User> {
    it
}

fn rows<'a: 'b, 'b>(
    it: tenancy::execute::Rows<'static, 'a, User>,
) -> tenancy::execute::Rows<'static, 'b, User> {
    it
}

fn main() {}
