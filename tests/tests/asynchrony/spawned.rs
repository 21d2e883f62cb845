//! Tasks: proofs and detached rows travel, tokens are made where they are used (lessons L10 to
//! L12: no ambient tenant, a job carries who it is for).

use futures_util::future::{join_all, try_join_all};
use futures_util::{StreamExt as _, TryStreamExt as _};
use tenancy::{Db, Detached, Error, Root as _, TenantScoped as _, VerifiedTenant};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::send;

tenancy_tests::on_both! {
    async fn a_token_lives_inside_of_a_task() {
        let db = database().await;
        let tenant = Organization::create(NewOrganization { name: "Acme".into() })
            .execute(&db)
            .await
            .unwrap();
        let verified = tenant.clone();
        let in_a_block = tokio::spawn(async move {
            tenancy::enter!(mut acme = verified);
            let tx = acme.begin().await?;
            let note = Note::create(NewNote { body: "a".into(), priority: None })
                .fetch_one(&tx)
                .await?;
            Note::update(&note).set(|n| n.priority.to(1)).execute(&tx).await?;
            let mut notes = Note::query().fetch(&tx);
            let mut count = 0;
            while let Some(note) = notes.next().await {
                count += i64::from(note?.priority == Some(1));
            }
            drop(notes);
            tx.commit().await?;
            Ok::<_, Error>(count)
        });
        assert_eq!(in_a_block.await.unwrap().unwrap(), 1);

        let in_a_closure = tokio::spawn(async move {
            tenant
                .scope(async |mut acme| {
                    let tx = acme.begin().await?;
                    let bodies: Vec<String> = Note::query()
                        .filter(|n| n.priority.eq(1))
                        .fetch(&tx)
                        .map_ok(|note| note.body.clone())
                        .try_collect()
                        .await?;
                    tx.rollback().await?;
                    Ok::<_, Error>(bodies)
                })
                .await
        });
        assert_eq!(in_a_closure.await.unwrap().unwrap(), ["a"]);
    }

    async fn a_token_serves_many_queries_at_once() {
        let db = database().await;
        let tenant = Organization::create(NewOrganization { name: "Acme".into() })
            .execute(&db)
            .await
            .unwrap();
        tokio::spawn(async move {
            tenancy::enter!(acme = tenant);
            let created = (0..10).map(|number| {
                let new = NewNote { body: format!("{number}"), priority: Some(number) };
                Note::create(new).fetch_one(&acme)
            });
            let notes = send(try_join_all(created)).await.unwrap();
            let found = join_all(notes.iter().map(|note| {
                Note::find(note.id).fetch_one(&acme)
            }));
            for (note, found) in notes.iter().zip(send(found).await) {
                assert_eq!(note, &found.unwrap());
            }
            let (count, exists, all) = tokio::join!(
                Note::query().count(&acme),
                Note::query().filter(|n| n.priority.gt(8)).exists(&acme),
                Note::query().fetch_all(&acme),
            );
            assert_eq!((count.unwrap(), exists.unwrap(), all.unwrap().len()), (10, true, 10));
            // Without `boxed` rustc finds that "`FnOnce` is not general enough", as it does for a
            // stream of any borrowed items (rust-lang/rust #102211).
            let bodies: Vec<_> = Note::query()
                .fetch(&acme)
                .map(|note| async { Note::find(note?.id).fetch_one(&acme).await })
                .buffer_unordered(3)
                .boxed()
                .try_collect()
                .await
                .unwrap();
            assert_eq!(bodies.len(), 10);
        })
        .await
        .unwrap();
    }

    async fn a_row_moves_to_another_task_and_back() {
        let db = database().await;
        let mut tenants = Vec::new();
        for name in ["Acme", "Globex"] {
            let new = NewOrganization { name: name.into() };
            tenants.push(Organization::create(new).execute(&db).await.unwrap());
        }
        let [acme, globex] = <[_; 2]>::try_from(tenants).unwrap();
        let detached: Detached<Note> = {
            tenancy::enter!(acme = acme.clone());
            let new = NewNote { body: "mine".into(), priority: None };
            let note = Note::create(new).fetch_one(&acme).await.unwrap();
            acme.detach(note)
        };
        let update = async |tenant: VerifiedTenant<Organization>, note: Detached<Note>| {
            tokio::spawn(async move {
                tenancy::enter!(tenant = tenant);
                let note = tenant.adopt(note)?;
                Note::update(&note).set(|n| n.body.to("moved")).execute(&tenant).await
            })
            .await
            .unwrap()
        };
        let foreign = update(globex, detached.clone()).await;
        assert!(matches!(foreign, Err(Error::NotFound)));
        update(acme, detached).await.unwrap();
    }

    async fn a_queue_carries_who_a_job_is_for() {
        struct Job {
            tenant: VerifiedTenant<Organization>,
            body: String,
        }

        let db = database().await;
        let (jobs, mut queue) = mpsc::channel::<Job>(4);
        let (ids, mut ids_queue) = mpsc::channel::<(Uuid, String)>(4);
        let worker = tokio::spawn(async move {
            while let Some(Job { tenant, body }) = queue.recv().await {
                tenancy::enter!(tenant = tenant);
                let new = NewNote { body, priority: None };
                Note::create(new).execute(&tenant).await?;
            }
            Ok::<_, Error>(())
        });
        let handle = Db::clone(&db);
        let verifying = tokio::spawn(async move {
            let mut refused = 0;
            while let Some((id, body)) = ids_queue.recv().await {
                match Organization::verify(&handle, id).await {
                    Ok(tenant) => {
                        let new = NewNote { body, priority: None };
                        tenant
                            .scope(async |tenant| Note::create(new).execute(&tenant).await)
                            .await?;
                    }
                    Err(Error::TenantUnavailable) => refused += 1,
                    Err(error) => return Err(error),
                }
            }
            Ok(refused)
        });
        let mut tenants = Vec::new();
        for name in ["Acme", "Globex", "Initech"] {
            let new = NewOrganization { name: name.into() };
            let tenant = Organization::create(new).execute(&db).await.unwrap();
            for _ in 0..3 {
                let job = Job { tenant: tenant.clone(), body: name.to_owned() };
                assert!(jobs.send(job).await.is_ok());
                ids.send((*tenant.id(), name.to_owned())).await.unwrap();
            }
            tenants.push((name, tenant));
        }
        ids.send((Uuid::now_v7(), "nobody".to_owned())).await.unwrap();
        drop((jobs, ids));
        worker.await.unwrap().unwrap();
        assert_eq!(verifying.await.unwrap().unwrap(), 1);
        for (name, tenant) in tenants {
            tenancy::enter!(tenant = tenant);
            let notes = Note::query().fetch_all(&tenant).await.unwrap();
            assert_eq!(notes.len(), 6);
            assert!(notes.iter().all(|note| note.body == name));
        }
    }
}
