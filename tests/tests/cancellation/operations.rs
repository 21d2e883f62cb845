//! Every operation on a token, cancelled at every point where it waits.

use futures_util::TryStreamExt as _;
use tenancy::PoolOptions;
use tenancy::{Db, Ref};
use tenancy::{Root as _, TenantScoped as _};
use tenancy_tests::over;
use uuid::Uuid;

use crate::polls::cancel_everywhere;

tenancy_tests::on_both! {
    async fn connecting_and_verifying() {
        let db = database().await;
        let tenant = Organization::create(NewOrganization { name: "Acme".into() })
            .execute(&db)
            .await
            .unwrap();
        let flow = async |_: &Db<Database>| {
            let options = db.connect_options().clone();
            let own = Db::connect_with(PoolOptions::new().max_connections(1), options).await?;
            Organization::verify(&own, *tenant.id()).await?;
            own.close().await;
            Ok(())
        };
        cancel_everywhere(&db, flow, async |_| ()).await;
        let flow = async |one: &Db<Database>| {
            Organization::verify(one, *tenant.id()).await?;
            Organization::create(NewOrganization { name: "Globex".into() })
                .execute(one)
                .await?;
            Ok(())
        };
        cancel_everywhere(&db, flow, async |_| ()).await;
    }

    async fn reading() {
        let db = database().await;
        let tenant = Organization::create(NewOrganization { name: "Acme".into() })
            .execute(&db)
            .await
            .unwrap();
        tenancy::enter!(acme = tenant.clone());
        let new = (0..200).map(|number| NewNote {
            body: format!("note {number}"),
            priority: None,
        });
        Note::create_many(new).execute(&acme).await.unwrap();

        let flow = async |one: &Db<Database>| {
            tenancy::enter!(acme = over(one, &tenant));
            assert_eq!(Note::query().fetch_all(&acme).await?.len(), 200);
            Note::query().order_by(|n| n.id.asc()).fetch_one(&acme).await?;
            Note::query().filter(|n| n.body.eq("")).fetch_optional(&acme).await?;
            assert_eq!(Note::query().count(&acme).await?, 200);
            assert!(Note::query().exists(&acme).await?);
            let mut notes = Note::query().fetch(&acme);
            let mut read = 0;
            while notes.try_next().await?.is_some() {
                read += 1;
            }
            assert_eq!(read, 200);
            Ok(())
        };
        cancel_everywhere(&db, flow, async |_| ()).await;
    }

    async fn streams_dropped_after_any_number_of_rows() {
        let db = database().await;
        let tenant = Organization::create(NewOrganization { name: "Acme".into() })
            .execute(&db)
            .await
            .unwrap();
        tenancy::enter!(acme = tenant.clone());
        let new = (0..20).map(|number| NewNote {
            body: "x".repeat(number * 1000),
            priority: None,
        });
        Note::create_many(new).execute(&acme).await.unwrap();
        for rows in 0..=20 {
            let flow = async |one: &Db<Database>| {
                tenancy::enter!(acme = over(one, &tenant));
                let mut notes = Note::query().fetch(&acme);
                for _ in 0..rows {
                    notes.try_next().await?;
                }
                Ok(())
            };
            cancel_everywhere(&db, flow, async |_| ()).await;
        }
    }

    async fn writing() {
        let db = database().await;
        let tenant = Organization::create(NewOrganization { name: "Acme".into() })
            .execute(&db)
            .await
            .unwrap();
        let flow = async |one: &Db<Database>| {
            tenancy::enter!(acme = over(one, &tenant));
            let email = Uuid::now_v7().to_string();
            let user = |email: &str| NewUser {
                email: email.to_owned(),
                role: Role::Admin,
                nickname: None,
            };
            let ann = User::create(user(&email)).fetch_one(&acme).await?;
            User::upsert(user(&email)).on(|u| u.email).execute(&acme).await?;
            User::update(&ann).set(|u| u.nickname.to("a")).execute(&acme).await?;
            User::update_where(|u| u.email.eq(&email))
                .set(|u| u.nickname.to_null())
                .fetch_all(&acme)
                .await?;
            let new = NewDocument {
                title: email.clone(),
                views: 0,
                owner_id: Ref::by_id(ann.id),
                reviewer_id: None,
            };
            let document = Document::create(new).fetch_one(&acme).await?;
            Document::destroy(&document).execute(&acme).await?;
            User::destroy_where(|u| u.email.eq(&email)).execute(&acme).await?;
            let notes = (0..3).map(|_| NewNote { body: email.clone(), priority: None });
            Note::create_many(notes).fetch_all(&acme).await?;
            Ok(())
        };
        cancel_everywhere(&db, flow, async |_| {
            // Every statement by itself is all or nothing.
            tenancy::enter!(acme = tenant.clone());
            assert_eq!(Note::query().count(&acme).await.unwrap() % 3, 0);
        })
        .await;
    }
}
