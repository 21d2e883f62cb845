//! The rules that a model must keep, each with its reason.

mod indexes;

use std::collections::HashMap;

use crate::errors::Errors;
use crate::model::{Field, KeySource, Model, Role};

/// The most columns a struct may have: sets of columns are kept in 128 bits.
const MOST_COLUMNS: usize = 128;

pub(crate) fn check(model: &Model<'_>, errors: &mut Errors) {
    no_generics(model, errors);
    root_is_named_once(model, errors);
    strategy_exists(model, errors);
    global_has_no_tenant_column(model, errors);
    written_by_tenants_if_shared(model, errors);
    destroys_by_distinct_keys(model, errors);
    key_exists(model, errors);
    key_is_known_to_row_security(model, errors);
    names_are_plain(model, errors);
    columns_are_distinct(model, errors);
    not_too_many_columns(model, errors);
    mark_is_a_column_of_its_own(model, errors);
    for field in &model.fields {
        one_kind(model, field, errors);
        key_attributes_on_the_key(model, field, errors);
        key_and_tenant_are_not_optional(model, field, errors);
        active_is_of_the_root(model, field, errors);
        guarded_is_a_plain_column(model, field, errors);
        stored_is_asked_by_policies(model, field, errors);
        is_not_a_word_of_rules(model, field, errors);
        indexes::unique_once(model, field, errors);
    }
    indexes::are_of_fields(model, errors);
    indexes::are_there_once(model, errors);
    one_of_a_kind(model, errors);
}

/// A table has no type parameters.
fn no_generics(model: &Model<'_>, errors: &mut Errors) {
    if !model.input.generics.params.is_empty() {
        errors.at(
            &model.input.generics,
            "a model has no generic parameters: a table has none",
        );
    }
}

/// A model belongs to one root; a root is its own.
fn root_is_named_once(model: &Model<'_>, errors: &mut Errors) {
    let attributes = &model.attributes;
    if let Some(only_changes) = &attributes.model {
        errors.at(
            &only_changes.name,
            "`model` belongs to `#[derive(Changes)]`",
        );
    }
    match model.role {
        Role::TenantScoped => {
            if attributes.root.is_none() {
                errors.at(
                    model.ident(),
                    "missing the tenant root: `#[tenancy(root = Organization)]`",
                );
            }
            if let Some(database) = &attributes.database {
                errors.at(
                    &database.name,
                    "the database is named at the tenant root, not at each model",
                );
            }
            if let Some(schemas) = &attributes.schemas {
                errors.at(
                    &schemas.name,
                    "`schemas` belongs to the tenant root, and says that tenants have schemas of their own; \
                     a model that is in them has `strategy = schema`",
                );
            }
            if let Some(mark) = &attributes.mark {
                errors.at(
                    &mark.name,
                    "`mark` belongs to the tenant root: it names the column that tells its rows from all others",
                );
            }
            if let Some(rls) = &attributes.rls {
                errors.at(
                    &rls.name,
                    "`rls` belongs to the tenant root, and then holds for all of its models",
                );
            }
            if let Some(databases) = &attributes.databases {
                errors.at(
                    &databases.name,
                    "`databases` belongs to the tenant root, and says that tenants have databases of their own; \
                     a model that is in them has `strategy = database`",
                );
            }
        }
        Role::TenantRoot => {
            let misplaced = [
                attributes.root.as_ref().map(|given| &given.name),
                attributes.strategy.as_ref().map(|given| &given.name),
                attributes.attribute.as_ref().map(|given| &given.name),
                attributes.global.as_ref().map(|given| &given.name),
                attributes
                    .written_by_tenants
                    .as_ref()
                    .map(|given| &given.name),
                attributes.policies.as_ref().map(|given| &given.name),
            ];
            for name in misplaced.into_iter().flatten() {
                errors.at(
                    name,
                    format_args!("`{name}` belongs to a model: a tenant root is its own tenant"),
                );
            }
        }
    }
}

/// There are three strategies, and two of them leave the tenant's column out.
fn strategy_exists(model: &Model<'_>, errors: &mut Errors) {
    let Some(strategy) = &model.attributes.strategy else {
        return;
    };
    let name = strategy.value.to_string();
    match name.as_str() {
        "attribute" if model.global() && model.role == Role::TenantScoped => errors.at(
            &strategy.value,
            "the rows of a global model are nobody's, so nothing keeps tenants apart in them: \
             leave out `strategy` or `global = true`",
        ),
        "attribute" => {}
        "schema" | "database" if model.global() => errors.at(
            &strategy.value,
            format_args!(
                "the rows of a global model are shared, so they are in nobody's {name}: \
                 leave out `strategy` or `global = true`"
            ),
        ),
        "schema" | "database" => {
            let filled = |field: &Field<'_>| {
                field.attributes.default.is_some() || field.attributes.generated.is_some()
            };
            let mut fields = model.fields.iter();
            let tenant = fields.find(|field| field.name() == "tenant_id" && !filled(field));
            if let (Some(field), false) = (tenant, model.has_tenant_column()) {
                errors.at(
                    field.ident,
                    format_args!(
                        "in a {name} of its own a tenant needs no column, but here is one: \
                         say so with `attribute = tenant_id`, leave it out, or let the table fill it (`default`)"
                    ),
                );
            }
        }
        _ => errors.at(
            &strategy.value,
            format_args!(
                "unknown strategy `{name}`; there are `attribute`, `schema` and `database`"
            ),
        ),
    }
}

/// Rows that are shared by all tenants name none.
fn global_has_no_tenant_column(model: &Model<'_>, errors: &mut Errors) {
    if model.role == Role::TenantRoot {
        return;
    }
    if let (true, Some(attribute)) = (model.global(), &model.attributes.attribute) {
        errors.at(
            &attribute.name,
            "a global model has no tenant column: leave out `attribute` or `global = true`",
        );
    }
    if model.global()
        && let Some(field) = model
            .fields
            .iter()
            .find(|field| field.name() == "tenant_id")
    {
        errors.at(
            field.ident,
            "a global model has no tenant column, but here is one: \
             leave out `global = true`, or rename the field",
        );
    }
}

/// Only of rows that all tenants share it is a question who writes them, and policies answer it by themselves.
fn written_by_tenants_if_shared(model: &Model<'_>, errors: &mut Errors) {
    let Some(written) = &model.attributes.written_by_tenants else {
        return;
    };
    if model.role == Role::TenantRoot {
        return;
    }
    if !model.global() {
        errors.at(
            &written.name,
            "`written_by_tenants` is about rows that all tenants share (`global = true`): \
             a tenant writes its own rows anyway",
        );
    } else if let Some(policies) = &model.attributes.policies {
        errors.at(
            &written.name,
            format_args!(
                "`{}` say who writes these rows: leave out `written_by_tenants`",
                policies.name
            ),
        );
    }
}

/// What goes with a row is declared on a model, once for each key, and a model leads back to itself by one key only:
/// each asks the rules of all levels, and with two there would be a power of two of them.
fn destroys_by_distinct_keys(model: &Model<'_>, errors: &mut Errors) {
    let declared = &model.attributes.destroys;
    if model.role == Role::TenantRoot {
        for given in declared {
            errors.at(
                &given.name,
                "a tenant root is not destroyed by tenants, so nothing goes with it",
            );
        }
        return;
    }
    for given in declared.iter().filter(|given| given.value.is_empty()) {
        errors.at(
            &given.name,
            "`destroys` names foreign keys of other models: `destroys(Document.folder_id)`",
        );
    }
    let mut seen = std::collections::HashSet::new();
    let mut back = None;
    for key in model.attributes.destroyed() {
        let path: Vec<_> = key
            .model
            .segments
            .iter()
            .map(|part| part.ident.to_string())
            .collect();
        if !seen.insert((path, key.column.to_string())) {
            errors.at(&key.column, "this key is named already");
        } else if model.is_self(&key.model) && back.replace(key).is_some() {
            errors.at(
                &key.column,
                "rows go with others of their own kind by one key only: \
                 two would ask a power of two of rules",
            );
        }
    }
}

/// Every row can be told apart from the others.
fn key_exists(model: &Model<'_>, errors: &mut Errors) {
    if model.key().is_some() {
        return;
    }
    match &model.attributes.key {
        Some(key) => errors.at(
            &key.value,
            format_args!(
                "there is no field `{}` to be the primary key; there are {}",
                key.value,
                model.field_names(),
            ),
        ),
        None => errors.at(
            model.ident(),
            "there is no field `id`: name the primary key with `#[tenancy(key = …)]`",
        ),
    }
}

/// With row-level security the database is told the tenant before the row of a new one is there.
fn key_is_known_to_row_security(model: &Model<'_>, errors: &mut Errors) {
    let key = model.key().map(|key| &model.fields[key]);
    if let (Some(rls), Some(key)) = (&model.attributes.rls, key)
        && model.role == Role::TenantRoot
        && model.key_source(key) == KeySource::Generated
    {
        errors.at(
            &rls.name,
            format_args!(
                "with row-level security the key of a new tenant has to be known before its row is there, \
                 but the database makes it: let `{}` be `given`, or a `Uuid`",
                key.name()
            ),
        );
    }
}

/// Names go into SQL text between double quotes, so they must not contain any. The limit is
/// PostgreSQL's (63 bytes), beyond which names are cut off and may become equal.
fn names_are_plain(model: &Model<'_>, errors: &mut Errors) {
    let table = model.table();
    if let Err(reason) = plain(&table).and_then(|()| unqualified(&table)) {
        match &model.attributes.table {
            Some(given) => errors.at(&given.value, reason),
            None => errors.at(model.ident(), reason),
        }
    }
    for field in &model.fields {
        if let Err(reason) = plain(&field.column()).and_then(|()| own(&field.column())) {
            errors.push(syn::Error::new(field.column_span(), reason));
        }
    }
    if let Some(attribute) = &model.attributes.attribute {
        let column = model.tenant_column();
        if !column.is_empty()
            && let Err(reason) = plain(&column).and_then(|()| own(&column))
        {
            errors.at(&attribute.value, reason);
        }
    }
    if table.eq_ignore_ascii_case("excluded") {
        let message = "`excluded` is what databases call the proposed row of an upsert";
        match &model.attributes.table {
            Some(given) => errors.at(&given.value, message),
            None => errors.at(model.ident(), message),
        }
    }
}

/// A schema is none of a table's name, which is written as one.
fn unqualified(table: &str) -> Result<(), &'static str> {
    match table.contains('.') {
        true => Err(
            "the name of a table has no schema in it: which one it is says the `search_path` of the connection, \
             `strategy = schema` for those of tenants, and `Tables::shared_in` for references to shared tables",
        ),
        false => Ok(()),
    }
}

/// A column is not another one by a second name, as these are of SQLite's integer keys
/// (sqlite.org/lang_createtable.html, 5): what may not be assigned could be, by that name.
fn own(column: &str) -> Result<(), &'static str> {
    let hidden = ["rowid", "oid", "_rowid_"];
    if hidden.iter().any(|name| column.eq_ignore_ascii_case(name)) {
        Err(
            "databases have a column of this name already, which is another name of the key: \
             give this one another name",
        )
    } else {
        Ok(())
    }
}

fn plain(name: &str) -> Result<(), &'static str> {
    if name.is_empty() {
        Err("a name in the database cannot be empty")
    } else if name.len() > 63 {
        Err("a name in the database is at most 63 bytes long")
    } else if name
        .chars()
        .any(|character| character == '"' || character.is_control())
    {
        Err("a name in the database contains no double quotes and no control characters")
    } else {
        Ok(())
    }
}

/// Two fields never are the same column, and none is the tenant column by another name: it could
/// be assigned then. Names that differ only in case are the same on some databases.
fn columns_are_distinct(model: &Model<'_>, errors: &mut Errors) {
    let mut seen = HashMap::new();
    let tenant = model.tenant_column().to_ascii_lowercase();
    for field in &model.fields {
        let column = field.column().to_ascii_lowercase();
        if column == tenant && model.role == Role::TenantScoped && !model.is_tenant(field) {
            errors.push(syn::Error::new(
                field.column_span(),
                format_args!(
                    "the column `{tenant}` says whose a row is: \
                     a field of another name cannot stand for it"
                ),
            ));
        } else if let Some(other) = seen.insert(column, field.name()) {
            errors.push(syn::Error::new(
                field.column_span(),
                format_args!(
                    "the column `{}` is that of `{other}` already",
                    field.column()
                ),
            ));
        }
    }
}

/// The mark is the database's and the library's, so no field is its column: it could be assigned then.
fn mark_is_a_column_of_its_own(model: &Model<'_>, errors: &mut Errors) {
    if model.role != Role::TenantRoot {
        return;
    }
    let Some(mark) = model.mark() else {
        if let Some(given) = &model.attributes.mark {
            errors.at(
                &given.name,
                "`mark` names the column of the mark that storages of a tenant carry, too, and tenants of this root \
                 have none: say `schemas` or `databases`, or leave it out",
            );
        }
        return;
    };
    if let Some(given) = &model.attributes.mark
        && let Err(reason) = plain(&mark).and_then(|()| own(&mark))
    {
        errors.at(&given.value, reason);
    }
    let same = |field: &&Field<'_>| field.column().eq_ignore_ascii_case(&mark);
    if let Some(field) = model.fields.iter().find(same) {
        errors.push(syn::Error::new(
            field.column_span(),
            format_args!(
                "the column `{mark}` has the mark that storages of the tenant carry, too, which the database makes: \
                 leave out the field, or give the mark another column (`mark = \"…\"`)"
            ),
        ));
    }
}

fn not_too_many_columns(model: &Model<'_>, errors: &mut Errors) {
    if model.fields.len() > MOST_COLUMNS {
        errors.at(
            model.ident(),
            format_args!("a model has at most {MOST_COLUMNS} columns"),
        );
    }
}

/// A field is one thing: a key, the tenant, a reference, or filled by the database.
fn one_kind(model: &Model<'_>, field: &Field<'_>, errors: &mut Errors) {
    let attributes = &field.attributes;
    let kinds = [
        attributes.belongs_to.as_ref().map(|given| &given.name),
        attributes.default.as_ref().map(|given| &given.name),
        attributes.generated.as_ref().map(|given| &given.name),
        attributes.version.as_ref().map(|given| &given.name),
        attributes.given.as_ref().map(|given| &given.name),
        attributes.random.as_ref().map(|given| &given.name),
        attributes.active.as_ref().map(|given| &given.name),
        attributes.stored.as_ref().map(|given| &given.name),
    ];
    let mut kinds = kinds.into_iter().flatten();
    let Some(first) = kinds.next() else { return };
    for second in kinds {
        // A foreign key may have a default, and so may the flag of an active tenant; and the database
        // may make something else of both.
        let compatible = second == "default" && first == "belongs_to"
            || second == "active" && first == "default"
            || second == "stored" && (first == "belongs_to" || first == "default");
        if !compatible {
            errors.at(
                second,
                format_args!("`{second}` contradicts `{first}`: a column is one of them"),
            );
        }
    }
    if model.is_tenant(field) {
        errors.at(
            first,
            format_args!("`{first}` has no place on the tenant column, which the token sets"),
        );
    }
}

/// Only a key is given or random, and it is not something else.
fn key_attributes_on_the_key(model: &Model<'_>, field: &Field<'_>, errors: &mut Errors) {
    let attributes = &field.attributes;
    let is_key = model
        .key()
        .is_some_and(|key| std::ptr::eq(&raw const model.fields[key], field));
    if is_key {
        let misplaced = [
            attributes.belongs_to.as_ref().map(|given| &given.name),
            attributes.default.as_ref().map(|given| &given.name),
            attributes.version.as_ref().map(|given| &given.name),
            attributes.active.as_ref().map(|given| &given.name),
            attributes.stored.as_ref().map(|given| &given.name),
        ];
        for name in misplaced.into_iter().flatten() {
            errors.at(
                name,
                format_args!(
                    "`{name}` has no place on the primary key; it can be `given`, `random` or `generated`"
                ),
            );
        }
        if model.is_tenant(field) {
            errors.at(
                field.ident,
                "the primary key cannot be the tenant column: a tenant has many rows",
            );
        }
    } else {
        let misplaced = [attributes.given.as_ref(), attributes.random.as_ref()];
        for given in misplaced.into_iter().flatten() {
            errors.at(
                &given.name,
                format_args!(
                    "`{0}` says where the primary key comes from, and this is not the primary key",
                    given.name
                ),
            );
        }
    }
}

/// A row without key or tenant would be nobody's.
fn key_and_tenant_are_not_optional(model: &Model<'_>, field: &Field<'_>, errors: &mut Errors) {
    let is_key = model
        .key()
        .is_some_and(|key| std::ptr::eq(&raw const model.fields[key], field));
    if field.optional().is_some() && (is_key || model.is_tenant(field)) {
        let what = if is_key {
            "the primary key"
        } else {
            "the tenant column"
        };
        errors.at(
            &field.field.ty,
            format_args!("{what} always has a value: it cannot be an `Option`"),
        );
    }
    if let (Some(version), Some(_)) = (&field.attributes.version, field.optional()) {
        errors.at(
            &version.name,
            "a version always has a value: it cannot be an `Option`",
        );
    }
}

/// Only a tenant is active or not.
fn active_is_of_the_root(model: &Model<'_>, field: &Field<'_>, errors: &mut Errors) {
    let attributes = &field.attributes;
    if let (Role::TenantScoped, Some(active)) = (model.role, &attributes.active) {
        errors.at(
            &active.name,
            "`active` belongs to the tenant root: it says whether a tenant may be entered",
        );
    }
    if model.role == Role::TenantRoot {
        let of_models = [&attributes.version, &attributes.stored];
        for given in of_models.into_iter().flatten() {
            errors.at(
                &given.name,
                format_args!("`{}` belongs to a model, not to a tenant root", given.name),
            );
        }
        if let Some(belongs_to) = &attributes.belongs_to {
            errors.at(
                &belongs_to.name,
                "a tenant root belongs to nobody: references are declared on models",
            );
        }
    }
}

/// What says which row it is, or whose, or what it refers to, cannot be hidden from who may read the row.
fn guarded_is_a_plain_column(model: &Model<'_>, field: &Field<'_>, errors: &mut Errors) {
    let Some(guarded) = &field.attributes.guarded else {
        return;
    };
    let attributes = &field.attributes;
    let is_key = model
        .key()
        .is_some_and(|key| std::ptr::eq(&raw const model.fields[key], field));
    if !field.is_masked() {
        errors.at(
            &field.field.ty,
            "a guarded field is written as `Masked<…>`: some see its value, and some do not",
        );
    }
    let reason = if model.role == Role::TenantRoot {
        "a tenant root has no policies, so none could say who sees this field"
    } else if is_key {
        "the primary key says which row it is: whoever may read the row sees it"
    } else if model.is_tenant(field) {
        "the tenant column says whose the row is: whoever may read the row sees it"
    } else if attributes.version.is_some() {
        "a version is needed to change the row: whoever may read the row sees it"
    } else if attributes.belongs_to.is_some() {
        "a foreign key cannot be guarded yet: who does not see it must not look through it, either"
    } else if model.attributes.policies.is_none() {
        "policies say who sees a guarded field: the struct needs `#[tenancy(policies)]`"
    } else {
        return;
    };
    errors.at(&guarded.name, reason);
}

/// Nobody but policies asks what the database made of a value.
fn stored_is_asked_by_policies(model: &Model<'_>, field: &Field<'_>, errors: &mut Errors) {
    let attributes = &field.attributes;
    let is_key = model
        .key()
        .is_some_and(|key| std::ptr::eq(&raw const model.fields[key], field));
    // Of these something worse was said already.
    let misplaced = model.role == Role::TenantRoot
        || is_key
        || model.is_tenant(field)
        || attributes.generated.is_some()
        || attributes.version.is_some();
    if let (Some(stored), None) = (&attributes.stored, &model.attributes.policies)
        && !misplaced
    {
        errors.at(
            &stored.name,
            "`stored` has no effect here: it has policies ask what the database made of a value, and the struct \
             has no `policies`",
        );
    }
}

/// In rules a column goes by the name of its field, and some names mean something else there.
fn is_not_a_word_of_rules(model: &Model<'_>, field: &Field<'_>, errors: &mut Errors) {
    let name = field.name();
    let word = ["actor", "always", "never", "tenant"].contains(&name.as_str());
    if word && model.attributes.policies.is_some() && !model.is_tenant(field) {
        errors.at(
            field.ident,
            format_args!(
                "`{name}` means something else in the rules of a model with `policies`: give the field another name; \
                 `column = \"{name}\"` keeps that of the column"
            ),
        );
    }
}

/// There is one version and one flag for active tenants.
fn one_of_a_kind(model: &Model<'_>, errors: &mut Errors) {
    let versions = model
        .fields
        .iter()
        .filter_map(|field| field.attributes.version.as_ref());
    let active = model
        .fields
        .iter()
        .filter_map(|field| field.attributes.active.as_ref());
    for given in versions.skip(1).chain(active.skip(1)) {
        errors.at(
            &given.name,
            format_args!("there can be only one `{}` column", given.name),
        );
    }
}
