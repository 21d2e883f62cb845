//! Models: what a struct becomes by deriving, and what one can ask of it.

pub(crate) mod brand;
pub(crate) mod builtin;
pub(crate) mod column;
pub(crate) mod contract;
pub(crate) mod decoded;
pub(crate) mod field;
pub(crate) mod fit;
pub(crate) mod id;
pub(crate) mod identity;
pub(crate) mod isolation;
pub(crate) mod masked;
pub(crate) mod obligations;
pub(crate) mod params;
pub(crate) mod policed;
pub(crate) mod probe;
pub(crate) mod scoping;
pub(crate) mod stored;
pub(crate) mod table_spec;

pub use crate::model::contract::{DatabaseOf, KeyOf, Model, RowOf, TenantRoot};
pub use crate::model::field::Field;
pub use crate::model::obligations::{
    ForeignKeyOf, IsRoot, RandomKey, ReferredBy, SeenFrom, TenantColumn, Version,
};
pub use crate::model::scoping::{
    Global, InDatabase, InSchema, Schemas, Scoping, Tenanted, WithSchemas, WithoutSchemas,
};
