//! Floating-point numbers are calculated with as Rust does, on every database; what is not finite is not stored (L31).

use tenancy::{Error, Root as _};
use tenancy_tests::database;

/// Numbers of all sizes, their halfway cases among them; the same ones every time.
fn pairs() -> Vec<(f32, f32)> {
    let mut state = 0x9e37_79b9_u32;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state
    };
    let mut pairs = vec![
        (0.1, 0.2),
        (16_777_216.0, 1.0),
        (16_777_218.0, 1.0),
        (16_777_216.0, -0.5),
        (-16_777_218.0, -1.0),
        (f32::MAX, -f32::MAX),
        (f32::MAX, f32::MAX / 67_108_864.0),
        (f32::MIN_POSITIVE, -f32::from_bits(1)),
        (f32::from_bits(1), f32::from_bits(1)),
        (0.0, 0.0),
        (1.0, f32::EPSILON / 2.0),
        (1.0, f32::EPSILON * 1.5),
    ];
    while pairs.len() < 400 {
        let left = f32::from_bits(random());
        // Of about the same size, where the sum has to be rounded.
        let near = (random() % 52) << 23;
        let right = f32::from_bits(left.to_bits().wrapping_sub(near) ^ (random() & 0x80ff_ffff));
        if left.is_finite() && right.is_finite() && (left + right).is_finite() {
            pairs.push((left, right));
        }
    }
    pairs
}

macro_rules! floats {
    ($name:ident, $database:ty, $open:path) => {
        mod $name {
            use super::*;
            use tenancy::ddl::Tables;
            use tenancy::{Changes, TenantRoot, TenantScoped};

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $database)]
            struct Organization {
                #[tenancy(given)]
                id: i64,
            }

            #[derive(Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            struct Pair {
                #[tenancy(given)]
                id: i64,
                left: f32,
                right: f32,
                sum: Option<f32>,
                difference: f32,
                wide: f64,
                maybe: Option<f64>,
            }

            fn pair(id: i64, left: f32, right: f32) -> NewPair {
                NewPair {
                    id,
                    left,
                    right,
                    sum: None,
                    difference: 0.0,
                    wide: 0.0,
                    maybe: None,
                }
            }

            async fn open() -> database::Fresh<$database> {
                let db = $open("SELECT 1").await;
                let tables = Tables::<Organization>::new().with::<Pair>().sql();
                database::run(&db, &tables).await.expect("the tables");
                db
            }

            #[tokio::test]
            async fn sums_are_those_of_rust() {
                let db = open().await;
                let acme = Organization::create(NewOrganization { id: 1 }).execute(&db);
                tenancy::enter!(acme = acme.await.expect("a tenant"));
                let pairs = pairs();
                let new = (0..)
                    .zip(&pairs)
                    .map(|(id, &(left, right))| pair(id, left, right));
                Pair::create_many(new).execute(&acme).await.expect("rows");
                Pair::update_where(|p| p.id.ge(0))
                    .set(|p| {
                        let difference = p.left.plus(p.right).minus(p.right);
                        (p.sum.to(p.left.plus(p.right)), p.difference.to(difference))
                    })
                    .execute(&acme)
                    .await
                    .expect("sums");
                let rows = Pair::query().order_by(|p| p.id.asc()).fetch_all(&acme);
                for (row, (left, right)) in rows.await.expect("rows").iter().zip(&pairs) {
                    let sum = left + right;
                    assert_eq!(row.sum, Some(sum), "{left:e} + {right:e}");
                    assert_eq!(
                        row.difference,
                        sum - right,
                        "{left:e} + {right:e} - {right:e}"
                    );
                    // As it is stored, and where it is computed.
                    let found = Pair::query()
                        .filter(|p| p.id.eq(row.id) & p.sum.eq(sum) & p.left.plus(*right).eq(sum))
                        .count(&acme);
                    assert_eq!(found.await.expect("a number"), 1, "{left:e} + {right:e}");
                }
                let all =
                    Pair::query().filter(|p| p.left.plus(p.right).minus(p.right).eq(p.difference));
                assert_eq!(
                    all.count(&acme).await.expect("a number"),
                    pairs.len() as u64
                );
            }

            #[tokio::test]
            async fn what_is_not_finite_is_not_stored() {
                let db = open().await;
                let acme = Organization::create(NewOrganization { id: 1 }).execute(&db);
                tenancy::enter!(acme = acme.await.expect("a tenant"));
                let row = NewPair {
                    wide: f64::INFINITY,
                    maybe: Some(f64::NEG_INFINITY),
                    ..pair(1, f32::INFINITY, f32::MAX)
                };
                let row = Pair::create(row).fetch_one(&acme).await.expect("a row");
                macro_rules! is_refused {
                    ($set:expr) => {{
                        let result = Pair::update(&row).set($set).execute(&acme).await;
                        assert!(matches!(result, Err(Error::InvalidValue(_))), "{result:?}");
                    }};
                }
                is_refused!(|p| p.wide.to(p.wide.minus(f64::INFINITY)));
                is_refused!(|p| p.wide.to(p.wide.plus(1.0)));
                is_refused!(|p| p.maybe.to(p.maybe.plus(f64::INFINITY)));
                is_refused!(|p| p.maybe.to(p.wide.minus(p.wide)));
                is_refused!(|p| p.maybe.to(p.wide.minus(f64::INFINITY).plus(1.0)));
                is_refused!(|p| p.left.to(p.left.minus(p.left)));
                is_refused!(|p| p.sum.to(p.left.minus(p.left)));
                is_refused!(|p| p.sum.to(p.right.plus(p.right)));
                let changes = Changes::<Pair>::new().set(|p| p.maybe.to(p.maybe.minus(p.maybe)));
                let applied = Pair::update(&row).apply(changes).execute(&acme).await;
                assert!(
                    matches!(applied, Err(Error::InvalidValue(_))),
                    "{applied:?}"
                );
                // NULL is not computed, and stays.
                let set = Pair::update(&row).set(|p| p.sum.to(p.sum.plus(1.0)));
                assert_eq!(set.fetch_one(&acme).await.expect("the row").sum, None);

                // In a condition, nothing is known of what is no number.
                let nothing =
                    |p: f64| Pair::query().filter(move |q| q.wide.minus(f64::INFINITY).ge(p));
                assert_eq!(nothing(0.0).count(&acme).await.expect("a number"), 0);
                let not = Pair::query().filter(|p| !p.wide.minus(p.wide).ge(0.0));
                assert_eq!(not.count(&acme).await.expect("a number"), 0);
                let infinite = Pair::query().filter(|p| p.wide.minus(1.0).gt(f64::MAX));
                assert_eq!(infinite.count(&acme).await.expect("a number"), 1);
            }
        }
    };
}

floats!(sqlite, sqlx::Sqlite, database::sqlite);
floats!(postgres, sqlx::Postgres, database::postgres);
