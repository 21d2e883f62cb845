//! What the tests share: one set of models, declared for each database, and databases to run on.
//!
//! [`sqlite`] and [`postgres`] hold the same models; [`on_both!`] runs a test body on each.

mod apart;
pub mod database;
pub mod grounds;
mod models;
pub mod pooler;
pub mod rls;

use tenancy::{DbOf, TenantRoot, VerifiedTenant};
use uuid::Uuid;

/// The same tenant over another pool of the same database.
pub fn over<T: TenantRoot<Key = Uuid>>(
    pool: &DbOf<T>,
    tenant: &VerifiedTenant<T>,
) -> VerifiedTenant<T> {
    VerifiedTenant::assume_verified(pool, *tenant.id(), "verified over another pool")
}

/// What rules of another crate mean by their limit.
pub const LIMIT: i64 = 2;

/// Calls a macro with this crate's limit, by a name that each crate has.
#[macro_export]
macro_rules! with_limit {
    ($then:ident $(, $argument:expr)*) => {
        $then! { $crate::LIMIT $(, $argument)* }
    };
}

/// The snippets of the README compile.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

/// The models on SQLite.
pub mod sqlite {
    crate::models!(sqlx::Sqlite);

    /// A new, empty database with the tables of the models.
    pub async fn database() -> crate::database::Fresh<sqlx::Sqlite> {
        crate::database::sqlite(crate::models::SQLITE_SCHEMA).await
    }
}

/// The models on PostgreSQL.
pub mod postgres {
    crate::models!(sqlx::Postgres);

    /// A new, empty database with the tables of the models.
    pub async fn database() -> crate::database::Fresh<sqlx::Postgres> {
        crate::database::postgres(crate::models::POSTGRES_SCHEMA).await
    }

    /// The same, by way of PgBouncer in transaction mode.
    pub async fn through_pgbouncer() -> crate::database::Fresh<sqlx::Postgres> {
        crate::pooler::before(database().await).await
    }
}

/// The models on PostgreSQL, in a schema of each tenant.
pub mod schemas {
    crate::models!(sqlx::Postgres, [schemas], [strategy = schema], [default]);

    /// A new, empty database with the tables of the models, for the tenants with the ids 0x801 to 0x803.
    pub async fn database() -> crate::database::Fresh<sqlx::Postgres> {
        crate::database::postgres(crate::models::SCHEMAS).await
    }
}

/// The same, with the tenant as a column besides.
pub mod schemas_with_column {
    crate::models!(
        sqlx::Postgres,
        [schemas],
        [strategy = schema, attribute = tenant_id],
        []
    );

    /// A new, empty database with the tables of the models, for the tenants with the ids 0x801 to 0x803.
    pub async fn database() -> crate::database::Fresh<sqlx::Postgres> {
        crate::database::postgres(crate::models::SCHEMAS_WITH_COLUMN).await
    }
}

/// The models on SQLite, in a file of each tenant.
pub mod sqlite_databases {
    crate::models!(sqlx::Sqlite, [databases], [strategy = database], [default]);

    /// New, empty databases with the tables of the models, for the tenants with the ids 0x801 to 0x803.
    pub async fn database() -> Fresh {
        crate::apart::sqlite(|db, place| {
            db.with_databases::<Organization, _, _>(move |id| std::future::ready(place(id)))
        })
        .await
    }
}

/// The models on PostgreSQL, in a database of each tenant.
pub mod postgres_databases {
    crate::models!(
        sqlx::Postgres,
        [databases],
        [strategy = database],
        [default]
    );

    /// New, empty databases with the tables of the models, for the tenants with the ids 0x801 to 0x803.
    pub async fn database() -> Fresh {
        crate::apart::postgres(|db, place| {
            db.with_databases::<Organization, _, _>(move |id| std::future::ready(place(id)))
        })
        .await
    }
}

/// The models on PostgreSQL, whose row-level security knows the tenant.
pub mod with_rls {
    use crate::rls::{SETTING, SIGNED, secured};

    crate::models!(sqlx::Postgres, [rls]);

    /// A new, empty database with the tables of the models, reached as a role that row-level security holds for.
    pub async fn database() -> Fresh {
        let (fresh, db) = secured(super::postgres::database().await, SETTING).await;
        fresh.with(db.with_rls().await.expect("a role that is safe"))
    }

    /// The same, with signatures.
    pub async fn signed() -> Fresh {
        let key = crate::rls::key();
        let (fresh, db) = secured(super::postgres::database().await, SIGNED).await;
        fresh.with(db.with_signed_rls(key).await.expect("a role that is safe"))
    }

    /// The same without signatures, by way of PgBouncer in transaction mode.
    pub async fn through_pgbouncer() -> Fresh {
        let (fresh, db) = secured(super::postgres::database().await, SETTING).await;
        let db = crate::pooler::to(db.connect_options()).await;
        fresh.with(db.with_rls().await.expect("a role that is safe"))
    }
}

/// The models on PostgreSQL, in a schema of each tenant, whose row-level security knows the tenant.
pub mod schemas_with_rls {
    use crate::rls::{in_schemas, key};

    crate::models!(
        sqlx::Postgres,
        [rls, schemas],
        [strategy = schema],
        [default]
    );

    /// A new, empty database with the tables of the models, for the tenants with the ids 0x801 to 0x803, reached as a
    /// role that row-level security holds for.
    pub async fn database() -> Fresh {
        let fresh = super::schemas::database().await;
        let db = in_schemas::<Organization>(&fresh, None).await;
        fresh.with(db)
    }

    /// The same, with signatures.
    pub async fn signed() -> Fresh {
        let fresh = super::schemas::database().await;
        let db = in_schemas::<Organization>(&fresh, Some(key())).await;
        fresh.with(db)
    }

    /// The same without signatures, by way of PgBouncer in transaction mode.
    pub async fn through_pgbouncer() -> Fresh {
        let fresh = database().await;
        let db = crate::pooler::to(fresh.connect_options()).await;
        fresh.with(db.with_rls().await.expect("a role that is safe"))
    }
}

/// The same, with the tenant as a column besides.
pub mod schemas_with_column_and_rls {
    use crate::rls::{in_schemas, key};

    crate::models!(
        sqlx::Postgres,
        [rls, schemas],
        [strategy = schema, attribute = tenant_id],
        []
    );

    /// A new, empty database with the tables of the models, for the tenants with the ids 0x801 to 0x803, reached as a
    /// role that row-level security holds for.
    pub async fn database() -> Fresh {
        let fresh = super::schemas_with_column::database().await;
        let db = in_schemas::<Organization>(&fresh, None).await;
        fresh.with(db)
    }

    /// The same, with signatures.
    pub async fn signed() -> Fresh {
        let fresh = super::schemas_with_column::database().await;
        let db = in_schemas::<Organization>(&fresh, Some(key())).await;
        fresh.with(db)
    }
}

/// Defines a test twice, once for each database. The body sees the models by their names, and
/// `database()`, a fresh one.
///
/// ```text
/// tenancy_tests::on_both! {
///     async fn rows_are_counted() {
///         let db = database().await;
///         …
///     }
/// }
/// ```
#[macro_export]
macro_rules! on_both {
    ($($(#[$attribute:meta])* async fn $name:ident() $body:block)*) => {
        mod sqlite {
            #[allow(unused_imports)]
            use super::*;
            #[allow(unused_imports)]
            use $crate::sqlite::*;
            $( $(#[$attribute])* #[tokio::test] async fn $name() $body )*
        }

        mod postgres {
            #[allow(unused_imports)]
            use super::*;
            #[allow(unused_imports)]
            use $crate::postgres::*;
            $( $(#[$attribute])* #[tokio::test] async fn $name() $body )*
        }
    };
}
