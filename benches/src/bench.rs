//! Runs one operation on one side, many times.

use std::time::{Duration, Instant};

use crate::count::allocations;

pub(crate) type Error = Box<dyn std::error::Error>;

/// What a number of operations took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    /// All together.
    pub(crate) time: Duration,
    /// Of the operation with the fewest: one that waits for another thread allocates a waker, one
    /// that finds its answer there already does not.
    pub(crate) allocations: u64,
}

/// Runs `work` so many times, one after the other.
pub(crate) async fn repeat<E>(
    times: usize,
    mut work: impl AsyncFnMut(usize) -> Result<(), E>,
) -> Result<Taken, E> {
    let (mut fewest, started) = (u64::MAX, Instant::now());
    for index in 0..times {
        let before = allocations();
        work(index).await?;
        fewest = fewest.min(allocations() - before);
    }
    Ok(Taken {
        time: started.elapsed(),
        allocations: fewest,
    })
}

/// A database with some rows, and all operations on it.
macro_rules! bench {
    ($database:ty, $scoped:path, $by_hand:path, $text:path) => {
        use sqlx::Pool;
        use tenancy::{Db, Root as _, Scoped, TenantScoped as _, VerifiedTenant};
        use uuid::Uuid;

        use super::{Error, Taken, repeat};
        use crate::operation::{Operation, Plain, Side};
        use crate::sample::{BULK, LIST, Sample, title};
        use $by_hand as by_hand;
        use $scoped as scoped;
        use $text as text;

        pub(crate) struct Bench {
            pub(crate) tenant: VerifiedTenant<scoped::Organization>,
            pub(crate) author: Uuid,
            pub(crate) admin: Uuid,
            /// Of the author.
            pub(crate) document: Uuid,
        }

        impl Bench {
            /// Fills an empty database: the rows of one list, of one author.
            pub(crate) async fn new(db: &Db<$database>) -> Result<Self, Error> {
                sqlx::raw_sql(text::SCHEMA)
                    .execute(&mut *db.acquire().await?)
                    .await?;
                let organization = scoped::NewOrganization {
                    name: "Acme".to_owned(),
                };
                let tenant = scoped::Organization::create(organization)
                    .execute(db)
                    .await?;
                tenancy::enter!(acme = tenant.clone());
                let user = |email: &str, admin| {
                    let email = email.to_owned();
                    scoped::User::create(scoped::NewUser { email, admin })
                };
                let author = user("ann@acme.com", false).fetch_one(&acme).await?;
                let admin = user("bob@acme.com", true).fetch_one(&acme).await?;
                for index in 0..usize::try_from(LIST)? {
                    scoped::insert(&acme, author.key(), Sample::new(index)).await?;
                }
                let document = scoped::Document::query().fetch_one(&acme).await?.id;
                Ok(Self {
                    author: *author.key().id(),
                    admin: *admin.key().id(),
                    document,
                    tenant,
                })
            }

            /// Runs an operation so many times. Statements that are written by hand run on `pool`.
            ///
            /// A delete needs rows: there will be `spare` of them, which is independent of `times` so
            /// that two runs differ in nothing else.
            pub(crate) async fn run(
                &self,
                side: Side,
                pool: &Pool<$database>,
                operation: Operation,
                times: usize,
                spare: usize,
            ) -> Result<Taken, Error> {
                match (side, operation) {
                    (Side::Scoped, Operation::Plain(operation)) => {
                        self.scoped(operation, times, spare).await
                    }
                    (Side::ByHand, Operation::Plain(operation)) => {
                        self.by_hand(pool, operation, times, spare).await
                    }
                    (Side::Scoped, Operation::Policied(operation)) => {
                        self.policied(operation, times).await
                    }
                    (Side::ByHand, Operation::Policied(operation)) => {
                        self.policied_by_hand(pool, operation, times).await
                    }
                }
            }

            async fn scoped(
                &self,
                operation: Plain,
                times: usize,
                spare: usize,
            ) -> Result<Taken, Error> {
                tenancy::enter!(acme = self.tenant.clone());
                let author = scoped::User::find(self.author).fetch_one(&acme).await?;
                let author = author.key();
                let taken = match operation {
                    Plain::Read => {
                        repeat(times, async |_| {
                            let row = scoped::read(&acme, self.document).await?;
                            row.map(drop).ok_or(tenancy::Error::NotFound)
                        })
                        .await?
                    }
                    Plain::List => {
                        repeat(times, async |_| scoped::list(&acme).await.map(drop)).await?
                    }
                    Plain::Insert => {
                        repeat(times, async |index| {
                            scoped::insert(&acme, author.clone(), Sample::new(index)).await
                        })
                        .await?
                    }
                    Plain::Update => {
                        let document = scoped::Document::find(self.document);
                        let document = document.fetch_one(&acme).await?;
                        repeat(times, async |index| {
                            scoped::update(&acme, &document, title(index), 18).await
                        })
                        .await?
                    }
                    Plain::Delete => {
                        let documents = scoped::spare(&acme, &author, spare).await?;
                        repeat(times, async |index| {
                            scoped::delete(&acme, &documents[index]).await
                        })
                        .await?
                    }
                    Plain::Bulk | Plain::Unnest => {
                        repeat(times, async |_| {
                            let rows = (0..BULK).map(Sample::new).collect();
                            scoped::bulk(&acme, &author, rows).await.map(drop)
                        })
                        .await?
                    }
                    Plain::Dynamic => {
                        repeat(times, async |_| {
                            let row = scoped::dynamic(&acme, Some(self.document)).await?;
                            row.map(drop).ok_or(tenancy::Error::NotFound)
                        })
                        .await?
                    }
                };
                Ok(taken)
            }

            async fn by_hand(
                &self,
                pool: &Pool<$database>,
                operation: Plain,
                times: usize,
                spare: usize,
            ) -> Result<Taken, Error> {
                let (tenant, author) = (*self.tenant.id(), self.author);
                let taken = match operation {
                    Plain::Read => {
                        repeat(times, async |_| {
                            let row = by_hand::read(pool, tenant, self.document).await?;
                            row.map(drop).ok_or(sqlx::Error::RowNotFound)
                        })
                        .await?
                    }
                    Plain::List => {
                        repeat(times, async |_| by_hand::list(pool, tenant).await.map(drop)).await?
                    }
                    Plain::Insert => {
                        repeat(times, async |index| {
                            by_hand::insert(pool, tenant, author, Sample::new(index))
                                .await
                                .map(drop)
                        })
                        .await?
                    }
                    Plain::Update => {
                        repeat(times, async |index| {
                            by_hand::update(pool, tenant, self.document, title(index), 18).await
                        })
                        .await?
                    }
                    Plain::Delete => {
                        let documents = {
                            tenancy::enter!(acme = self.tenant.clone());
                            let author = scoped::User::find(author).fetch_one(&acme).await?;
                            let documents = scoped::spare(&acme, &author.key(), spare).await?;
                            documents
                                .into_iter()
                                .map(Scoped::into_inner)
                                .collect::<Vec<_>>()
                        };
                        repeat(times, async |index| {
                            by_hand::delete(pool, tenant, documents[index].id).await
                        })
                        .await?
                    }
                    Plain::Bulk => {
                        repeat(times, async |_| {
                            let rows = (0..BULK).map(Sample::new).collect();
                            by_hand::bulk(pool, tenant, author, rows).await.map(drop)
                        })
                        .await?
                    }
                    Plain::Unnest => {
                        repeat(times, async |_| {
                            let rows = (0..BULK).map(Sample::new).collect();
                            by_hand::unnest(pool, tenant, author, rows).await.map(drop)
                        })
                        .await?
                    }
                    Plain::Dynamic => {
                        repeat(times, async |_| {
                            let row = by_hand::dynamic(pool, tenant, Some(self.document)).await?;
                            row.map(drop).ok_or(sqlx::Error::RowNotFound)
                        })
                        .await?
                    }
                };
                Ok(taken)
            }
        }
    };
}

pub(crate) mod sqlite {
    bench!(
        sqlx::Sqlite,
        crate::scoped::sqlite,
        crate::byhand::sqlite,
        crate::text::sqlite
    );
}

pub(crate) mod postgres {
    bench!(
        sqlx::Postgres,
        crate::scoped::postgres,
        crate::byhand::postgres,
        crate::text::postgres
    );
}
