//! Columns on both sides of a comparison, values computed from them, and orders in a direction that is chosen while
//! the program runs.

use tenancy::{Root as _, Sort, TenantRoot, TenantScoped};
use uuid::Uuid;

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
                pub stock: i64,
                pub sold: i64,
                pub least: Option<i64>,
            }

            #[tokio::test]
            async fn columns_stand_on_both_sides_and_orders_are_chosen() {
                let fresh = tenancy_tests::database::$name($schema).await;
                let verified = Organization::create(NewOrganization {}).execute(&fresh);
                tenancy::enter!(acme = verified.await.unwrap());
                for (stock, sold, least) in [(1, 5, None), (2, 2, Some(1)), (3, 1, Some(7))] {
                    let new = NewItem { stock, sold, least };
                    Item::create(new).execute(&acme).await.unwrap();
                }
                macro_rules! found {
                    ($query:expr) => {{
                        let rows = $query.fetch_all(&acme).await.unwrap();
                        rows.iter().map(|row| row.stock).collect::<Vec<_>>()
                    }};
                }
                macro_rules! stock {
                    ($filter:expr) => {
                        found!(Item::query().filter($filter).order_by(|i| i.stock.asc()))
                    };
                }
                assert_eq!(stock!(|i| i.stock.ge(i.sold)), [2, 3]);
                assert_eq!(stock!(|i| i.stock.plus(i.sold).gt(4)), [1]);
                assert_eq!(
                    stock!(|i| i.stock.plus(i.sold).minus(2).le(i.stock.plus(0))),
                    [2, 3]
                );
                assert_eq!(stock!(|i| i.sold.minus(i.stock).eq(0)), [2]);
                assert_eq!(stock!(|i| i.least.plus(1).ne(i.stock)), [3]);
                // Beyond the range of the column, and no error that would tell of a row.
                assert_eq!(
                    stock!(|i| i.stock.plus(i64::MAX).minus(i64::MAX).lt(0)),
                    Vec::<i64>::new()
                );

                for (sort, orders) in [
                    (Sort::Asc, [[1, 2, 3], [2, 3, 1]]),
                    (Sort::Desc, [[3, 2, 1], [1, 3, 2]]),
                ] {
                    assert_eq!(
                        found!(Item::query().order_by(|i| i.stock.by(sort))),
                        orders[0]
                    );
                    // NULLs as with `asc` and `desc`.
                    let query = Item::query().order_by(|i| (i.least.by(sort), i.stock.asc()));
                    assert_eq!(found!(query.clone()), orders[1]);
                    assert_eq!(found!(query.clone().limit(2)), orders[1][..2]);
                    let dynamic = Item::condition(|i| i.stock.ne(9)).boxed();
                    assert_eq!(
                        found!(query.clone().filter(|_| dynamic).offset(1)),
                        orders[1][1..]
                    );
                    assert_eq!(query.count(&acme).await.unwrap(), 3);
                }

                // What may be NULL takes the value of a column that is not.
                let all = Item::update_where(|i| i.stock.gt(0)).set(|i| i.least.to(i.sold));
                assert_eq!(all.execute(&acme).await.unwrap(), 3);
                assert_eq!(stock!(|i| i.least.eq(i.sold)), [1, 2, 3]);
            }
        }
    };
}

suite!(
    sqlite,
    sqlx::Sqlite,
    "CREATE TABLE organizations (id BLOB PRIMARY KEY);
     CREATE TABLE items (tenant_id BLOB NOT NULL, id BLOB NOT NULL, stock INTEGER NOT NULL,
         sold INTEGER NOT NULL, least INTEGER, PRIMARY KEY (tenant_id, id));"
);
suite!(
    postgres,
    sqlx::Postgres,
    "CREATE TABLE organizations (id uuid PRIMARY KEY);
     CREATE TABLE items (tenant_id uuid NOT NULL, id uuid NOT NULL, stock bigint NOT NULL,
         sold bigint NOT NULL, least bigint, PRIMARY KEY (tenant_id, id));"
);
