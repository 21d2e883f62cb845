//! Where the databases of a test are.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use sqlx::error::BoxDynError;
use sqlx::{Postgres, Sqlite};
use tempfile::TempDir;
use tenancy::{Backend, Db, PoolOptions};
use tenancy_tests::database::{Options, file, new_database};
use uuid::Uuid;

/// A database that tenants share, and the way to their own.
pub(crate) struct Home<DB: Backend> {
    pub(crate) shared: Options<DB>,
    folder: Option<Arc<TempDir>>,
    /// Where the database of a tenant is instead, or why it cannot be found.
    elsewhere: Arc<Mutex<HashMap<Uuid, Result<Options<DB>, &'static str>>>>,
    lookups: Arc<AtomicUsize>,
}

/// What differs between the databases.
pub(crate) trait Server: Backend {
    const ORGANIZATIONS: &'static str;
    const INVOICES: &'static str;

    async fn home() -> Home<Self>;

    /// Another database on the same server.
    fn named(home: &Home<Self>, name: &str) -> Options<Self>;
}

impl<DB: Backend> Clone for Home<DB> {
    fn clone(&self) -> Self {
        Self {
            shared: self.shared.clone(),
            folder: self.folder.clone(),
            elsewhere: Arc::clone(&self.elsewhere),
            lookups: Arc::clone(&self.lookups),
        }
    }
}

impl<DB: Server> Home<DB> {
    fn new(shared: Options<DB>, folder: Option<TempDir>) -> Self {
        Self {
            shared,
            folder: folder.map(Arc::new),
            elsewhere: Arc::default(),
            lookups: Arc::default(),
        }
    }

    /// A handle on the shared database with so many connections.
    pub(crate) async fn connect(&self, connections: u32) -> Db<DB> {
        let pool = PoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(std::time::Duration::from_secs(20));
        self.connect_with(pool).await
    }

    pub(crate) async fn connect_with(&self, pool: PoolOptions) -> Db<DB> {
        Db::connect_with(pool, self.shared.clone()).await.unwrap()
    }

    /// Where the database of a tenant is by rule.
    pub(crate) fn own(&self, tenant: Uuid) -> Options<DB> {
        DB::named(self, &format!("own_{}", tenant.simple()))
    }

    /// From now on, the lookup says something else of a tenant.
    pub(crate) fn say(&self, tenant: Uuid, found: Result<Options<DB>, &'static str>) {
        self.elsewhere.lock().unwrap().insert(tenant, found);
    }

    /// The lookup of the test's program.
    pub(crate) fn look_up(&self, tenant: Uuid) -> Result<Options<DB>, BoxDynError> {
        self.lookups.fetch_add(1, Ordering::Relaxed);
        match self.elsewhere.lock().unwrap().get(&tenant) {
            Some(Ok(options)) => Ok(options.clone()),
            Some(Err(why)) => Err((*why).into()),
            None => Ok(self.own(tenant)),
        }
    }

    pub(crate) fn lookups(&self) -> usize {
        self.lookups.load(Ordering::Relaxed)
    }
}

impl Home<Sqlite> {
    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.as_ref().unwrap().path().join(name)
    }
}

impl Server for Sqlite {
    const ORGANIZATIONS: &'static str =
        "CREATE TABLE organizations (id BLOB PRIMARY KEY NOT NULL, name TEXT NOT NULL,
            tenancy_mark BLOB NOT NULL UNIQUE DEFAULT (randomblob(16)));
         CREATE TABLE plans (key TEXT PRIMARY KEY NOT NULL)";
    const INVOICES: &'static str =
        "CREATE TABLE invoices (id BLOB PRIMARY KEY NOT NULL, number BIGINT NOT NULL)";

    async fn home() -> Home<Self> {
        let folder = TempDir::new().unwrap();
        Home::new(file(folder.path().join("shared.db")), Some(folder))
    }

    fn named(home: &Home<Self>, name: &str) -> Options<Self> {
        file(home.path(&format!("{name}.db"))).create_if_missing(false)
    }
}

impl Server for Postgres {
    const ORGANIZATIONS: &'static str =
        "CREATE TABLE organizations (id uuid PRIMARY KEY, name text NOT NULL,
            tenancy_mark uuid NOT NULL UNIQUE DEFAULT gen_random_uuid());
         CREATE TABLE plans (key text PRIMARY KEY)";
    const INVOICES: &'static str =
        "CREATE TABLE invoices (id uuid PRIMARY KEY, number bigint NOT NULL)";

    async fn home() -> Home<Self> {
        Home::new(new_database().await, None)
    }

    fn named(home: &Home<Self>, name: &str) -> Options<Self> {
        home.shared.clone().database(name)
    }
}

/// Defines tests twice, once for each database. The body sees the models, a [`Home`], and these:
/// `db(&home, connections)`, a handle; `tenant(&db, name)`, a new tenant with a database of its own.
macro_rules! on_both {
    ($($(#[$attribute:meta])* async fn $name:ident($home:ident) $body:block)*) => {
        mod sqlite {
            #[allow(unused_imports)]
            use super::*;
            $crate::home::models!(sqlx::Sqlite);
            $( $(#[$attribute])* #[tokio::test] async fn $name() {
                let $home = <Database as $crate::home::Server>::home().await;
                $body
            } )*
        }

        mod postgres {
            #[allow(unused_imports)]
            use super::*;
            $crate::home::models!(sqlx::Postgres);
            $( $(#[$attribute])* #[tokio::test] async fn $name() {
                let $home = <Database as $crate::home::Server>::home().await;
                $body
            } )*
        }
    };
}

macro_rules! models {
    ($database:ty) => {
        use tenancy::{DbOf, Root as _, TenantRoot, TenantScoped, VerifiedTenant};
        use uuid::Uuid;

        use $crate::home::{Home, Server};

        type Database = $database;

        #[derive(Debug, TenantRoot)]
        #[tenancy(database = $database, databases)]
        struct Organization {
            id: Uuid,
            name: String,
        }

        #[derive(Clone, Debug, TenantScoped)]
        #[tenancy(root = Organization, strategy = database)]
        struct Invoice {
            id: Uuid,
            number: i64,
        }

        #[derive(Clone, Debug, TenantScoped)]
        #[tenancy(root = Organization, global = true, key = key)]
        struct Plan {
            key: String,
        }

        /// A handle with so many connections, on a new shared database.
        async fn db(home: &Home<Database>, connections: u32) -> DbOf<Organization> {
            let plain = home.connect(connections).await;
            sqlx::raw_sql(Database::ORGANIZATIONS)
                .execute(&mut *plain.acquire().await.unwrap())
                .await
                .unwrap();
            with_databases(home, plain)
        }

        fn with_databases(home: &Home<Database>, db: tenancy::Db<Database>) -> DbOf<Organization> {
            let home = home.clone();
            db.with_databases::<Organization, _, _>(move |id| std::future::ready(home.look_up(id)))
        }

        async fn registered(db: &DbOf<Organization>, name: &str) -> VerifiedTenant<Organization> {
            let new = NewOrganization { name: name.into() };
            Organization::create(new).execute(db).await.unwrap()
        }

        async fn tenant(db: &DbOf<Organization>, name: &str) -> VerifiedTenant<Organization> {
            let verified = registered(db, name).await;
            verified.create_database(Database::INVOICES).await.unwrap();
            verified
        }

        async fn bill(
            tenant: &tenancy::Tenant<'_, Organization>,
            number: i64,
        ) -> tenancy::Result<()> {
            Invoice::create(NewInvoice { number }).execute(tenant).await
        }

        async fn numbers(tenant: &tenancy::Tenant<'_, Organization>) -> tenancy::Result<Vec<i64>> {
            let invoices = Invoice::query().order_by(|i| i.number.asc());
            let invoices = invoices.fetch_all(tenant).await?;
            Ok(invoices.iter().map(|invoice| invoice.number).collect())
        }
    };
}

pub(crate) use {models, on_both};
