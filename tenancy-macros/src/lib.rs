//! The macros of the `tenancy` crate; use them through it.
//!
//! Each derive goes through the same phases: attributes (`attr`), model (`model`), checks
//! (`check`), and text (`expand`). All mistakes of a struct are reported together, and a stub
//! keeps them from causing further messages. Whether a type is fit for its place is never decided
//! here: rustc does, through obligations with the span of the type.

mod attr;
mod changes;
mod check;
mod enter;
mod errors;
mod expand;
mod id;
mod model;
mod policy;
mod suggest;
mod system;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

use crate::model::Role;

/// Makes a struct a model whose rows belong to tenants.
///
/// On the struct, `#[tenancy(…)]` takes:
///
/// | attribute | meaning | without it |
/// |---|---|---|
/// | `root = Organization` | the tenant root | required |
/// | `strategy = attribute` | how tenants are kept apart: by a column of one table (`attribute`), by a table in a schema of each tenant (`schema`, if the root has `schemas`), or by one in a database of each (`database`, if the root has `databases`) | `attribute` |
/// | `attribute = tenant_id` | the tenant column; the struct may leave it out | `tenant_id`; with `strategy = schema` or `database` there is none |
/// | `table = "people"` | the table | the name in snake case, plural |
/// | `key = id` | the primary key | `id` |
/// | `global = true` | the rows are shared by all tenants, which read them; there is no tenant column | `false` |
/// | `written_by_tenants` | with `global = true`: every tenant writes the rows, too | the program writes them on the `Db`, or whom `policies` name |
/// | `new = NewPerson` | the name of the struct with the values of a new row | `New` and the name |
/// | `unique(a, b)` | no two rows of a tenant have the same in all of these; there may be several | |
/// | `index(a, b)` | rows are looked up by these; there may be several | |
/// | `destroys(Document.folder_id)` | rows of `Document` go with the row of this model that `folder_id` names, if their policies let them; there may be several | what refers to a row keeps it |
/// | `policies` | policies say who may do what: nothing else is possible | `false` |
/// | `crate = path` | where the `tenancy` crate is | `::tenancy` |
///
/// On a field:
///
/// | attribute | meaning |
/// |---|---|
/// | `column = "name"` | the column's name, if it is not the field's |
/// | `belongs_to = User` | a foreign key; set with a row, a key or a `Ref` |
/// | `default` | the table has a default: not among the values of a new row, but can be set. `default = "now()"` says which, as SQL |
/// | `generated` | the database fills it; never written |
/// | `version` | counts the versions of a row, for optimistic locking |
/// | `stored` | the database may make another value of what it is given: policies ask what is stored |
/// | `given` | on the key: a new row comes with its key |
/// | `random` | on the key: a new row gets a UUID of version 7 |
/// | `guarded` | policies say who sees it; of the type `Masked<…>` |
/// | `unique` | no two rows of a tenant have the same |
/// | `index` | rows are looked up by it |
///
/// Nothing is declared in vain: what has no effect does not compile, such as an `index` on a foreign key, which
/// has one anyway, or `stored` without `policies`. With `policies`, no field is called `actor`, `always`, `never`
/// or `tenant`, which mean something else in rules.
///
/// `unique`, `index` and what `default` is are for `tenancy::ddl`, which makes tables, and `tenancy::doctor`, which
/// examines them: statements do not depend on them.
///
/// A key of type `Uuid` is `random`, one of type `i32` or `i64` is `generated`, any other is `given`,
/// unless the field says otherwise.
#[proc_macro_derive(TenantScoped, attributes(tenancy))]
pub fn derive_tenant_scoped(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand::derive(&input, Role::TenantScoped).into()
}

/// Makes a struct a tenant root: its rows are the tenants.
///
/// On the struct, `#[tenancy(…)]` takes `table`, `key`, `new` and `crate` as for `TenantScoped`, and
/// `database = sqlx::Postgres`, the database that the tenants live in, which may be left out if
/// only one is enabled.
///
/// `schemas` says that tenants have schemas of their own, on PostgreSQL, for models with `strategy = schema`. They are
/// called `tenant_`, the id and the mark; `schemas = path` names a function that gives what comes before the mark for
/// a tenant's id (`fn(&Uuid) -> String`).
///
/// `databases` says that tenants have databases of their own, for models with `strategy = database`, and `rls` that
/// PostgreSQL's row-level security is to know the tenant. Both decide which `tenancy::Db` serves the root.
///
/// With `schemas` or `databases` the table has one column more, which is no field: the mark, a random UUID that the
/// database makes with the row. The tenant's schema and database carry it, too, and are the tenant's only if it is the
/// same. The column is `tenancy_mark`, unless `mark = "…"` says otherwise.
///
/// `unique(a, b)` and `index(a, b)` are as for `TenantScoped`, over all tenants.
///
/// On a field it takes `column`, `default`, `generated`, `given`, `random`, `unique` and `index` as for `TenantScoped`, and
/// `active` on a `bool`: a tenant whose row says `false` cannot be verified.
#[proc_macro_derive(TenantRoot, attributes(tenancy))]
pub fn derive_tenant_root(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand::derive(&input, Role::TenantRoot).into()
}

/// Makes a newtype of `Uuid`, `i32`, `i64` or `String` an id type.
///
/// The newtype is stored as the type inside it: the derive implements sqlx's `Type`, `Encode` and
/// `Decode`, too.
#[proc_macro_derive(Id, attributes(tenancy))]
pub fn derive_id(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    id::derive(&input).into()
}

/// Makes a struct a set of changes to a model: a partial update from a client.
///
/// `#[tenancy(model = Document)]` names the model. Every field changes the column of the same name:
/// an `Option` a column that is always set, a `tenancy::Patch` one that may be NULL, an `Option` of an
/// id a foreign key. The tenant column and the primary key cannot be among them. What a field borrows
/// (`Option<&'a str>`) is copied when the changes are made.
#[proc_macro_derive(Changes, attributes(tenancy))]
pub fn derive_changes(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    changes::derive(&input).into()
}

/// Makes an enum or a unit struct an actor that acts without a user: see `tenancy::SystemActor`.
///
/// `#[tenancy(crate = path)]` says where the `tenancy` crate is.
#[proc_macro_derive(SystemActor, attributes(tenancy))]
pub fn derive_system_actor(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    system::derive(&input).into()
}

/// Says who may do what with the rows of a model; use `tenancy::policies!`.
#[doc(hidden)]
#[proc_macro]
pub fn policies(input: TokenStream) -> TokenStream {
    let input = policy::prepared(input.into());
    let call = policy::configured(&input).or_else(|| policy::included(&input));
    if let Some(call) = call {
        return call.into();
    }
    let expanded = match syn::parse2(input.clone()) {
        Ok(policies) => policy::expand(policies),
        Err(error) => policy::failed(&input, &error),
    };
    expanded.into()
}

/// Checks that several models share; use `tenancy::checks!`.
#[doc(hidden)]
#[proc_macro]
pub fn checks(input: TokenStream) -> TokenStream {
    let shared = parse_macro_input!(input as policy::Shared);
    policy::share(&shared).into()
}

/// The statement form of entering a tenant; use `tenancy::enter!`.
#[doc(hidden)]
#[proc_macro]
pub fn enter(input: TokenStream) -> TokenStream {
    enter::expand(input.into()).into()
}
