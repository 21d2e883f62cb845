//! Databases with faults: each is found, nothing else is, and its mend mends it.

#![allow(dead_code, reason = "columns that no test looks at")]

mod cascades;
mod databases;
mod extensions;
mod forms;
mod healthy;
mod kept;
mod kinds;
mod mends;
mod postgres;
mod probe;
mod report;
mod retyped;
mod round_trip;
mod rows;
mod schemas;
mod security;
mod settings;
mod signing;
mod sqlite;

use tenancy::doctor::Report;

/// The codes that were found, each once.
fn codes(report: &Report) -> Vec<&'static str> {
    let mut codes: Vec<_> = report
        .findings()
        .iter()
        .map(|finding| finding.code)
        .collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Expects these codes and no others.
#[track_caller]
fn expect(report: &Report, expected: &[&str], seed: &str) {
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(codes(report), expected, "after\n{seed}\n{report}");
}

/// The statements of a report, in its order.
fn mends(report: &Report) -> String {
    report
        .findings()
        .iter()
        .map(|finding| finding.mend.as_str())
        .collect()
}

/// Defines the models for a database, and `tables()`.
macro_rules! patients {
    ($database:ty $(, $flag:ident)?) => {
        use tenancy::{TenantRoot, TenantScoped};
        use uuid::Uuid;

        #[derive(Debug, TenantRoot)]
        #[tenancy(database = $database $(, $flag)?)]
        pub(crate) struct Organization {
            id: Uuid,
            #[tenancy(unique)]
            subdomain: String,
            #[tenancy(active, default)]
            active: bool,
        }

        #[derive(Debug, TenantScoped)]
        #[tenancy(root = Organization)]
        pub(crate) struct User {
            id: Uuid,
            #[tenancy(unique)]
            email: String,
            name: Option<String>,
        }

        #[derive(Debug, TenantScoped)]
        #[tenancy(root = Organization)]
        pub(crate) struct Document {
            id: Uuid,
            #[tenancy(belongs_to = User)]
            owner_id: Uuid,
            #[tenancy(index)]
            title: String,
            #[tenancy(default = "FALSE")]
            archived: bool,
            ratio: Option<f64>,
            #[tenancy(version)]
            version: i64,
        }

        #[derive(Debug, TenantScoped)]
        #[tenancy(root = Organization)]
        pub(crate) struct Note {
            id: i64,
            #[tenancy(belongs_to = User)]
            author_id: Option<Uuid>,
            #[tenancy(belongs_to = Plan)]
            plan: Option<String>,
            #[tenancy(belongs_to = Organization)]
            about_id: Option<Uuid>,
        }

        #[derive(Debug, TenantScoped)]
        #[tenancy(root = Organization, global = true, key = name)]
        pub(crate) struct Plan {
            name: String,
            #[tenancy(unique)]
            rank: i64,
        }

        pub(crate) fn tables() -> tenancy::ddl::Tables<Organization> {
            tenancy::ddl::Tables::new()
                .with::<User>()
                .with::<Document>()
                .with::<Note>()
                .with::<Plan>()
        }
    };
}

/// The patients on SQLite.
mod on_sqlite {
    patients!(sqlx::Sqlite);
}

/// The patients on PostgreSQL, with row-level security.
mod secured {
    patients!(sqlx::Postgres, rls);
}

/// The patients on PostgreSQL.
mod on_postgres {
    patients!(sqlx::Postgres);

    #[derive(Clone, Copy, Debug, PartialEq, sqlx::Type)]
    #[sqlx(type_name = "colour", rename_all = "lowercase")]
    pub(crate) enum Colour {
        Red,
        Green,
    }

    /// A type of the program's own.
    #[derive(Debug, TenantScoped)]
    #[tenancy(root = Organization, index(colour, id))]
    pub(crate) struct Label {
        id: Uuid,
        colour: Option<Colour>,
    }

    /// With all there is.
    pub(crate) fn all() -> tenancy::ddl::Tables<Organization> {
        let tables = tables().with::<Label>();
        tables
            .with_enum("colour", ["red", "green"])
            .expect("the name of a type")
    }
}
