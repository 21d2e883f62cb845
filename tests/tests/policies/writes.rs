//! Upserts and creations of many rows under policies, one rule at a time.

macro_rules! suite {
    ($name:ident, $database:ty, $schema:literal) => {
        mod $name {
            use tenancy::{Acting, Db, Error, Ref, Result, Root as _, TenantRoot, TenantScoped};
            use tenancy::{VerifiedTenant, enter};
            use uuid::Uuid;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $database)]
            pub struct Organization {
                pub id: Uuid,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            pub struct User {
                pub id: Uuid,
                pub role: String,
                pub level: i64,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, policies)]
            pub struct Document {
                pub id: Uuid,
                #[tenancy(belongs_to = User)]
                pub owner_id: Uuid,
                pub title: String,
                pub level: i64,
                #[tenancy(default)]
                pub locked: bool,
                #[tenancy(version)]
                pub version: i64,
            }

            tenancy::policies! {
                Document, actor: User {
                    read { authorize_if level <= actor.level; }
                    create { forbid_unless version == 1; authorize_if owner_id == actor; }
                    update {
                        forbid_if locked;
                        authorize_if owner_id == actor;
                        authorize_if actor.role == "admin";
                    }
                }
            }

            /// The same table, with rules about what its creator may set.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, table = "documents", policies)]
            pub struct Draft {
                pub id: Uuid,
                #[tenancy(belongs_to = User)]
                pub owner_id: Uuid,
                pub title: String,
                pub level: i64,
                #[tenancy(default)]
                pub locked: bool,
                #[tenancy(version)]
                pub version: i64,
            }

            tenancy::policies! {
                Draft, actor: User {
                    create { forbid_if locked; authorize_if always; }
                }
            }

            /// The actor alone decides about it.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, policies)]
            pub struct Ticket {
                pub id: Uuid,
                pub number: i64,
                pub text: String,
            }

            tenancy::policies! {
                Ticket, actor: User {
                    read { authorize_if always; }
                    create { authorize_if actor.role != "guest"; }
                    update { authorize_if actor.role == "admin"; }
                }
            }

            /// Nothing but what makes two rows the same.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, policies)]
            pub struct Tag {
                pub id: Uuid,
                pub name: String,
            }

            tenancy::policies! {
                Tag, actor: User {
                    read { authorize_if name != "hidden"; }
                    create { authorize_if always; }
                    update { authorize_if name != "fixed"; }
                }
            }

            /// Nobody's.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, global = true, policies)]
            pub struct Plan {
                pub id: Uuid,
                pub name: String,
                pub price: i64,
            }

            tenancy::policies! {
                Plan, actor: User {
                    read { authorize_if always; }
                    create { authorize_if price > 0; }
                    update { authorize_if price > actor.level; }
                }
            }

            async fn tenant(db: &Db<$database>) -> VerifiedTenant<Organization> {
                Organization::create(NewOrganization {})
                    .execute(db)
                    .await
                    .unwrap()
            }

            fn user(role: &str, level: i64) -> NewUser {
                NewUser {
                    role: role.into(),
                    level,
                }
            }

            fn forbidden<T: std::fmt::Debug>(result: Result<T>) {
                assert!(matches!(result, Err(Error::Forbidden(_))), "{result:?}");
            }

            fn invalid<T: std::fmt::Debug>(result: Result<T>) {
                assert!(matches!(result, Err(Error::InvalidReference)), "{result:?}");
            }

            async fn put(
                on: &Acting<'_, Organization, User>,
                number: i64,
                text: &str,
            ) -> Result<()> {
                let text = text.into();
                let upsert = Ticket::upsert(NewTicket { number, text }).on(|t| t.number);
                upsert.execute(on).await
            }

            async fn put_and_see(
                on: &Acting<'_, Organization, User>,
                number: i64,
                text: &str,
            ) -> Result<String> {
                let text = text.into();
                let upsert = Ticket::upsert(NewTicket { number, text }).on(|t| t.number);
                Ok(upsert.fetch_one(on).await?.text.clone())
            }

            type Rows = Vec<(Uuid, Uuid, String, i64, bool, i64)>;

            async fn documents(db: &Db<$database>) -> Rows {
                sqlx::query_as(
                    "SELECT tenant_id, owner_id, title, level, locked, version FROM documents
                     ORDER BY tenant_id, title",
                )
                .fetch_all(&mut *db.acquire().await.expect("a connection"))
                .await
                .unwrap()
            }

            #[tokio::test]
            async fn an_upsert_asks_about_the_row_in_its_place() {
                let db = tenancy_tests::database::$name($schema).await;
                let (acme, globex) = (tenant(&db).await, tenant(&db).await);
                {
                    // Another tenant's rows of the same names.
                    enter!(globex = globex.clone());
                    let zoe = User::create(user("admin", 0));
                    let zoe = zoe.fetch_one(&globex).await.unwrap();
                    let acting = globex.acting_as(zoe.clone());
                    for title in ["a", "b", "new", "secret"] {
                        let new = NewDocument {
                            owner_id: (&zoe).into(),
                            title: title.into(),
                            level: 0,
                        };
                        Document::create(new).execute(&acting).await.unwrap();
                    }
                }
                let others = documents(&db).await;
                let changed = async || {
                    let (theirs, ours): (Rows, Rows) = documents(&db)
                        .await
                        .into_iter()
                        .partition(|row| row.0 == *globex.id());
                    assert_eq!(theirs, others);
                    ours
                };
                enter!(tenant = acme.clone());
                let ann = User::create(user("member", 3));
                let ann = ann.fetch_one(&tenant).await.unwrap();
                let eve = User::create(user("admin", 5));
                let eve = eve.fetch_one(&tenant).await.unwrap();
                let tenant = tenant.acting_as(ann.clone());
                let new = |title: &str, level| NewDocument {
                    owner_id: (&ann).into(),
                    title: title.into(),
                    level,
                };
                let upsert =
                    |title: &str, level| Document::upsert(new(title, level)).on(|d| d.title);
                upsert("a", 1).execute(&tenant).await.unwrap();
                let row = upsert("a", 2).fetch_one(&tenant).await.unwrap();
                assert_eq!((row.level, row.version), (2, 2));
                let a = |level, locked, version| {
                    (*acme.id(), ann.id, "a".to_owned(), level, locked, version)
                };
                assert_eq!(changed().await, [a(2, false, 2)]);

                // As it would be, it could not be read.
                forbidden(upsert("a", 4).execute(&tenant).await);
                forbidden(upsert("a", 4).fetch_one(&tenant).await);
                assert_eq!(changed().await, [a(2, false, 2)]);
                // She may create such rows all the same, unless she wants to see them.
                forbidden(upsert("new", 4).fetch_one(&tenant).await);
                assert_eq!(changed().await, [a(2, false, 2)]);
                upsert("new", 4).execute(&tenant).await.unwrap();
                assert_eq!(changed().await.len(), 2);
                let unseen = upsert("new", 1).execute(&tenant).await;
                assert_eq!(changed().await.len(), 2);

                // A rule about a column that the upsert leaves as it is.
                sqlx::query(
                    "UPDATE documents SET locked = TRUE WHERE title = 'a' AND tenant_id = $1",
                )
                .bind(*acme.id())
                .execute(&mut *db.acquire().await.expect("a connection"))
                .await
                .unwrap();
                let locked = upsert("a", 1).execute(&tenant).await;
                assert_eq!(changed().await[0], a(2, true, 2));
                assert_eq!(format!("{locked:?}"), format!("{unseen:?}"));
                forbidden(locked);
                forbidden(unseen);

                // Not hers.
                let eves = NewDocument {
                    owner_id: (&eve).into(),
                    ..new("eve's", 0)
                };
                forbidden(
                    Document::upsert(eves)
                        .on(|d| d.title)
                        .execute(&tenant)
                        .await,
                );
                assert_eq!(changed().await.len(), 2);
                {
                    enter!(tenant = acme.clone());
                    let eve = User::find(eve.id).fetch_one(&tenant).await.unwrap();
                    let tenant = tenant.acting_as(eve.clone());
                    let upsert = |title: &str, level| {
                        let new = NewDocument {
                            owner_id: (&eve).into(),
                            title: title.into(),
                            level,
                        };
                        Document::upsert(new).on(|d| d.title).execute(&tenant)
                    };
                    upsert("eve's", 1).await.unwrap();
                    // As an administrator she takes it over.
                    upsert("new", 5).await.unwrap();
                    let ours = changed().await;
                    assert_eq!(ours[2], (*acme.id(), eve.id, "new".into(), 5, false, 2));
                }
                forbidden(upsert("eve's", 1).execute(&tenant).await);
                assert_eq!(changed().await[1].1, eve.id);

                // A reference that the statement proves.
                let by_id = |id, title: &str| {
                    let new = NewDocument {
                        owner_id: Ref::by_id(id),
                        ..new(title, 0)
                    };
                    Document::upsert(new).on(|d| d.title)
                };
                by_id(ann.id, "by id").execute(&tenant).await.unwrap();
                by_id(ann.id, "by id").fetch_one(&tenant).await.unwrap();
                let before = changed().await;
                invalid(by_id(others[0].1, "theirs").execute(&tenant).await);
                invalid(by_id(others[0].1, "by id").execute(&tenant).await);
                assert_eq!(changed().await, before);
            }

            #[tokio::test]
            async fn many_rows_are_created_or_none() {
                let db = tenancy_tests::database::$name($schema).await;
                let (acme, globex) = (tenant(&db).await, tenant(&db).await);
                let zoe = {
                    enter!(globex = globex);
                    let zoe = User::create(user("admin", 9));
                    zoe.fetch_one(&globex).await.unwrap().id
                };
                enter!(tenant = acme);
                let ann = User::create(user("member", 3));
                let ann = ann.fetch_one(&tenant).await.unwrap();
                let bob = User::create(user("member", 3));
                let bob = bob.fetch_one(&tenant).await.unwrap();
                let tenant = tenant.acting_as(ann.clone());
                let new = |owner, title: &str, level| NewDocument {
                    owner_id: owner,
                    title: title.into(),
                    level,
                };
                let count = async || documents(&db).await.len();
                let rows = [
                    new((&ann).into(), "a", 1),
                    new((&ann).into(), "b", 4),
                    new((&bob).into(), "c", 1),
                ];
                forbidden(Document::create_many(rows).execute(&tenant).await);
                assert_eq!(count().await, 0);
                let rows = || [new((&ann).into(), "a", 1), new((&ann).into(), "b", 4)];
                forbidden(Document::create_many(rows()).fetch_all(&tenant).await);
                assert_eq!(count().await, 0);
                assert_eq!(
                    Document::create_many(rows())
                        .execute(&tenant)
                        .await
                        .unwrap(),
                    2
                );
                assert_eq!(count().await, 2);
                // References that the statement proves, of which one is another tenant's.
                let rows = |other| {
                    [
                        new(Ref::by_id(ann.id), "d", 1),
                        new((&ann).into(), "e", 1),
                        new(Ref::by_id(other), "f", 1),
                    ]
                };
                // Whether there is such a user or not: it is not the one who acts.
                forbidden(Document::create_many(rows(zoe)).execute(&tenant).await);
                forbidden(Document::create_many(rows(bob.id)).execute(&tenant).await);
                assert_eq!(count().await, 2);
                let created = Document::create_many(rows(ann.id)).fetch_all(&tenant).await;
                assert_eq!(created.unwrap().len(), 3);
                assert_eq!(count().await, 5);

                // With values instead of defaults, that the rules name.
                let rows = |locked: [bool; 2]| {
                    locked.map(|locked| {
                        let new = NewDraft {
                            owner_id: (&bob).into(),
                            title: format!("draft {locked} {}", Uuid::now_v7()),
                            level: 9,
                        };
                        Draft::create(new).set(|d| d.locked.to(locked))
                    })
                };
                forbidden(
                    Draft::create_each(rows([false, true]))
                        .execute(&tenant)
                        .await,
                );
                forbidden(
                    Draft::create_each(rows([true, false]))
                        .execute(&tenant)
                        .await,
                );
                assert_eq!(count().await, 5);
                Draft::create_each(rows([false, false]))
                    .execute(&tenant)
                    .await
                    .unwrap();
                assert_eq!(count().await, 7);
                assert!(documents(&db).await.iter().all(|row| !row.4 && row.5 == 1));
            }

            #[tokio::test]
            async fn what_the_actor_alone_decides() {
                let db = tenancy_tests::database::$name($schema).await;
                let acme = tenant(&db).await;
                let tickets = async || -> Vec<(i64, String)> {
                    sqlx::query_as("SELECT number, text FROM tickets ORDER BY number")
                        .fetch_all(&mut *db.acquire().await.expect("a connection"))
                        .await
                        .unwrap()
                };
                let new = |number, text: &str| NewTicket {
                    number,
                    text: text.into(),
                };
                enter!(tenant = acme.clone());
                let member = User::create(user("member", 0));
                let member = member.fetch_one(&tenant).await.unwrap();
                let tenant = tenant.acting_as(member);
                let rows = [new(1, "one"), new(2, "two")];
                Ticket::create_many(rows).execute(&tenant).await.unwrap();
                put(&tenant, 3, "three").await.unwrap();
                put_and_see(&tenant, 4, "four").await.unwrap();
                let before = tickets().await;
                assert_eq!(before.len(), 4);
                forbidden(put(&tenant, 3, "3").await);
                forbidden(put_and_see(&tenant, 4, "4").await);
                assert_eq!(tickets().await, before);

                enter!(tenant = acme.clone());
                let admin = User::create(user("admin", 0));
                let admin = admin.fetch_one(&tenant).await.unwrap();
                let tenant = tenant.acting_as(admin);
                put(&tenant, 3, "3").await.unwrap();
                assert_eq!(tickets().await[2].1, "3");

                enter!(tenant = acme);
                let guest = User::create(user("guest", 0));
                let guest = guest.fetch_one(&tenant).await.unwrap();
                let tenant = tenant.acting_as(guest);
                let before = tickets().await;
                // The database is not asked, and could not be.
                db.close().await;
                let rows = || [new(7, "seven"), new(8, "eight")];
                forbidden(Ticket::create_many(rows()).execute(&tenant).await);
                forbidden(Ticket::create_many(rows()).fetch_all(&tenant).await);
                forbidden(put(&tenant, 7, "7").await);
                forbidden(put_and_see(&tenant, 7, "7").await);
                // No rows are no question.
                assert_eq!(Ticket::create_many([]).execute(&tenant).await.unwrap(), 0);
                assert!(
                    Ticket::create_many([])
                        .fetch_all(&tenant)
                        .await
                        .unwrap()
                        .is_empty()
                );
                assert_eq!(before.len(), 4);
            }

            #[tokio::test]
            async fn a_row_that_an_upsert_leaves_as_it_is() {
                let db = tenancy_tests::database::$name($schema).await;
                enter!(tenant = tenant(&db).await);
                let ann = User::create(user("member", 0));
                let ann = ann.fetch_one(&tenant).await.unwrap();
                let tenant = tenant.acting_as(ann);
                let upsert = |name: &str| Tag::upsert(NewTag { name: name.into() }).on(|t| t.name);
                for name in ["plain", "fixed", "hidden"] {
                    upsert(name).execute(&tenant).await.unwrap();
                }
                upsert("plain").execute(&tenant).await.unwrap();
                upsert("plain").fetch_one(&tenant).await.unwrap();
                forbidden(upsert("fixed").execute(&tenant).await);
                forbidden(upsert("hidden").execute(&tenant).await);
                let count: i64 = sqlx::query_scalar("SELECT count(*) FROM tags")
                    .fetch_one(&mut *db.acquire().await.expect("a connection"))
                    .await
                    .unwrap();
                assert_eq!(count, 3);
            }

            #[tokio::test]
            async fn rows_of_nobody() {
                let db = tenancy_tests::database::$name($schema).await;
                enter!(tenant = tenant(&db).await);
                let ann = User::create(user("member", 10));
                let ann = ann.fetch_one(&tenant).await.unwrap();
                let tenant = tenant.acting_as(ann);
                let new = |name: &str, price| NewPlan {
                    name: name.into(),
                    price,
                };
                let rows = |prices: [i64; 2]| prices.map(|price| new(&price.to_string(), price));
                forbidden(Plan::create_many(rows([1, 0])).execute(&tenant).await);
                Plan::create_many(rows([5, 20]))
                    .execute(&tenant)
                    .await
                    .unwrap();
                let upsert = |name: &str, price| Plan::upsert(new(name, price)).on(|p| p.name);
                forbidden(upsert("5", 30).execute(&tenant).await);
                forbidden(upsert("20", 8).execute(&tenant).await);
                upsert("20", 30).execute(&tenant).await.unwrap();
                let prices: Vec<i64> = sqlx::query_scalar("SELECT price FROM plans ORDER BY price")
                    .fetch_all(&mut *db.acquire().await.expect("a connection"))
                    .await
                    .unwrap();
                assert_eq!(prices, [5, 30]);
            }
        }
    };
}

suite!(
    sqlite,
    sqlx::Sqlite,
    "CREATE TABLE organizations (id BLOB PRIMARY KEY);
     CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, role TEXT NOT NULL,
         level INTEGER NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE documents (tenant_id BLOB NOT NULL, id BLOB NOT NULL, owner_id BLOB NOT NULL,
         title TEXT NOT NULL, level INTEGER NOT NULL, locked BOOLEAN NOT NULL DEFAULT FALSE,
         version INTEGER NOT NULL, PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, title));
     CREATE TABLE tickets (tenant_id BLOB NOT NULL, id BLOB NOT NULL, number INTEGER NOT NULL,
         text TEXT NOT NULL, PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number));
     CREATE TABLE tags (tenant_id BLOB NOT NULL, id BLOB NOT NULL, name TEXT NOT NULL,
         PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, name));
     CREATE TABLE plans (id BLOB PRIMARY KEY, name TEXT NOT NULL UNIQUE, price INTEGER NOT NULL);"
);
suite!(
    postgres,
    sqlx::Postgres,
    "CREATE TABLE organizations (id uuid PRIMARY KEY);
     CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL, role text NOT NULL,
         level bigint NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE documents (tenant_id uuid NOT NULL, id uuid NOT NULL, owner_id uuid NOT NULL,
         title text NOT NULL, level bigint NOT NULL, locked boolean NOT NULL DEFAULT FALSE,
         version bigint NOT NULL, PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, title));
     CREATE TABLE tickets (tenant_id uuid NOT NULL, id uuid NOT NULL, number bigint NOT NULL,
         text text NOT NULL, PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number));
     CREATE TABLE tags (tenant_id uuid NOT NULL, id uuid NOT NULL, name text NOT NULL,
         PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, name));
     CREATE TABLE plans (id uuid PRIMARY KEY, name text NOT NULL UNIQUE, price bigint NOT NULL);"
);

/// Code of the user encodes what the rules take from the actor, and sees the parameters before it: the
/// references of the new rows are not among them.
mod a_lying_actor {
    use sqlx::encode::IsNull;
    use sqlx::error::BoxDynError;
    use sqlx::sqlite::SqliteTypeInfo;
    use sqlx::{Database, Decode, Encode, Sqlite, Type};
    use tenancy::{Root as _, TenantRoot, TenantScoped, enter};
    use uuid::Uuid;

    #[derive(Debug, TenantRoot)]
    #[tenancy(database = Sqlite)]
    pub struct Organization {
        pub id: Uuid,
    }

    /// Puts parameters of its own in the place of those before it: notes with an owner of its choice.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Sly(Uuid);

    impl Type<Sqlite> for Sly {
        fn type_info() -> SqliteTypeInfo {
            <Uuid as Type<Sqlite>>::type_info()
        }
    }

    impl Encode<'_, Sqlite> for Sly {
        fn encode_by_ref(
            &self,
            buffer: &mut <Sqlite as Database>::ArgumentBuffer,
        ) -> Result<IsNull, BoxDynError> {
            *buffer = Default::default();
            for _ in 0..2 {
                let _ = Encode::<Sqlite>::encode_by_ref(&1_i64, buffer)?;
                let _ = Encode::<Sqlite>::encode_by_ref(&Uuid::now_v7(), buffer)?;
                let _ = Encode::<Sqlite>::encode_by_ref(&self.0, buffer)?;
            }
            Encode::<Sqlite>::encode_by_ref(&self.0, buffer)
        }
    }

    impl Decode<'_, Sqlite> for Sly {
        fn decode(value: <Sqlite as Database>::ValueRef<'_>) -> Result<Self, BoxDynError> {
            Decode::<Sqlite>::decode(value).map(Self)
        }
    }

    #[derive(Clone, Debug, TenantScoped)]
    #[tenancy(root = Organization)]
    pub struct User {
        pub id: Uuid,
        pub sly: Sly,
    }

    #[derive(Clone, Debug, TenantScoped)]
    #[tenancy(root = Organization, policies)]
    pub struct Note {
        pub id: Uuid,
        pub number: i64,
        #[tenancy(belongs_to = User)]
        pub owner_id: Uuid,
    }

    tenancy::policies! {
        Note, actor: User {
            create { authorize_unless owner_id.any(|owner| owner.sly == actor.sly); }
        }
    }

    #[tokio::test]
    async fn does_not_reach_references() {
        let db = tenancy_tests::database::sqlite(
            "CREATE TABLE organizations (id BLOB PRIMARY KEY);
             CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, sly BLOB NOT NULL);
             CREATE TABLE notes (tenant_id BLOB NOT NULL, id BLOB NOT NULL, number INTEGER NOT NULL,
                 owner_id BLOB NOT NULL);",
        )
        .await;
        let acme = Organization::create(NewOrganization {});
        let acme = acme.execute(&db).await.expect("it is permitted");
        enter!(tenant = acme);
        let user = User::create(NewUser {
            sly: Sly(Uuid::now_v7()),
        });
        // Even that is refused, so that the row is made past the library.
        user.execute(&tenant).await.expect_err("not one value");
        let sly = Uuid::now_v7();
        sqlx::query("INSERT INTO users VALUES ($1, $2, $3)")
            .bind(*tenant.id())
            .bind(Uuid::now_v7())
            .bind(sly)
            .execute(&mut *db.acquire().await.expect("a connection"))
            .await
            .expect("a row");
        let user = User::query().fetch_one(&tenant).await.expect("a row");
        let tenant = tenant.acting_as(user.clone());
        let rows = [1, 2].map(|number| NewNote {
            number,
            owner_id: (&user).into(),
        });
        let created = Note::create_many(rows).execute(&tenant).await;
        created.expect_err("not one value");
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM notes")
            .fetch_one(&mut *db.acquire().await.expect("a connection"))
            .await
            .expect("a count");
        assert_eq!(count, 0);
    }
}
