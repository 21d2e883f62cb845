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

    /// A column that the program sets and a client changes was assigned twice in one statement.
    async fn the_program_has_the_last_word_over_a_client() {
        let db = database().await;
        let acme = Organization::create(NewOrganization { name: "Acme".to_owned() });
        let acme = acme.execute(&db).await.expect("a tenant");
        tenancy::enter!(acme = acme);
        let note = Note::create(NewNote { body: "a".to_owned(), priority: None });
        let note = note.fetch_one(&acme).await.expect("a note");

        let client = || Changes::new().set(|n: <Note as tenancy::Model>::Columns| n.body.to("client".to_owned()))
            .set(|n| n.priority.to(Some(1)));
        let before = Note::update(&note).set(|n| n.body.to("program")).apply(client());
        let after = Note::update(&note).apply(client()).set(|n| n.body.to("program"));
        assert_eq!(before.fetch_one(&acme).await.expect("a note").body, "program");
        let note = after.fetch_one(&acme).await.expect("a note");
        assert_eq!((note.body.as_str(), note.priority), ("program", Some(1)));
        let twice = Note::update(&note).apply(client()).apply(
            Changes::new().set(|n: <Note as tenancy::Model>::Columns| n.body.to("last".to_owned())),
        );
        assert_eq!(twice.fetch_one(&acme).await.expect("a note").body, "last");
    }
}

/// SQLite reads a pattern up to the first NUL, and finds out that one is too long only when it looks at
/// a row: a removal met all rows then, and an error told of rows of other tenants.
#[tokio::test]
async fn a_pattern_is_refused_before_any_row_is_looked_at() {
    use tenancy_tests::sqlite::*;

    let db = database().await;
    let acme = Organization::create(NewOrganization {
        name: "Acme".to_owned(),
    });
    tenancy::enter!(acme = acme.execute(&db).await.expect("a tenant"));
    let long = "a".repeat(50_001);
    for pattern in ["\0zzz", long.as_str()] {
        let refused = Note::destroy_where(|n| n.body.contains(pattern))
            .execute(&acme)
            .await;
        assert!(
            matches!(refused, Err(tenancy::Error::InvalidValue(_))),
            "{refused:?}"
        );
    }
    let fits = "a".repeat(49_998);
    let none = Note::query()
        .filter(|n| n.body.contains(&fits))
        .count(&acme)
        .await;
    assert_eq!(none.expect("a number"), 0);
}

/// A row of which the database fills every column had a comma before its tenant, and a tenant of that
/// kind an empty list of columns.
mod rows_without_values_of_their_own {
    use tenancy::{Root as _, TenantRoot, TenantScoped};

    #[derive(Debug, TenantRoot)]
    #[tenancy(database = sqlx::Sqlite)]
    struct Organization {
        id: i64,
    }

    #[derive(Debug, TenantScoped)]
    #[tenancy(root = Organization)]
    struct Ticket {
        id: i64,
        #[tenancy(default)]
        state: i64,
    }

    #[tokio::test]
    async fn are_created() {
        let schema = "CREATE TABLE organizations (id INTEGER PRIMARY KEY);
             CREATE TABLE tickets (id INTEGER PRIMARY KEY, tenant_id INTEGER NOT NULL,
                 state INTEGER NOT NULL DEFAULT 7);";
        let db = tenancy_tests::database::sqlite(schema).await;
        let acme = Organization::create(NewOrganization {}).execute(&db).await;
        tenancy::enter!(acme = acme.expect("a tenant"));
        let ticket = Ticket::create(NewTicket {}).fetch_one(&acme).await;
        assert_eq!(ticket.expect("a ticket").state, 7);
        let ticket = Ticket::create(NewTicket {})
            .set(|t| t.state.to(8))
            .fetch_one(&acme)
            .await;
        assert_eq!(ticket.expect("a ticket").state, 8);
    }
}

/// The types of a struct that a `macro_rules!` makes come in groups: an `Option` was none, and a `Uuid` no
/// random key.
mod types_that_come_from_a_macro {
    use tenancy::{TenantRoot, TenantScoped};
    use uuid::Uuid;

    #[derive(Debug, TenantRoot)]
    #[tenancy(database = sqlx::Sqlite)]
    struct Organization {
        id: Uuid,
    }

    macro_rules! model {
        ($key:ty, $text:ty) => {
            #[derive(Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            struct Word {
                id: $key,
                text: $text,
            }
        };
    }

    model!(Uuid, Option<String>);

    #[test]
    fn are_what_they_are() {
        let new = Word::create(NewWord { text: None });
        assert_eq!(
            new.sql(),
            r#"INSERT INTO "words" ("text", "id", "tenant_id") VALUES (?, ?, ?)"#
        );
        assert!(
            Word::query()
                .filter(|w| w.text.is_null())
                .sql()
                .contains("IS NULL")
        );
    }
}

/// A statement that is cancelled may have ended the transaction: what ran on it afterwards lasted by
/// itself.
mod a_cancelled_conflict {
    use futures_util::FutureExt as _;
    use tenancy::{Root as _, TenantRoot, TenantScoped};

    #[derive(Debug, TenantRoot)]
    #[tenancy(database = sqlx::Sqlite)]
    struct Organization {
        id: i64,
    }

    #[derive(Debug, TenantScoped)]
    #[tenancy(root = Organization)]
    struct Item {
        #[tenancy(given)]
        id: i64,
        #[tenancy(default)]
        n: i64,
    }

    #[tokio::test]
    async fn leaves_nothing_behind() {
        let schema = "CREATE TABLE organizations (id INTEGER PRIMARY KEY);
             CREATE TABLE items (tenant_id INTEGER NOT NULL, id INTEGER NOT NULL,
                 n INTEGER NOT NULL DEFAULT 0, UNIQUE (tenant_id, id) ON CONFLICT ROLLBACK);";
        let db = tenancy_tests::database::sqlite(schema).await;
        let acme = Organization::create(NewOrganization {}).execute(&db).await;
        tenancy::enter!(mut acme = acme.expect("a tenant"));
        Item::create(NewItem { id: 1 })
            .execute(&acme)
            .await
            .expect("a row");
        let mut cancelled = 0;
        for round in 0..200_u64 {
            let tx = acme.begin().await.expect("a transaction");
            Item::create(NewItem { id: 2 })
                .execute(&tx)
                .await
                .expect("a row");
            let mut conflict = Box::pin(Item::create(NewItem { id: 1 }).execute(&tx));
            let polls = round % 10;
            let finished = (0..polls).any(|_| {
                std::thread::sleep(std::time::Duration::from_micros(20 * (round % 7)));
                (&mut conflict).now_or_never().is_some()
            });
            drop(conflict);
            cancelled += u64::from(!finished && polls > 0);
            if round % 2 == 0 {
                let third = Item::create(NewItem { id: 3 }).execute(&tx).await;
                drop(tx);
                let left = Item::query().filter(|i| i.id.gt(1)).count(&acme).await;
                assert_eq!(left.expect("a number"), 0, "round {round}: {third:?}");
            } else {
                let committed = tx.commit().await;
                let left = Item::destroy_where(|i| i.id.gt(1)).execute(&acme).await;
                assert_eq!(
                    left.expect("a number") > 0,
                    committed.is_ok(),
                    "round {round}"
                );
            }
        }
        assert!(cancelled > 0);
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

/// A database may take two ids for equal that are not: then `verify` gave the tenant under an id that is
/// not its own.
mod a_key_that_the_database_takes_for_another {
    use tenancy::{Error, Root as _, TenantRoot};

    #[derive(Debug, TenantRoot)]
    #[tenancy(database = sqlx::Sqlite)]
    struct Organization {
        id: String,
    }

    #[tokio::test]
    async fn is_not_verified() {
        let schema = "CREATE TABLE organizations (id TEXT COLLATE NOCASE PRIMARY KEY);";
        let db = tenancy_tests::database::sqlite(schema).await;
        let new = NewOrganization {
            id: "acme".to_owned(),
        };
        Organization::create(new)
            .execute(&db)
            .await
            .expect("a tenant");
        let own = Organization::verify(&db, "acme".to_owned()).await;
        assert_eq!(own.expect("the tenant").id(), "acme");
        let other = Organization::verify(&db, "ACME".to_owned()).await;
        assert!(matches!(other, Err(Error::TenantUnavailable)), "{other:?}");
    }
}
