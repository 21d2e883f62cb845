//! What a derive tells about a table, beyond the names of its columns.
//!
//! Nothing that runs needs it: it is there for what makes tables, and for what compares them with the models.

use crate::model::column::Column;
use crate::model::contract::{Id, Model};
use crate::model::id::{KeyType, Repr as _};
use std::any::TypeId;

/// The shape of a model's table; fields go by their positions.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct Shape {
    pub(crate) types: Vec<(usize, String)>,
    pub(crate) references: Vec<Reference>,
    pub(crate) defaults: Vec<(usize, &'static str)>,
    pub(crate) unique: Vec<Vec<usize>>,
    pub(crate) indexes: Vec<Vec<usize>>,
    /// Tables and columns whose rows go with one of this table.
    pub(crate) destroys: Vec<(&'static str, &'static str)>,
}

/// A foreign key and what it refers to.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "ddl"), expect(dead_code, reason = "for `tenancy::ddl`"))]
pub(crate) struct Reference {
    pub(crate) field: usize,
    pub(crate) table: &'static str,
    /// The primary key there, and its type.
    pub(crate) key: &'static str,
    pub(crate) key_type: KeyType,
    /// The tenant column there; empty if there is none.
    pub(crate) tenant: &'static str,
    pub(crate) in_schema: bool,
    pub(crate) in_database: bool,
    /// Whether it refers to the tenant itself.
    pub(crate) to_root: bool,
}

impl Shape {
    /// The types of columns that are no keys.
    pub fn types(&mut self, types: &[(usize, fn() -> String)]) {
        let types = types.iter().map(|(field, name)| (*field, name()));
        self.types.extend(types);
    }

    /// The foreign key `field` refers to the model `R`.
    pub fn belongs_to<R: Model>(&mut self, field: usize) {
        self.references.push(Reference {
            field,
            table: R::TABLE,
            key: R::FIELDS[R::KEY].name,
            key_type: <R::Key as Id>::Repr::TYPE,
            tenant: R::TENANT,
            in_schema: R::IN_SCHEMA,
            in_database: R::IN_DATABASE,
            to_root: TypeId::of::<R>() == TypeId::of::<R::Root>(),
        });
    }

    /// Rows of `D` go with the row that this foreign key names.
    pub fn destroys<D: Model, T, const I: usize, K>(&mut self, _: Column<D, T, I, K>) {
        self.destroys.push((D::TABLE, D::FIELDS[I].name));
    }

    /// What the database fills in, as SQL.
    pub fn default_sql(&mut self, field: usize, sql: &'static str) {
        self.defaults.push((field, sql));
    }

    /// No two rows of a tenant have the same values in all of these.
    pub fn unique(&mut self, fields: &[usize]) {
        self.unique.push(fields.to_vec());
    }

    /// Rows are looked up by these.
    pub fn index(&mut self, fields: &[usize]) {
        self.indexes.push(fields.to_vec());
    }
}
