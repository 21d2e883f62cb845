//! Partial updates from clients.

use serde::Deserialize;
use tenancy::{Changes, Error, Patch, Root as _, TenantScoped as _};
use uuid::Uuid;

use crate::tenants;

macro_rules! document_patch {
    () => {
        #[derive(Default, Deserialize, tenancy::Changes)]
        #[serde(default, deny_unknown_fields)]
        #[tenancy(model = Document)]
        struct DocumentPatch {
            title: Option<String>,
            views: Option<i64>,
            owner_id: Option<Uuid>,
            reviewer_id: Patch<Uuid>,
        }
    };
}

macro_rules! user_patch {
    () => {
        #[derive(Default, Deserialize, tenancy::Changes)]
        #[serde(default)]
        #[tenancy(model = User)]
        struct UserPatch {
            nickname: Patch<String>,
        }
    };
}

tenancy_tests::on_both! {
    async fn json_says_keep_null_or_set() {
        user_patch!();
        let db = database().await;
        let [acme] = tenants!(db, "Acme");
        tenancy::enter!(acme = acme);
        let user = NewUser { email: "a".into(), role: Role::Admin, nickname: Some("n".into()) };
        let ann = User::create(user).fetch_one(&acme).await.unwrap();
        let patched = async |json: &str| {
            let patch: UserPatch = serde_json::from_str(json).unwrap();
            let row = User::update(&ann).apply(patch).fetch_one(&acme).await.unwrap();
            row.nickname.clone()
        };
        assert_eq!(patched("{}").await.as_deref(), Some("n"));
        assert_eq!(patched(r#"{"nickname": null}"#).await, None);
        assert_eq!(patched("{}").await, None);
        assert_eq!(patched(r#"{"nickname": "'; --"}"#).await.as_deref(), Some("'; --"));
        // Fields that the patch does not have change nothing.
        let more = r#"{"tenant_id": "x", "id": 1, "role": "admin", "nickname": "m"}"#;
        assert_eq!(patched(more).await.as_deref(), Some("m"));
        let row = User::query().fetch_one(&acme).await.unwrap();
        assert_eq!((row.id, row.email.as_str()), (ann.id, "a"));
    }

    async fn json_references_are_proven() {
        document_patch!();
        let db = database().await;
        let [acme, globex] = tenants!(db, "Acme", "Globex");
        let user = |email: &str| NewUser {
            email: email.into(),
            role: Role::Admin,
            nickname: None,
        };
        let foreign = {
            tenancy::enter!(globex = globex);
            User::create(user("g")).fetch_one(&globex).await.unwrap().id
        };
        tenancy::enter!(acme = acme);
        let ann = User::create(user("a")).fetch_one(&acme).await.unwrap();
        let bob = User::create(user("b")).fetch_one(&acme).await.unwrap();
        let new = NewDocument {
            title: "t".into(),
            views: 0,
            owner_id: (&ann).into(),
            reviewer_id: Some((&ann).into()),
        };
        let mut document = Document::create(new).fetch_one(&acme).await.unwrap();
        for id in [foreign, Uuid::now_v7()] {
            for field in ["owner_id", "reviewer_id"] {
                let json = format!(r#"{{"title": "changed", "{field}": "{id}"}}"#);
                let patch: DocumentPatch = serde_json::from_str(&json).unwrap();
                let refused = Document::update(&document).apply(patch).execute(&acme).await;
                assert!(matches!(refused, Err(Error::InvalidReference)), "{refused:?}");
            }
        }
        for (json, reviewer) in [
            (format!(r#"{{"owner_id": "{0}", "reviewer_id": "{0}"}}"#, bob.id), Some(bob.id)),
            (r#"{"views": 3}"#.to_owned(), Some(bob.id)),
            (r#"{"reviewer_id": null, "title": "u"}"#.to_owned(), None),
            ("{}".to_owned(), None),
        ] {
            let patch: DocumentPatch = serde_json::from_str(&json).unwrap();
            document = Document::update(&document).apply(patch).fetch_one(&acme).await.unwrap();
            assert_eq!(document.reviewer_id, reviewer);
        }
        assert_eq!((document.title.as_str(), document.views), ("u", 3));
        assert_eq!((document.owner_id, document.version), (bob.id, 5));
        assert!(serde_json::from_str::<DocumentPatch>(r#"{"tenant_id": "x"}"#).is_err());
    }

    async fn changes_collected_step_by_step() {
        let db = database().await;
        let [acme] = tenants!(db, "Acme");
        tenancy::enter!(acme = acme);
        let user = NewUser { email: "a".into(), role: Role::Admin, nickname: None };
        let ann = User::create(user).fetch_one(&acme).await.unwrap();
        let new = NewDocument {
            title: "t".into(),
            views: 1,
            owner_id: (&ann).into(),
            reviewer_id: None,
        };
        let document = Document::create(new).fetch_one(&acme).await.unwrap();
        let mut changes = Changes::<Document>::new().set(|d| d.title.to("first"));
        assert!(!changes.is_empty());
        changes = changes.set(|d| d.views.to(d.views.plus(41)));
        changes = changes.set(|d| d.title.to("last"));
        changes = changes.set(|d| d.reviewer_id.to(Some(&ann)));
        let shown = format!("{changes:?}");
        assert!(shown.contains("title") && !shown.contains("last"), "{shown}");
        let changed = Document::update(&document)
            .set(|d| d.archived.to(true))
            .apply(changes)
            .fetch_one(&acme)
            .await
            .unwrap();
        assert_eq!((changed.title.as_str(), changed.views), ("last", 42));
        assert_eq!((changed.reviewer_id, changed.archived), (Some(ann.id), true));
    }
}
