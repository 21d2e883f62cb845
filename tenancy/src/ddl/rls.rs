//! Row-level security: the tenant as a policy, which the database adds to every statement on a table.

use std::fmt::Write as _;

use crate::ddl::table::{Place, Rows, Table};
use crate::ddl::text::{Scribe, quoted};
use crate::ddl::{Tables, order};
use crate::model::contract::{Id, Model, TenantRoot};
use crate::model::id::{KeyType, Repr as _};
use crate::sql::rls::{COLUMN_POLICY, POLICY, SIGNED, SIGNED_ONCE, UNSIGNED};

/// The setting of the transaction that says which tenant it is.
const SETTING: &str = "tenancy.tenant";

/// The policies of a root's tables.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Policies {
    key: KeyType,
    /// Whether they verify signatures.
    pub(crate) signed: bool,
}

/// What a policy asks of the rows that are there, and of those that are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Condition {
    pub(crate) using: String,
    pub(crate) check: String,
}

impl Policies {
    pub(crate) fn of<R: TenantRoot>(tables: &Tables<R>) -> Self {
        Self {
            key: <<R as Model>::Key as Id>::Repr::TYPE,
            signed: tables.postgres.signed,
        }
    }

    fn sql_type(self) -> &'static str {
        match self.key {
            KeyType::Uuid => "uuid",
            KeyType::Integer => "integer",
            KeyType::BigInteger => "bigint",
            KeyType::Text => "text",
        }
    }

    /// That a row has the tenant of the transaction in this column.
    pub(crate) fn by_column(self, column: &str) -> Condition {
        let (column, sql_type) = (quoted(column), self.sql_type());
        let (told, once) = if self.signed {
            (SIGNED, SIGNED_ONCE)
        } else {
            (UNSIGNED, UNSIGNED)
        };
        Condition {
            using: format!("{column} = {told}::{sql_type}"),
            check: format!("{column} = {once}::{sql_type}"),
        }
    }

    /// That the transaction is one of this tenant, whose schema the table is in: nothing is asked of rows, so it is
    /// a sub-query, which runs once for a statement.
    #[cfg_attr(
        not(all(feature = "doctor", any(feature = "sqlite", feature = "postgres"))),
        allow(dead_code, reason = "for the doctor")
    )]
    pub(crate) fn by_schema(self, tenant: &str) -> Condition {
        let owner = format!("'{}'", tenant.replace('\'', "''"));
        let told = if self.signed { SIGNED } else { UNSIGNED };
        let mine = format!("(SELECT {told} = {owner})");
        Condition {
            using: mine.clone(),
            check: mine,
        }
    }
}

impl Condition {
    /// The statement that puts the policy on a table, whose name is written like this.
    pub(crate) fn policy(&self, table: &str) -> String {
        self.create(POLICY, table)
    }

    /// The statements that switch row-level security on for a table, and put the policy on it.
    pub(crate) fn isolated(&self, table: &str) -> String {
        let mut text = enabled(table);
        text.push_str(&self.policy(table));
        text
    }

    /// The statement that demands the tenant's column, too, of a table in the schema of a tenant.
    pub(crate) fn besides(&self, table: &str) -> String {
        self.create(COLUMN_POLICY, &format!("{table} AS RESTRICTIVE"))
    }

    fn create(&self, name: &str, table: &str) -> String {
        format!(
            "CREATE POLICY {name} ON {table}\n    USING ({})\n    WITH CHECK ({});\n",
            self.using, self.check
        )
    }
}

/// The column of a shared table that says whose a row is.
pub(crate) fn isolating(table: &Table) -> Option<&'static str> {
    match (table.place, table.rows) {
        (Place::Shared, Rows::Root) => Some(table.key),
        (Place::Shared, Rows::Tenanted(tenant)) => Some(tenant),
        _ => None,
    }
}

pub(crate) fn enabled(table: &str) -> String {
    format!(
        "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;\nALTER TABLE {table} FORCE ROW LEVEL SECURITY;\n"
    )
}

/// The policies of all shared tables.
pub(super) fn sql<R: TenantRoot>(tables: &Tables<R>) -> String {
    let mut text = format!(
        "-- Whoever is subject to it sees the rows of the tenant in the setting `{SETTING}`, and without one none.\n"
    );
    let policies = Policies::of(tables);
    for table in order::sorted(&tables.tables, Place::Shared) {
        if let Some(column) = isolating(table) {
            let condition = policies.by_column(column);
            let _ = write!(text, "\n{}", condition.isolated(&quoted(table.name)));
        }
    }
    text
}

/// Row-level security of the tables in a tenant's schema, as far as it is the same for all tenants.
pub(super) fn in_schema<R: TenantRoot>(tables: &Tables<R>, scribe: Scribe<'_>) -> String {
    let mut text = "-- Nobody reaches a row before the policy is there that says whose schema it is: `create_schema_as` adds \
         it, and\n-- `secure_schema` does where tables came later.\n"
        .to_owned();
    let policies = Policies::of(tables);
    for table in order::sorted(&tables.tables, Place::Schema) {
        let name = scribe.name(table.name, table.place);
        text.push_str(&enabled(&name));
        if let Some(column) = table.tenant() {
            text.push_str(&policies.by_column(column).besides(&name));
        }
    }
    text
}

/// Row-level security of the tables in the schema of this tenant.
#[cfg(feature = "doctor")]
pub(super) fn of_tenant<R: TenantRoot>(
    tables: &Tables<R>,
    scribe: Scribe<'_>,
    tenant: &str,
) -> String {
    let sorted = order::sorted(&tables.tables, Place::Schema);
    let texts = sorted.into_iter();
    texts
        .map(|table| of_table(tables, table, scribe, Some(tenant)))
        .collect()
}

/// Row-level security of one table: in the schema of this tenant, or for all tenants.
#[cfg(feature = "doctor")]
pub(super) fn of_table<R: TenantRoot>(
    tables: &Tables<R>,
    table: &Table,
    scribe: Scribe<'_>,
    tenant: Option<&str>,
) -> String {
    let policies = Policies::of(tables);
    let name = scribe.name(table.name, table.place);
    let Some(tenant) = tenant else {
        let column = isolating(table);
        return column.map_or_else(String::new, |column| {
            policies.by_column(column).isolated(&name)
        });
    };
    let mut text = policies.by_schema(tenant).isolated(&name);
    if let Some(column) = table.tenant() {
        text.push_str(&policies.by_column(column).besides(&name));
    }
    text
}
