//! An empty id is nobody's to policies, so it is no tenant's: signed or not, and in schemas.

use tenancy::ddl::Tables;
use tenancy::{Error, Root as _, TenantRoot, TenantScoped, VerifiedTenant};
use tenancy_tests::rls::installed;

macro_rules! suite {
    ($name:ident, [$($root:ident),*], [$($strategy:tt)*]) => {
        mod $name {
            use super::*;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = sqlx::Postgres, rls $(, $root)*)]
            struct Shop {
                id: String,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Shop $($strategy)*)]
            struct Bill {
                id: uuid::Uuid,
            }

            async fn is_nobodys(signed: bool) {
                let on = installed(Tables::<Shop>::new().with::<Bill>(), signed).await;
                let refused = |error: Error| {
                    let Error::InvalidValue(why) = &error else { panic!("{error:?}") };
                    let why = std::error::Error::source(why).unwrap().to_string();
                    assert!(why.contains("an empty id, which is nobody's"), "{why}");
                };
                let empty = Shop::create(NewShop { id: String::new() }).execute(&on.db).await;
                refused(empty.unwrap_err());
                // Not even if it is there.
                let row = "INSERT INTO shops (id) VALUES ('')".to_owned();
                tenancy_tests::rls::execute(&on.superuser, row).await;
                let verified = Shop::verify(&on.db, String::new()).await;
                assert!(matches!(verified, Err(Error::TenantUnavailable)), "{verified:?}");
                let assumed = VerifiedTenant::<Shop>::assume_verified(&on.db, String::new(), "a test");
                tenancy::enter!(mut assumed = assumed);
                refused(Shop::query().count(&assumed).await.unwrap_err());
                refused(Bill::query().fetch_all(&assumed).await.unwrap_err());
                refused(Bill::create(NewBill {}).execute(&assumed).await.unwrap_err());
                refused(Bill::destroy_where(|_| tenancy::Condition::all()).execute(&assumed).await.unwrap_err());
                refused(assumed.begin().await.map(drop).unwrap_err());
                // The connections are as good as any.
                Shop::create(NewShop { id: "one".into() }).execute(&on.db).await.unwrap();
                assert!(Shop::verify(&on.db, "one".to_owned()).await.is_ok());
            }

            #[tokio::test]
            async fn unsigned() {
                is_nobodys(false).await;
            }

            #[tokio::test]
            async fn signed() {
                is_nobodys(true).await;
            }
        }
    };
}

suite!(shared, [], []);
suite!(in_schemas, [schemas], [, strategy = schema]);
