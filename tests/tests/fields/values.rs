//! What a guarded value is to the program: read, kept, shown, written, and as a part of who acts.

use serde_json::json;
use tenancy::{Masked, Patch, TenantScoped as _};

use crate::models::on_both;

on_both! {
    async fn what_is_hidden_is_shown_as_nothing_else() {
        let db = database().await;
        tenancy::enter!(acme = tenant(&db).await);
        let [ann, bob] = [user(&acme, false, Some(5)).await, user(&acme, false, None).await];
        let acme = acme.acting_as(ann.clone());
        let mine = employee(&acme, &ann, "ann", 10).await;
        let hidden = employee(&acme, &bob, "bob", 7_012_345_678).await;
        let debug = format!("{hidden:?}");
        assert!(debug.contains("salary: Hidden") && !debug.contains("7012345678"), "{debug}");
        let json = serde_json::to_value(&hidden).unwrap();
        assert_eq!((&json["salary"], &json["double"]), (&json!(null), &json!(null)));
        let json = serde_json::to_value(&mine).unwrap();
        assert_eq!((&json["salary"], &json["bonus"], &json["badge"]), (&json!(10), &json!(7), &json!(null)));
        // A row is what it was, and does not become another by its way.
        assert_eq!(hidden.clone(), Employee::find(hidden.id).fetch_one(&acme).await.unwrap());
        let detached = acme.detach(hidden.clone());
        let adopted = acme.adopt(detached).unwrap();
        assert_eq!(adopted, hidden);
        // Whoever may write a field that is hidden does so with a plain value.
        Employee::update(&adopted).set(|e| e.salary.to(30)).execute(&acme).await.unwrap();
    }

    async fn a_client_changes_what_is_guarded() {
        #[derive(serde::Deserialize, tenancy::Changes)]
        #[tenancy(model = Employee)]
        struct Change {
            salary: Option<i64>,
            #[serde(default)]
            bonus: Patch<i64>,
            #[serde(default)]
            badge: Patch<i64>,
        }

        let db = database().await;
        tenancy::enter!(acme = tenant(&db).await);
        let ann = user(&acme, false, Some(5)).await;
        let acme = acme.acting_as(ann.clone());
        let mut mine = employee(&acme, &ann, "ann", 10).await;
        for (text, expected) in [
            (r#"{"salary": 12}"#, (12, Some(7), None)),
            (r#"{"bonus": null, "badge": 4}"#, (12, None, Some(4))),
            (r#"{"bonus": 3, "salary": null}"#, (12, Some(3), Some(4))),
        ] {
            let change: Change = serde_json::from_str(text).unwrap();
            mine = Employee::update(&mine).apply(change).fetch_one(&acme).await.unwrap();
            let (salary, bonus, badge) = expected;
            assert_eq!(mine.salary, Masked::Visible(salary));
            assert_eq!((mine.bonus, mine.badge), (Masked::Visible(bonus), Masked::Visible(badge)));
        }
    }

    async fn what_is_hidden_of_an_actor_is_unknown() {
        let db = database().await;
        tenancy::enter!(acme = tenant(&db).await);
        let [ann, bob] = [user(&acme, false, Some(5)).await, user(&acme, false, None).await];
        let acme = acme.acting_as(ann.clone());
        let visible = employee(&acme, &ann, "ann", 70_000).await;
        let without = Employee::update(&employee(&acme, &ann, "eve", 70_000).await)
            .set(|e| e.bonus.to_null())
            .fetch_one(&acme)
            .await
            .unwrap();
        let hidden = employee(&acme, &bob, "bob", 70_000).await;
        let expected: [(_, &[i64]); 3] = [
            (visible, &[1, 2, 3, 4, 5, 6, 8, 9, 11]),
            (without, &[1, 2, 3, 4, 6, 7, 9, 11]),
            (hidden, &[10, 11]),
        ];
        for (index, (actor, expected)) in expected.into_iter().enumerate() {
            let actor = acme.detach(actor);
            tenancy::enter!(again = acme.verified());
            let actor = again.adopt(actor).unwrap();
            let acting = again.acting_as(actor);
            if index == 0 {
                for number in 1..=11 {
                    Memo::create(NewMemo { least: 100, number }).execute(&acting).await.unwrap();
                }
            }
            let memos = Memo::query().order_by(|m| m.number.asc()).fetch_all(&acting).await.unwrap();
            let numbers: Vec<_> = memos.iter().map(|memo| memo.number).collect();
            assert_eq!(numbers, expected, "{:?}", acting.actor());
        }
    }
}
