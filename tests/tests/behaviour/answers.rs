//! What a client learns: the same of an absent row and of another tenant's (lesson L18), and never
//! anything of the database's inside.

use std::fmt::Debug;

use tenancy::{Detached, Error, Ref, Root as _, TenantScoped as _};
use uuid::Uuid;

use crate::tenants;

/// Everything that can be seen of an answer.
fn seen<T: Debug>(answer: Result<T, Error>) -> String {
    match answer {
        Ok(value) => format!("{value:?}"),
        Err(error) => format!("{error} {error:?}"),
    }
}

tenancy_tests::on_both! {
    async fn foreign_rows_are_as_absent_ones() {
        let db = database().await;
        let [acme, globex] = tenants!(db, "Acme", "Globex");
        let user = || NewUser { email: "same".into(), role: Role::Admin, nickname: None };
        let (foreign, foreign_note): (Detached<User>, Detached<Note>) = {
            tenancy::enter!(globex = globex);
            let note = NewNote { body: "same".into(), priority: None };
            let user = User::create(user()).fetch_one(&globex).await.unwrap();
            let note = Note::create(note).fetch_one(&globex).await.unwrap();
            (globex.detach(user), globex.detach(note))
        };
        tenancy::enter!(acme = acme);
        let ann = User::create(user()).fetch_one(&acme).await.unwrap();
        let mut answers = Vec::new();
        for (id, note) in [(foreign.id, foreign_note.id), (Uuid::now_v7(), i64::MAX)] {
            let find = || User::find(id);
            let new = |owner_id| NewDocument {
                title: "t".into(),
                views: 0,
                owner_id,
                reviewer_id: None,
            };
            answers.push([
                seen(find().fetch_one(&acme).await),
                seen(find().fetch_optional(&acme).await),
                seen(find().fetch_all(&acme).await),
                seen(find().count(&acme).await),
                seen(find().exists(&acme).await),
                seen(User::find_many([id]).fetch_all(&acme).await),
                seen(Note::find(note).fetch_one(&acme).await),
                seen(Note::find_many([note]).count(&acme).await),
                seen(Document::create(new(Ref::by_id(id))).execute(&acme).await),
                seen(Document::create_many([new(Ref::by_id(id))]).fetch_all(&acme).await),
                seen(Document::upsert(new(Ref::by_id(id))).on(|d| d.title).execute(&acme).await),
                seen(User::update_where(|u| u.id.eq(id)).set(|u| u.email.to("x")).execute(&acme).await),
                seen(User::destroy_where(|u| u.id.eq(id)).execute(&acme).await),
                seen(Note::destroy_where(|n| n.id.eq(note)).fetch_all(&acme).await),
                seen(
                    Document::query()
                        .filter(|d| d.owner_id.in_query(find().select(|u| u.id)))
                        .count(&acme)
                        .await,
                ),
            ]);
        }
        assert_eq!(answers[0], answers[1]);
        let adopted = acme.adopt(foreign).map(|user| user.email.clone());
        User::destroy(&ann).execute(&acme).await.unwrap();
        assert_eq!(seen(adopted), seen(User::find(ann.id).fetch_one(&acme).await));
    }

    async fn errors_show_nothing_of_the_inside() {
        const SECRET: &str = "s3cret-value";
        let db = database().await;
        let [acme] = tenants!(db, "Acme");
        tenancy::enter!(mut acme = acme);
        let user = || NewUser { email: SECRET.into(), role: Role::Admin, nickname: None };
        let ann = User::create(user()).fetch_one(&acme).await.unwrap();
        let new = |views| NewDocument {
            title: SECRET.into(),
            views,
            owner_id: (&ann).into(),
            reviewer_id: None,
        };
        let document = Document::create(new(1)).fetch_one(&acme).await.unwrap();
        let errors = [
            User::create(user()).execute(&acme).await.unwrap_err(),
            Document::create(new(-1)).execute(&acme).await.unwrap_err(),
            User::destroy(&ann).execute(&acme).await.unwrap_err(),
            User::query().filter(|u| u.email.eq("no")).fetch_one(&acme).await.unwrap_err(),
            Document::update(&document)
                .set(|d| d.views.to(i64::MAX))
                .fetch_one(&acme)
                .await
                .and(Document::update_where(|d| d.title.eq(SECRET))
                    .set(|d| d.views.to(d.views.plus(1)))
                    .fetch_all(&acme)
                    .await
                    .map(|mut all| all.remove(0)))
                .err()
                .unwrap_or(Error::NotFound),
            Note::query()
                .filter(|n| n.body.in_((0..70_000).map(|_| SECRET.to_owned())))
                .count(&acme)
                .await
                .unwrap_err(),
        ];
        for error in errors {
            let shown = error.to_string().to_lowercase();
            let id = acme.id().to_string();
            for inside in [SECRET, "select", "insert", "users", "document", "email", "tenant_id", &id] {
                assert!(!shown.contains(inside), "{shown}");
            }
        }
    }
}
