//! What only PostgreSQL has: types, roles and schemas of tenants.

use std::fmt::Write as _;

use crate::ddl::table::{Place, Table};
use crate::ddl::text::{Scribe, quoted};
use crate::ddl::{InvalidName, Tables, checked, order, rls, types};
use crate::model::contract::TenantRoot;
use crate::sql::trusted;
use sqlx::{Postgres, SqlStr};

use crate::model::isolation::Isolation as _;

/// What was asked for besides tables.
#[derive(Clone, Debug, Default)]
pub(crate) struct Besides {
    pub(crate) enums: Vec<(String, Vec<String>)>,
    pub(crate) role: Option<String>,
    /// Whether policies verify signatures.
    pub(crate) signed: bool,
    pub(crate) citus: bool,
}

impl<R: TenantRoot<Database = Postgres>> Tables<R> {
    /// And an enum, with its labels in order: `.with_enum("colour", ["red", "green"])`.
    ///
    /// A model says what the type of a column is called, and not what its values are.
    ///
    /// # Errors
    ///
    /// If the name cannot be that of a type.
    pub fn with_enum<L: Into<String>>(
        mut self,
        name: impl Into<String>,
        labels: impl IntoIterator<Item = L>,
    ) -> Result<Self, InvalidName> {
        let name = checked(name.into(), "a type")?;
        let labels = labels.into_iter().map(Into::into).collect();
        self.postgres.enums.push((name, labels));
        Ok(self)
    }

    /// And grants for the role that the program connects as: to read and write rows, and nothing that row-level
    /// security does not see, like `TRUNCATE`.
    ///
    /// # Errors
    ///
    /// If it cannot be the name of a role.
    pub fn granted_to(mut self, role: impl Into<String>) -> Result<Self, InvalidName> {
        let role = checked(role.into(), "a role")?;
        if ["public", "none"].contains(&role.as_str()) || role.starts_with("pg_") {
            let why = "it is PostgreSQL's own, and not the role of a program";
            return Err(InvalidName {
                name: role,
                what: "a role",
                why,
            });
        }
        self.postgres.role = Some(role);
        Ok(self)
    }

    /// And policies verify the signatures of [`Db::with_signed_rls`](crate::Db::with_signed_rls), if the root has
    /// `rls`. [`SigningKey::setup`](crate::rls::SigningKey::setup) is what has to be there before.
    #[must_use]
    pub fn signed(mut self) -> Self {
        self.postgres.signed = true;
        self
    }

    /// And the statements that distribute the tables over the machines of a Citus cluster.
    #[must_use]
    pub fn with_citus(mut self) -> Self {
        self.postgres.citus = true;
        self
    }

    /// Shared tables are in this schema, and not in `public`: tables in schemas of tenants refer to them there.
    ///
    /// # Errors
    ///
    /// If it cannot be the name of a schema.
    pub fn shared_in(mut self, schema: impl Into<String>) -> Result<Self, InvalidName> {
        self.shared = checked(schema.into(), "a schema")?;
        Ok(self)
    }

    /// The tables of one tenant's schema, for [`create_schema`](crate::VerifiedTenant::create_schema) or, under
    /// row-level security, [`create_schema_as`](crate::VerifiedTenant::create_schema_as).
    ///
    /// If the root has `rls`, row-level security is switched on for all of them, and the tenant's column, where
    /// there is one, is a policy. The policy that lets the tenant whose schema it is through is another one for
    /// each tenant, so it is those methods that add it; until then nobody reaches a row.
    #[must_use]
    pub fn of_schema(&self) -> SqlStr {
        trusted::tables(self.text_of_schema())
    }
}

impl<R: TenantRoot> Tables<R> {
    pub(super) fn text_of_schema(&self) -> String {
        let scribe = self.scribe(Place::Schema);
        let mut text = self.tables_in(scribe);
        if R::Isolation::RLS && !text.is_empty() {
            text.push('\n');
            text.push_str(&rls::in_schema(self, scribe));
        }
        if let (Some(role), false) = (&self.postgres.role, text.is_empty()) {
            text.push('\n');
            text.push_str(&usage(role));
            text.push_str(&granted(self, role, scribe));
        }
        text
    }
}

#[cfg(feature = "doctor")]
impl<R: TenantRoot> Tables<R> {
    /// What comes with a new table besides its indexes: in the schema of this tenant, or for all tenants.
    pub(crate) fn besides(
        &self,
        table: &Table,
        scribe: Scribe<'_>,
        tenant: Option<&str>,
    ) -> String {
        let mut text = String::new();
        if R::Isolation::RLS && scribe.here != Place::Database {
            text.push_str(&rls::of_table(self, table, scribe, tenant));
        }
        if let Some(role) = &self.postgres.role {
            text.push_str(&granted_one(table, role, scribe));
        }
        text
    }

    /// The schema of this tenant, whose name is this, with its tables, policies and rights.
    pub(crate) fn text_of_tenant(&self, tenant: &str, schema: &str) -> String {
        let mut scribe = self.scribe(Place::Schema);
        scribe.own = Some(schema);
        let mut text = format!(
            "CREATE SCHEMA {};\n{}",
            quoted(schema),
            self.tables_in(scribe)
        );
        if R::Isolation::RLS {
            text.push_str(&rls::of_tenant(self, scribe, tenant));
        }
        if let Some(role) = &self.postgres.role {
            let (schema, name) = (quoted(schema), quoted(role));
            let _ = writeln!(text, "GRANT USAGE ON SCHEMA {schema} TO {name};");
            text.push_str(&granted(self, role, scribe));
        }
        text
    }
}

/// The types that come before the tables, and those that somebody has to write.
pub(super) fn types<R: TenantRoot>(tables: &Tables<R>) -> Option<String> {
    let mut text = String::new();
    for (name, labels) in &tables.postgres.enums {
        text.push_str(&create_enum(&tables.tables, name, labels));
    }
    let dialect = tables.scribe(Place::Shared).dialect;
    let mut missing: Vec<&str> = Vec::new();
    for column in tables.tables.iter().flat_map(|table| &table.columns) {
        let name = column.sql_type.trim_end_matches("[]");
        let made = tables
            .postgres
            .enums
            .iter()
            .any(|(made, _)| made == name.trim_matches('"'));
        if types::is_own(dialect, name) && !made && !missing.contains(&name) {
            missing.push(name);
        }
    }
    for name in missing {
        let _ = writeln!(
            text,
            "-- The type {name} is one of your own: it must be there before."
        );
    }
    (!text.is_empty()).then_some(text)
}

/// Creates an enum under the name that columns have for it: without quotes, capitals are small letters.
pub(crate) fn create_enum(tables: &[Table], name: &str, labels: &[String]) -> String {
    let columns = tables.iter().flat_map(|table| &table.columns);
    let mut written = columns.map(|column| column.sql_type.trim_end_matches("[]"));
    let written = written.find(|written| written.trim_matches('"') == name);
    let labels: Vec<_> = labels
        .iter()
        .map(|label| format!("'{}'", label.replace('\'', "''")))
        .collect();
    format!(
        "CREATE TYPE {} AS ENUM ({});\n",
        match written {
            Some(written) if written.contains(['.', '"']) => written.to_owned(),
            Some(written) => quoted(&written.to_lowercase()),
            None => quoted(name),
        },
        labels.join(", ")
    )
}

/// What a program needs to do with the shared tables.
pub(crate) fn grants<R: TenantRoot>(tables: &Tables<R>, role: &str) -> String {
    let (schema, role_name) = (quoted(&tables.shared), quoted(role));
    let mut text = "-- The role of the program. It needs no rights to the sequences of identity columns; TRUNCATE, \
         REFERENCES and TRIGGER\n-- would reach rows that no policy is asked about.\n"
        .to_owned();
    let _ = writeln!(text, "GRANT USAGE ON SCHEMA {schema} TO {role_name};");
    text.push_str(&granted(tables, role, tables.scribe(Place::Shared)));
    text
}

/// Rights to the rows of the tables that are here.
pub(super) fn granted<R: TenantRoot>(tables: &Tables<R>, role: &str, scribe: Scribe<'_>) -> String {
    let mut text = String::new();
    for table in order::sorted(&tables.tables, scribe.here) {
        text.push_str(&granted_one(table, role, scribe));
    }
    text
}

fn granted_one(table: &Table, role: &str, scribe: Scribe<'_>) -> String {
    format!(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON {} TO {};\n",
        scribe.name(table.name, table.place),
        quoted(role)
    )
}

/// The schema has another name for every tenant.
fn usage(role: &str) -> String {
    let role = role.replace('\'', "''").replace('$', "' || chr(36) || '");
    format!(
        "DO $tenancy$ BEGIN\n    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), '{role}');\n\
         END $tenancy$;\n"
    )
}
