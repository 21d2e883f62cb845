//! The models that the laws and their near misses are about, and what they need besides.
//!
//! `laws/` holds programs that must not compile, each with the message that a newcomer reads;
//! `near_misses/` holds programs that look alike and must compile.

use tenancy::{Masked, TenantRoot, TenantScoped};
use uuid::Uuid;

/// The tenants of most laws.
#[derive(Debug, TenantRoot)]
#[tenancy(database = sqlx::Sqlite)]
pub struct Organization {
    /// The key.
    pub id: Uuid,
    /// A plain column.
    pub name: String,
}

/// A model that others refer to.
#[derive(Clone, Debug, PartialEq, TenantScoped)]
#[tenancy(root = Organization)]
pub struct User {
    /// The key.
    pub id: Uuid,
    /// Whose it is.
    pub tenant_id: Uuid,
    /// Text.
    pub email: String,
    /// A number.
    pub age: i64,
    /// May be NULL.
    pub nickname: Option<String>,
}

/// A model with one column of every kind.
#[derive(Clone, Debug, PartialEq, TenantScoped)]
#[tenancy(root = Organization)]
pub struct Document {
    /// The key.
    pub id: Uuid,
    /// Whose it is.
    pub tenant_id: Uuid,
    /// A reference.
    #[tenancy(belongs_to = User)]
    pub owner_id: Uuid,
    /// A reference that may be missing.
    #[tenancy(belongs_to = User)]
    pub reviewer_id: Option<Uuid>,
    /// Text.
    pub title: String,
    /// A number.
    pub views: i64,
    /// Has a default.
    #[tenancy(default)]
    pub archived: bool,
    /// Filled by the database.
    #[tenancy(generated)]
    pub search: String,
    /// Counts changes.
    #[tenancy(version)]
    pub version: i64,
}

/// Rows that all organizations share.
#[derive(Clone, Debug, PartialEq, TenantScoped)]
#[tenancy(root = Organization, global = true, key = key)]
pub struct Plan {
    /// The key.
    pub key: String,
    /// A plain column.
    pub value: String,
}

/// Tenants of another kind.
#[derive(Debug, TenantRoot)]
#[tenancy(database = sqlx::Sqlite)]
pub struct Shop {
    /// The key.
    pub id: Uuid,
    /// A plain column.
    pub name: String,
}

/// A model of the other kind of tenants.
#[derive(Clone, Debug, PartialEq, TenantScoped)]
#[tenancy(root = Shop)]
pub struct Product {
    /// The key.
    pub id: Uuid,
    /// Whose it is.
    pub tenant_id: Uuid,
    /// A plain column.
    pub name: String,
}

/// A model with policies.
#[derive(Clone, Debug, PartialEq, TenantScoped)]
#[tenancy(root = Organization, policies)]
pub struct Letter {
    /// The key.
    pub id: Uuid,
    /// A reference to the actor's model.
    #[tenancy(belongs_to = User)]
    pub author_id: Uuid,
    /// A reference to another model.
    #[tenancy(belongs_to = Document)]
    pub about_id: Option<Uuid>,
    /// Text.
    pub text: String,
    /// A number.
    pub stamps: i64,
    /// A flag.
    pub sealed: bool,
}

tenancy::policies! {
    Letter, actor: User {
        read { authorize_if author_id == actor; }
        create { authorize_if author_id == actor; }
        update { authorize_unless sealed; }
    }
}

/// A model with fields that are not for everyone.
#[derive(Clone, Debug, PartialEq, TenantScoped)]
#[tenancy(root = Organization, policies)]
pub struct Contract {
    /// The key.
    pub id: Uuid,
    /// A reference to the actor's model.
    #[tenancy(belongs_to = User)]
    pub user_id: Uuid,
    /// A number.
    pub pages: i64,
    /// A number that may be NULL.
    pub days: Option<i64>,
    /// A guarded number.
    #[tenancy(guarded)]
    pub salary: Masked<i64>,
    /// A guarded number that may be NULL.
    #[tenancy(guarded)]
    pub bonus: Masked<Option<i64>>,
}

tenancy::policies! {
    Contract, actor: User {
        read { authorize_if always; }
        create { authorize_if always; }
        update { authorize_if always; }
        destroy { authorize_if always; }
        field(salary, bonus) { authorize_if user_id == actor; }
    }
}

/// Tenants that have databases of their own, beside one that they share.
#[derive(Debug, TenantRoot)]
#[tenancy(database = sqlx::Sqlite, databases)]
pub struct Company {
    /// The key.
    pub id: Uuid,
    /// A plain column.
    pub active: bool,
}

/// In the database that companies share.
#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Company)]
pub struct Person {
    /// The key.
    pub id: Uuid,
    /// Text.
    pub email: String,
}

/// In the company's own database.
#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Company, strategy = database)]
pub struct Ledger {
    /// The key.
    pub id: Uuid,
    /// Text.
    pub name: String,
}

/// In the company's own database, too.
#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Company, strategy = database)]
pub struct Entry {
    /// The key.
    pub id: Uuid,
    /// A reference inside of the database.
    #[tenancy(belongs_to = Ledger)]
    pub ledger_id: Uuid,
    /// A number.
    pub amount: i64,
}
