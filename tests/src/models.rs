//! One set of models for every database.

/// Declares the models with `$database` as the database of their root and what else is said there, how their
/// rows are kept apart, and what the column with the tenant is.
#[macro_export]
macro_rules! models {
    ($database:ty) => {
        $crate::models!($database, []);
    };
    ($database:ty, [$($root:ident),*]) => {
        $crate::models!(
            $database, [$($root),*], [strategy = attribute, attribute = tenant_id, global = false], []
        );
    };
    ($database:ty, [$($root:ident),*], [$($strategy:tt)*], [$($tenant:ident)*]) => {
        #[allow(unused_imports)]
        use tenancy::{Root as _, TenantRoot, TenantScoped};

        /// The database of this module's models.
        pub type Database = $database;

        /// A database with their tables.
        pub type Fresh =
            $crate::database::Fresh<$database, <Organization as TenantRoot>::Isolation>;

        /// The tenants.
        #[derive(Clone, Debug, PartialEq, TenantRoot)]
        #[tenancy(database = $database, $($root),*)]
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
        #[tenancy(root = Organization, $($strategy)*)]
        pub struct User {
            /// Key.
            pub id: uuid::Uuid,
            /// Whose it is.
            $( #[tenancy($tenant)] )*
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
        #[tenancy(root = Organization, $($strategy)*)]
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
        #[tenancy(root = Organization, $($strategy)*)]
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
        #[tenancy(root = Organization, key = key, $($strategy)*)]
        pub struct Setting {
            /// Given, unique in the tenant.
            pub key: String,
            /// Whose it is.
            $( #[tenancy($tenant)] )*
            pub tenant_id: uuid::Uuid,
            /// A number.
            pub value: i64,
        }

        /// A model with an integer key made by the database and a number that may be NULL.
        #[derive(Clone, Debug, PartialEq, TenantScoped)]
        #[tenancy(root = Organization, $($strategy)*)]
        pub struct Note {
            /// Made by the database.
            pub id: i64,
            /// Whose it is.
            $( #[tenancy($tenant)] )*
            pub tenant_id: uuid::Uuid,
            /// A plain column.
            pub body: String,
            /// May be NULL.
            pub priority: Option<i64>,
        }

        /// Rows shared by all tenants, and written by each, with a text key that the caller gives.
        #[derive(Clone, Debug, PartialEq, TenantScoped)]
        #[tenancy(root = Organization, global = true, written_by_tenants, key = key)]
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

/// The tables on PostgreSQL in schemas of three tenants, and views of all of them in their place, which
/// rows are written to by tenant.
///
/// In `COLUMN` it says what makes keys those of a tenant: `tenant_id, `, or nothing.
macro_rules! schemas {
    ($column:literal) => {
        concat!(
            r"
    CREATE TABLE organizations (
        id uuid PRIMARY KEY, name text NOT NULL, active boolean NOT NULL DEFAULT TRUE,
        tenancy_mark uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'
    );
    CREATE TABLE plans (key text PRIMARY KEY, value text NOT NULL);
    CREATE SEQUENCE notes_id_seq;
    CREATE FUNCTION route() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE place text := 'tenant_' || replace(coalesce(NEW.tenant_id, OLD.tenant_id)::text, '-', '') || '_0000000000000000';
    BEGIN
        IF TG_OP = 'DELETE' THEN
            EXECUTE format('DELETE FROM %I.%I t WHERE t = $1', place, TG_TABLE_NAME) USING OLD;
            RETURN OLD;
        END IF;
        IF TG_TABLE_NAME = 'notes' THEN
            NEW.id := nextval('notes_id_seq');
        END IF;
        IF TG_TABLE_NAME = 'documents' THEN
            NEW.archived := coalesce(NEW.archived, FALSE);
        END IF;
        EXECUTE format('INSERT INTO %I.%I SELECT ($1).*', place, TG_TABLE_NAME) USING NEW;
        RETURN NEW;
    END $$;
    DO $$
    DECLARE
        tenant uuid;
        place text;
        name text;
        parts text;
    BEGIN
        FOR number IN 1..3 LOOP
            tenant := ('00000000-0000-0000-0000-00000000080' || number)::uuid;
            place := 'tenant_' || replace(tenant::text, '-', '') || '_0000000000000000';
            EXECUTE format(
                'CREATE SCHEMA %1$I;
                CREATE TABLE %1$I.users (
                    id uuid NOT NULL, tenant_id uuid NOT NULL DEFAULT %2$L CHECK (tenant_id = %2$L),
                    email text NOT NULL, role text NOT NULL, nickname text,
                    PRIMARY KEY (", $column, r"id), UNIQUE (", $column, r"email)
                );
                CREATE TABLE %1$I.documents (
                    id uuid NOT NULL, tenant_id uuid NOT NULL DEFAULT %2$L CHECK (tenant_id = %2$L),
                    owner_id uuid NOT NULL, reviewer_id uuid, title text NOT NULL,
                    views bigint NOT NULL CHECK (views >= 0), archived boolean NOT NULL DEFAULT FALSE,
                    version bigint NOT NULL,
                    PRIMARY KEY (", $column, r"id), UNIQUE (", $column, r"title),
                    FOREIGN KEY (", $column, r"owner_id) REFERENCES %1$I.users (", $column, r"id),
                    FOREIGN KEY (", $column, r"reviewer_id) REFERENCES %1$I.users (", $column, r"id)
                );
                CREATE TABLE %1$I.comments (
                    id uuid NOT NULL, tenant_id uuid NOT NULL DEFAULT %2$L CHECK (tenant_id = %2$L),
                    document_id uuid NOT NULL, author_id uuid, role text NOT NULL, body text NOT NULL,
                    PRIMARY KEY (", $column, r"id)
                );
                CREATE TABLE %1$I.settings (
                    key text NOT NULL, tenant_id uuid NOT NULL DEFAULT %2$L CHECK (tenant_id = %2$L),
                    value bigint NOT NULL,
                    PRIMARY KEY (", $column, r"key)
                );
                CREATE TABLE %1$I.notes (
                    id bigint PRIMARY KEY DEFAULT nextval(''notes_id_seq''),
                    tenant_id uuid NOT NULL DEFAULT %2$L CHECK (tenant_id = %2$L),
                    body text NOT NULL, priority bigint
                )', place, tenant);
        END LOOP;
        FOREACH name IN ARRAY ARRAY['users', 'documents', 'comments', 'settings', 'notes'] LOOP
            SELECT string_agg(format('SELECT * FROM %I.%I', nspname, name), ' UNION ALL ')
                INTO parts FROM pg_namespace WHERE nspname LIKE 'tenant!_%' ESCAPE '!';
            EXECUTE format('CREATE VIEW %I AS %s', name, parts);
            EXECUTE format('CREATE TRIGGER route INSTEAD OF INSERT OR DELETE ON %I
                FOR EACH ROW EXECUTE FUNCTION route()', name);
        END LOOP;
    END $$;
"
        )
    };
}

/// The tables in a schema of each tenant.
pub(crate) const SCHEMAS: &str = schemas!("");

/// The same, with the tenant as a column besides.
pub(crate) const SCHEMAS_WITH_COLUMN: &str = schemas!("tenant_id, ");
