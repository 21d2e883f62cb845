//! Helpers, services behind traits, and recursion, called with a token and with a transaction.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use tenancy::{Result, Root as _, Scoped, Tenant, TenantScoped as _};

use crate::send;

tenancy_tests::on_both! {
    async fn services_take_a_token_or_a_transaction() {
        #[async_trait]
        trait Mailer: Send + Sync {
            async fn greet<'t>(
                &self,
                tenant: &Tenant<'t, Organization>,
                user: &Scoped<'t, User>,
            ) -> Result<Scoped<'t, Note>>;
        }

        struct Notes {
            greeting: String,
        }

        #[async_trait]
        impl Mailer for Notes {
            async fn greet<'t>(
                &self,
                tenant: &Tenant<'t, Organization>,
                user: &Scoped<'t, User>,
            ) -> Result<Scoped<'t, Note>> {
                let body = format!("{} {}", self.greeting, user.email);
                let note = Note::create(NewNote { body, priority: None }).fetch_one(tenant).await?;
                Note::update(&note).set(|n| n.priority.to(1)).fetch_one(tenant).await
            }
        }

        async fn find_or_create<'t>(
            tenant: &Tenant<'t, Organization>,
            email: &str,
        ) -> Result<Scoped<'t, User>> {
            match User::query().filter(|u| u.email.eq(email)).fetch_optional(tenant).await? {
                Some(user) => Ok(user),
                None => {
                    let new = NewUser { email: email.into(), role: Role::Member, nickname: None };
                    User::create(new).fetch_one(tenant).await
                }
            }
        }

        let db = database().await;
        let tenant = Organization::create(NewOrganization { name: "Acme".into() })
            .execute(&db)
            .await
            .unwrap();
        let mailer: Arc<dyn Mailer> = Arc::new(Notes { greeting: "Hello".into() });
        let task = send(async move {
            tenancy::enter!(mut acme = tenant);
            let ann = find_or_create(&acme, "ann").await?;
            let on_token = mailer.greet(&acme, &ann).await?;
            let mut tx = acme.begin().await?;
            let bob = find_or_create(&tx, "bob").await?;
            let on_transaction = mailer.greet(&tx, &bob).await?;
            let savepoint = tx.begin().await?;
            let undone = mailer.greet(&savepoint, &find_or_create(&savepoint, "cid").await?).await?;
            drop(savepoint);
            tx.commit().await?;
            assert_eq!(User::query().count(&acme).await?, 2);
            Ok::<_, tenancy::Error>([on_token, on_transaction, undone].map(|note| note.body.clone()))
        });
        let bodies = tokio::spawn(task).await.unwrap().unwrap();
        assert_eq!(bodies, ["Hello ann", "Hello bob", "Hello cid"]);
    }

    async fn recursion_carries_the_brand() {
        /// Notes form a chain here: each names the next by its body.
        fn follow<'a, 't>(
            tenant: &'a Tenant<'t, Organization>,
            body: String,
        ) -> BoxFuture<'a, Result<Vec<Scoped<'t, Note>>>> {
            Box::pin(async move {
                let found = Note::query().filter(|n| n.body.eq(body)).fetch_optional(tenant).await?;
                let Some(note) = found else {
                    return Ok(Vec::new());
                };
                let mut rest = match note.priority {
                    Some(next) => follow(tenant, next.to_string()).await?,
                    None => Vec::new(),
                };
                rest.insert(0, note);
                Ok(rest)
            })
        }

        async fn depth<'t>(tenant: &Tenant<'t, Organization>, body: i64) -> Result<u64> {
            let body = body.to_string();
            let note = Note::query().filter(|n| n.body.eq(&body)).fetch_one(tenant).await?;
            Ok(match note.priority {
                Some(next) => Box::pin(depth(tenant, next)).await? + 1,
                None => 0,
            })
        }

        let db = database().await;
        let tenant = Organization::create(NewOrganization { name: "Acme".into() })
            .execute(&db)
            .await
            .unwrap();
        tokio::spawn(send(async move {
            tenancy::enter!(mut acme = tenant);
            let chain = (0..5).map(|number| NewNote {
                body: number.to_string(),
                priority: (number < 4).then_some(number + 1),
            });
            Note::create_many(chain).execute(&acme).await.unwrap();
            assert_eq!(follow(&acme, "0".into()).await.unwrap().len(), 5);
            let tx = acme.begin().await.unwrap();
            assert_eq!(follow(&tx, "2".into()).await.unwrap().len(), 3);
            assert_eq!(depth(&tx, 0).await.unwrap(), 4);
        }))
        .await
        .unwrap();
    }
}
