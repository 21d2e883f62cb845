//! The columns of a table, from what a model tells.

use crate::backend::sealed::Backend;
use crate::ddl::table::{Column, Filled, Rows};
use crate::ddl::types;
use crate::model::contract::{Id, Model, TenantRoot};
use crate::model::id::{KeyType, Repr as _};
use crate::model::table_spec::Shape;
use crate::sql::render::Dialect;

/// The column of the mark that storages of a tenant carry, too: the database makes it, at random.
pub(super) fn mark<R: TenantRoot>() -> Column {
    let dialect = <R::Database as Backend>::DIALECT;
    Column {
        name: R::MARK,
        sql_type: types::of_key(dialect, KeyType::Uuid).to_owned(),
        nullable: false,
        filled: Filled::Sql(match dialect {
            Dialect::Sqlite => "randomblob(16)",
            Dialect::Postgres => "gen_random_uuid()",
        }),
        key: Some(KeyType::Uuid),
        judged: false,
    }
}

/// The columns: the tenant first, then the key, then what is in the struct.
pub(super) fn columns<M: Model>(shape: &Shape, dialect: Dialect, rows: Rows) -> Vec<Column> {
    let tenant_type = <<M::Root as Model>::Key as Id>::Repr::TYPE;
    let key_type = <M::Key as Id>::Repr::TYPE;
    let of_key = |name, key: KeyType, nullable| Column {
        name,
        sql_type: types::of_key(dialect, key).to_owned(),
        nullable,
        filled: Filled::No,
        key: Some(key),
        judged: false,
    };
    let mut columns = Vec::with_capacity(M::FIELDS.len() + 1);
    let tenant = match rows {
        Rows::Tenanted(tenant) => {
            columns.push(of_key(tenant, tenant_type, false));
            Some(tenant)
        }
        Rows::Root | Rows::Plain => None,
    };
    let key = &M::FIELDS[M::KEY];
    let mut key_column = of_key(key.name, key_type, false);
    if key.filled() {
        key_column.filled = match key_type {
            KeyType::Integer | KeyType::BigInteger => Filled::Number,
            KeyType::Uuid | KeyType::Text => Filled::Somehow,
        };
    }
    columns.push(key_column);
    for (index, field) in M::FIELDS.iter().enumerate() {
        if index == M::KEY || tenant == Some(field.name) {
            continue;
        }
        let reference = shape.references.iter().find(|key| key.field == index);
        let mut column = match reference {
            Some(to) => of_key(field.name, to.key_type, field.nullable()),
            None => {
                let name = shape.types.iter().find(|(of, _)| *of == index);
                Column {
                    name: field.name,
                    sql_type: name
                        .map(|(_, name)| types::written(dialect, name))
                        .unwrap_or_default(),
                    nullable: field.nullable(),
                    filled: Filled::No,
                    key: None,
                    judged: false,
                }
            }
        };
        if field.filled() {
            let given = shape.defaults.iter().find(|(of, _)| *of == index);
            column.filled = match given {
                Some((_, sql)) => Filled::Sql(sql),
                // A new tenant can be entered.
                None if rows == Rows::Root && <M::Root as TenantRoot>::ACTIVE == field.name => {
                    Filled::Sql("TRUE")
                }
                None => Filled::Somehow,
            };
        }
        column.judged = M::POLICIED && field.assignable() && !field.stored();
        columns.push(column);
    }
    columns
}
