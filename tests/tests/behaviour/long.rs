//! Conditions that a program puts together in a loop: their number is bounded by what databases take, and not by
//! the stack (L35).

use tenancy::{Condition, Error, Root as _, TenantRoot, TenantScoped};
use uuid::Uuid;

/// Enough that one frame on the stack for each would end the process, whatever the stack.
const MANY: i64 = 20_000;

/// How many of them are run: SQLite takes a time for a condition that grows with the square of its length.
const FEWER: i64 = 5_000;

/// Runs something with little stack: a fraction of what each thread of a runtime has.
fn with_little_stack(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(256 << 10);
    thread.spawn(run).unwrap().join().unwrap();
}

macro_rules! suite {
    ($name:ident, $database:ty, $schema:literal) => {
        mod $name {
            use super::*;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $database)]
            pub(crate) struct Organization {
                pub id: Uuid,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            pub(crate) struct Item {
                pub id: Uuid,
                #[tenancy(belongs_to = Item)]
                pub parent_id: Option<Uuid>,
                pub number: i64,
            }

            type Wanted = Condition<Item, tenancy::expr::Boxed<'static, $database>>;

            fn one(number: i64) -> Wanted {
                Item::condition(|i| i.number.eq(number)).boxed()
            }

            fn other_than(number: i64) -> Wanted {
                Item::condition(|i| i.number.ne(number)).boxed()
            }

            /// One of many numbers.
            fn any(count: i64) -> Wanted {
                (1..count).fold(one(0), |wanted, number| wanted.or(one(number)).boxed())
            }

            /// None of many numbers, each of which comes first.
            fn none(count: i64) -> Wanted {
                (1..count).fold(other_than(10), |wanted, number| {
                    other_than(10 + number).and(wanted).boxed()
                })
            }

            /// Conditions inside one another, of all kinds that there are.
            fn deep(depth: i64) -> Wanted {
                (0..depth).fold(one(0), |wanted, number| match number % 4 {
                    0 => wanted.or(one(number)).boxed(),
                    1 => other_than(1000 + number).and(wanted).boxed(),
                    2 => (!(!wanted).boxed()).boxed(),
                    _ => Condition::if_some(Some(wanted), |wanted| wanted).boxed(),
                })
            }

            /// Queries inside one another.
            fn within(depth: usize) -> Wanted {
                (0..depth).fold(one(0), |wanted, _| {
                    let parents = Item::query().filter(|_| wanted).select(|i| i.id);
                    Item::condition(|i| i.parent_id.in_query(parents)).boxed()
                })
            }

            #[test]
            fn are_made_and_written_and_forgotten_with_little_stack() {
                with_little_stack(|| {
                    for wanted in [any(MANY), none(MANY), deep(MANY), within(MANY as usize)] {
                        let read = Item::query().filter(|_| wanted);
                        assert!(read.sql().len() > MANY as usize);
                    }
                    drop(any(1_000_000));
                    drop(none(1_000_000));
                    drop(deep(1_000_000));
                });
            }

            #[test]
            fn are_written_with_balanced_parentheses() {
                let sql = Item::query().filter(|_| any(MANY)).sql();
                let (mut open, mut most) = (0_u32, 0);
                for byte in sql.bytes() {
                    match byte {
                        b'(' => open += 1,
                        b')' => open -= 1,
                        _ => {}
                    }
                    most = most.max(open);
                }
                assert_eq!(most, 16);
                let few = Item::query().filter(|_| any(3).and(none(2)).boxed());
                let few = few.sql().replace("$", "?").replace("\"items\".", "");
                let few = few.split("WHERE").nth(1).unwrap().replace(['1', '2', '3', '4', '5', '6'], "");
                assert_eq!(
                    few.trim(),
                    r#"((("number" = ? OR ("number" = ? OR "number" = ?)) AND ("number" <> ? AND "number" <> ?))) AND "tenant_id" = ?"#
                );
            }

            #[tokio::test]
            async fn mean_what_they_say_up_to_what_the_database_takes() {
                let fresh = tenancy_tests::database::$name($schema).await;
                let verified = Organization::create(NewOrganization {}).execute(&fresh);
                tenancy::enter!(acme = verified.await.unwrap());
                let mut parent = None;
                for number in 0..20 {
                    let new = NewItem { parent_id: parent.as_ref().map(Into::into), number };
                    parent = Some(Item::create(new).fetch_one(&acme).await.unwrap());
                }
                macro_rules! found {
                    ($wanted:expr) => {{
                        let wanted = $wanted;
                        let read = Item::query().filter(|_| wanted).order_by(|i| i.number.asc());
                        let rows = read.fetch_all(&acme).await;
                        rows.map(|rows| rows.iter().map(|row| row.number).collect::<Vec<_>>())
                    }};
                }
                assert_eq!(found!(any(FEWER)).unwrap(), (0..20).collect::<Vec<_>>());
                assert_eq!(found!(any(7)).unwrap(), (0..7).collect::<Vec<_>>());
                assert_eq!(found!(none(FEWER)).unwrap(), (0..10).collect::<Vec<_>>());
                assert_eq!(found!(within(5)).unwrap(), [5]);
                // 400 inside one another, of which a quarter adds a number.
                let numbers = (0..20).filter(|number| number % 4 == 0).collect::<Vec<_>>();
                assert_eq!(found!(deep(400)).unwrap(), numbers);
                let parent = Item::update_where(|_| any(FEWER)).set(|i| i.number.to(i.number.plus(0)));
                assert_eq!(parent.execute(&acme).await.unwrap(), 20);
                // Too much, and said so in the same words by every database.
                for wanted in [any(100_000), deep(MANY), within(MANY as usize), deep(1_000)] {
                    assert!(matches!(found!(wanted), Err(Error::TooLarge)));
                }
                // The token is as good as before.
                assert_eq!(found!(one(3)).unwrap(), [3]);
            }
        }
    };
}

suite!(
    sqlite,
    sqlx::Sqlite,
    "CREATE TABLE organizations (id BLOB PRIMARY KEY);
     CREATE TABLE items (tenant_id BLOB NOT NULL, id BLOB NOT NULL, parent_id BLOB,
         number INTEGER NOT NULL, PRIMARY KEY (tenant_id, id));"
);
suite!(
    postgres,
    sqlx::Postgres,
    "CREATE TABLE organizations (id uuid PRIMARY KEY);
     CREATE TABLE items (tenant_id uuid NOT NULL, id uuid NOT NULL, parent_id uuid,
         number bigint NOT NULL, PRIMARY KEY (tenant_id, id));"
);
