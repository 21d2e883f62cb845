//! Keys of every kind, and tenants that use the same ones.

use tenancy::{Error, Root as _, TenantScoped as _};
use uuid::Uuid;

use crate::tenants;

tenancy_tests::on_both! {
    async fn tenants_may_use_the_same_keys() {
        let db = database().await;
        let [acme, globex] = tenants!(db, "Acme", "Globex");
        tenancy::enter!(acme = acme);
        tenancy::enter!(globex = globex);
        let key = Uuid::now_v7();
        let user = |email: &str| NewUser {
            email: email.into(),
            role: Role::Admin,
            nickname: None,
        };
        let ann = User::create(user("ann")).with_key(key).fetch_one(&acme).await.unwrap();
        let bob = User::create(user("bob")).with_key(key).fetch_one(&globex).await.unwrap();
        assert_eq!((ann.id, bob.id), (key, key));
        let again = User::create(user("cid")).with_key(key).execute(&acme).await;
        assert!(matches!(again, Err(Error::Conflict(_))));

        assert_eq!(User::find(key).fetch_one(&acme).await.unwrap().email, "ann");
        assert_eq!(User::find(key).fetch_one(&globex).await.unwrap().email, "bob");
        User::update(&ann).set(|u| u.nickname.to("a")).execute(&acme).await.unwrap();
        // A function, not a closure: a closure gives values of one brand.
        fn document<'t>(key: Uuid) -> NewDocument<'t> {
            NewDocument {
                title: "t".into(),
                views: 0,
                owner_id: tenancy::Ref::by_id(key),
                reviewer_id: None,
            }
        }
        let owned = Document::create(document(key)).fetch_one(&globex).await.unwrap();
        assert_eq!(owned.owner_id, key);
        // The other tenant's row of the same key has nothing that refers to it.
        User::destroy(&ann).execute(&acme).await.unwrap();
        assert_eq!(User::find(key).fetch_one(&globex).await.unwrap(), bob);
        let refused = Document::create(document(key)).execute(&acme).await;
        assert!(matches!(refused, Err(Error::InvalidReference)));
    }

    async fn keys_are_random_generated_or_given() {
        let db = database().await;
        let [acme, globex] = tenants!(db, "Acme", "Globex");
        tenancy::enter!(acme = acme);
        tenancy::enter!(globex = globex);
        let note = || NewNote { body: "x".into(), priority: None };
        let first = Note::create(note()).fetch_one(&acme).await.unwrap();
        let second = Note::create(note()).fetch_one(&globex).await.unwrap();
        assert_ne!(first.id, second.id);
        assert_eq!(Note::find(first.id).fetch_one(&acme).await.unwrap(), first);
        assert!(Note::find(first.id).fetch_optional(&globex).await.unwrap().is_none());

        let plan = |value: &str| NewPlan { key: "free".into(), value: value.into() };
        let created = Plan::create(plan("0")).fetch_one(&acme).await.unwrap();
        assert_eq!(created.key, "free");
        let again = Plan::create(plan("1")).execute(&globex).await;
        assert!(matches!(again, Err(Error::Conflict(_))));
        // A global row is everybody's, with a tenant and without.
        Plan::upsert(plan("2")).on(|p| p.key).execute(&globex).await.unwrap();
        assert_eq!(Plan::find("free").fetch_one(&acme).await.unwrap().value, "2");
        assert_eq!(Plan::query().count(&*db).await.unwrap(), 1);
    }

    async fn a_tenant_sees_its_own_root_row_only() {
        let db = database().await;
        let [acme, globex] = tenants!(db, "Acme", "Globex");
        tenancy::enter!(acme = acme);
        let rows = Organization::query().fetch_all(&acme).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].name, "Acme");
        let foreign = *globex.id();
        let query = Organization::query().filter(|o| o.id.eq(foreign) | o.name.eq("Globex"));
        assert_eq!(query.count(&acme).await.unwrap(), 0);
        Organization::update(&rows[0]).set(|o| o.name.to("New")).execute(&acme).await.unwrap();
        tenancy::enter!(globex = globex);
        assert_eq!(Organization::query().fetch_one(&globex).await.unwrap().name, "Globex");
    }
}
