//! What the service keeps.

use serde::{Deserialize, Serialize};
use tenancy::{Patch, TenantRoot, TenantScoped};
use uuid::Uuid;

/// Where the tenants live; one line to change.
pub type Database = sqlx::Sqlite;

/// A tenant is known by its subdomain.
#[derive(Debug, PartialEq, Eq, Serialize, tenancy::Id)]
pub struct Subdomain(pub String);

#[derive(Debug, Serialize, TenantRoot)]
#[tenancy(database = Database, key = subdomain)]
pub struct Organization {
    pub subdomain: Subdomain,
    pub name: String,
}

#[derive(Debug, Serialize, TenantScoped)]
#[tenancy(root = Organization)]
pub struct User {
    pub id: Uuid,
    pub email: String,
}

#[derive(Debug, Serialize, TenantScoped)]
#[tenancy(root = Organization)]
pub struct Document {
    pub id: Uuid,
    #[tenancy(belongs_to = User)]
    pub owner_id: Uuid,
    pub title: String,
    pub summary: Option<String>,
}

/// What a client may change of a document: a field left out stays as it is, `null` clears it.
#[derive(Debug, Deserialize, tenancy::Changes)]
#[tenancy(model = Document)]
pub struct DocumentChanges {
    title: Option<String>,
    owner_id: Option<Uuid>,
    #[serde(default)]
    summary: Patch<String>,
}

pub const SCHEMA: &str = "
    CREATE TABLE organizations (subdomain TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL);
    CREATE TABLE users (
        tenant_id TEXT NOT NULL REFERENCES organizations (subdomain), id BLOB NOT NULL,
        email TEXT NOT NULL,
        PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, email)
    );
    CREATE TABLE documents (
        tenant_id TEXT NOT NULL, id BLOB NOT NULL, owner_id BLOB NOT NULL,
        title TEXT NOT NULL, summary TEXT,
        PRIMARY KEY (tenant_id, id),
        FOREIGN KEY (tenant_id, owner_id) REFERENCES users (tenant_id, id)
    );
";
