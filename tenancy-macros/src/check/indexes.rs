//! Unique keys and indexes, which only describe the table.

use crate::errors::Errors;
use crate::model::{Field, Model};

/// The key is unique by itself, the tenant leads every index, and what is unique has an index.
pub(super) fn unique_once(model: &Model<'_>, field: &Field<'_>, errors: &mut Errors) {
    let attributes = &field.attributes;
    let is_key = model
        .key()
        .is_some_and(|key| std::ptr::eq(&raw const model.fields[key], field));
    let given = [attributes.unique.as_ref(), attributes.index.as_ref()];
    for given in given.into_iter().flatten() {
        if is_key {
            errors.at(
                &given.name,
                "the primary key is unique, and has an index, without saying so",
            );
        } else if model.is_tenant(field) {
            errors.at(
                &given.name,
                "the tenant column leads every key and index without saying so",
            );
        }
    }
    if let (Some(_), Some(index)) = (&attributes.unique, &attributes.index) {
        errors.at(&index.name, "what is `unique` has an index already");
    }
}

/// `unique(…)` and `index(…)` name fields, each once, and not what is there without saying so.
pub(super) fn are_of_fields(model: &Model<'_>, errors: &mut Errors) {
    let attributes = &model.attributes;
    for given in attributes.unique.iter().chain(&attributes.index) {
        if given.value.is_empty() {
            errors.at(
                &given.name,
                format_args!("`{0}` names fields: `{0}(owner_id, title)`", given.name),
            );
        }
        for (index, name) in given.value.iter().enumerate() {
            let Some(field) = model.field(name) else {
                let names = model.field_names();
                errors.at(
                    name,
                    format_args!("there is no field `{name}`; there are {names}"),
                );
                continue;
            };
            if model.is_tenant(&model.fields[field]) {
                errors.at(
                    name,
                    "the tenant column leads every key and index without saying so",
                );
            } else if given.name == "unique" && model.key() == Some(field) {
                errors.at(name, "with the primary key everything is unique");
            } else if given.value[..index].contains(name) {
                errors.at(name, format_args!("`{name}` is given twice"));
            }
        }
    }
}
