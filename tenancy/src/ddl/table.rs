//! A table as the models want it.

use crate::backend::sealed::Backend as _;
use crate::ddl::columns::{columns, mark};
use crate::model::contract::{DatabaseOf, Model, TenantRoot as _};
use crate::model::id::KeyType;
use crate::model::table_spec::{Reference, Shape};

/// A table: names, types and keys. Every list of columns that needs the tenant leads with it.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) place: Place,
    pub(crate) rows: Rows,
    /// The primary key of the model, without the tenant.
    pub(crate) key: &'static str,
    pub(crate) columns: Vec<Column>,
    pub(crate) unique: Vec<Vec<&'static str>>,
    pub(crate) indexes: Vec<Vec<&'static str>>,
    pub(crate) foreign_keys: Vec<ForeignKey>,
    /// Foreign keys that the database cannot keep inside of the tenant.
    pub(crate) not_kept: Vec<NotKept>,
    /// Whether policies say who may do what with the rows.
    pub(crate) policied: bool,
    /// Whether tenants write rows here that all of them share.
    pub(crate) written_for_all: bool,
    /// Tables, and columns of theirs, whose rows go with a row of this table.
    pub(crate) destroys: Vec<(&'static str, &'static str)>,
}

/// Where a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// There is one, for all tenants.
    Shared,
    /// There is one for each tenant, in a schema of its own.
    Schema,
    /// There is one for each tenant, in a database of its own.
    Database,
}

impl Place {
    fn of(in_schema: bool, in_database: bool) -> Self {
        match (in_schema, in_database) {
            (true, _) => Self::Schema,
            (_, true) => Self::Database,
            (false, false) => Self::Shared,
        }
    }
}

/// Whose the rows are, as far as a column says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rows {
    /// They are the tenants.
    Root,
    /// They have the tenant in this column.
    Tenanted(&'static str),
    /// They have no tenant column.
    Plain,
}

#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    /// The type, as it is written in SQL.
    pub(crate) sql_type: String,
    pub(crate) nullable: bool,
    pub(crate) filled: Filled,
    /// The type of the key that it holds, if it holds one.
    #[cfg_attr(
        not(all(feature = "doctor", any(feature = "sqlite", feature = "postgres"))),
        allow(dead_code, reason = "for the doctor")
    )]
    pub(crate) key: Option<KeyType>,
    /// Whether rules are asked of the value that is given, and not of the one that is stored.
    pub(crate) judged: bool,
}

/// What the database puts into a row that comes without a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filled {
    /// Nothing: the program gives it.
    No,
    /// The next number.
    Number,
    /// This.
    Sql(&'static str),
    /// Something, of which the model says no more.
    Somehow,
}

/// A reference to a row that no foreign key can keep inside of the tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NotKept {
    pub(crate) column: &'static str,
    pub(crate) table: &'static str,
    pub(crate) place: Place,
    /// The primary key there.
    pub(crate) key: &'static str,
    /// The tenant column there; empty if there is none.
    pub(crate) tenant: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ForeignKey {
    pub(crate) columns: Vec<&'static str>,
    pub(crate) table: &'static str,
    pub(crate) place: Place,
    pub(crate) referred: Vec<&'static str>,
    /// Whether rows go with the one that they refer to, as the model of that says.
    pub(crate) cascades: bool,
}

impl ForeignKey {
    /// The column that is not the tenant.
    pub(crate) fn column(&self) -> &'static str {
        self.columns.last().copied().unwrap_or_default()
    }
}

/// Notes which foreign keys remove rows, as the models say that they refer to.
pub(crate) fn cascade(tables: &mut [Table]) {
    let declared: Vec<_> = tables
        .iter()
        .flat_map(|to| {
            to.destroys
                .iter()
                .map(|(table, column)| (to.name, *table, *column))
        })
        .collect();
    for table in tables {
        for key in &mut table.foreign_keys {
            key.cascades = declared.contains(&(key.table, table.name, key.column()));
        }
    }
}

impl Column {
    /// Whether it is of this type, by its name, whichever schema that is in.
    #[cfg(feature = "doctor")]
    #[cfg_attr(
        not(all(feature = "doctor", any(feature = "sqlite", feature = "postgres"))),
        allow(dead_code, reason = "for the doctor")
    )]
    pub(crate) fn is_of_type(&self, name: &str) -> bool {
        let bare = |name: &str| {
            name.rsplit('.')
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase()
        };
        bare(&self.sql_type) == bare(name)
    }
}

impl Table {
    pub(crate) fn of<M: Model>() -> Self {
        let dialect = DatabaseOf::<M>::DIALECT;
        let mut shape = Shape::default();
        M::describe(&mut shape);
        let root = M::Root::TABLE;
        let place = Place::of(M::IN_SCHEMA, M::IN_DATABASE);
        let rows = if std::any::TypeId::of::<M>() == std::any::TypeId::of::<M::Root>() {
            Rows::Root
        } else if M::TENANT.is_empty() {
            Rows::Plain
        } else {
            Rows::Tenanted(M::TENANT)
        };
        let mut this = Self {
            name: M::TABLE,
            place,
            rows,
            key: M::FIELDS[M::KEY].name,
            columns: columns::<M>(&shape, dialect, rows),
            unique: Vec::new(),
            indexes: Vec::new(),
            foreign_keys: Vec::new(),
            not_kept: Vec::new(),
            policied: M::POLICIED,
            written_for_all: (rows, place) == (Rows::Plain, Place::Shared) && !M::READ_ONLY,
            destroys: shape.destroys.clone(),
        };
        if rows == Rows::Root && !M::Root::MARK.is_empty() {
            this.columns.push(mark::<M::Root>());
            this.unique.push(vec![M::Root::MARK]);
        }
        // From the tenant's own database the root's table cannot be seen.
        if let (Some(tenant), Place::Shared | Place::Schema) = (this.tenant(), place) {
            this.foreign_keys.push(ForeignKey {
                columns: vec![tenant],
                table: root,
                place: Place::Shared,
                referred: vec![<M::Root as Model>::FIELDS[<M::Root as Model>::KEY].name],
                cascades: false,
            });
        }
        for reference in &shape.references {
            this.refer(M::FIELDS[reference.field].name, reference);
        }
        for field in M::FIELDS {
            if field.unique() {
                this.unique.push(this.led(&[field.name]));
            }
            if field.indexed() {
                this.indexes.push(this.led(&[field.name]));
            }
        }
        let names = |fields: &Vec<usize>| -> Vec<_> {
            fields.iter().map(|&field| M::FIELDS[field].name).collect()
        };
        for fields in &shape.unique {
            this.unique.push(this.led(&names(fields)));
        }
        for fields in &shape.indexes {
            this.indexes.push(this.led(&names(fields)));
        }
        this
    }

    /// The column with the tenant.
    pub(crate) fn tenant(&self) -> Option<&'static str> {
        match self.rows {
            Rows::Tenanted(column) => Some(column),
            Rows::Root | Rows::Plain => None,
        }
    }

    /// The columns with the tenant before them.
    pub(crate) fn led(&self, columns: &[&'static str]) -> Vec<&'static str> {
        self.tenant()
            .into_iter()
            .chain(columns.iter().copied())
            .collect()
    }

    /// What tells a row from all others: what foreign keys refer to.
    pub(crate) fn identity(&self) -> Vec<&'static str> {
        self.led(&[self.key])
    }

    pub(crate) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Whether the database makes the keys.
    pub(crate) fn numbered(&self) -> bool {
        self.column(self.key)
            .is_some_and(|key| key.filled == Filled::Number)
    }

    /// Takes what another model says about the same table.
    pub(crate) fn merge(&mut self, other: Self) {
        for key in &mut self.foreign_keys {
            // As it comes from a model: what other tables say is noted afterwards.
            key.cascades = false;
        }
        for column in other.columns {
            let name = column.name;
            match self.columns.iter_mut().find(|there| there.name == name) {
                Some(there) => there.judged |= column.judged,
                None => self.columns.push(column),
            }
        }
        add(&mut self.unique, other.unique);
        add(&mut self.indexes, other.indexes);
        add(&mut self.foreign_keys, other.foreign_keys);
        add(&mut self.not_kept, other.not_kept);
        add(&mut self.destroys, other.destroys);
        self.policied |= other.policied;
        self.written_for_all |= other.written_for_all;
    }

    /// The indexes, besides those that come with keys: those that were asked for, and one for each foreign key,
    /// as the database looks for referring rows when one is removed.
    pub(crate) fn all_indexes(&self) -> Vec<Vec<&'static str>> {
        let mut there: Vec<_> = self.unique.clone();
        there.push(self.identity());
        let mut indexes: Vec<Vec<_>> = Vec::new();
        let foreign_keys = self
            .foreign_keys
            .iter()
            .map(|key| self.led_once(&key.columns));
        let not_kept = self.not_kept.iter().map(|to| self.led(&[to.column]));
        for index in self
            .indexes
            .iter()
            .cloned()
            .chain(foreign_keys)
            .chain(not_kept)
        {
            let covered = there
                .iter()
                .chain(&indexes)
                .any(|other| other.starts_with(&index));
            if !covered {
                indexes.push(index);
            }
        }
        indexes
    }

    fn led_once(&self, columns: &[&'static str]) -> Vec<&'static str> {
        if columns.first().copied() == self.tenant() {
            columns.to_vec()
        } else {
            self.led(columns)
        }
    }

    fn refer(&mut self, column: &'static str, to: &Reference) {
        let place = Place::of(to.in_schema, to.in_database);
        let not_kept = NotKept {
            column,
            table: to.table,
            place,
            key: to.key,
            tenant: to.tenant,
        };
        let tenanted = !to.to_root && !to.tenant.is_empty();
        let (columns, referred) = match (self.tenant(), tenanted) {
            // One of all tenants' tables would have to be named.
            _ if self.place == Place::Shared && place == Place::Schema => {
                self.not_kept.push(not_kept);
                return;
            }
            (Some(tenant), true) => (vec![tenant, column], vec![to.tenant, to.key]),
            // Without the tenant it would be a reference to rows of all.
            (None, true) => {
                self.not_kept.push(not_kept);
                return;
            }
            (_, false) => (vec![column], vec![to.key]),
        };
        self.foreign_keys.push(ForeignKey {
            columns,
            table: to.table,
            place,
            referred,
            cascades: false,
        });
    }
}

fn add<T: PartialEq>(to: &mut Vec<T>, from: Vec<T>) {
    for item in from {
        if !to.contains(&item) {
            to.push(item);
        }
    }
}
