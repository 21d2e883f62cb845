//! What writes do, and to which rows (lessons L3 and L5).

use tenancy::{Changes, Error, Ref, Root as _, TenantScoped as _};
use uuid::Uuid;

use crate::tenants;

tenancy_tests::on_both! {
    async fn an_upsert_meets_rows_of_its_own_tenant_only() {
        let db = database().await;
        let [acme, globex] = tenants!(db, "Acme", "Globex");
        let user = |role, nickname: Option<&str>| NewUser {
            email: "ann".into(),
            role,
            nickname: nickname.map(Into::into),
        };
        tenancy::enter!(acme = acme);
        tenancy::enter!(globex = globex);
        let upsert = |new| User::upsert(new).on(|u| u.email);
        let first = upsert(user(Role::Admin, Some("a"))).fetch_one(&acme).await.unwrap();
        let foreign = User::upsert(user(Role::Member, None))
            .on(|u| u.email)
            .fetch_one(&globex)
            .await
            .unwrap();
        assert_ne!(first.id, foreign.id);
        let again = upsert(user(Role::Member, None)).fetch_one(&acme).await.unwrap();
        // The row keeps its key and takes the new values, NULL among them.
        assert_eq!(again.id, first.id);
        assert_eq!((again.role, again.nickname.as_deref()), (Role::Member, None));
        assert_eq!(*User::query().fetch_one(&globex).await.unwrap(), *foreign);
        assert_eq!(User::query().count(&acme).await.unwrap(), 1);
    }

    async fn an_upsert_counts_versions_and_respects_other_constraints() {
        let db = database().await;
        let [acme] = tenants!(db, "Acme");
        tenancy::enter!(acme = acme);
        let user = NewUser { email: "a".into(), role: Role::Admin, nickname: None };
        let ann = User::create(user).fetch_one(&acme).await.unwrap();
        let new = |views| NewDocument {
            title: "t".into(),
            views,
            owner_id: (&ann).into(),
            reviewer_id: None,
        };
        let first = Document::upsert(new(1)).on(|d| d.title).fetch_one(&acme).await.unwrap();
        let second = Document::upsert(new(2)).on(|d| d.title).fetch_one(&acme).await.unwrap();
        assert_eq!((first.version, second.version), (1, 2));
        assert_eq!((second.id, second.views), (first.id, 2));
        let stale = Document::update(&first).set(|d| d.views.to(3)).execute(&acme).await;
        assert!(matches!(stale, Err(Error::Stale)));
        // Another unique constraint than the one named: a conflict, not an overwritten row.
        let other = Document::upsert(new(9)).on(|d| d.id).execute(&acme).await;
        assert!(matches!(other, Err(Error::Conflict(_))), "{other:?}");
    }

    async fn many_rows_are_created_together_or_not_at_all() {
        let db = database().await;
        let [acme] = tenants!(db, "Acme");
        tenancy::enter!(acme = acme);
        let user = NewUser { email: "a".into(), role: Role::Admin, nickname: None };
        let ann = User::create(user).fetch_one(&acme).await.unwrap();
        let new = |title: &str, owner| NewDocument {
            title: title.into(),
            views: 0,
            owner_id: owner,
            reviewer_id: None,
        };
        let absent = Ref::by_id(Uuid::now_v7());
        let rows = [new("1", (&ann).into()), new("2", absent), new("3", Ref::by_id(ann.id))];
        let refused = Document::create_many(rows).execute(&acme).await;
        assert!(matches!(refused, Err(Error::InvalidReference)));
        let rows = [new("1", (&ann).into()), new("2", (&ann).into()), new("1", (&ann).into())];
        let refused = Document::create_many(rows).fetch_all(&acme).await;
        assert!(matches!(refused, Err(Error::Conflict(_))));
        assert!(!Document::query().exists(&acme).await.unwrap());

        let none: [NewDocument<'_>; 0] = [];
        assert_eq!(Document::create_many(none).execute(&acme).await.unwrap(), 0);
        assert_eq!(Document::create_many([]).fetch_all(&acme).await.unwrap(), []);
        let rows = [new("1", Ref::by_id(ann.id)), new("2", (&ann.key()).into())];
        let created = Document::create_many(rows).fetch_all(&acme).await.unwrap();
        assert_eq!(created.len(), 2);
        assert!(created.iter().all(|d| d.version == 1 && !d.archived && d.owner_id == ann.id));
    }

    async fn defaults_and_versions() {
        let db = database().await;
        let [acme] = tenants!(db, "Acme");
        tenancy::enter!(acme = acme);
        let user = NewUser { email: "a".into(), role: Role::Admin, nickname: None };
        let ann = User::create(user).fetch_one(&acme).await.unwrap();
        let new = |title: &str| NewDocument {
            title: title.into(),
            views: 0,
            owner_id: (&ann).into(),
            reviewer_id: Some((&ann).into()),
        };
        let plain = Document::create(new("1")).fetch_one(&acme).await.unwrap();
        assert_eq!((plain.archived, plain.version), (false, 1));
        let set = Document::create(new("2")).set(|d| d.archived.to(true));
        assert!(set.fetch_one(&acme).await.unwrap().archived);

        let mut current = plain;
        for version in 2..5 {
            let update = Document::update(&current).set(|d| d.views.to(d.views.plus(1)));
            current = update.fetch_one(&acme).await.unwrap();
            assert_eq!((current.version, current.views), (version, version - 1));
        }
        // Updates of many rows count the versions of each.
        Document::update_where(|d| d.title.eq("1"))
            .set(|d| d.archived.to(true))
            .execute(&acme)
            .await
            .unwrap();
        let stale = Document::update(&current).set(|d| d.views.to(0)).execute(&acme).await;
        assert!(matches!(stale, Err(Error::Stale)));
    }

    async fn an_update_of_nothing_still_needs_its_row() {
        let db = database().await;
        let [acme] = tenants!(db, "Acme");
        tenancy::enter!(acme = acme);
        let user = NewUser { email: "a".into(), role: Role::Admin, nickname: None };
        let ann = User::create(user).fetch_one(&acme).await.unwrap();
        let same = User::update(&ann).apply(Changes::new()).fetch_one(&acme).await.unwrap();
        assert_eq!(same, ann);
        let same = User::update(&ann).fetch_one(&acme).await.unwrap();
        assert_eq!(same, ann);
        User::destroy(&ann).execute(&acme).await.unwrap();
        let gone = User::update(&ann).apply(Changes::new()).execute(&acme).await;
        assert!(matches!(gone, Err(Error::NotFound)));
    }

    async fn statements_on_many_rows_stay_in_their_tenant() {
        let db = database().await;
        let [acme, globex] = tenants!(db, "Acme", "Globex");
        let notes = || (0..3).map(|number| NewNote { body: "x".into(), priority: Some(number) });
        tenancy::enter!(globex = globex);
        Note::create_many(notes()).execute(&globex).await.unwrap();
        let before = Note::query().order_by(|n| n.id.asc()).fetch_all(&globex).await.unwrap();
        tenancy::enter!(acme = acme);
        Note::create_many(notes()).execute(&acme).await.unwrap();

        let every = Note::condition(|n| n.body.eq("x") | n.body.ne("x") | n.priority.is_null());
        let all = Note::update_where(|_| every.clone()).set(|n| n.body.to("y")).execute(&acme).await;
        assert_eq!(all.unwrap(), 3);
        let all = Note::update_where(|_| tenancy::Condition::all())
            .set(|n| n.priority.to_null())
            .fetch_all(&acme)
            .await;
        assert_eq!(all.unwrap().len(), 3);
        assert_eq!(Note::destroy_where(|_| every).execute(&acme).await.unwrap(), 3);
        let after = Note::query().order_by(|n| n.id.asc()).fetch_all(&globex).await.unwrap();
        assert_eq!(before, after);
    }
}
