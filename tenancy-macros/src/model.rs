//! The model: what a struct means.

use proc_macro2::Span;
use syn::ext::IdentExt as _;
use syn::{DeriveInput, Ident, Path, Type, Visibility};

use crate::attr::{FieldAttributes, StructAttributes};
use crate::errors::Errors;

/// Which derive it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    TenantScoped,
    TenantRoot,
}

/// A struct with its attributes.
pub(crate) struct Model<'a> {
    pub(crate) input: &'a DeriveInput,
    pub(crate) role: Role,
    pub(crate) attributes: StructAttributes,
    pub(crate) fields: Vec<Field<'a>>,
}

/// A field with its attributes.
pub(crate) struct Field<'a> {
    pub(crate) field: &'a syn::Field,
    pub(crate) ident: &'a Ident,
    pub(crate) attributes: FieldAttributes,
}

/// Where the key of a new row comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeySource {
    Given,
    Random,
    Generated,
}

impl<'a> Model<'a> {
    /// `None` if it is not a struct with named fields; then there is nothing to check further.
    pub(crate) fn parse(input: &'a DeriveInput, role: Role, errors: &mut Errors) -> Option<Self> {
        let attributes = StructAttributes::parse(&input.attrs, errors);
        let fields = match &input.data {
            syn::Data::Struct(data) => match &data.fields {
                syn::Fields::Named(fields) => &fields.named,
                _ => {
                    errors.at(
                        &input.ident,
                        "expected a struct with named fields: they are the columns",
                    );
                    return None;
                }
            },
            _ => {
                errors.at(
                    &input.ident,
                    "expected a struct: its fields are the columns",
                );
                return None;
            }
        };
        let fields = fields
            .iter()
            .filter_map(|field| {
                Some(Field {
                    field,
                    ident: field.ident.as_ref()?,
                    attributes: FieldAttributes::parse(&field.attrs, errors),
                })
            })
            .collect();
        Some(Self {
            input,
            role,
            attributes,
            fields,
        })
    }

    pub(crate) fn ident(&self) -> &Ident {
        &self.input.ident
    }

    pub(crate) fn krate(&self) -> Path {
        self.attributes.krate()
    }

    pub(crate) fn vis(&self) -> &Visibility {
        &self.input.vis
    }

    /// The table: as given, or the name in snake case, plural.
    pub(crate) fn table(&self) -> String {
        match &self.attributes.table {
            Some(table) => table.value.value(),
            None => plural(&snake_case(&self.ident().unraw().to_string())),
        }
    }

    pub(crate) fn global(&self) -> bool {
        self.attributes
            .global
            .as_ref()
            .is_some_and(|global| global.value.value)
    }

    /// Whether tenants read the rows and do not write them: those that all share, unless the model says more.
    pub(crate) fn read_only(&self) -> bool {
        self.global()
            && self.attributes.policies.is_none()
            && self.attributes.written_by_tenants.is_none()
    }

    /// Whether every tenant has a table of its own, in a schema of its own.
    pub(crate) fn in_schema(&self) -> bool {
        self.has_strategy("schema")
    }

    /// Whether every tenant has a table of its own, in a database of its own.
    pub(crate) fn in_database(&self) -> bool {
        self.has_strategy("database")
    }

    fn has_strategy(&self, name: &str) -> bool {
        let strategy = self.attributes.strategy.as_ref();
        strategy.is_some_and(|strategy| strategy.value == name)
    }

    /// Whether the tenant is a column of the table.
    pub(crate) fn has_tenant_column(&self) -> bool {
        let apart = self.in_schema() || self.in_database();
        !self.global() && (!apart || self.attributes.attribute.is_some())
    }

    /// The column of the mark, if tenants of this root have storages of their own.
    pub(crate) fn mark(&self) -> Option<String> {
        let attributes = &self.attributes;
        let apart = attributes.schemas.is_some() || attributes.databases.is_some();
        apart.then(|| match &attributes.mark {
            Some(mark) => mark.value.value(),
            None => "tenancy_mark".to_owned(),
        })
    }

    /// Whether a path names the struct itself.
    pub(crate) fn is_self(&self, path: &Path) -> bool {
        path.is_ident(self.ident()) || path.is_ident("Self")
    }

    /// The name of the struct with the values of a new row.
    pub(crate) fn new_ident(&self) -> Ident {
        match &self.attributes.new {
            Some(new) => new.value.clone(),
            None => Ident::new(&format!("New{}", self.ident().unraw()), self.ident().span()),
        }
    }

    /// The name of the key's field.
    fn key_name(&self) -> String {
        match &self.attributes.key {
            Some(key) => key.value.unraw().to_string(),
            None => "id".to_owned(),
        }
    }

    /// The position of the primary key.
    pub(crate) fn key(&self) -> Option<usize> {
        let name = self.key_name();
        self.fields.iter().position(|field| field.name() == name)
    }

    /// The name of the field or column that says whose a row is.
    fn tenant_name(&self) -> String {
        match &self.attributes.attribute {
            Some(attribute) => attribute.value.unraw().to_string(),
            None => "tenant_id".to_owned(),
        }
    }

    /// Whether this field is the tenant column.
    pub(crate) fn is_tenant(&self, field: &Field<'_>) -> bool {
        self.role == Role::TenantScoped
            && self.has_tenant_column()
            && field.name() == self.tenant_name()
    }

    /// The tenant column; empty if there is none.
    pub(crate) fn tenant_column(&self) -> String {
        match self.role {
            Role::TenantRoot => self
                .key()
                .map(|key| self.fields[key].column())
                .unwrap_or_default(),
            Role::TenantScoped if !self.has_tenant_column() => String::new(),
            Role::TenantScoped => self
                .fields
                .iter()
                .find(|field| self.is_tenant(field))
                .map_or_else(|| self.tenant_name(), Field::column),
        }
    }

    /// The names of the fields, for messages.
    pub(crate) fn field_names(&self) -> String {
        let names: Vec<_> = self
            .fields
            .iter()
            .map(|field| format!("`{}`", field.name()))
            .collect();
        names.join(", ")
    }

    /// The position of the field of this name.
    pub(crate) fn field(&self, name: &Ident) -> Option<usize> {
        let name = name.unraw().to_string();
        self.fields.iter().position(|field| field.name() == name)
    }

    /// The version column and its position.
    pub(crate) fn version(&self) -> Option<(usize, &Field<'a>)> {
        self.fields
            .iter()
            .enumerate()
            .find(|(_, field)| field.attributes.version.is_some())
    }

    /// Where the key comes from: as the field says, or as its type suggests.
    pub(crate) fn key_source(&self, field: &Field<'_>) -> KeySource {
        let attributes = &field.attributes;
        if attributes.given.is_some() {
            KeySource::Given
        } else if attributes.random.is_some() {
            KeySource::Random
        } else if attributes.generated.is_some() {
            KeySource::Generated
        } else {
            match last_segment(&field.field.ty).as_deref() {
                Some("Uuid") => KeySource::Random,
                Some("i32" | "i64") => KeySource::Generated,
                _ => KeySource::Given,
            }
        }
    }
}

impl Field<'_> {
    /// The field's name, without `r#`.
    pub(crate) fn name(&self) -> String {
        self.ident.unraw().to_string()
    }

    /// The column: as given, or the field's name.
    pub(crate) fn column(&self) -> String {
        match &self.attributes.column {
            Some(column) => column.value.value(),
            None => self.name(),
        }
    }

    /// The span for messages about the column's name.
    pub(crate) fn column_span(&self) -> Span {
        match &self.attributes.column {
            Some(column) => column.value.span(),
            None => self.ident.span(),
        }
    }

    /// Whether policies say who sees it.
    pub(crate) fn guarded(&self) -> bool {
        self.attributes.guarded.is_some()
    }

    /// Whether its type is written as `Masked<…>`.
    pub(crate) fn is_masked(&self) -> bool {
        argument_of(&self.field.ty, "Masked").is_some()
    }

    /// The type of what the column holds: without `Masked`, if it is guarded.
    pub(crate) fn stored_type(&self) -> &Type {
        let ty = &self.field.ty;
        match argument_of(ty, "Masked") {
            Some(inner) if self.guarded() => inner,
            _ => ty,
        }
    }

    /// The type inside an `Option`, if it is one.
    pub(crate) fn optional(&self) -> Option<&Type> {
        argument_of(self.stored_type(), "Option")
    }

    /// The type of the column's values.
    pub(crate) fn value_type(&self) -> &Type {
        self.optional().unwrap_or_else(|| self.stored_type())
    }
}

/// The type itself: a `$t:ty` of a `macro_rules!` comes in a group.
fn ungrouped(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => ungrouped(&group.elem),
        Type::Paren(paren) => ungrouped(&paren.elem),
        ty => ty,
    }
}

fn last_segment(ty: &Type) -> Option<String> {
    match ungrouped(ty) {
        Type::Path(path) if path.qself.is_none() => path
            .path
            .segments
            .last()
            .map(|segment| segment.ident.to_string()),
        _ => None,
    }
}

/// The `T` of `Option<T>`, or of another `wrapper`, however the path to it is written.
fn argument_of<'t>(ty: &'t Type, wrapper: &str) -> Option<&'t Type> {
    let Type::Path(path) = ungrouped(ty) else {
        return None;
    };
    let segment = path.path.segments.last()?;
    if segment.ident != wrapper {
        return None;
    }
    match &segment.arguments {
        syn::PathArguments::AngleBracketed(arguments) => match arguments.args.first()? {
            syn::GenericArgument::Type(ty) => Some(ty),
            _ => None,
        },
        _ => None,
    }
}

/// `HTTPRequest` becomes `http_request`.
pub(crate) fn snake_case(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (index, &character) in characters.iter().enumerate() {
        if character.is_uppercase() && index > 0 {
            let after_lower = !characters[index - 1].is_uppercase() && characters[index - 1] != '_';
            let before_lower = characters
                .get(index + 1)
                .is_some_and(|next| next.is_lowercase());
            if after_lower || (before_lower && characters[index - 1] != '_') {
                snake.push('_');
            }
        }
        snake.extend(character.to_lowercase());
    }
    snake
}

/// The regular English plural: `company` becomes `companies`, `address` `addresses`, `user` `users`.
fn plural(name: &str) -> String {
    let consonant_y = name.ends_with('y')
        && !["ay", "ey", "iy", "oy", "uy"]
            .iter()
            .any(|vowel| name.ends_with(vowel));
    if consonant_y {
        format!("{}ies", &name[..name.len() - 1])
    } else if ["s", "x", "z", "ch", "sh"]
        .iter()
        .any(|ending| name.ends_with(ending))
    {
        format!("{name}es")
    } else {
        format!("{name}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_named_after_its_struct() {
        for (name, table) in [
            ("User", "users"),
            ("Company", "companies"),
            ("Key", "keys"),
            ("HTTPRequest", "http_requests"),
            ("OrderItem", "order_items"),
            ("Address", "addresses"),
            ("Box2", "box2s"),
        ] {
            assert_eq!(plural(&snake_case(name)), table);
        }
    }
}
