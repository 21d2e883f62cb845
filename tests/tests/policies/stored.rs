//! Rules about columns of which only the database knows what is stored: what a default, a generated column,
//! a trigger or the column's own way of comparing makes of a row is what they decide about.

macro_rules! suite {
    ($name:ident, $database:ty, $spelling:literal, $schema:literal) => {
        mod $name {
            use tenancy::{Db, Error, Ref, Result, Root as _, TenantRoot, TenantScoped};
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
                pub level: i64,
            }

            /// The table has a default (`open`), a generated column (twice the level), and a trigger that
            /// cuts a weight off at 100.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, policies)]
            pub struct Paper {
                pub id: Uuid,
                pub title: String,
                #[tenancy(belongs_to = User)]
                pub owner_id: Uuid,
                pub level: i64,
                #[tenancy(stored)]
                pub weight: i64,
                #[tenancy(default)]
                pub state: String,
                #[tenancy(generated)]
                pub doubled: i64,
                #[tenancy(version)]
                pub version: i64,
            }

            tenancy::policies! {
                Paper, actor: User {
                    read { authorize_if doubled <= actor.level; }
                    create { authorize_if state == "open" && weight == 100; authorize_if level == 0; }
                    update { authorize_if version < 3; }
                }
            }

            /// The same table: here only the weight matters, and what is read does not.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, table = "papers", policies)]
            pub struct Weight {
                pub id: Uuid,
                pub title: String,
                #[tenancy(belongs_to = User)]
                pub owner_id: Uuid,
                pub level: i64,
                #[tenancy(stored)]
                pub weight: i64,
                #[tenancy(version)]
                pub version: i64,
            }

            tenancy::policies! {
                Weight, actor: User {
                    read { authorize_if level < 9; }
                    create { authorize_if weight < 50; authorize_if weight == 100; }
                    update { authorize_if weight < 50; authorize_if weight == 100; }
                    destroy { authorize_if weight == 100; }
                }
            }

            /// Names that compare in a way of their own, as the program gives them, ...
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, table = "names", policies)]
            pub struct Name {
                pub id: i64,
                pub name: String,
            }

            tenancy::policies! {
                Name, actor: User {
                    read { authorize_if always; }
                    create { authorize_if name != "admin"; }
                    update { authorize_if name != "admin"; }
                }
            }

            /// ... and as they are stored; of rows that the database numbers.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, table = "names", policies)]
            pub struct StoredName {
                pub id: i64,
                #[tenancy(stored)]
                pub name: String,
            }

            tenancy::policies! {
                StoredName, actor: User {
                    read { authorize_if always; }
                    create { authorize_if name != "admin" && id.is_in([1, 2, 3]); }
                    update { authorize_if name != "admin"; }
                }
            }

            async fn tenant(db: &Db<$database>) -> VerifiedTenant<Organization> {
                Organization::create(NewOrganization {})
                    .execute(db)
                    .await
                    .unwrap()
            }

            fn forbidden<T: std::fmt::Debug>(result: Result<T>) {
                assert!(matches!(result, Err(Error::Forbidden(_))), "{result:?}");
            }

            async fn titles(db: &Db<$database>) -> Vec<String> {
                sqlx::query_scalar("SELECT title FROM papers ORDER BY title")
                    .fetch_all(&mut *db.acquire().await.expect("a connection"))
                    .await
                    .unwrap()
            }

            #[tokio::test]
            async fn what_a_row_became_when_it_was_created() {
                let db = tenancy_tests::database::$name($schema).await;
                enter!(acme = tenant(&db).await);
                let ann = User::create(NewUser { level: 10 });
                let ann = ann.fetch_one(&acme).await.unwrap();
                let acme = acme.acting_as(ann.clone());
                let new = |title: &str, level, weight| NewPaper {
                    title: title.into(),
                    owner_id: (&ann).into(),
                    level,
                    weight,
                };
                // The trigger makes 100 of it.
                Paper::create(new("a", 5, 700)).execute(&acme).await.unwrap();
                forbidden(Paper::create(new("b", 5, 99)).execute(&acme).await);
                forbidden(Paper::create(new("b", 5, 99)).fetch_one(&acme).await);
                assert_eq!(titles(&db).await, ["a"]);
                let row = Paper::create(new("c", 5, 101)).fetch_one(&acme).await.unwrap();
                assert_eq!((row.weight, row.state.as_str(), row.doubled), (100, "open", 10));
                // It could be created, but not be read.
                forbidden(Paper::create(new("d", 6, 101)).fetch_one(&acme).await);
                assert_eq!(titles(&db).await, ["a", "c"]);
                Paper::create(new("d", 6, 101)).execute(&acme).await.unwrap();
                // Another value than the default.
                let closed = Paper::create(new("e", 5, 101)).set(|p| p.state.to("closed"));
                forbidden(closed.execute(&acme).await);
                let free = Paper::create(new("f", 0, 3)).set(|p| p.state.to("closed"));
                assert_eq!(free.fetch_one(&acme).await.unwrap().weight, 3);
                assert_eq!(titles(&db).await, ["a", "c", "d", "f"]);

                // Many of them.
                let rows = |weight| [new("x", 0, 7), new("y", 5, weight), new("z", 5, 100)];
                forbidden(Paper::create_many(rows(99)).execute(&acme).await);
                forbidden(Paper::create_many(rows(99)).fetch_all(&acme).await);
                assert_eq!(titles(&db).await.len(), 4);
                let created = Paper::create_many(rows(999)).fetch_all(&acme).await.unwrap();
                assert_eq!(created.iter().map(|row| row.weight).sum::<i64>(), 207);
                assert_eq!(Paper::create_many(rows(999)).execute(&acme).await.unwrap(), 3);
                assert_eq!(titles(&db).await.len(), 10);

                // A reference that the statement proves.
                let by_id = |id| NewPaper {
                    owner_id: Ref::by_id(id),
                    ..new("by id", 0, 1)
                };
                let invalid = Paper::create(by_id(Uuid::now_v7())).execute(&acme).await;
                assert!(matches!(invalid, Err(Error::InvalidReference)), "{invalid:?}");
                let invalid = Paper::create_many([by_id(ann.id), by_id(Uuid::now_v7())]);
                let invalid = invalid.execute(&acme).await;
                assert!(matches!(invalid, Err(Error::InvalidReference)), "{invalid:?}");
                Paper::create(by_id(ann.id)).fetch_one(&acme).await.unwrap();
                assert_eq!(titles(&db).await.len(), 11);
            }

            #[tokio::test]
            async fn what_a_row_became_when_it_changed() {
                let db = tenancy_tests::database::$name($schema).await;
                let (verified, other) = (tenant(&db).await, tenant(&db).await);
                enter!(acme = verified.clone());
                let ann = User::create(NewUser { level: 10 });
                let ann = ann.fetch_one(&acme).await.unwrap();
                let mut acme = acme.acting_as(ann.clone());
                let new = |title: &str, level, weight| NewPaper {
                    title: title.into(),
                    owner_id: (&ann).into(),
                    level,
                    weight,
                };
                let levels = async || -> Vec<(i64, i64)> {
                    sqlx::query_as("SELECT level, version FROM papers ORDER BY title")
                        .fetch_all(&mut *db.acquire().await.expect("a connection"))
                        .await
                        .unwrap()
                };
                let row = Paper::create(new("a", 1, 100)).fetch_one(&acme).await.unwrap();
                // As it is, it may be changed; as it would be, it could not be read.
                forbidden(Paper::update(&row).set(|p| p.level.to(6)).execute(&acme).await);
                forbidden(Paper::update(&row).set(|p| p.level.to(6)).fetch_one(&acme).await);
                assert_eq!(levels().await, [(1, 1)]);
                let update = Paper::update(&row).set(|p| p.level.to(p.level.plus(2)));
                let row = update.fetch_one(&acme).await.unwrap();
                assert_eq!((row.level, row.doubled, row.version), (3, 6, 2));
                // The third version is one that nobody may make.
                forbidden(Paper::update(&row).set(|p| p.level.to(1)).execute(&acme).await);
                assert_eq!(levels().await, [(3, 2)]);
                let gone = Paper::update_where(|p| p.title.eq("b")).set(|p| p.level.to(1));
                assert_eq!(gone.execute(&acme).await.unwrap(), 0);

                // Of many rows, one that fails as it would be is one too many; those that may not be
                // changed as they are are left out.
                Paper::create(new("b", 2, 100)).execute(&acme).await.unwrap();
                Paper::create(new("c", 5, 100)).execute(&acme).await.unwrap();
                Paper::create(new("d", 6, 100)).execute(&acme).await.unwrap();
                sqlx::query("UPDATE papers SET version = 7 WHERE title = 'a'")
                    .execute(&mut *db.acquire().await.expect("a connection"))
                    .await
                    .unwrap();
                let before = levels().await;
                let all = || Paper::update_where(|p| p.level.gt(0)).set(|p| p.level.to(p.level.plus(1)));
                forbidden(all().execute(&acme).await);
                forbidden(all().fetch_all(&acme).await);
                assert_eq!(levels().await, before);
                let all = || Paper::update_where(|p| p.level.gt(0)).set(|p| p.level.to(p.level.minus(1)));
                assert_eq!(all().execute(&acme).await.unwrap(), 2);
                assert_eq!(levels().await, [(3, 7), (1, 2), (4, 2), (6, 1)]);
                forbidden(all().execute(&acme).await);

                // What is not there, what is not seen, and what may not be changed.
                let mut rows = Paper::query().fetch_all(&acme).await.unwrap();
                rows.sort_by_key(|row| row.title.clone());
                assert_eq!(rows.len(), 3);
                forbidden(Paper::update(&rows[0]).set(|p| p.level.to(1)).execute(&acme).await);
                sqlx::query("UPDATE papers SET level = 60 WHERE title = 'b'")
                    .execute(&mut *db.acquire().await.expect("a connection"))
                    .await
                    .unwrap();
                let unseen = Paper::update(&rows[1]).set(|p| p.level.to(1)).execute(&acme).await;
                assert!(matches!(unseen, Err(Error::Stale)), "{unseen:?}");
                let stale = Paper::update(&row).set(|p| p.level.to(1)).execute(&acme).await;
                assert!(matches!(stale, Err(Error::Stale)), "{stale:?}");

                // In a transaction, which goes on.
                let before = levels().await;
                let mut tx = acme.begin().await.unwrap();
                Paper::create(new("e", 0, 1)).execute(&tx).await.unwrap();
                forbidden(Paper::create(new("f", 1, 1)).execute(&tx).await);
                forbidden(Paper::create_many([new("f", 0, 1), new("f", 1, 1)]).execute(&tx).await);
                let savepoint = tx.begin().await.unwrap();
                Paper::create(new("g", 0, 1)).execute(&savepoint).await.unwrap();
                forbidden(Paper::create(new("h", 1, 1)).fetch_one(&savepoint).await);
                savepoint.commit().await.unwrap();
                // An error of the database takes only its own work along.
                let twice = Paper::create(new("a", 0, 1)).execute(&tx).await;
                assert!(matches!(twice, Err(Error::Conflict { .. })), "{twice:?}");
                Paper::create(new("i", 0, 1)).execute(&tx).await.unwrap();
                tx.commit().await.unwrap();
                assert_eq!(titles(&db).await, ["a", "b", "c", "d", "e", "g", "i"]);
                assert_eq!(levels().await[..4], before);
                let tx = acme.begin().await.unwrap();
                Paper::create(new("j", 0, 1)).execute(&tx).await.unwrap();
                tx.rollback().await.unwrap();
                assert_eq!(titles(&db).await.len(), 7);

                // Nothing of it is another tenant's.
                enter!(other = other);
                let zoe = User::create(NewUser { level: 100 });
                let zoe = zoe.fetch_one(&other).await.unwrap();
                let other = other.acting_as(zoe);
                assert_eq!(Paper::query().count(&other).await.unwrap(), 0);
                let all = Paper::update_where(|p| p.level.ge(0)).set(|p| p.level.to(0));
                assert_eq!(all.execute(&other).await.unwrap(), 0);
            }

            #[tokio::test]
            async fn what_a_trigger_makes_of_it() {
                let db = tenancy_tests::database::$name($schema).await;
                enter!(acme = tenant(&db).await);
                let ann = User::create(NewUser { level: 10 });
                let ann = ann.fetch_one(&acme).await.unwrap();
                let acme = acme.acting_as(ann.clone());
                let new = |title: String, weight| NewWeight {
                    title,
                    owner_id: (&ann).into(),
                    level: 0,
                    weight,
                };
                let many = (0..2500).map(|number| new(number.to_string(), 100));
                let many = Weight::create_many(many).execute(&acme).await;
                assert_eq!(many.unwrap(), 2500);
                let sum = async || -> i64 {
                    sqlx::query_scalar("SELECT CAST(sum(weight) AS bigint) FROM papers")
                        .fetch_one(&mut *db.acquire().await.expect("a connection"))
                        .await
                        .unwrap()
                };
                let all = || Weight::update_where(|w| w.weight.eq(100));
                // It would be 60; and it would be 260, of which the trigger makes 100.
                let update = all().set(|w| w.weight.to(w.weight.minus(40)));
                forbidden(update.execute(&acme).await);
                assert_eq!(sum().await, 250_000);
                let update = all().set(|w| w.weight.to(w.weight.plus(160)));
                assert_eq!(update.execute(&acme).await.unwrap(), 2500);
                assert_eq!(sum().await, 250_000);
                let update = all().set(|w| w.weight.to(5));
                let updated = update.fetch_all(&acme).await.unwrap();
                assert_eq!(updated.len(), 2500);
                assert_eq!(sum().await, 12_500);
                // The last of many.
                let update = Weight::update_where(|w| w.weight.eq(5)).set(|w| w.level.to(1));
                sqlx::query("UPDATE papers SET level = 50 WHERE title = '7'")
                    .execute(&mut *db.acquire().await.expect("a connection"))
                    .await
                    .unwrap();
                assert_eq!(update.execute(&acme).await.unwrap(), 2499);
                // The rules for `destroy` are asked of the row as it is.
                let destroyed = Weight::destroy_where(|w| w.title.ne("")).execute(&acme).await;
                assert_eq!(destroyed.unwrap(), 0);
            }

            #[tokio::test]
            async fn how_a_column_compares() {
                let db = tenancy_tests::database::$name($schema).await;
                enter!(acme = tenant(&db).await);
                let ann = User::create(NewUser { level: 10 });
                let ann = ann.fetch_one(&acme).await.unwrap();
                let acme = acme.acting_as(ann);
                let name = |name: &str| NewName { name: name.into() };
                let stored = |name: &str| NewStoredName { name: name.into() };
                forbidden(Name::create(name("admin")).execute(&acme).await);
                // Not seen, unless it is declared.
                let row = Name::create(name($spelling)).fetch_one(&acme).await.unwrap();
                Name::destroy_all(&db, row.id).await;
                let count = async || -> i64 {
                    sqlx::query_scalar("SELECT count(*) FROM names")
                        .fetch_one(&mut *db.acquire().await.expect("a connection"))
                        .await
                        .unwrap()
                };
                forbidden(StoredName::create(stored("admin")).execute(&acme).await);
                forbidden(StoredName::create(stored($spelling)).execute(&acme).await);
                forbidden(StoredName::create(stored($spelling)).fetch_one(&acme).await);
                let rows = [stored("ann"), stored($spelling)];
                forbidden(StoredName::create_many(rows).execute(&acme).await);
                assert_eq!(count().await, 0);
            }

            #[tokio::test]
            async fn which_number_a_row_got() {
                let db = tenancy_tests::database::$name($schema).await;
                enter!(acme = tenant(&db).await);
                let ann = User::create(NewUser { level: 10 });
                let ann = ann.fetch_one(&acme).await.unwrap();
                let acme = acme.acting_as(ann);
                let new = |name: &str| NewStoredName { name: name.into() };
                let first = StoredName::create(new("a")).fetch_one(&acme).await.unwrap();
                assert_eq!(first.id, 1);
                let rows = [new("b"), new("c")];
                let mut rows = StoredName::create_many(rows).fetch_all(&acme).await.unwrap();
                rows.sort_by_key(|row| row.id);
                assert_eq!(rows[1].id, 3);
                forbidden(StoredName::create(new("d")).execute(&acme).await);
                let sly = StoredName::update(&rows[0]).set(|n| n.name.to($spelling));
                forbidden(sly.execute(&acme).await);
                StoredName::update(&rows[0])
                    .set(|n| n.name.to("B"))
                    .execute(&acme)
                    .await
                    .unwrap();
                let names: Vec<String> = sqlx::query_scalar("SELECT name FROM names ORDER BY id")
                    .fetch_all(&mut *db.acquire().await.expect("a connection"))
                    .await
                    .unwrap();
                let names: Vec<_> = names.iter().map(|name| name.trim_end()).collect();
                assert_eq!(names, ["a", "B", "c"]);
            }

            impl Name {
                async fn destroy_all(db: &Db<$database>, id: i64) {
                    sqlx::query("DELETE FROM names WHERE id = $1")
                        .bind(id)
                        .execute(&mut *db.acquire().await.expect("a connection"))
                        .await
                        .unwrap();
                }
            }
        }
    };
}

suite!(
    sqlite,
    sqlx::Sqlite,
    "ADMIN",
    "CREATE TABLE organizations (id BLOB PRIMARY KEY);
     CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, level INTEGER NOT NULL,
         PRIMARY KEY (tenant_id, id));
     CREATE TABLE papers (tenant_id BLOB NOT NULL, id BLOB NOT NULL, title TEXT NOT NULL,
         owner_id BLOB NOT NULL, level INTEGER NOT NULL, weight INTEGER NOT NULL,
         state TEXT NOT NULL DEFAULT 'open', doubled INTEGER AS (level * 2) STORED,
         version INTEGER NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE UNIQUE INDEX a_title ON papers (tenant_id, title) WHERE title = 'a';
     CREATE TRIGGER inserted AFTER INSERT ON papers WHEN NEW.weight > 100 BEGIN
         UPDATE papers SET weight = 100 WHERE id = NEW.id; END;
     CREATE TRIGGER updated AFTER UPDATE ON papers WHEN NEW.weight > 100 BEGIN
         UPDATE papers SET weight = 100 WHERE id = NEW.id; END;
     CREATE TABLE names (id INTEGER PRIMARY KEY, tenant_id BLOB NOT NULL,
         name TEXT COLLATE NOCASE NOT NULL);"
);
suite!(
    postgres,
    sqlx::Postgres,
    "admin ",
    "CREATE TABLE organizations (id uuid PRIMARY KEY);
     CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL, level bigint NOT NULL,
         PRIMARY KEY (tenant_id, id));
     CREATE TABLE papers (tenant_id uuid NOT NULL, id uuid NOT NULL, title text NOT NULL,
         owner_id uuid NOT NULL, level bigint NOT NULL, weight bigint NOT NULL,
         state text NOT NULL DEFAULT 'open', doubled bigint GENERATED ALWAYS AS (level * 2) STORED,
         version bigint NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE UNIQUE INDEX a_title ON papers (tenant_id, title) WHERE title = 'a';
     CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN NEW.weight = least(NEW.weight, 100); RETURN NEW; END $$;
     CREATE TRIGGER cut BEFORE INSERT OR UPDATE ON papers FOR EACH ROW EXECUTE FUNCTION cut();
     CREATE TABLE names (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, tenant_id uuid NOT NULL,
         name char(8) NOT NULL);"
);
