//! Policies, on real databases.

#![allow(missing_docs, unreachable_pub, dead_code, reason = "models of tests")]

mod alike;
mod attacks;
#[path = "../../cases/mod.rs"]
mod cases;
#[macro_use]
mod bulk;
mod custom;
mod denials;
mod names;
mod random;
mod recursion;
mod reference;
mod relations;
mod sent;
mod stored;
mod texts;
mod twice;
mod writes;

macro_rules! suite {
    ($name:ident, $database:ty, $schema:literal) => {
        mod $name {
            use tenancy::{Error, Root as _, TenantRoot, TenantScoped};
            use uuid::Uuid;

            type Database = $database;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = Database)]
            pub struct Organization {
                pub id: Uuid,
                pub name: String,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            pub struct User {
                pub id: Uuid,
                pub role: String,
                pub level: Option<i64>,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, policies)]
            pub struct Document {
                pub id: Uuid,
                #[tenancy(belongs_to = User)]
                pub owner_id: Uuid,
                pub title: String,
                pub locked: bool,
                pub level: Option<i64>,
            }

            tenancy::policies! {
                Document, actor: User {
                    check is_owner = owner_id == actor;
                    bypass(read) { authorize_if actor.role == "support"; }
                    guard(update, destroy) { forbid_if locked; }
                    create { authorize_if is_owner(); }
                    read {
                        forbid_if level > actor.level;
                        authorize_if always;
                    }
                    update {
                        authorize_if is_owner();
                        authorize_if actor.role == "admin";
                    }
                    destroy { authorize_if actor.role == "admin" && title != "keep"; }
                }
            }

            #[tokio::test]
            async fn smoke() {
                let fresh = tenancy_tests::database::$name($schema).await;
                let new = NewOrganization {
                    name: "Acme".into(),
                };
                let acme = Organization::create(new).execute(&fresh).await.unwrap();
                tenancy::enter!(acme = acme);
                let user = |role: &str, level| NewUser {
                    role: role.into(),
                    level,
                };
                let ann = User::create(user("member", Some(1)))
                    .fetch_one(&acme)
                    .await
                    .unwrap();
                let bob = User::create(user("admin", Some(5)))
                    .fetch_one(&acme)
                    .await
                    .unwrap();
                let mut acting = acme.acting_as(ann.clone());
                let new = |title: &str, locked, level| NewDocument {
                    owner_id: (&ann).into(),
                    title: title.into(),
                    locked,
                    level,
                };
                // What may be created is not always what may be read.
                Document::create(new("a", false, Some(0)))
                    .execute(&acting)
                    .await
                    .unwrap();
                Document::create(new("b", true, Some(1)))
                    .fetch_one(&acting)
                    .await
                    .unwrap();
                Document::create(new("c", false, Some(3)))
                    .execute(&acting)
                    .await
                    .unwrap();
                let unreadable = Document::create(new("C", false, Some(3)))
                    .fetch_one(&acting)
                    .await;
                assert!(
                    matches!(unreadable, Err(Error::Forbidden(_))),
                    "{unreadable:?}"
                );
                Document::create(new("d", false, None))
                    .execute(&acting)
                    .await
                    .unwrap();
                let refused = Document::create(NewDocument {
                    owner_id: (&bob).into(),
                    ..new("e", false, None)
                });
                let refused = refused.execute(&acting).await;
                assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
                let by_id = NewDocument {
                    owner_id: tenancy::Ref::by_id(ann.id),
                    ..new("by id", false, Some(9))
                };
                Document::create(by_id).execute(&acting).await.unwrap();
                let count: i64 = sqlx::query_scalar("SELECT count(*) FROM documents")
                    .fetch_one(&mut *fresh.acquire().await.expect("a connection"))
                    .await
                    .unwrap();
                assert_eq!(count, 5);
                let acme = &mut acting;
                let seen = Document::query()
                    .order_by(|d| d.title.asc())
                    .fetch_all(&*acme)
                    .await
                    .unwrap();
                let titles: Vec<_> = seen.iter().map(|d| d.title.as_str()).collect();
                assert_eq!(titles, ["a", "b"]);
                assert_eq!(Document::query().count(&*acme).await.unwrap(), 2);
                Document::update(&seen[0])
                    .set(|d| d.title.to("A"))
                    .execute(&*acme)
                    .await
                    .unwrap();
                let locked = Document::update(&seen[1])
                    .set(|d| d.title.to("B"))
                    .execute(&*acme)
                    .await;
                assert!(matches!(locked, Err(Error::Forbidden(_))), "{locked:?}");
                let destroyed = Document::destroy(&seen[0]).execute(&*acme).await;
                assert!(
                    matches!(destroyed, Err(Error::Forbidden(_))),
                    "{destroyed:?}"
                );
                // Giving it away: the new side is not hers any more.
                let given = Document::update(&seen[0])
                    .set(|d| d.owner_id.to(&bob))
                    .execute(&*acme)
                    .await;
                assert!(matches!(given, Err(Error::Forbidden(_))), "{given:?}");
                // Raising it beyond what she may read.
                let raised = Document::update(&seen[0])
                    .set(|d| (d.title.to("x"), d.level.to(Some(2))))
                    .execute(&*acme)
                    .await;
                assert!(matches!(raised, Err(Error::Forbidden(_))), "{raised:?}");
                let raised = Document::update(&seen[0])
                    .set(|d| (d.title.to("x"), d.level.to(Some(1))))
                    .fetch_one(&*acme)
                    .await
                    .unwrap();
                assert_eq!((raised.title.as_str(), raised.level), ("x", Some(1)));
                let tx = acme.begin().await.unwrap();
                assert_eq!(
                    Document::query()
                        .for_update()
                        .fetch_all(&tx)
                        .await
                        .unwrap()
                        .len(),
                    2
                );
                tx.commit().await.unwrap();
                let gone = Document::update_where(|d| d.title.ne(""))
                    .set(|d| d.level.to(Some(0)))
                    .execute(&*acme)
                    .await
                    .unwrap();
                assert_eq!(gone, 1);
            }
        }
    };
}

suite!(
    sqlite,
    sqlx::Sqlite,
    "CREATE TABLE organizations (id BLOB PRIMARY KEY, name TEXT NOT NULL);
     CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, role TEXT NOT NULL,
         level INTEGER, PRIMARY KEY (tenant_id, id));
     CREATE TABLE documents (tenant_id BLOB NOT NULL, id BLOB NOT NULL, owner_id BLOB NOT NULL,
         title TEXT NOT NULL, locked INTEGER NOT NULL, level INTEGER, PRIMARY KEY (tenant_id, id));"
);
suite!(
    postgres,
    sqlx::Postgres,
    "CREATE TABLE organizations (id uuid PRIMARY KEY, name text NOT NULL);
     CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL, role text NOT NULL,
         level bigint, PRIMARY KEY (tenant_id, id));
     CREATE TABLE documents (tenant_id uuid NOT NULL, id uuid NOT NULL, owner_id uuid NOT NULL,
         title text NOT NULL, locked boolean NOT NULL, level bigint, PRIMARY KEY (tenant_id, id));"
);

/// What a hunt found in the first version.
mod found {
    use tenancy::{Root as _, TenantRoot, TenantScoped};
    use uuid::Uuid;

    #[derive(Debug, TenantRoot)]
    #[tenancy(database = sqlx::Sqlite)]
    pub struct Organization {
        pub id: Uuid,
    }

    #[derive(Clone, Debug, TenantScoped)]
    #[tenancy(root = Organization)]
    pub struct User {
        pub id: Uuid,
        pub team: Option<i64>,
    }

    impl User {
        fn team(&self) -> &Option<i64> {
            &self.team
        }
    }

    #[derive(Clone, Debug, TenantScoped)]
    #[tenancy(root = Organization, policies)]
    pub struct Note {
        pub id: Uuid,
        pub number: i64,
    }

    macro_rules! rules {
        ($word:ident, $number:expr) => {
            tenancy::policies! {
                Note, $word: User {
                    create { authorize_if always; }
                    read {
                        authorize_if number == $number * 2;
                        authorize_if number == 100 && $word.team() == $word.team();
                        authorize_if number == 101 && $word.team().is_some();
                    }
                }
            }
        };
    }

    rules!(actor, 1 + 2);

    // Another actor has its own rules.
    tenancy::policies! {
        Note, actor: Note {
            read { authorize_if always; }
        }
    }

    #[tokio::test]
    async fn options_behind_references_and_expressions_of_a_macro() {
        let schema = "CREATE TABLE organizations (id BLOB PRIMARY KEY);
             CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, team INTEGER);
             CREATE TABLE notes (tenant_id BLOB NOT NULL, id BLOB NOT NULL, number INTEGER);";
        let db = tenancy_tests::database::sqlite(schema).await;
        let acme = Organization::create(NewOrganization {})
            .execute(&db)
            .await
            .expect("it is permitted");
        for (team, expected) in [(None, vec![6]), (Some(1), vec![6, 100, 101])] {
            tenancy::enter!(acme = acme.clone());
            let user = User::create(NewUser { team })
                .fetch_one(&acme)
                .await
                .expect("it is permitted");
            let acting = acme.acting_as(user);
            if team.is_none() {
                for number in [5, 6, 100, 101] {
                    Note::create(NewNote { number })
                        .execute(&acting)
                        .await
                        .expect("it is permitted");
                }
            }
            let seen = Note::query()
                .order_by(|n| n.number.asc())
                .fetch_all(&acting)
                .await
                .expect("it is permitted");
            let numbers: Vec<_> = seen.iter().map(|note| note.number).collect();
            assert_eq!(numbers, expected);
        }
    }
}

/// What is forbidden is told from what is not there by a look at the row: of this tenant, even where another
/// has a row with the same key.
mod rows_of_two_tenants_with_one_key {
    use tenancy::{Error, Root as _, TenantRoot, TenantScoped};
    use uuid::Uuid;

    #[derive(Debug, TenantRoot)]
    #[tenancy(database = sqlx::Sqlite)]
    pub struct Organization {
        pub id: Uuid,
    }

    #[derive(Clone, Debug, TenantScoped)]
    #[tenancy(root = Organization)]
    pub struct User {
        pub id: Uuid,
        pub level: i64,
    }

    macro_rules! model {
        ($model:ident, $new:ident, $word:ident, $read:expr) => {
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, table = "notes", policies)]
            pub struct $model {
                #[tenancy(given)]
                pub id: i64,
                pub level: i64,
                #[tenancy(version)]
                pub version: i64,
            }

            tenancy::policies! {
                $model, $word: User {
                    create { authorize_if always; }
                    read { authorize_if $read; }
                    update { authorize_if $word.level > 5; }
                    destroy { authorize_if $word.level > 5; }
                }
            }
        };
    }

    model!(Note, NewNote, actor, level >= 0);
    // Too many questions for a statement each.
    model!(
        Asked,
        NewAsked,
        actor,
        (level >= 0 && actor.level != 11)
            || (level == 1 && actor.level == 12)
            || (level == 2 && actor.level == 13)
            || (level == 3 && actor.level == 14)
            || (level == 4 && actor.level == 15)
    );

    macro_rules! check {
        ($model:ident, $new:ident, $acme:ident, $globex:ident) => {{
            $model::create($new { id: 1, level: 0 })
                .execute(&$globex)
                .await
                .expect("a row");
            $model::create($new { id: 1, level: 0 })
                .execute(&$acme)
                .await
                .expect("a row");
            let row = $model::find(1).fetch_one(&$acme).await.expect("a row");
            let update = || $model::update(&row).set(|n| n.level.to(9));
            let forbidden = update().execute(&$acme).await;
            assert!(
                matches!(forbidden, Err(Error::Forbidden(_))),
                "{forbidden:?}"
            );
            sqlx::query("DELETE FROM notes WHERE tenant_id = ?")
                .bind($acme.id())
                .execute(&mut *$acme.db().acquire().await.expect("a connection"))
                .await
                .expect("a removal");
            let gone = [
                update().execute(&$acme).await,
                update().fetch_one(&$acme).await.map(|_| ()),
                $model::destroy(&row).execute(&$acme).await,
                $model::destroy(&row).fetch_one(&$acme).await.map(|_| ()),
            ];
            for gone in gone {
                assert!(matches!(gone, Err(Error::Stale)), "{gone:?}");
            }
            sqlx::query("DELETE FROM notes")
                .execute(&mut *$acme.db().acquire().await.expect("a connection"))
                .await
                .expect("a removal");
        }};
    }

    #[tokio::test]
    async fn are_not_told_of() {
        let schema = "CREATE TABLE organizations (id BLOB PRIMARY KEY);
             CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, level INTEGER NOT NULL);
             CREATE TABLE notes (tenant_id BLOB NOT NULL, id INTEGER NOT NULL, level INTEGER NOT NULL,
                 version INTEGER NOT NULL, PRIMARY KEY (tenant_id, id));";
        let db = tenancy_tests::database::sqlite(schema).await;
        let one = Organization::create(NewOrganization {}).execute(&db).await;
        let other = Organization::create(NewOrganization {}).execute(&db).await;
        tenancy::enter!(acme = one.expect("a tenant"));
        tenancy::enter!(globex = other.expect("a tenant"));
        let ann = User::create(NewUser { level: 1 }).fetch_one(&acme).await;
        let bob = User::create(NewUser { level: 1 }).fetch_one(&globex).await;
        let acme = acme.acting_as(ann.expect("a user"));
        let globex = globex.acting_as(bob.expect("a user"));
        check!(Note, NewNote, acme, globex);
        check!(Asked, NewAsked, acme, globex);
    }
}
