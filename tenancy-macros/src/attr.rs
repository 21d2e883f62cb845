//! `#[tenancy(…)]`: what the user wrote, as it was written.

use syn::ext::IdentExt as _;
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned as _;
use syn::{Attribute, Ident, LitBool, LitStr, Path, Token};

use crate::errors::Errors;
use crate::suggest::did_you_mean;

/// A value together with the attribute's name, for messages.
pub(crate) struct Given<T> {
    pub(crate) name: Ident,
    pub(crate) value: T,
}

/// The attributes of a struct.
#[derive(Default)]
pub(crate) struct StructAttributes {
    pub(crate) root: Option<Given<Path>>,
    pub(crate) strategy: Option<Given<Ident>>,
    pub(crate) attribute: Option<Given<Ident>>,
    pub(crate) table: Option<Given<LitStr>>,
    pub(crate) key: Option<Given<Ident>>,
    pub(crate) global: Option<Given<LitBool>>,
    pub(crate) database: Option<Given<Path>>,
    pub(crate) schema: Option<Given<Path>>,
    pub(crate) rls: Option<Given<()>>,
    pub(crate) databases: Option<Given<()>>,
    pub(crate) new: Option<Given<Ident>>,
    pub(crate) policies: Option<Given<()>>,
    pub(crate) unique: Vec<Given<Vec<Ident>>>,
    pub(crate) index: Vec<Given<Vec<Ident>>>,
    pub(crate) model: Option<Given<Path>>,
    pub(crate) krate: Option<Given<Path>>,
}

/// The attributes of a field.
#[derive(Default)]
pub(crate) struct FieldAttributes {
    pub(crate) column: Option<Given<LitStr>>,
    pub(crate) belongs_to: Option<Given<Path>>,
    pub(crate) default: Option<Given<()>>,
    pub(crate) generated: Option<Given<()>>,
    pub(crate) version: Option<Given<()>>,
    pub(crate) given: Option<Given<()>>,
    pub(crate) random: Option<Given<()>>,
    pub(crate) active: Option<Given<()>>,
    pub(crate) stored: Option<Given<()>>,
    pub(crate) guarded: Option<Given<()>>,
    pub(crate) unique: Option<Given<()>>,
    pub(crate) index: Option<Given<()>>,
    /// What the database fills in, as SQL, if `default` says so.
    pub(crate) default_sql: Option<LitStr>,
}

const ON_STRUCT: &str = "`root`, `strategy`, `attribute`, `table`, `key`, `global`, `database`, `schema`, `rls`, `databases`, `new`, `policies`, `unique`, `index`, `model`, `crate`";
const ON_FIELD: &str = "`column`, `belongs_to`, `default`, `generated`, `version`, `given`, `random`, `active`, `stored`, `guarded`, `unique`, `index`";

impl StructAttributes {
    pub(crate) fn parse(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut this = Self::default();
        each(attributes, errors, |meta, errors| {
            let Some(name) = name(meta, errors)? else {
                return Ok(());
            };
            match name.to_string().as_str() {
                "root" => value(&mut this.root, name, meta, errors),
                "strategy" => value(&mut this.strategy, name, meta, errors),
                "attribute" => value(&mut this.attribute, name, meta, errors),
                "table" => value(&mut this.table, name, meta, errors),
                "key" => value(&mut this.key, name, meta, errors),
                "global" => value(&mut this.global, name, meta, errors),
                "database" => value(&mut this.database, name, meta, errors),
                "schema" => value(&mut this.schema, name, meta, errors),
                "rls" => flag(&mut this.rls, name, meta, errors),
                "databases" => flag(&mut this.databases, name, meta, errors),
                "new" => value(&mut this.new, name, meta, errors),
                "policies" => flag(&mut this.policies, name, meta, errors),
                "unique" => list(&mut this.unique, name, meta),
                "index" => list(&mut this.index, name, meta),
                "model" => value(&mut this.model, name, meta, errors),
                "crate" => value(&mut this.krate, name, meta, errors),
                _ => unknown(&name, "struct", ON_STRUCT, meta, errors),
            }
        });
        this
    }

    /// The attributes that say something about a table.
    pub(crate) fn of_tables(&self) -> impl Iterator<Item = &Ident> {
        let names = [
            self.root.as_ref().map(|given| &given.name),
            self.strategy.as_ref().map(|given| &given.name),
            self.attribute.as_ref().map(|given| &given.name),
            self.table.as_ref().map(|given| &given.name),
            self.key.as_ref().map(|given| &given.name),
            self.global.as_ref().map(|given| &given.name),
            self.database.as_ref().map(|given| &given.name),
            self.schema.as_ref().map(|given| &given.name),
            self.rls.as_ref().map(|given| &given.name),
            self.databases.as_ref().map(|given| &given.name),
            self.new.as_ref().map(|given| &given.name),
            self.policies.as_ref().map(|given| &given.name),
        ];
        let lists = self.unique.iter().chain(&self.index);
        let lists = lists.map(|given| &given.name);
        names.into_iter().flatten().chain(lists)
    }

    /// The paths that were written, so that a rejected struct uses what it names.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        let paths = [&self.root, &self.model, &self.database, &self.schema];
        paths.into_iter().flatten().map(|given| &given.value)
    }

    /// Where the `tenancy` crate is.
    pub(crate) fn krate(&self) -> Path {
        match &self.krate {
            Some(krate) => krate.value.clone(),
            None => syn::parse_quote!(::tenancy),
        }
    }
}

impl FieldAttributes {
    pub(crate) fn parse(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut this = Self::default();
        each(attributes, errors, |meta, errors| {
            let Some(name) = name(meta, errors)? else {
                return Ok(());
            };
            match name.to_string().as_str() {
                "column" => value(&mut this.column, name, meta, errors),
                "belongs_to" => value(&mut this.belongs_to, name, meta, errors),
                "default" => {
                    if meta.input.peek(Token![=]) {
                        this.default_sql = Some(text(&name, meta)?);
                    }
                    fill(&mut this.default, name, (), errors);
                    Ok(())
                }
                "generated" => flag(&mut this.generated, name, meta, errors),
                "version" => flag(&mut this.version, name, meta, errors),
                "given" => flag(&mut this.given, name, meta, errors),
                "random" => flag(&mut this.random, name, meta, errors),
                "active" => flag(&mut this.active, name, meta, errors),
                "guarded" => flag(&mut this.guarded, name, meta, errors),
                "stored" => flag(&mut this.stored, name, meta, errors),
                "unique" => flag(&mut this.unique, name, meta, errors),
                "index" => flag(&mut this.index, name, meta, errors),
                _ => unknown(&name, "field", ON_FIELD, meta, errors),
            }
        });
        this
    }
}

/// Calls `read` for every item of every `#[tenancy(…)]`.
fn each(
    attributes: &[Attribute],
    errors: &mut Errors,
    mut read: impl FnMut(&ParseNestedMeta<'_>, &mut Errors) -> syn::Result<()>,
) {
    for attribute in attributes {
        if !attribute.path().is_ident("tenancy") {
            continue;
        }
        let mut nothing = true;
        let parsed = attribute.parse_nested_meta(|meta| {
            nothing = false;
            read(&meta, errors)
        });
        match parsed {
            Err(error) => errors.push(error),
            Ok(()) if nothing => errors.at(
                attribute,
                "there is nothing in this attribute: leave it out",
            ),
            Ok(()) => {}
        }
    }
}

fn name(meta: &ParseNestedMeta<'_>, errors: &mut Errors) -> syn::Result<Option<Ident>> {
    if let Some(name) = meta.path.get_ident() {
        return Ok(Some(name.clone()));
    }
    errors.at(
        &meta.path,
        "an attribute of `tenancy` is a single word, with `=` and a value if it takes one",
    );
    skip(meta)?;
    Ok(None)
}

/// Reads `name = value`.
fn value<T: syn::parse::Parse>(
    slot: &mut Option<Given<T>>,
    name: Ident,
    meta: &ParseNestedMeta<'_>,
    errors: &mut Errors,
) -> syn::Result<()> {
    let value = meta.value().and_then(syn::parse::ParseBuffer::parse);
    let value = value.map_err(|error| {
        let example = example(&name);
        syn::Error::new(error.span(), format_args!("{error}; write `{example}`"))
    })?;
    fill(slot, name, value, errors);
    Ok(())
}

/// Reads `= "SQL"`.
fn text(name: &Ident, meta: &ParseNestedMeta<'_>) -> syn::Result<LitStr> {
    let text = meta.value().and_then(syn::parse::ParseBuffer::parse);
    text.map_err(|error| {
        syn::Error::new(
            error.span(),
            format_args!("{error}; write `{name}`, or what it is as SQL: `{name} = \"now()\"`"),
        )
    })
}

/// Reads `name(one, two)`, of which there may be several.
fn list(
    slot: &mut Vec<Given<Vec<Ident>>>,
    name: Ident,
    meta: &ParseNestedMeta<'_>,
) -> syn::Result<()> {
    if !meta.input.peek(syn::token::Paren) {
        return Err(syn::Error::new(
            name.span(),
            format_args!(
                "`{name}` takes fields: `{name}(owner_id, title)`; for one, write it on the field"
            ),
        ));
    }
    let fields;
    syn::parenthesized!(fields in meta.input);
    let value = fields.parse_terminated(Ident::parse_any, Token![,])?;
    let value = value.into_iter().collect();
    slot.push(Given { name, value });
    Ok(())
}

/// How an attribute is written.
fn example(name: &Ident) -> String {
    let value = match name.to_string().as_str() {
        "root" => "Organization",
        "strategy" => "attribute",
        "attribute" => "tenant_id",
        "table" => "\"people\"",
        "key" => "id",
        "global" => "true",
        "database" => "sqlx::Postgres",
        "schema" => "schema_of",
        "new" => "NewPerson",
        "model" => "Person",
        "crate" => "::tenancy",
        "column" => "\"name\"",
        "belongs_to" => "Person",
        _ => "…",
    };
    format!("{name} = {value}")
}

/// Reads `name`.
fn flag(
    slot: &mut Option<Given<()>>,
    name: Ident,
    meta: &ParseNestedMeta<'_>,
    errors: &mut Errors,
) -> syn::Result<()> {
    if meta.input.peek(Token![=]) {
        errors.at(
            &name,
            format_args!("`{name}` takes no value; write `#[tenancy({name})]`"),
        );
        skip(meta)?;
    }
    fill(slot, name, (), errors);
    Ok(())
}

fn fill<T>(slot: &mut Option<Given<T>>, name: Ident, value: T, errors: &mut Errors) {
    if slot.is_some() {
        errors.at(&name, format_args!("`{name}` is given twice"));
    } else {
        *slot = Some(Given { name, value });
    }
}

fn unknown(
    name: &Ident,
    place: &str,
    known: &str,
    meta: &ParseNestedMeta<'_>,
    errors: &mut Errors,
) -> syn::Result<()> {
    let words = known.split(", ").map(|word| word.trim_matches('`'));
    errors.at(
        name,
        format_args!(
            "unknown attribute `{name}`; on a {place} there are {known}{}",
            did_you_mean(&name.to_string(), words)
        ),
    );
    skip(meta)
}

/// Passes over a value that means nothing, so that what follows is read.
fn skip(meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
    if meta.input.peek(Token![=]) {
        let span = meta.path.span();
        meta.value()?
            .parse::<syn::Expr>()
            .map_err(|_| syn::Error::new(span, "expected a value after `=`"))?;
    }
    Ok(())
}
