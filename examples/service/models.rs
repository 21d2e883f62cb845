//! What the service keeps.

use serde::{Deserialize, Serialize};
use tenancy::{NoTenant, Patch, TenantRoot, TenantScoped};
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(rename_all = "lowercase")]
pub enum Role {
    Admin,
    Editor,
    Viewer,
}

/// Who somebody is, in however many organizations: one row, which all of them share.
#[derive(Clone, Debug, Serialize, TenantScoped)]
#[tenancy(root = Organization, global = true, policies, table = "people")]
pub struct Person {
    pub id: Uuid,
    pub email: String,
}

/// What a person is in an organization, and who acts there.
#[derive(Clone, Debug, Serialize, TenantScoped)]
#[tenancy(root = Organization)]
pub struct User {
    pub id: Uuid,
    #[tenancy(belongs_to = Person)]
    pub person_id: Uuid,
    pub role: Role,
}

// An organization sees the people who are its users, and no others.
tenancy::policies! {
    Person, actor: User {
        relation users = User.person_id;
        read { authorize_if users.can(read); }
    }
}

// What the service does before there is a tenant: find out who somebody is, and sign them up.
tenancy::policies! {
    Person, actor: NoTenant {
        read { authorize_if always; }
        create { authorize_if always; }
    }
}

#[derive(Debug, Serialize, TenantScoped)]
#[tenancy(root = Organization, policies)]
pub struct Document {
    pub id: Uuid,
    #[tenancy(belongs_to = User)]
    pub owner_id: Uuid,
    pub title: String,
    pub summary: Option<String>,
    pub draft: bool,
}

// Who may do what with documents. The names are what a client is told.
tenancy::policies! {
    Document, actor: User {
        check mine = owner_id == actor;
        check admin = actor.role == Role::Admin;

        read { authorize_unless draft; authorize_if mine(); authorize_if admin(); }
        create => "not_your_name" {
            forbid_if actor.role == Role::Viewer => "viewers_only_read";
            authorize_if mine();
            authorize_if admin();
        }
        update => "not_yours" { authorize_if mine(); authorize_if admin(); }
        destroy => "admins_only" { authorize_if admin(); }
    }
}

/// What a client may change of a document: a field left out stays as it is, `null` clears it.
#[derive(Debug, Deserialize, tenancy::Changes)]
#[tenancy(model = Document)]
pub struct DocumentChanges {
    title: Option<String>,
    owner_id: Option<Uuid>,
    draft: Option<bool>,
    #[serde(default)]
    summary: Patch<String>,
}

pub const SCHEMA: &str = "
    CREATE TABLE organizations (subdomain TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL);
    CREATE TABLE people (id BLOB PRIMARY KEY NOT NULL, email TEXT NOT NULL UNIQUE);
    CREATE TABLE users (
        tenant_id TEXT NOT NULL REFERENCES organizations (subdomain), id BLOB NOT NULL,
        person_id BLOB NOT NULL REFERENCES people (id), role TEXT NOT NULL,
        PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, person_id)
    );
    CREATE TABLE documents (
        tenant_id TEXT NOT NULL, id BLOB NOT NULL, owner_id BLOB NOT NULL,
        title TEXT NOT NULL, summary TEXT, draft BOOLEAN NOT NULL,
        PRIMARY KEY (tenant_id, id),
        FOREIGN KEY (tenant_id, owner_id) REFERENCES users (tenant_id, id)
    );
";
