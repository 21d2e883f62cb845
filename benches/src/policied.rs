//! The operations that policies narrow, with this library and by hand: who is no admin works on what is
//! their own.

/// The model with policies, and all operations on it, of one database.
macro_rules! policied {
    ($database:ty, $bench:path, $scoped:path, $by_hand:path) => {
        use sqlx::Pool;
        use tenancy::TenantScoped as _;
        use uuid::Uuid;

        use crate::bench::{Error, Taken, repeat};
        use crate::operation::Policied;
        use crate::sample::{LIST, Sample, title};
        use $bench as Bench;
        use $by_hand as by_hand;
        use $scoped::{Organization, User};

        /// The documents once more, with policies.
        #[derive(tenancy::TenantScoped)]
        #[tenancy(root = Organization, policies)]
        pub(crate) struct Document {
            id: Uuid,
            tenant_id: Uuid,
            #[tenancy(belongs_to = User)]
            author_id: Uuid,
            title: String,
            summary: String,
            status: String,
            note: Option<String>,
            views: i64,
            priority: i32,
            pinned: bool,
        }

        tenancy::policies! {
            Document, actor: User {
                read { authorize_if actor.admin; authorize_if author_id == actor; }
                create { authorize_if actor.admin; authorize_if author_id == actor; }
                update { authorize_if actor.admin; authorize_if author_id == actor; }
            }
        }

        impl Bench {
            /// An operation with this library.
            pub(crate) async fn policied(
                &self,
                operation: Policied,
                times: usize,
            ) -> Result<Taken, Error> {
                tenancy::enter!(acme = self.tenant.clone());
                let id = match operation {
                    Policied::Admin => self.admin,
                    _ => self.author,
                };
                let actor = User::find(id).fetch_one(&acme).await?;
                let author = actor.key();
                let acme = acme.acting_as(actor);
                let taken = match operation {
                    Policied::Read | Policied::Admin => {
                        repeat(times, async |_| {
                            let row = Document::find(self.document).fetch_optional(&acme).await?;
                            row.map(drop).ok_or(tenancy::Error::NotFound)
                        })
                        .await?
                    }
                    Policied::List => {
                        repeat(times, async |_| {
                            let rows = Document::query()
                                .order_by(|d| d.id.asc())
                                .limit(LIST.unsigned_abs())
                                .fetch_all(&acme)
                                .await;
                            rows.map(drop)
                        })
                        .await?
                    }
                    Policied::Insert | Policied::InsertInRust => {
                        repeat(times, async |index| {
                            let new = Sample::new(index);
                            let new = NewDocument {
                                author_id: author.clone().into(),
                                title: new.title,
                                summary: new.summary,
                                status: new.status,
                                note: new.note,
                                views: new.views,
                                priority: new.priority,
                                pinned: new.pinned,
                            };
                            Document::create(new).execute(&acme).await
                        })
                        .await?
                    }
                    Policied::Update => {
                        let document = Document::find(self.document).fetch_one(&acme).await?;
                        repeat(times, async |index| {
                            let title = title(index);
                            Document::update(&document)
                                .set(|d| (d.title.to(title), d.views.to(18)))
                                .execute(&acme)
                                .await
                        })
                        .await?
                    }
                };
                Ok(taken)
            }

            /// The same by hand.
            pub(crate) async fn policied_by_hand(
                &self,
                pool: &Pool<$database>,
                operation: Policied,
                times: usize,
            ) -> Result<Taken, Error> {
                let admin = operation == Policied::Admin;
                let actor = by_hand::Actor {
                    tenant: *self.tenant.id(),
                    id: if admin { self.admin } else { self.author },
                    admin,
                };
                let taken = match operation {
                    Policied::Read | Policied::Admin => {
                        repeat(times, async |_| {
                            let row = by_hand::own_read(pool, actor, self.document).await?;
                            row.map(drop).ok_or(sqlx::Error::RowNotFound)
                        })
                        .await?
                    }
                    Policied::List => {
                        repeat(times, async |_| {
                            by_hand::own_list(pool, actor).await.map(drop)
                        })
                        .await?
                    }
                    Policied::Insert => {
                        repeat(times, async |index| {
                            by_hand::own_insert(pool, actor, self.author, Sample::new(index)).await
                        })
                        .await?
                    }
                    Policied::InsertInRust => {
                        repeat(times, async |index| {
                            let new = Sample::new(index);
                            by_hand::own_insert_in_rust(pool, actor, self.author, new).await
                        })
                        .await?
                    }
                    Policied::Update => {
                        repeat(times, async |index| {
                            let title = title(index);
                            by_hand::own_update(pool, actor, self.document, title, 18).await
                        })
                        .await?
                    }
                };
                Ok(taken)
            }
        }
    };
}

mod sqlite {
    policied!(
        sqlx::Sqlite,
        crate::bench::sqlite::Bench,
        crate::scoped::sqlite,
        crate::byhand::sqlite
    );
}

mod postgres {
    policied!(
        sqlx::Postgres,
        crate::bench::postgres::Bench,
        crate::scoped::postgres,
        crate::byhand::postgres
    );
}
