//! Unique keys and indexes, which only describe the table.

use syn::Ident;

use crate::attr::FieldAttributes;
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

/// What is declared as unique or as an index, by the positions of its fields.
struct Declared<'a> {
    name: &'a Ident,
    fields: Vec<usize>,
    unique: bool,
}

/// Nothing is there twice: a key or an index that begins with the same fields serves as an index of these, and
/// every foreign key has one.
pub(super) fn are_there_once(model: &Model<'_>, errors: &mut Errors) {
    let attributes = &model.attributes;
    let is_tenant = |field: &usize| model.is_tenant(&model.fields[*field]);
    let lists = attributes.unique.iter().chain(&attributes.index);
    let lists = lists.map(|given| Declared {
        name: &given.name,
        fields: given
            .value
            .iter()
            .filter_map(|name| model.field(name))
            .collect(),
        unique: given.name == "unique",
    });
    let of_fields = model
        .fields
        .iter()
        .enumerate()
        .flat_map(|(position, field)| {
            let FieldAttributes { unique, index, .. } = &field.attributes;
            let given = [unique.as_ref(), index.as_ref()];
            given.into_iter().flatten().map(move |given| Declared {
                name: &given.name,
                fields: vec![position],
                unique: given.name == "unique",
            })
        });
    let all: Vec<_> = lists
        .chain(of_fields)
        .filter(|declared| !declared.fields.is_empty() && !declared.fields.iter().any(is_tenant))
        .collect();
    for (position, this) in all.iter().enumerate() {
        let twice = all.iter().enumerate().find(|(other_position, other)| {
            let same = other.fields == this.fields;
            if this.unique {
                let (mut one, mut two) = (this.fields.clone(), other.fields.clone());
                one.sort_unstable();
                two.sort_unstable();
                other.unique && one == two && *other_position < position
            } else if same && !other.unique {
                *other_position < position
            } else {
                *other_position != position && other.fields.starts_with(&this.fields)
            }
        });
        let reference = match this.fields[..] {
            [field] => model.fields[field].attributes.belongs_to.is_some(),
            _ => false,
        };
        let key = this.fields.len() == 1 && model.key() == Some(this.fields[0]);
        if let Some((_, other)) = twice {
            // Said of the field in words of its own.
            if !(this.fields == other.fields
                && this.fields.len() == 1
                && other.unique
                && !this.unique)
            {
                let names: Vec<_> = other
                    .fields
                    .iter()
                    .map(|field| model.fields[*field].name())
                    .collect();
                errors.at(
                    this.name,
                    format_args!(
                        "this has no effect: there is `{}({})`, which serves as it",
                        other.name,
                        names.join(", ")
                    ),
                );
            }
        } else if reference && !this.unique {
            errors.at(
                this.name,
                "this has no effect: every foreign key has an index, by which the rows are found that refer to another",
            );
        } else if key && !this.unique && model.fields[this.fields[0]].attributes.index.is_none() {
            errors.at(
                this.name,
                "the primary key is unique, and has an index, without saying so",
            );
        }
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
