//! The statements that mend a table.

use crate::ddl::table::{Column, ForeignKey, Table};
use crate::ddl::text::{Scribe, quoted};
use crate::doctor::cascades;
use crate::doctor::live::{Live, LiveForeignKey, LiveIndex, Pair};
use crate::sql::render::Dialect;

/// Writes statements about the tables of one place.
#[derive(Clone, Copy)]
pub(super) struct Mender<'a> {
    pub(super) scribe: Scribe<'a>,
    /// All tables of the models.
    pub(super) tables: &'a [Table],
    /// What comes with a new table besides: policies and rights.
    pub(super) besides: &'a (dyn Fn(&Table) -> String + Sync),
    /// Whether row-level security keeps their rows apart, so that its policies are examined and mended.
    pub(super) rls: bool,
    /// All tables that are there, where what the models do not know has to be mended, too.
    pub(super) live: &'a [Live],
}

impl Mender<'_> {
    /// An action of `ALTER TABLE`, which SQLite does not know.
    pub(super) fn alter(&self, pair: Pair<'_>, action: &str) -> String {
        if pair.live.view {
            return self.of_view(pair);
        }
        match self.scribe.dialect {
            Dialect::Sqlite => self.anew(pair),
            Dialect::Postgres => format!("ALTER TABLE {} {action};\n", self.name(pair)),
        }
    }

    /// What is said of a view, of which only its author knows the query.
    fn of_view(&self, pair: Pair<'_>) -> String {
        format!("-- {} is a view: write its query anew.\n", self.name(pair))
    }

    pub(super) fn name(&self, pair: Pair<'_>) -> String {
        self.scribe.name(pair.table.name, pair.table.place)
    }

    /// Several statements, where SQLite needs a new table.
    pub(super) fn statements(&self, pair: Pair<'_>, statements: String) -> String {
        if pair.live.view {
            return self.of_view(pair);
        }
        match self.scribe.dialect {
            Dialect::Sqlite => self.anew(pair),
            Dialect::Postgres => statements,
        }
    }

    pub(super) fn add_column(&self, pair: Pair<'_>, column: &Column) -> String {
        let (text, comment) = self.scribe.column(pair.table, column);
        let add = format!(
            "ALTER TABLE {} ADD COLUMN {text};{comment}\n",
            self.name(pair)
        );
        if !column.nullable && self.scribe.default(column).0.is_none() {
            return self.statements(pair, format!("-- If there are rows: add it without NOT NULL, fill it, then say NOT NULL.\n{add}"));
        }
        self.statements(pair, add)
    }

    /// An index, unless it came with a table that was made anew.
    pub(super) fn index(&self, table: &Table, columns: &[&str]) -> String {
        let text = self.scribe.index(table, columns);
        match self.scribe.dialect {
            Dialect::Sqlite => text.replacen("CREATE INDEX", "CREATE INDEX IF NOT EXISTS", 1),
            Dialect::Postgres => text,
        }
    }

    pub(super) fn add_foreign_key(&self, pair: Pair<'_>, key: &ForeignKey) -> String {
        self.alter(pair, &self.adding(pair, key, ""))
    }

    /// Adds the foreign key under the name that PostgreSQL itself would give it, unless it is there.
    fn adding(&self, pair: Pair<'_>, key: &ForeignKey, actions: &str) -> String {
        let text = format!("{}{actions}", self.scribe.foreign_key(key));
        let name = format!("{}_{}_fkey", pair.table.name, key.columns.join("_"));
        if name.len() > 63 {
            return format!("ADD {text}");
        }
        let name = quoted(&name);
        format!("DROP CONSTRAINT IF EXISTS {name}, ADD CONSTRAINT {name} {text}")
    }

    /// What a foreign key that is there says of removals and updates.
    pub(super) fn actions(
        &self,
        table: &Table,
        key: &ForeignKey,
        there: Option<&LiveForeignKey>,
    ) -> String {
        let actions = there.map(|there| cascades::kept(table, there, self.tables));
        let actions = actions.unwrap_or_default();
        if table.tenant().is_some_and(|tenant| key.columns == [tenant]) {
            return without_defaults(&actions);
        }
        self.keeping_tenant(&actions, &key.columns)
    }

    /// The same, so that the removal of a row does not set the tenant of others to NULL, or to a default.
    pub(super) fn keeping_tenant(&self, actions: &str, columns: &[&str]) -> String {
        const NULL: &str = " ON DELETE SET NULL";
        if columns.len() > 1
            && actions.contains(" SET DEFAULT")
            && !actions.contains(" SET DEFAULT (")
        {
            return without_defaults(actions);
        }
        let all = actions.contains(NULL) && !actions.contains(" SET NULL (");
        match (self.scribe.dialect, columns) {
            (Dialect::Postgres, [_, .., last]) if all => {
                actions.replace(NULL, &format!("{NULL} ({})", quoted(last)))
            }
            (Dialect::Sqlite, [_, _, ..]) if all => actions.replace(NULL, ""),
            _ => actions.to_owned(),
        }
    }

    /// The foreign key instead of one that is there.
    pub(super) fn replace_foreign_key(
        &self,
        pair: Pair<'_>,
        there: &LiveForeignKey,
        key: &ForeignKey,
    ) -> String {
        let drop = there.name.as_deref().map(quoted).unwrap_or_default();
        let action = format!(
            "DROP CONSTRAINT IF EXISTS {drop}, {}",
            self.adding(pair, key, &self.actions(pair.table, key, Some(there)))
        );
        self.alter(pair, &action)
    }

    /// The columns of an index with the tenant before them, as SQL.
    pub(super) fn widened(tenant: &str, index: &LiveIndex) -> String {
        format!("({}, {})", quoted(tenant), index.parts.join(", "))
    }

    /// A unique index that was not one of the tenant, as one that is.
    pub(super) fn unique_index(&self, pair: Pair<'_>, index: &LiveIndex) -> String {
        let columns = Self::widened(pair.table.tenant().unwrap_or_default(), index);
        let condition = index.condition.as_deref();
        let condition = condition
            .map(|sql| format!(" WHERE {sql}"))
            .unwrap_or_default();
        format!(
            "CREATE UNIQUE INDEX {} ON {} {columns}{condition};\n",
            quoted(&index.name),
            self.name(pair)
        )
    }

    /// The statement that creates a table that is not there.
    pub(super) fn create(&self, table: &Table) -> String {
        let mut text = self.scribe.table(table, |_| false);
        for index in table.all_indexes() {
            text.push_str(&self.scribe.index(table, &index));
        }
        text.push_str(&(self.besides)(table));
        text
    }

    /// The foreign keys of any table that refer to this key alone.
    pub(super) fn referring<'l>(
        live: &'l [Live],
        pair: Pair<'_>,
        key: &LiveIndex,
    ) -> Vec<(&'l Live, &'l LiveForeignKey)> {
        let of = live
            .iter()
            .flat_map(|other| other.foreign_keys.iter().map(move |key| (other, key)));
        of.filter(|(_, foreign)| {
            foreign.refers_to(&pair.live.name, pair.live.schema.as_deref())
                && foreign.referred.len() == key.columns.len()
                && foreign
                    .referred
                    .iter()
                    .all(|column| key.columns.contains(column))
        })
        .collect()
    }
}

/// What a foreign key says, without what sets its columns to their defaults.
fn without_defaults(actions: &str) -> String {
    let kept = actions.replace(" ON DELETE SET DEFAULT", "");
    kept.replace(" ON UPDATE SET DEFAULT", "")
}
