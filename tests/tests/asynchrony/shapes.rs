//! The shapes that programs have: repositories, units of work, sets of futures, races.

use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::FuturesUnordered;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use tenancy::{
    Condition, Error, Result, Root as _, Scope, Scoped, Tenant, TenantScoped as _,
    TenantTransaction,
};
use tokio::task::JoinSet;

use crate::send;

tenancy_tests::on_both! {
    async fn repositories_and_units_of_work() {
        struct Notes<'a, 't> {
            tenant: &'a Tenant<'t, Organization>,
        }

        impl<'t> Notes<'_, 't> {
            async fn add(&self, body: &str) -> Result<Scoped<'t, Note>> {
                let new = NewNote { body: body.into(), priority: None };
                Note::create(new).fetch_one(self.tenant).await
            }

            fn all(&self) -> impl Stream<Item = Result<Scoped<'t, Note>>> {
                Note::query().order_by(|n| n.id.asc()).fetch(self.tenant)
            }
        }

        struct Unit<'p, 't> {
            tx: TenantTransaction<'p, 't, Organization>,
        }

        impl<'p, 't> Unit<'p, 't> {
            async fn begin(tenant: &'p mut Tenant<'t, Organization>) -> Result<Self> {
                Ok(Self { tx: tenant.begin().await? })
            }

            fn notes(&self) -> Notes<'_, 't> {
                Notes { tenant: &self.tx }
            }

            async fn commit(self) -> Result<()> {
                self.tx.commit().await
            }
        }

        let db = database().await;
        let tenant = Organization::create(NewOrganization { name: "Acme".into() })
            .execute(&db)
            .await
            .unwrap();
        tokio::spawn(send(async move {
            tenancy::enter!(mut acme = tenant);
            let first = Notes { tenant: &acme }.add("1").await?;
            let unit = Unit::begin(&mut acme).await?;
            let second = unit.notes().add("2").await?;
            unit.commit().await?;
            let all: Vec<_> = Notes { tenant: &acme }.all().try_collect().await?;
            assert_eq!(all, [first, second]);
            Ok::<_, Error>(())
        }))
        .await
        .unwrap()
        .unwrap();
    }

    async fn helpers_with_and_without_a_named_brand() {
        async fn count(tenant: &Tenant<'_, Organization>) -> Result<u64> {
            Note::query().count(tenant).await
        }

        async fn anywhere<'t, E: Scope<'t, Note> + Sync>(on: &E) -> Result<u64> {
            Note::query().count(on).await
        }

        async fn save<'t>(
            tenant: &Tenant<'t, Organization>,
            notes: Vec<NewNote>,
        ) -> Result<Vec<Scoped<'t, Note>>> {
            let mut saved = Vec::new();
            for note in notes {
                saved.push(Note::create(note).fetch_one(tenant).await?);
            }
            Ok(saved)
        }

        fn wanted(
            least: i64,
        ) -> Condition<Note, impl tenancy::expr::Bind<Database> + Clone> {
            Note::condition(|n| n.priority.ge(least))
        }

        let db = database().await;
        let tenant = Organization::create(NewOrganization { name: "Acme".into() })
            .execute(&db)
            .await
            .unwrap();
        tokio::spawn(send(async move {
            tenancy::enter!(mut acme = tenant);
            let notes = (0..4).map(|n| NewNote { body: "x".into(), priority: Some(n) }).collect();
            let saved = save(&acme, notes).await?;
            let tx = acme.begin().await?;
            assert_eq!((count(&tx).await?, anywhere(&tx).await?), (4, 4));
            tx.rollback().await?;
            assert_eq!((count(&acme).await?, anywhere(&acme).await?), (4, 4));
            let found = Note::query().filter(|n| n.body.eq("x") & wanted(2)).count(&acme).await?;
            assert_eq!(found, 2);
            for note in &saved {
                Note::destroy(note).execute(&acme).await?;
            }
            Ok::<_, Error>(())
        }))
        .await
        .unwrap()
        .unwrap();
    }

    async fn sets_and_races_of_futures() {
        let db = database().await;
        let tenant = Organization::create(NewOrganization { name: "Acme".into() })
            .execute(&db)
            .await
            .unwrap();
        let verified = tenant.clone();
        tokio::spawn(send(async move {
            tenancy::enter!(acme = verified);
            let shared = Arc::new(acme);
            let mut creating: FuturesUnordered<_> = (0..5)
                .map(|number| {
                    let tenant = Arc::clone(&shared);
                    async move {
                        let new = NewNote { body: "x".into(), priority: Some(number) };
                        Note::create(new).fetch_one(&*tenant).await
                    }
                })
                .collect();
            while let Some(note) = creating.next().await {
                note?;
            }
            let late = tokio::time::sleep(Duration::from_secs(30));
            let counted = tokio::select! {
                count = Note::query().count(&*shared) => count?,
                () = late => 0,
            };
            let timed = Note::query().fetch_all(&*shared);
            let timed = tokio::time::timeout(Duration::from_secs(30), timed).await;
            assert_eq!((counted, timed.unwrap()?.len()), (5, 5));
            Ok::<_, Error>(())
        }))
        .await
        .unwrap()
        .unwrap();

        let mut tasks = JoinSet::new();
        for number in 0..5 {
            let tenant = tenant.clone();
            tasks.spawn(async move {
                tenancy::enter!(acme = tenant);
                Note::query().filter(|n| n.priority.eq(number)).count(&acme).await
            });
        }
        for count in tasks.join_all().await {
            assert_eq!(count.unwrap(), 1);
        }
    }
}
