//! The tables that models need, as SQL: for SQLite and PostgreSQL.
//!
//! [`Tables`] is told the models, and writes what creates their tables: as a text, or as migrations for sqlx.
//! Keys, unique constraints, foreign keys and indexes lead with the tenant, so that the database is a second
//! wall behind the statements.
//!
//! ```
//! use tenancy::ddl::Tables;
//! use tenancy::{TenantRoot, TenantScoped};
//! use uuid::Uuid;
//!
//! #[derive(TenantRoot)]
//! #[tenancy(database = sqlx::Sqlite)]
//! struct Organization { id: Uuid, name: String }
//!
//! #[derive(TenantScoped)]
//! #[tenancy(root = Organization)]
//! struct User {
//!     id: Uuid,
//!     #[tenancy(unique)]
//!     email: String,
//! }
//!
//! #[derive(TenantScoped)]
//! #[tenancy(root = Organization)]
//! struct Document {
//!     id: Uuid,
//!     #[tenancy(belongs_to = User)]
//!     owner_id: Uuid,
//!     #[tenancy(default = "FALSE")]
//!     archived: bool,
//! }
//!
//! let tables = Tables::<Organization>::new().with::<Document>().with::<User>();
//! assert_eq!(tables.sql(), r#"-- The tenants.
//! CREATE TABLE "organizations" (
//!     "id" BLOB NOT NULL,
//!     "name" TEXT NOT NULL,
//!     PRIMARY KEY ("id")
//! );
//!
//! -- Rows of tenants.
//! CREATE TABLE "users" (
//!     "tenant_id" BLOB NOT NULL,
//!     "id" BLOB NOT NULL,
//!     "email" TEXT NOT NULL,
//!     PRIMARY KEY ("tenant_id", "id"),
//!     UNIQUE ("tenant_id", "email"),
//!     FOREIGN KEY ("tenant_id") REFERENCES "organizations" ("id")
//! );
//!
//! -- Rows of tenants.
//! CREATE TABLE "documents" (
//!     "tenant_id" BLOB NOT NULL,
//!     "id" BLOB NOT NULL,
//!     "owner_id" BLOB NOT NULL,
//!     "archived" BOOLEAN NOT NULL DEFAULT FALSE,
//!     PRIMARY KEY ("tenant_id", "id"),
//!     FOREIGN KEY ("tenant_id") REFERENCES "organizations" ("id"),
//!     FOREIGN KEY ("tenant_id", "owner_id") REFERENCES "users" ("tenant_id", "id")
//! );
//! CREATE INDEX "documents_tenant_id_owner_id_idx" ON "documents" ("tenant_id", "owner_id");
//! "#);
//! ```

#[cfg(feature = "postgres")]
pub(crate) mod citus;
pub(crate) mod columns;
pub(crate) mod files;
pub(crate) mod order;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
#[cfg(feature = "postgres")]
pub(crate) mod rls;
pub(crate) mod table;
pub(crate) mod text;
pub(crate) mod types;

use crate::ddl::order::is_late;
use crate::ddl::table::{ForeignKey, Place, Table};
use crate::ddl::text::Scribe;
use crate::model::contract::{Model, TenantRoot};
use crate::sql::render::Dialect;
use crate::sql::trusted;
use sqlx::SqlStr;
use std::fmt::Write as _;
use std::marker::PhantomData;

use crate::backend::sealed::Backend as _;
#[cfg(feature = "postgres")]
use crate::model::isolation::Isolation as _;

pub(crate) use crate::ddl::order::sorted;

/// The tables of a root's models.
///
/// What it writes is for empty databases: it knows what a table must look like, and not what it looked like
/// before. What an existing database lacks is found by `tenancy::doctor`, with the statements that mend it.
#[derive(Clone, Debug)]
pub struct Tables<R: TenantRoot> {
    pub(crate) tables: Vec<Table>,
    /// The schema of shared tables, where tables in schemas of tenants refer to them.
    shared: String,
    #[cfg(feature = "postgres")]
    pub(crate) postgres: postgres::Besides,
    root: PhantomData<fn() -> R>,
}

impl<R: TenantRoot> Default for Tables<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: TenantRoot> Tables<R> {
    /// The table of the root alone.
    #[must_use]
    pub fn new() -> Self {
        Self {
            tables: vec![Table::of::<R>()],
            shared: "public".to_owned(),
            #[cfg(feature = "postgres")]
            postgres: postgres::Besides::default(),
            root: PhantomData,
        }
    }

    /// And the table of this model. Several models of one table are one table with all of their columns.
    #[must_use]
    pub fn with<M: Model<Root = R>>(mut self) -> Self {
        let new = Table::of::<M>();
        let same = |table: &&mut Table| table.name == new.name && table.place == new.place;
        match self.tables.iter_mut().find(same) {
            Some(table) => table.merge(new),
            None => self.tables.push(new),
        }
        table::cascade(&mut self.tables);
        self
    }

    /// The tables that all tenants share, and what belongs to them, to be run: `sqlx::raw_sql(tables.of_shared())`.
    ///
    /// Without tables in schemas and databases of tenants: `of_schema`, on PostgreSQL, and
    /// [`of_database`](Self::of_database) have those.
    #[must_use]
    pub fn of_shared(&self) -> SqlStr {
        trusted::tables(self.sql())
    }

    /// The same, to be read.
    #[must_use]
    pub fn sql(&self) -> String {
        let files = self.parts();
        let texts: Vec<_> = files.into_iter().map(|(_, text)| text).collect();
        texts.join("\n")
    }

    /// The tables of one tenant's own database, for
    /// [`create_database`](crate::VerifiedTenant::create_database).
    #[must_use]
    pub fn of_database(&self) -> SqlStr {
        trusted::tables(self.text_of_database())
    }

    fn text_of_database(&self) -> String {
        #[allow(unused_mut, reason = "on PostgreSQL")]
        let mut text = self.tables_in(self.scribe(Place::Database));
        #[cfg(feature = "postgres")]
        if let (Some(role), false) = (&self.postgres.role, text.is_empty()) {
            text.push('\n');
            text.push_str(&postgres::granted(self, role, self.scribe(Place::Database)));
        }
        text
    }

    /// What there is to do, in order: its name and its SQL.
    fn parts(&self) -> Vec<(&'static str, String)> {
        let mut parts = vec![("tables", self.tables_in(self.scribe(Place::Shared)))];
        #[cfg(feature = "postgres")]
        {
            if self.postgres.citus {
                parts.push(("citus", citus::sql(self)));
            }
            if R::Isolation::RLS {
                parts.push(("row_level_security", rls::sql(self)));
            }
            if let Some(role) = &self.postgres.role {
                parts.push(("grants", postgres::grants(self, role)));
            }
        }
        parts.retain(|(_, text)| !text.is_empty());
        parts
    }

    pub(crate) fn scribe(&self, here: Place) -> Scribe<'_> {
        Scribe {
            dialect: R::Database::DIALECT,
            here,
            shared: &self.shared,
            own: None,
        }
    }

    /// The tables of one place, in an order that works.
    pub(crate) fn tables_in(&self, scribe: Scribe<'_>) -> String {
        let place = scribe.here;
        let sorted = sorted(&self.tables, place);
        // SQLite looks for what a foreign key refers to when a row is written.
        let wait = scribe.dialect == Dialect::Postgres;
        let late = |table: &Table, key: &ForeignKey| wait && is_late(&sorted, table, key);
        let mut texts = Vec::new();
        #[cfg(feature = "postgres")]
        if place != Place::Schema && !sorted.is_empty() {
            texts.extend(postgres::types(self));
        }
        for table in &sorted {
            let mut text = format!("-- {}\n", text::about(table));
            text.push_str(&scribe.table(table, |key| late(table, key)));
            for index in table.all_indexes() {
                text.push_str(&scribe.index(table, &index));
            }
            texts.push(text);
        }
        let mut circles = String::new();
        for table in &sorted {
            for key in table.foreign_keys.iter().filter(|key| late(table, key)) {
                let (name, key) = (scribe.name(table.name, place), scribe.foreign_key(key));
                let _ = writeln!(circles, "ALTER TABLE {name} ADD {key};");
            }
        }
        if !circles.is_empty() {
            texts.push(format!("-- Tables that refer to each other.\n{circles}"));
        }
        texts.join("\n")
    }
}

/// A name that cannot be written in SQL, or means something else there.
#[cfg(feature = "postgres")]
#[derive(Debug, thiserror::Error)]
#[error("`{name}` cannot be the name of {what}: {why}")]
pub struct InvalidName {
    name: String,
    what: &'static str,
    why: &'static str,
}

/// A name that can stand between double quotes.
#[cfg(feature = "postgres")]
pub(crate) fn checked(name: String, what: &'static str) -> Result<String, InvalidName> {
    let why = if name.is_empty() {
        "it is empty"
    } else if name.len() > 63 {
        "it is longer than 63 bytes"
    } else if name
        .chars()
        .any(|character| character == '"' || character.is_control())
    {
        "it has a double quote or a control character in it"
    } else {
        return Ok(name);
    };
    Err(InvalidName { name, what, why })
}
