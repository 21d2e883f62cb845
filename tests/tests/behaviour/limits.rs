//! Statements of any size, up to what the databases take.

use tenancy::{Error, Root as _, TenantScoped as _};

use crate::tenants;

tenancy_tests::on_both! {
    async fn lists_of_every_length() {
        let db = database().await;
        let [acme] = tenants!(db, "Acme");
        tenancy::enter!(acme = acme);
        let notes = (0..50).map(|number| NewNote {
            body: "x".into(),
            priority: Some(number),
        });
        Note::create_many(notes).execute(&acme).await.unwrap();
        let limit = match <Database as sqlx::Database>::NAME {
            "SQLite" => 32_766,
            _ => 65_535,
        };
        // One parameter is the tenant.
        for length in [0, 1, 2, 3, 17, 1_000, 20_000, limit - 1] {
            let count = Note::query().filter(|n| n.priority.in_(0..length)).count(&acme).await;
            assert_eq!(count.unwrap(), u64::try_from(length.min(50)).unwrap());
            let none = Note::query().filter(|n| n.priority.not_in(0..length)).count(&acme).await;
            assert_eq!(none.unwrap(), u64::try_from(50 - length.min(50)).unwrap());
        }
        for length in [limit, limit + 1, 100_000] {
            let refused = Note::query().filter(|n| n.priority.in_(0..length)).count(&acme).await;
            assert!(matches!(refused, Err(Error::TooLarge)), "{length}: {refused:?}");
        }
    }

    async fn too_many_rows_write_nothing() {
        let db = database().await;
        let [acme] = tenants!(db, "Acme");
        tenancy::enter!(acme = acme);
        let note = |_| NewNote { body: "x".into(), priority: None };
        let refused = Note::create_many((0..40_000).map(note)).execute(&acme).await;
        assert!(matches!(refused, Err(Error::TooLarge)));
        let refused = Note::create_many((0..40_000).map(note)).fetch_all(&acme).await;
        assert!(matches!(refused, Err(Error::TooLarge)));
        assert!(!Note::query().exists(&acme).await.unwrap());
        let created = Note::create_many((0..10_000).map(note)).execute(&acme).await;
        assert_eq!(created.unwrap(), 10_000);
    }

    async fn pages_of_any_size() {
        let db = database().await;
        let [acme] = tenants!(db, "Acme");
        tenancy::enter!(acme = acme);
        let notes = (0..5).map(|number| NewNote { body: "x".into(), priority: Some(number) });
        Note::create_many(notes).execute(&acme).await.unwrap();
        let page = async |limit, offset| {
            Note::query()
                .order_by(|n| n.priority.asc())
                .limit(limit)
                .offset(offset)
                .fetch_all(&acme)
                .await
                .unwrap()
                .iter()
                .filter_map(|note| note.priority)
                .collect::<Vec<_>>()
        };
        assert_eq!(page(2, 1).await, [1, 2]);
        assert!(page(0, 0).await.is_empty());
        assert_eq!(page(u64::MAX, 3).await, [3, 4]);
        assert!(page(1, u64::MAX).await.is_empty());
        let rest = Note::query().order_by(|n| n.priority.desc()).offset(4).fetch_all(&acme);
        assert_eq!(rest.await.unwrap()[0].priority, Some(0));
    }
}
