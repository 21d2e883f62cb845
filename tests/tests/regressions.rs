//! Mistakes that were made once: each test failed before its fix.

use tenancy::{Changes, Root as _, TenantScoped as _};

tenancy_tests::on_both! {
    /// Nothing to change was an assignment of the key to itself, which PostgreSQL refuses for a
    /// key that is `GENERATED ALWAYS AS IDENTITY`.
    async fn an_update_that_changes_nothing_leaves_the_row_as_it_is() {
        let db = database().await;
        let acme = Organization::create(NewOrganization { name: "Acme".to_owned() });
        let acme = acme.execute(&db).await.expect("a tenant");
        tenancy::enter!(acme = acme, &db);
        let note = Note::create(NewNote { body: "a".to_owned(), priority: None });
        let note = note.fetch_one(&acme).await.expect("a note");

        let same = Note::update(&note).apply(Changes::new()).fetch_one(&acme).await;
        assert_eq!(same.expect("the same note"), note);
        let number = Note::update_where(|note| note.priority.is_null()).execute(&acme).await;
        assert_eq!(number.expect("an update"), 1);
    }
}
