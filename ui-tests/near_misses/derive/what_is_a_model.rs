//! Models, ids and sets of changes as they are meant.

use std::marker::PhantomData;

use tenancy::{Scoped, Tenant, TenantRoot, TenantScoped};
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

// a_key_of_an_own_type_derives_id, an_id_holds_an_id
#[derive(Clone, Debug, PartialEq, tenancy::Id)]
pub struct CompanyId(pub i64);

#[derive(Clone, Debug, PartialEq, tenancy::Id)]
pub struct InvoiceId(pub Uuid);

#[derive(Clone, Debug, PartialEq, tenancy::Id)]
pub struct LineId(pub String);

// a_root_is_its_own_tenant, the_database_of_a_root_is_a_database
#[derive(TenantRoot)]
#[tenancy(database = sqlx::Sqlite, table = "companies", key = number, new = Founding)]
pub struct Company {
    pub number: CompanyId,
    #[tenancy(default, active)]
    pub open: bool,
    #[tenancy(generated)]
    pub since: i64,
}

// a_tenant_column_is_of_the_type_of_the_roots_key, there_is_one_version, a_version_is_a_number, …
#[derive(TenantScoped)]
#[tenancy(root = Company, strategy = attribute, attribute = company, global = false, key = number)]
pub struct Invoice {
    #[tenancy(random)]
    pub number: InvoiceId,
    pub company: CompanyId,
    #[tenancy(column = "Text")]
    pub text: Option<String>,
    #[tenancy(version)]
    pub revision: i32,
}

// a_foreign_key_is_of_the_type_of_the_key_that_it_refers_to, a_column_is_one_thing
#[derive(TenantScoped)]
#[tenancy(root = Company)]
pub struct Line {
    pub id: LineId,
    #[tenancy(belongs_to = Invoice, default)]
    pub invoice: InvoiceId,
    #[tenancy(belongs_to = Invoice)]
    pub credit: Option<InvoiceId>,
}

// an_index_is_there_once, a_default_is_sql_in_quotes, an_index_is_of_fields_that_exist, the_key_is_unique_without_saying_so, …
#[derive(TenantScoped)]
#[tenancy(root = Company, unique(kind, r#type), index(id, kind), index(open))]
pub struct Ticket {
    pub id: Uuid,
    pub kind: String,
    pub r#type: String,
    #[tenancy(unique, default = "'x'")]
    pub code: String,
    #[tenancy(default)]
    pub open: bool,
}

pub async fn own_ids<'t>(
    tenant: &Tenant<'t, Company>,
    invoice: Scoped<'t, Invoice>,
) -> tenancy::Result<()> {
    let new = NewLine {
        id: LineId("1".to_owned()),
        credit: Some((&invoice).into()),
    };
    Line::create(new)
        .set(|l| l.invoice.to(&invoice))
        .execute(tenant)
        .await?;
    Line::find(LineId("1".to_owned())).fetch_one(tenant).await?;
    Ok(())
}

pub fn a_new_root() -> Founding {
    Founding {
        number: CompanyId(1),
    }
}

// a_shared_model_has_no_tenant_column: a shared model may have a column of another name
#[derive(TenantScoped)]
#[tenancy(root = Organization, global = true)]
pub struct Currency {
    pub id: Uuid,
    pub name: String,
}

// a_model_is_not_generic, an_id_is_not_generic: what is beside them may be
pub struct Page<M>(pub Vec<M>, pub PhantomData<User>);
