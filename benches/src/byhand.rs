//! Each operation as a careful engineer writes it with sqlx.

/// The functions of one database; `$text` is the module with its SQL.
macro_rules! by_hand {
    ($database:ty, $text:path) => {
        use sqlx::{Pool, QueryBuilder};
        use uuid::Uuid;

        use crate::sample::{LIST, Sample};
        use $text as text;

        #[derive(sqlx::FromRow)]
        #[expect(dead_code, reason = "read to be measured")]
        pub(crate) struct Document {
            id: Uuid,
            tenant_id: Uuid,
            author_id: Uuid,
            title: String,
            summary: String,
            status: String,
            note: Option<String>,
            views: i64,
            priority: i32,
            pinned: bool,
        }

        pub(crate) async fn read(
            pool: &Pool<$database>,
            tenant: Uuid,
            id: Uuid,
        ) -> sqlx::Result<Option<Document>> {
            sqlx::query_as(text::READ)
                .bind(tenant)
                .bind(id)
                .fetch_optional(pool)
                .await
        }

        pub(crate) async fn list(
            pool: &Pool<$database>,
            tenant: Uuid,
        ) -> sqlx::Result<Vec<Document>> {
            sqlx::query_as(text::LIST)
                .bind(tenant)
                .bind(LIST)
                .fetch_all(pool)
                .await
        }

        pub(crate) async fn insert(
            pool: &Pool<$database>,
            tenant: Uuid,
            author: Uuid,
            new: Sample,
        ) -> sqlx::Result<()> {
            let result = sqlx::query(text::INSERT)
                .bind(Uuid::now_v7())
                .bind(tenant)
                .bind(author)
                .bind(new.title)
                .bind(new.summary)
                .bind(new.status)
                .bind(new.note)
                .bind(new.views)
                .bind(new.priority)
                .bind(new.pinned)
                .execute(pool)
                .await?;
            one(result.rows_affected())
        }

        pub(crate) async fn update(
            pool: &Pool<$database>,
            tenant: Uuid,
            id: Uuid,
            title: String,
            views: i64,
        ) -> sqlx::Result<()> {
            let result = sqlx::query(text::UPDATE)
                .bind(title)
                .bind(views)
                .bind(tenant)
                .bind(id)
                .execute(pool)
                .await?;
            one(result.rows_affected())
        }

        pub(crate) async fn delete(
            pool: &Pool<$database>,
            tenant: Uuid,
            id: Uuid,
        ) -> sqlx::Result<()> {
            let result = sqlx::query(text::DELETE)
                .bind(tenant)
                .bind(id)
                .execute(pool)
                .await?;
            one(result.rows_affected())
        }

        pub(crate) async fn bulk(
            pool: &Pool<$database>,
            tenant: Uuid,
            author: Uuid,
            rows: Vec<Sample>,
        ) -> sqlx::Result<u64> {
            let mut query = QueryBuilder::<$database>::new(text::BULK);
            query.push_values(rows, |mut row, new| {
                row.push_bind(Uuid::now_v7())
                    .push_bind(tenant)
                    .push_bind(author)
                    .push_bind(new.title)
                    .push_bind(new.summary)
                    .push_bind(new.status)
                    .push_bind(new.note)
                    .push_bind(new.views)
                    .push_bind(new.priority)
                    .push_bind(new.pinned);
            });
            let result = query.build().execute(pool).await?;
            Ok(result.rows_affected())
        }

        /// The filter is known at run time only.
        pub(crate) async fn dynamic(
            pool: &Pool<$database>,
            tenant: Uuid,
            id: Option<Uuid>,
        ) -> sqlx::Result<Option<Document>> {
            let mut query = QueryBuilder::<$database>::new(text::DYNAMIC);
            query.push_bind(tenant);
            if let Some(id) = id {
                query.push(" AND id = ").push_bind(id);
            }
            query.build_query_as().fetch_optional(pool).await
        }

        /// Who acts.
        #[derive(Clone, Copy)]
        pub(crate) struct Actor {
            pub(crate) tenant: Uuid,
            pub(crate) id: Uuid,
            pub(crate) admin: bool,
        }

        pub(crate) async fn own_read(
            pool: &Pool<$database>,
            actor: Actor,
            id: Uuid,
        ) -> sqlx::Result<Option<Document>> {
            let query = if actor.admin {
                sqlx::query_as(text::READ).bind(actor.tenant).bind(id)
            } else {
                let query = sqlx::query_as(text::OWN_READ);
                query.bind(actor.tenant).bind(id).bind(actor.id)
            };
            query.fetch_optional(pool).await
        }

        pub(crate) async fn own_list(
            pool: &Pool<$database>,
            actor: Actor,
        ) -> sqlx::Result<Vec<Document>> {
            let query = if actor.admin {
                sqlx::query_as(text::LIST).bind(actor.tenant).bind(LIST)
            } else {
                let query = sqlx::query_as(text::OWN_LIST);
                query.bind(actor.tenant).bind(actor.id).bind(LIST)
            };
            query.fetch_all(pool).await
        }

        pub(crate) async fn own_insert(
            pool: &Pool<$database>,
            actor: Actor,
            author: Uuid,
            new: Sample,
        ) -> sqlx::Result<()> {
            if actor.admin {
                return insert(pool, actor.tenant, author, new).await;
            }
            let result = sqlx::query(text::OWN_INSERT)
                .bind(Uuid::now_v7())
                .bind(actor.tenant)
                .bind(author)
                .bind(new.title)
                .bind(new.summary)
                .bind(new.status)
                .bind(new.note)
                .bind(new.views)
                .bind(new.priority)
                .bind(new.pinned)
                .bind(actor.id)
                .execute(pool)
                .await?;
            one(result.rows_affected())
        }

        /// As [`own_insert`], with the rule in Rust.
        pub(crate) async fn own_insert_in_rust(
            pool: &Pool<$database>,
            actor: Actor,
            author: Uuid,
            new: Sample,
        ) -> sqlx::Result<()> {
            if actor.admin || author == actor.id {
                insert(pool, actor.tenant, author, new).await
            } else {
                Err(sqlx::Error::RowNotFound)
            }
        }

        pub(crate) async fn own_update(
            pool: &Pool<$database>,
            actor: Actor,
            id: Uuid,
            title: String,
            views: i64,
        ) -> sqlx::Result<()> {
            if actor.admin {
                return update(pool, actor.tenant, id, title, views).await;
            }
            let result = sqlx::query(text::OWN_UPDATE)
                .bind(title)
                .bind(views)
                .bind(actor.tenant)
                .bind(id)
                .bind(actor.id)
                .execute(pool)
                .await?;
            one(result.rows_affected())
        }

        fn one(affected: u64) -> sqlx::Result<()> {
            if affected == 1 {
                Ok(())
            } else {
                Err(sqlx::Error::RowNotFound)
            }
        }
    };
}

pub(crate) mod sqlite {
    by_hand!(sqlx::Sqlite, crate::text::sqlite);

    /// SQLite has no arrays.
    pub(crate) use bulk as unnest;
}

pub(crate) mod postgres {
    by_hand!(sqlx::Postgres, crate::text::postgres);

    /// One array for each column: a statement that is the same for any number of rows.
    pub(crate) async fn unnest(
        pool: &Pool<sqlx::Postgres>,
        tenant: Uuid,
        author: Uuid,
        rows: Vec<Sample>,
    ) -> sqlx::Result<u64> {
        let number = rows.len();
        let mut ids = Vec::with_capacity(number);
        let mut titles = Vec::with_capacity(number);
        let mut summaries = Vec::with_capacity(number);
        let mut statuses = Vec::with_capacity(number);
        let mut notes = Vec::with_capacity(number);
        let mut views = Vec::with_capacity(number);
        let mut priorities = Vec::with_capacity(number);
        let mut pinned = Vec::with_capacity(number);
        for new in rows {
            ids.push(Uuid::now_v7());
            titles.push(new.title);
            summaries.push(new.summary);
            statuses.push(new.status);
            notes.push(new.note);
            views.push(new.views);
            priorities.push(new.priority);
            pinned.push(new.pinned);
        }
        let result = sqlx::query(text::UNNEST)
            .bind(ids)
            .bind(tenant)
            .bind(vec![author; number])
            .bind(titles)
            .bind(summaries)
            .bind(statuses)
            .bind(notes)
            .bind(views)
            .bind(priorities)
            .bind(pinned)
            .execute(pool)
            .await?;
        Ok(result.rows_affected())
    }
}
