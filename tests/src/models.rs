//! One set of models for every database.

/// Declares the models with `$database` as the database of their root.
#[macro_export]
macro_rules! models {
    ($database:ty) => {
        #[allow(unused_imports)]
        use tenancy::{Root as _, TenantRoot, TenantScoped};

        /// The database of this module's models.
        pub type Database = $database;

        /// The tenants.
        #[derive(Clone, Debug, PartialEq, TenantRoot)]
        #[tenancy(database = $database)]
        pub struct Organization {
            /// Key.
            pub id: uuid::Uuid,
            /// A plain column.
            pub name: String,
            /// Whether the tenant may be entered.
            #[tenancy(active, default)]
            pub active: bool,
        }

        /// An enum through sqlx's own `Type`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
        #[sqlx(type_name = "text", rename_all = "snake_case")]
        pub enum Role {
            /// May do everything.
            Admin,
            /// May do something.
            Member,
        }

        /// A model with an enum and a column that may be NULL.
        #[derive(Clone, Debug, PartialEq, TenantScoped)]
        #[tenancy(root = Organization, strategy = attribute, attribute = tenant_id, global = false)]
        pub struct User {
            /// Key.
            pub id: uuid::Uuid,
            /// Whose it is.
            pub tenant_id: uuid::Uuid,
            /// Unique in the tenant.
            pub email: String,
            /// An enum.
            pub role: Role,
            /// May be NULL.
            pub nickname: Option<String>,
        }

        /// A model without a field for the tenant, with foreign keys, a default and a version.
        #[derive(Clone, Debug, PartialEq, TenantScoped)]
        #[tenancy(root = Organization)]
        pub struct Document {
            /// Key.
            pub id: uuid::Uuid,
            /// A reference that is always there.
            #[tenancy(belongs_to = User)]
            pub owner_id: uuid::Uuid,
            /// A reference that may be missing.
            #[tenancy(belongs_to = User)]
            pub reviewer_id: Option<uuid::Uuid>,
            /// Unique in the tenant.
            pub title: String,
            /// A number.
            pub views: i64,
            /// Has a default.
            #[tenancy(default)]
            pub archived: bool,
            /// Counts changes.
            #[tenancy(version)]
            pub version: i64,
        }

        /// A model whose table has no foreign keys: what it refers to is kept inside the tenant by
        /// statements alone. Its enum is encoded by code that is not sqlx's.
        #[derive(Clone, Debug, PartialEq, TenantScoped)]
        #[tenancy(root = Organization)]
        pub struct Comment {
            /// Key.
            pub id: uuid::Uuid,
            /// A reference that is always there.
            #[tenancy(belongs_to = Document)]
            pub document_id: uuid::Uuid,
            /// A reference that may be missing.
            #[tenancy(belongs_to = User)]
            pub author_id: Option<uuid::Uuid>,
            /// An enum.
            pub role: Role,
            /// A plain column.
            pub body: String,
        }

        /// A model with a text key that the caller gives, the same in many tenants.
        #[derive(Clone, Debug, PartialEq, TenantScoped)]
        #[tenancy(root = Organization, key = key)]
        pub struct Setting {
            /// Given, unique in the tenant.
            pub key: String,
            /// Whose it is.
            pub tenant_id: uuid::Uuid,
            /// A number.
            pub value: i64,
        }

        /// A model with an integer key made by the database and a number that may be NULL.
        #[derive(Clone, Debug, PartialEq, TenantScoped)]
        #[tenancy(root = Organization)]
        pub struct Note {
            /// Made by the database.
            pub id: i64,
            /// Whose it is.
            pub tenant_id: uuid::Uuid,
            /// A plain column.
            pub body: String,
            /// May be NULL.
            pub priority: Option<i64>,
        }

        /// Rows shared by all tenants, with a text key that the caller gives.
        #[derive(Clone, Debug, PartialEq, TenantScoped)]
        #[tenancy(root = Organization, global = true, key = key)]
        pub struct Plan {
            /// Given.
            pub key: String,
            /// A plain column.
            pub value: String,
        }
    };
}

/// The tables on SQLite.
pub(crate) const SQLITE_SCHEMA: &str = r"
    CREATE TABLE organizations (
        id BLOB PRIMARY KEY NOT NULL, name TEXT NOT NULL, active BOOLEAN NOT NULL DEFAULT TRUE
    );
    CREATE TABLE users (
        id BLOB NOT NULL, tenant_id BLOB NOT NULL REFERENCES organizations (id),
        email TEXT NOT NULL, role TEXT NOT NULL, nickname TEXT,
        PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, email)
    );
    CREATE TABLE documents (
        id BLOB NOT NULL, tenant_id BLOB NOT NULL REFERENCES organizations (id),
        owner_id BLOB NOT NULL, reviewer_id BLOB, title TEXT NOT NULL,
        views BIGINT NOT NULL CHECK (views >= 0), archived BOOLEAN NOT NULL DEFAULT FALSE,
        version BIGINT NOT NULL,
        PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, title),
        FOREIGN KEY (tenant_id, owner_id) REFERENCES users (tenant_id, id),
        FOREIGN KEY (tenant_id, reviewer_id) REFERENCES users (tenant_id, id)
    );
    CREATE TABLE comments (
        id BLOB NOT NULL, tenant_id BLOB NOT NULL REFERENCES organizations (id),
        document_id BLOB NOT NULL, author_id BLOB, role TEXT NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (tenant_id, id)
    );
    CREATE TABLE settings (
        key TEXT NOT NULL, tenant_id BLOB NOT NULL REFERENCES organizations (id),
        value BIGINT NOT NULL,
        PRIMARY KEY (tenant_id, key)
    );
    CREATE TABLE notes (
        id INTEGER PRIMARY KEY AUTOINCREMENT, tenant_id BLOB NOT NULL REFERENCES organizations (id),
        body TEXT NOT NULL, priority BIGINT
    );
    CREATE TABLE plans (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL);
";

/// The tables on PostgreSQL.
pub(crate) const POSTGRES_SCHEMA: &str = r"
    CREATE TABLE organizations (
        id uuid PRIMARY KEY, name text NOT NULL, active boolean NOT NULL DEFAULT TRUE
    );
    CREATE TABLE users (
        id uuid NOT NULL, tenant_id uuid NOT NULL REFERENCES organizations (id),
        email text NOT NULL, role text NOT NULL, nickname text,
        PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, email)
    );
    CREATE TABLE documents (
        id uuid NOT NULL, tenant_id uuid NOT NULL REFERENCES organizations (id),
        owner_id uuid NOT NULL, reviewer_id uuid, title text NOT NULL,
        views bigint NOT NULL CHECK (views >= 0), archived boolean NOT NULL DEFAULT FALSE,
        version bigint NOT NULL,
        PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, title),
        FOREIGN KEY (tenant_id, owner_id) REFERENCES users (tenant_id, id),
        FOREIGN KEY (tenant_id, reviewer_id) REFERENCES users (tenant_id, id)
    );
    CREATE TABLE comments (
        id uuid NOT NULL, tenant_id uuid NOT NULL REFERENCES organizations (id),
        document_id uuid NOT NULL, author_id uuid, role text NOT NULL, body text NOT NULL,
        PRIMARY KEY (tenant_id, id)
    );
    CREATE TABLE settings (
        key text NOT NULL, tenant_id uuid NOT NULL REFERENCES organizations (id),
        value bigint NOT NULL,
        PRIMARY KEY (tenant_id, key)
    );
    CREATE TABLE notes (
        id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
        tenant_id uuid NOT NULL REFERENCES organizations (id),
        body text NOT NULL, priority bigint
    );
    CREATE TABLE plans (key text PRIMARY KEY, value text NOT NULL);
";
