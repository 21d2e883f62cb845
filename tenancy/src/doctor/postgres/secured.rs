//! The tables that row-level security is for, and what their policies have to say.

use crate::ddl::rls::{Condition, Policies, isolating};
use crate::ddl::table::Place;
use crate::doctor::database::Examination;
use crate::doctor::postgres::catalog::{Catalog, Relation};
use crate::doctor::postgres::schemas::Named;
use crate::model::contract::TenantRoot;
use std::collections::HashMap;

/// A table that is there, with the tenant's policy.
pub(super) struct Secured<'a> {
    pub(super) relation: &'a Relation,
    /// What it is called for people: with its schema, if that is a tenant's.
    pub(super) shown: String,
    pub(super) wanted: Condition,
    /// What a row has to say of its tenant besides, in the schema of one.
    pub(super) besides: Option<Condition>,
}

/// The tables that tenants share, and those in the schemas of tenants.
pub(super) fn tables<'a, R: TenantRoot>(
    examination: &Examination<'_, R>,
    catalog: &'a Catalog,
    schemas: &[Named],
) -> Vec<Secured<'a>> {
    let policies = Policies::of(examination.tables);
    let mut secured = Vec::new();
    for table in examination.all() {
        if let (Some(column), Some(relation)) = (isolating(table), catalog.visible(table.name)) {
            secured.push(Secured {
                relation,
                shown: table.name.to_owned(),
                wanted: policies.by_column(column),
                besides: None,
            });
        }
    }
    let of_schemas = of_schemas(examination, schemas);
    for Named { schema, .. } in schemas {
        let wanted = &of_schemas[schema];
        for table in examination.all() {
            if table.place != Place::Schema {
                continue;
            }
            if let Some(relation) = catalog.relation(schema, table.name) {
                secured.push(Secured {
                    relation,
                    shown: format!("{schema}.{}", table.name),
                    wanted: wanted.clone(),
                    besides: table.tenant().map(|column| policies.by_column(column)),
                });
            }
        }
    }
    secured
}

/// What the policies of tables in the schemas of tenants have to say.
pub(super) fn of_schemas<R: TenantRoot>(
    examination: &Examination<'_, R>,
    schemas: &[Named],
) -> HashMap<String, Condition> {
    let policies = Policies::of(examination.tables);
    schemas
        .iter()
        .map(|named| (named.schema.clone(), policies.by_schema(&named.tenant)))
        .collect()
}

/// What tables are called for people, by their numbers.
pub(super) fn shown<'s>(secured: &'s [Secured<'_>]) -> HashMap<u32, &'s str> {
    secured
        .iter()
        .map(|secured| (secured.relation.oid.0, secured.shown.as_str()))
        .collect()
}
