//! Mistakes that were made once: each test failed before its fix.
#![allow(dead_code, reason = "columns that no test looks at")]

use tenancy::{Changes, Root as _, TenantScoped as _};

tenancy_tests::on_both! {
    /// Nothing to change was an assignment of the key to itself, which PostgreSQL refuses for a
    /// key that is `GENERATED ALWAYS AS IDENTITY`.
    async fn an_update_that_changes_nothing_leaves_the_row_as_it_is() {
        let db = database().await;
        let acme = Organization::create(NewOrganization { name: "Acme".to_owned() });
        let acme = acme.execute(&db).await.expect("a tenant");
        tenancy::enter!(acme = acme);
        let note = Note::create(NewNote { body: "a".to_owned(), priority: None });
        let note = note.fetch_one(&acme).await.expect("a note");

        let same = Note::update(&note).apply(Changes::new()).fetch_one(&acme).await;
        assert_eq!(same.expect("the same note"), note);
        let number = Note::update_where(|note| note.priority.is_null()).execute(&acme).await;
        assert_eq!(number.expect("an update"), 1);
    }
}

/// A model whose table is named like the expression that bulk creation makes of the new rows must
/// not have its references proven by those rows.
mod a_table_named_like_the_new_rows {
    use tenancy::{Error, Ref, Root as _, TenantRoot, TenantScoped};
    use uuid::Uuid;

    #[derive(Debug, TenantRoot)]
    #[tenancy(database = sqlx::Sqlite)]
    struct Organization {
        id: Uuid,
    }

    #[derive(Debug, TenantScoped)]
    #[tenancy(root = Organization, table = "new", attribute = column2)]
    struct Node {
        #[tenancy(column = "column1")]
        id: Uuid,
        x: Uuid,
        y: Uuid,
        #[tenancy(belongs_to = Node)]
        parent: Uuid,
    }

    #[tokio::test]
    async fn does_not_prove_its_own_references() {
        let db = tenancy_tests::database::sqlite(
            "CREATE TABLE organizations (id BLOB PRIMARY KEY NOT NULL);
             CREATE TABLE new (column1 BLOB NOT NULL, column2 BLOB NOT NULL, x BLOB NOT NULL,
                 y BLOB NOT NULL, parent BLOB NOT NULL, PRIMARY KEY (column2, column1))",
        )
        .await;
        let verified = Organization::create(NewOrganization {})
            .execute(&db)
            .await
            .expect("a tenant");
        tenancy::enter!(tenant = verified);
        let absent = Uuid::now_v7();
        let new = NewNode {
            x: absent,
            y: *tenant.id(),
            parent: Ref::by_id(absent),
        };
        let created = Node::create_many([new]).fetch_all(&tenant).await;
        assert!(
            matches!(created, Err(Error::InvalidReference)),
            "{created:?}"
        );
        let stored = Node::query().fetch_all(&tenant).await.expect("no rows");
        assert!(
            stored
                .iter()
                .all(|node| node.id == node.x && node.y == node.parent)
        );
        assert!(stored.is_empty());
    }
}
