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

/// A column of another model: `Document.folder_id`.
pub(crate) struct ColumnOf {
    pub(crate) model: Path,
    pub(crate) column: Ident,
}

impl syn::parse::Parse for ColumnOf {
    fn parse(input: syn::parse::ParseStream<'_>) -> syn::Result<Self> {
        let model = Path::parse_mod_style(input)?;
        input.parse::<Token![.]>()?;
        let column = input.call(Ident::parse_any)?;
        Ok(Self { model, column })
    }
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
    pub(crate) written_by_tenants: Option<Given<()>>,
    pub(crate) database: Option<Given<Path>>,
    /// Tenants have schemas, and perhaps this function names them.
    pub(crate) schemas: Option<Given<Option<Path>>>,
    /// The column of the root's mark.
    pub(crate) mark: Option<Given<LitStr>>,
    pub(crate) rls: Option<Given<()>>,
    pub(crate) databases: Option<Given<()>>,
    pub(crate) new: Option<Given<Ident>>,
    pub(crate) policies: Option<Given<()>>,
    pub(crate) unique: Vec<Given<Vec<Ident>>>,
    pub(crate) index: Vec<Given<Vec<Ident>>>,
    pub(crate) destroys: Vec<Given<Vec<ColumnOf>>>,
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

const ON_STRUCT: &str = "`root`, `strategy`, `attribute`, `table`, `key`, `global`, `written_by_tenants`, `database`, `rls`, `schemas`, `databases`, `mark`, `new`, `policies`, `unique`, `index`, `destroys`, `model`, `crate`";
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
                "written_by_tenants" => flag(&mut this.written_by_tenants, name, meta, errors),
                "database" => value(&mut this.database, name, meta, errors),
                "schemas" => optional(&mut this.schemas, name, meta, errors),
                "mark" => value(&mut this.mark, name, meta, errors),
                "rls" => flag(&mut this.rls, name, meta, errors),
                "databases" => flag(&mut this.databases, name, meta, errors),
                "new" => value(&mut this.new, name, meta, errors),
                "policies" => flag(&mut this.policies, name, meta, errors),
                "unique" => list(&mut this.unique, name, meta, Ident::parse_any, FIELDS),
                "index" => list(&mut this.index, name, meta, Ident::parse_any, FIELDS),
                "destroys" => list(
                    &mut this.destroys,
                    name,
                    meta,
                    <ColumnOf as syn::parse::Parse>::parse,
                    KEYS,
                ),
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
            self.written_by_tenants.as_ref().map(|given| &given.name),
            self.database.as_ref().map(|given| &given.name),
            self.schemas.as_ref().map(|given| &given.name),
            self.mark.as_ref().map(|given| &given.name),
            self.rls.as_ref().map(|given| &given.name),
            self.databases.as_ref().map(|given| &given.name),
            self.new.as_ref().map(|given| &given.name),
            self.policies.as_ref().map(|given| &given.name),
        ];
        let lists = self.unique.iter().chain(&self.index);
        let lists = lists.map(|given| &given.name);
        let destroys = self.destroys.iter().map(|given| &given.name);
        let lists = lists.chain(destroys);
        names.into_iter().flatten().chain(lists)
    }

    /// The paths that were written, so that a rejected struct uses what it names.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        let paths = [&self.root, &self.model, &self.database];
        let schemas = self.schemas.as_ref();
        let schemas = schemas.and_then(|given| given.value.as_ref());
        let paths = paths.into_iter().flatten().map(|given| &given.value);
        let destroyed = self.destroyed().map(|key| &key.model);
        paths.chain(schemas).chain(destroyed)
    }

    /// The keys by which rows of other models go with one of this.
    pub(crate) fn destroyed(&self) -> impl Iterator<Item = &ColumnOf> {
        self.destroys.iter().flat_map(|given| &given.value)
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

/// Reads `name` or `name = value`.
fn optional<T: syn::parse::Parse>(
    slot: &mut Option<Given<Option<T>>>,
    name: Ident,
    meta: &ParseNestedMeta<'_>,
    errors: &mut Errors,
) -> syn::Result<()> {
    let mut given = None;
    if meta.input.peek(Token![=]) {
        value(&mut given, name.clone(), meta, errors)?;
    }
    fill(slot, name, given.map(|given| given.value), errors);
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

/// What `unique` and `index` take.
const FIELDS: &str = "takes fields: `NAME(owner_id, title)`; for one, write it on the field";

/// What `destroys` takes.
const KEYS: &str = "takes foreign keys of other models: `NAME(Document.folder_id)`";

/// Reads `name(one, two)`, of which there may be several.
fn list<T>(
    slot: &mut Vec<Given<Vec<T>>>,
    name: Ident,
    meta: &ParseNestedMeta<'_>,
    one: fn(syn::parse::ParseStream<'_>) -> syn::Result<T>,
    takes: &str,
) -> syn::Result<()> {
    let takes = || format!("`{name}` {}", takes.replace("NAME", &name.to_string()));
    if !meta.input.peek(syn::token::Paren) {
        return Err(syn::Error::new(name.span(), takes()));
    }
    let items;
    syn::parenthesized!(items in meta.input);
    let value = items.parse_terminated(one, Token![,]);
    let value = value
        .map_err(|error| syn::Error::new(error.span(), format_args!("{error}; {}", takes())))?;
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
        "schemas" => "schema_of",
        "mark" => "\"tenancy_mark\"",
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
