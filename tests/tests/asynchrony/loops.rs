//! Many tenants, one after the other and at the same time.

use futures_util::future::{BoxFuture, try_join_all};
use tenancy::{Error, Root as _, Tenant, TenantRoot, TenantScoped as _, VerifiedTenant};

use crate::send;

/// Code that is generic over the work and spawns it.
async fn for_each<T, F, R>(tenants: Vec<VerifiedTenant<T>>, work: F) -> Vec<R>
where
    T: TenantRoot,
    F: for<'t> Fn(Tenant<'t, T>) -> BoxFuture<'t, R> + Clone + Send + Sync + 'static,
    R: Send + 'static,
{
    let mut results = Vec::new();
    for tenant in tenants {
        let work = work.clone();
        let task = send(async move { tenant.scope_boxed(work).await });
        results.push(tokio::spawn(task).await.unwrap());
    }
    results
}

tenancy_tests::on_both! {
    async fn every_way_around_a_loop() {
        let db = database().await;
        let mut tenants = Vec::new();
        for name in ["Acme", "Globex", "Initech"] {
            let new = NewOrganization { name: name.into() };
            tenants.push(Organization::create(new).execute(&db).await.unwrap());
        }
        let all = tenants.clone();
        let task = send(async move {
            let mut kept = Vec::new();
            for tenant in all.iter().cloned() {
                tenancy::enter!(mut tenant = tenant);
                let tx = tenant.begin().await?;
                let new = NewNote { body: tenant_name(&tx).await?, priority: None };
                let note = Note::create(new).fetch_one(&tx).await?;
                tx.commit().await?;
                kept.push(tenant.detach(note));
            }
            for tenant in all.iter().cloned() {
                kept.push(
                    tenant
                        .scope(async |tenant| {
                            let note = Note::query().fetch_one(&tenant).await?;
                            Ok::<_, Error>(tenant.detach(note))
                        })
                        .await?,
                );
            }
            let together = all.into_iter().map(|tenant| {
                tenant.scope(async |tenant| Note::query().count(&tenant).await)
            });
            assert_eq!(try_join_all(together).await?, [1, 1, 1]);
            Ok::<_, Error>(kept)
        });
        let kept = tokio::spawn(task).await.unwrap().unwrap();
        let bodies: Vec<_> = kept.iter().map(|note| note.body.as_str()).collect();
        assert_eq!(bodies, ["Acme", "Globex", "Initech", "Acme", "Globex", "Initech"]);

        let counts = for_each(tenants, |tenant| {
            Box::pin(async move { Note::query().count(&tenant).await.unwrap() })
        });
        assert_eq!(counts.await, [1, 1, 1]);

        async fn tenant_name<'t>(tenant: &Tenant<'t, Organization>) -> tenancy::Result<String> {
            Ok(Organization::query().fetch_one(tenant).await?.name.clone())
        }
    }
}
