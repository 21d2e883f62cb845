//! Each operation with this library.

/// The models and functions of one database.
macro_rules! scoped {
    ($database:ty) => {
        use tenancy::{Condition, Key, Result, Scoped, Tenant, TenantRoot, TenantScoped};
        use uuid::Uuid;

        use crate::sample::{LIST, Sample};

        #[derive(TenantRoot)]
        #[tenancy(database = $database)]
        #[expect(dead_code, reason = "read to be measured")]
        pub(crate) struct Organization {
            id: Uuid,
            pub(crate) name: String,
        }

        #[derive(TenantScoped)]
        #[tenancy(root = Organization)]
        #[expect(dead_code, reason = "read to be measured")]
        pub(crate) struct User {
            id: Uuid,
            tenant_id: Uuid,
            pub(crate) email: String,
            pub(crate) admin: bool,
        }

        #[derive(TenantScoped)]
        #[tenancy(root = Organization)]
        #[expect(dead_code, reason = "read to be measured")]
        pub(crate) struct Document {
            pub(crate) id: Uuid,
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

        pub(crate) async fn read<'t>(
            tenant: &Tenant<'t, Organization>,
            id: Uuid,
        ) -> Result<Option<Scoped<'t, Document>>> {
            Document::find(id).fetch_optional(tenant).await
        }

        pub(crate) async fn list<'t>(
            tenant: &Tenant<'t, Organization>,
        ) -> Result<Vec<Scoped<'t, Document>>> {
            Document::query()
                .order_by(|d| d.id.asc())
                .limit(LIST.unsigned_abs())
                .fetch_all(tenant)
                .await
        }

        pub(crate) async fn insert<'t>(
            tenant: &Tenant<'t, Organization>,
            author: Key<'t, User>,
            new: Sample,
        ) -> Result<()> {
            Document::create(values(author, new)).execute(tenant).await
        }

        fn values(author: Key<'_, User>, new: Sample) -> NewDocument<'_> {
            NewDocument {
                author_id: author.into(),
                title: new.title,
                summary: new.summary,
                status: new.status,
                note: new.note,
                views: new.views,
                priority: new.priority,
                pinned: new.pinned,
            }
        }

        pub(crate) async fn update<'t>(
            tenant: &Tenant<'t, Organization>,
            document: &Scoped<'t, Document>,
            title: String,
            views: i64,
        ) -> Result<()> {
            Document::update(document)
                .set(|d| (d.title.to(title), d.views.to(views)))
                .execute(tenant)
                .await
        }

        pub(crate) async fn delete<'t>(
            tenant: &Tenant<'t, Organization>,
            document: &Scoped<'t, Document>,
        ) -> Result<()> {
            Document::destroy(document).execute(tenant).await
        }

        pub(crate) async fn bulk<'t>(
            tenant: &Tenant<'t, Organization>,
            author: &Key<'t, User>,
            rows: Vec<Sample>,
        ) -> Result<u64> {
            Document::create_many(rows.into_iter().map(|new| values(author.clone(), new)))
                .execute(tenant)
                .await
        }

        /// Rows to be deleted.
        pub(crate) async fn spare<'t>(
            tenant: &Tenant<'t, Organization>,
            author: &Key<'t, User>,
            number: usize,
        ) -> Result<Vec<Scoped<'t, Document>>> {
            let rows = (0..number).map(|index| values(author.clone(), Sample::new(index)));
            Document::create_many(rows).fetch_all(tenant).await
        }

        /// The filter is known at run time only.
        pub(crate) async fn dynamic<'t>(
            tenant: &Tenant<'t, Organization>,
            id: Option<Uuid>,
        ) -> Result<Option<Scoped<'t, Document>>> {
            let mut wanted = Condition::all().boxed();
            if let Some(id) = id {
                wanted = Document::condition(|d| d.id.eq(id)).boxed();
            }
            Document::query()
                .filter(|_| wanted)
                .fetch_optional(tenant)
                .await
        }
    };
}

pub(crate) mod sqlite {
    scoped!(sqlx::Sqlite);
}

pub(crate) mod postgres {
    scoped!(sqlx::Postgres);
}
