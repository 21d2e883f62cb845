//! What the macros write stands in anyone's crate: without a prelude, under strict lints, with the
//! library under another name, and beside columns that are called like methods and keywords.
#![no_implicit_prelude]
#![forbid(unsafe_code)]
#![deny(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    unused,
    warnings,
    clippy::all,
    clippy::pedantic
)]
#![allow(clippy::missing_errors_doc)]

// From here on `::tenancy` and `::sqlx` are this crate: a path that the macros do not take from
// `crate = …` finds nothing.
#[allow(unused_extern_crates, reason = "unused is what they are to be")]
extern crate self as sqlx;
#[allow(unused_extern_crates, reason = "unused is what they are to be")]
extern crate self as tenancy;
#[allow(unused_extern_crates, reason = "unused is what they are to be")]
extern crate self as uuid;
extern crate tenancy as other;

/// A module that shadows every name the macros could mean by a short path.
#[allow(
    missing_docs,
    missing_debug_implementations,
    dead_code,
    unreachable_pub,
    reason = "decoys"
)]
pub mod decoys {
    pub struct Option;
    pub struct Result;
    pub struct Vec;
    pub struct String;
    pub struct Self_;
    pub trait Clone {}
    pub trait Copy {}
    pub trait Debug {}
    pub trait Into {}
    pub trait Send {}
    pub mod core {}
    pub mod std {}
}

/// Models of a crate that knows the library as `other`.
pub mod renamed {
    #[allow(unused_imports, reason = "decoys")]
    use crate::decoys::*;

    /// A root.
    #[derive(::std::fmt::Debug, ::other::TenantRoot)]
    #[tenancy(crate = ::other, database = ::other::sqlx::Sqlite)]
    pub struct Organization {
        /// The key.
        pub id: ::other::uuid::Uuid,
        /// Whether the tenant may be entered.
        #[tenancy(active, default)]
        pub active: bool,
    }

    /// An id.
    #[derive(::std::fmt::Debug, ::std::clone::Clone, ::other::Id)]
    #[tenancy(crate = ::other)]
    pub struct UserId(i64);

    /// A model.
    #[derive(::std::fmt::Debug, ::other::TenantScoped)]
    #[tenancy(crate = ::other, root = Organization)]
    pub struct User {
        /// The key.
        #[tenancy(generated)]
        pub id: UserId,
        /// Whose it is.
        pub tenant_id: ::other::uuid::Uuid,
        /// Text.
        pub name: ::std::option::Option<::std::string::String>,
    }

    /// A model with columns of every other kind.
    #[derive(::std::fmt::Debug, ::other::TenantScoped)]
    #[tenancy(crate = ::other, root = Organization)]
    pub struct Document {
        /// The key.
        pub id: ::other::uuid::Uuid,
        /// A reference.
        #[tenancy(belongs_to = User)]
        pub owner: UserId,
        /// A reference that may be missing.
        #[tenancy(belongs_to = User)]
        pub reviewer: ::std::option::Option<UserId>,
        /// Filled by the database.
        #[tenancy(generated)]
        pub search: ::std::string::String,
        /// Counts changes.
        #[tenancy(version)]
        pub version: i64,
    }

    /// Changes.
    #[derive(::std::fmt::Debug, ::other::Changes)]
    #[tenancy(crate = ::other, model = Document)]
    pub struct DocumentPatch {
        /// Changes the owner.
        pub owner: ::std::option::Option<UserId>,
        /// Changes the reviewer.
        pub reviewer: ::other::Patch<UserId>,
    }

    /// A model with policies, and with guarded fields that are called like what the macros write.
    #[derive(::std::fmt::Debug, ::other::TenantScoped)]
    #[tenancy(crate = ::other, root = Organization, policies)]
    pub struct Employee {
        /// The key.
        pub id: ::other::uuid::Uuid,
        /// A reference.
        #[tenancy(belongs_to = User)]
        pub by: UserId,
        /// Seen by some.
        #[tenancy(guarded)]
        pub with: ::other::Masked<i64>,
        /// Seen by others.
        #[tenancy(guarded)]
        pub field: ::other::Masked<::std::option::Option<i64>>,
        /// Seen by none.
        #[tenancy(guarded)]
        pub columns_0: ::other::Masked<bool>,
    }

    ::other::policies! {
        Employee, actor: User {
            read { authorize_if by == actor; authorize_if columns_0; }
            field with { authorize_if by == actor; authorize_if field == with && actor.name.is_some(); }
            field field when actor.name.is_some() { authorize_if with == 1; }
            field(columns_0) {}
        }
    }

    /// Enters two tenants.
    pub async fn enter(
        one: ::other::VerifiedTenant<Organization>,
        another: ::other::VerifiedTenant<Organization>,
    ) -> ::other::Result<u64> {
        use ::other::TenantScoped as _;

        ::other::enter!(acme = one);
        ::other::enter!(mut globex = another);
        let users = User::query().count(&acme).await?;
        let tx = globex.begin().await?;
        let more = User::query().count(&tx).await?;
        tx.commit().await?;
        ::other::Result::Ok(users + more)
    }
}

/// Columns that are called like methods of statements, like keywords, and like words of SQL.
pub mod names {
    use ::other::{TenantScoped as _, uuid::Uuid};
    use ::std::string::{String, ToString as _};

    use crate::renamed::Organization;

    /// A table that is called like a word of SQL.
    #[derive(::std::fmt::Debug, ::other::TenantScoped)]
    #[tenancy(crate = ::other, root = Organization, table = "order", key = select, attribute = group)]
    pub struct Order {
        /// The key.
        pub select: Uuid,
        /// Whose it is.
        pub group: Uuid,
        /// A keyword of Rust.
        pub r#type: String,
        /// Another.
        #[tenancy(belongs_to = Order)]
        pub r#where: Uuid,
        /// Methods of statements.
        pub execute: i64,
        /// Another.
        pub filter: i64,
        /// Another.
        pub fetch_all: i64,
        /// Another.
        pub to: i64,
        /// A column whose name is more than a word.
        #[tenancy(column = "from here; --")]
        pub from: String,
    }

    /// A struct that is called like a keyword.
    #[derive(::std::fmt::Debug, ::other::TenantScoped)]
    #[tenancy(crate = ::other, root = Organization)]
    #[allow(non_camel_case_types, reason = "that is the point")]
    pub struct r#match {
        /// The key.
        pub id: Uuid,
    }

    /// A struct whose name is that of one of the library's.
    #[derive(::std::fmt::Debug, ::other::TenantScoped)]
    #[tenancy(crate = ::other, root = Organization)]
    pub struct Model {
        /// The key.
        pub id: Uuid,
    }

    /// A model with methods of its own, called like those of the library.
    impl Order {
        /// Not the library's.
        #[must_use]
        pub fn query() -> u8 {
            1
        }

        /// Not the library's.
        #[must_use]
        pub fn key(&self) -> u8 {
            2
        }
    }

    #[test]
    fn names_are_quoted() {
        let query = <Order as ::other::TenantScoped>::query()
            .filter(|o| o.r#type.eq("a") & o.execute.gt(o.filter) & o.from.ne(""))
            .order_by(|o| (o.fetch_all.asc(), o.to.desc()));
        ::std::assert_eq!(
            query.sql(),
            ::std::concat!(
                r#"SELECT "order"."select", "order"."group", "order"."type", "order"."where", "#,
                r#""order"."execute", "order"."filter", "order"."fetch_all", "order"."to", "#,
                r#""order"."from here; --" FROM "order" WHERE ((("order"."type" = ? AND "#,
                r#""order"."execute" > "order"."filter") AND "order"."from here; --" <> ?)) AND "#,
                r#""order"."group" = ? ORDER BY "order"."fetch_all" ASC, "order"."to" DESC"#
            )
        );
        ::std::assert_eq!(Order::query(), 1);
        let new = Newmatch {};
        ::std::assert!(r#match::create(new).sql().to_string().contains("matches"));
        ::std::assert!(Model::create(NewModel {}).sql().contains("models"));
    }
}
