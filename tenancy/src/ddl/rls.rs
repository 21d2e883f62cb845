//! Row-level security: the tenant as a policy, which the database adds to every statement on a table.

use std::fmt::Write as _;

use super::table::{Place, Rows, Table};
use super::text::quoted;
use super::{Tables, order};
use crate::id::{Id, KeyType, Repr as _};
use crate::model::{Model, TenantRoot};

/// The policy's name.
pub(crate) const POLICY: &str = "tenancy_isolation";

/// The setting of the transaction that says which tenant it is.
const SETTING: &str = "tenancy.tenant";

/// The policies of a root's tables.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Policies {
    key: KeyType,
    /// Whether they verify signatures.
    pub(crate) signed: bool,
}

impl Policies {
    pub(crate) fn of<R: TenantRoot>(tables: &Tables<R>) -> Self {
        Self {
            key: <<R as Model>::Key as Id>::Repr::TYPE,
            signed: tables.postgres.signed,
        }
    }

    /// The tenant of the transaction, or NULL, which is nobody's: not set at all, or set in a transaction before.
    fn tenant(self) -> &'static str {
        if self.signed {
            "tenancy.tenant()"
        } else {
            "nullif(current_setting('tenancy.tenant', true), '')"
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

    /// That a row is of the tenant.
    pub(crate) fn condition(self, column: &str) -> String {
        format!(
            "{} = {}::{}",
            quoted(column),
            self.tenant(),
            self.sql_type()
        )
    }

    /// That a new row is of the tenant. It is asked of each row, so a signature is verified once for all of them.
    pub(crate) fn check(self, column: &str) -> String {
        if self.signed {
            format!(
                "{} = (SELECT {})::{}",
                quoted(column),
                self.tenant(),
                self.sql_type()
            )
        } else {
            self.condition(column)
        }
    }

    /// The statement that puts the policy on a table, whose name is written like this.
    pub(crate) fn policy(self, column: &str, table: &str) -> String {
        format!(
            "CREATE POLICY {POLICY} ON {table}\n    USING ({})\n    WITH CHECK ({});\n",
            self.condition(column),
            self.check(column)
        )
    }

    /// The statements that switch row-level security on for a table, and put the policy on it.
    pub(crate) fn isolated(self, column: &str, table: &str) -> String {
        let mut text = enabled(table);
        text.push_str(&self.policy(column, table));
        text
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
            let _ = write!(text, "\n{}", policies.isolated(column, &quoted(table.name)));
        }
    }
    text
}
