//! Values are values: whatever is in a text, it is only ever compared and stored.

use tenancy::{Error, Root as _, TenantScoped as _};

use crate::tenants;

const AWKWARD: [&str; 14] = [
    "",
    "'; DROP TABLE notes; --",
    "' OR '1'='1",
    "\" OR 1=1 --",
    "$1",
    "?1",
    "%",
    "_",
    "\\",
    "*?[a-z]",
    "]",
    "\u{1}\u{2}\u{3}\u{1f}",
    "Straße 🦀 \u{202e}",
    "/* */ -- \n",
];

tenancy_tests::on_both! {
    async fn texts_are_stored_and_compared_as_they_are() {
        let db = database().await;
        let [acme, globex] = tenants!(db, "Acme", "Globex");
        {
            tenancy::enter!(globex = globex);
            let notes = AWKWARD.map(|text| NewNote { body: text.into(), priority: None });
            Note::create_many(notes).execute(&globex).await.unwrap();
        }
        tenancy::enter!(acme = acme);
        let user = |text: &str| NewUser {
            email: text.into(),
            role: Role::Admin,
            nickname: Some(text.into()),
        };
        for text in AWKWARD {
            let created = User::create(user(text)).fetch_one(&acme).await.unwrap();
            assert_eq!(created.email, text);
        }
        for text in AWKWARD {
            let found = [
                User::query().filter(|u| u.email.eq(text)).fetch_all(&acme).await,
                User::query().filter(|u| u.nickname.eq(text)).fetch_all(&acme).await,
                User::query().filter(|u| u.email.in_([text])).fetch_all(&acme).await,
                User::query()
                    .filter(|u| u.email.starts_with(text) & u.email.ends_with(text) & u.email.eq(text))
                    .fetch_all(&acme)
                    .await,
                User::update_where(|u| u.email.eq(text))
                    .set(|u| u.nickname.to(text))
                    .fetch_all(&acme)
                    .await,
            ];
            for found in found {
                let found = found.unwrap();
                assert_eq!(found.len(), 1, "{text:?}");
                assert_eq!(found[0].email, text);
            }
        }
        assert_eq!(User::query().count(&acme).await.unwrap(), 14);
        assert_eq!(Note::query().count(&acme).await.unwrap(), 0);
    }

    async fn patterns_mean_the_same_everywhere() {
        let db = database().await;
        let [acme] = tenants!(db, "Acme");
        tenancy::enter!(acme = acme);
        let bodies = [
            "100%", "100", "a_b", "aXb", "a\\b", "[x]", "x", "a*b", "a?b", "aab", "AAB", "é", "",
            "a\nb", "]", "^x", "-",
        ];
        let notes = bodies.map(|body| NewNote { body: body.into(), priority: None });
        Note::create_many(notes).execute(&acme).await.unwrap();
        let found = async |filter: &str, pattern: &str| {
            let query = Note::query().order_by(|n| n.id.asc());
            let notes = match filter {
                "contains" => query.filter(|n| n.body.contains(pattern)).fetch_all(&acme).await,
                "starts" => query.filter(|n| n.body.starts_with(pattern)).fetch_all(&acme).await,
                "ends" => query.filter(|n| n.body.ends_with(pattern)).fetch_all(&acme).await,
                _ => query.filter(|n| n.body.like(pattern)).fetch_all(&acme).await,
            };
            let mut bodies: Vec<_> = notes.unwrap().iter().map(|n| n.body.clone()).collect();
            bodies.sort();
            bodies
        };
        for (filter, pattern, expected) in [
            ("contains", "%", &["100%"][..]),
            ("contains", "_", &["a_b"]),
            ("contains", "\\", &["a\\b"]),
            ("contains", "[", &["[x]"]),
            ("contains", "]", &["[x]", "]"]),
            ("contains", "[x]", &["[x]"]),
            ("contains", "*", &["a*b"]),
            ("contains", "?", &["a?b"]),
            ("contains", "^", &["^x"]),
            ("starts", "a", &["a\nb", "a*b", "a?b", "aXb", "a\\b", "a_b", "aab"]),
            ("starts", "A", &["AAB"]),
            ("ends", "x", &["^x", "x"]),
            ("ends", "é", &["é"]),
            ("like", "a_b", &["a\nb", "a*b", "a?b", "aXb", "a\\b", "a_b", "aab"]),
            ("like", "a\\_b", &["a_b"]),
            ("like", "100\\%", &["100%"]),
            ("like", "100%", &["100", "100%"]),
            ("like", "_", &["-", "]", "x", "é"]),
            ("like", "", &[""]),
            ("like", "[x]", &["[x]"]),
            ("like", "\\", &[]),
            ("like", "a\\\\b", &["a\\b"]),
        ] {
            let mut expected = expected.to_vec();
            expected.sort_unstable();
            assert_eq!(found(filter, pattern).await, expected, "{filter} {pattern:?}");
        }
        assert_eq!(found("contains", "").await.len(), bodies.len());
        assert_eq!(found("like", "%").await.len(), bodies.len());
    }

    async fn a_text_that_the_database_cannot_hold_is_an_invalid_value() {
        let db = database().await;
        let [acme] = tenants!(db, "Acme");
        tenancy::enter!(acme = acme);
        let body = "a\0b";
        let created = Note::create(NewNote { body: body.into(), priority: None })
            .fetch_one(&acme)
            .await;
        assert!(matches!(created, Err(Error::InvalidValue(_))), "{created:?}");
        assert_eq!(Note::query().count(&acme).await.unwrap(), 0);
    }

    async fn nulls_are_ordered_the_same_everywhere() {
        let db = database().await;
        let [acme] = tenants!(db, "Acme");
        tenancy::enter!(acme = acme);
        let notes = [Some(2), None, Some(1), None].map(|priority| NewNote {
            body: "x".into(),
            priority,
        });
        Note::create_many(notes).execute(&acme).await.unwrap();
        let up = Note::query().order_by(|n| n.priority.asc()).fetch_all(&acme).await.unwrap();
        let up: Vec<_> = up.iter().map(|note| note.priority).collect();
        assert_eq!(up, [Some(1), Some(2), None, None]);
        let down = Note::query().order_by(|n| (n.priority.desc(), n.id.asc())).fetch_all(&acme);
        let down: Vec<_> = down.await.unwrap().iter().map(|note| note.priority).collect();
        assert_eq!(down, [None, None, Some(2), Some(1)]);

        // NULL is never equal, and never unequal.
        let count = async |filter: &str| {
            let query = Note::query();
            match filter {
                "eq" => query.filter(|n| n.priority.eq(1)).count(&acme).await,
                "ne" => query.filter(|n| n.priority.ne(1)).count(&acme).await,
                "not eq" => query.filter(|n| !n.priority.eq(1)).count(&acme).await,
                "not in" => query.filter(|n| n.priority.not_in([1])).count(&acme).await,
                "is null" => query.filter(|n| n.priority.is_null()).count(&acme).await,
                _ => query.filter(|n| n.priority.is_not_null()).count(&acme).await,
            }
            .unwrap()
        };
        for (filter, expected) in
            [("eq", 1), ("ne", 1), ("not eq", 1), ("not in", 1), ("is null", 2), ("is not null", 2)]
        {
            assert_eq!(count(filter).await, expected, "{filter}");
        }
    }
}
