//! Two relations back, in rules that are followed as deep as there is room for: which rows they permit, and how long the
//! statement is (L35).

use tenancy::{Root as _, TenantRoot, TenantScoped};
use uuid::Uuid;

use crate::sent;

macro_rules! suite {
    ($name:ident, $database:ty, $schema:literal) => {
        mod $name {
            use super::*;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $database)]
            struct Organization {
                id: Uuid,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            struct User {
                id: Uuid,
                first: i64,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, table = "pages_of_links")]
            struct Link {
                id: Uuid,
                #[tenancy(belongs_to = Link)]
                parent_id: Option<Uuid>,
                #[tenancy(belongs_to = Link)]
                second_id: Option<Uuid>,
                number: i64,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, table = "pages_of_links", policies)]
            struct ReachedTwice {
                id: Uuid,
                #[tenancy(belongs_to = ReachedTwice)]
                parent_id: Option<Uuid>,
                #[tenancy(belongs_to = ReachedTwice)]
                second_id: Option<Uuid>,
                number: i64,
            }

            tenancy::policies! {
                ReachedTwice, actor: User {
                    #![depth(5)]
                    read {
                        authorize_if number == actor.first;
                        authorize_if parent_id.can(read) || second_id.can(read);
                    }
                }
            }

            #[tokio::test]
            async fn are_followed_five_rows_deep() {
                let _turn = sent::install().await;
                let fresh = tenancy_tests::database::$name($schema).await;
                let verified = Organization::create(NewOrganization {}).execute(&fresh);
                tenancy::enter!(acme = verified.await.unwrap());
                let user = User::create(NewUser { first: 0 })
                    .fetch_one(&acme)
                    .await
                    .unwrap();
                // Each leads to the one before it, by both.
                let mut rows = Vec::new();
                for number in 0..16_i64 {
                    let new = NewLink {
                        parent_id: rows.last().map(Into::into),
                        second_id: rows.last().map(Into::into),
                        number,
                    };
                    rows.push(Link::create(new).fetch_one(&acme).await.unwrap());
                }
                let acme = acme.acting_as(user);
                sent::take();
                let seen = ReachedTwice::query().order_by(|l| l.number.asc());
                let seen = seen.fetch_all(&acme).await.unwrap();
                let numbers: Vec<_> = seen.iter().map(|row| row.number).collect();
                assert_eq!(numbers, [0, 1, 2, 3, 4, 5]);
                // 2 + 4 + 8 + 16 + 32 sub-queries that ask rules, of 64, and below the last 64 of no row.
                let texts = sent::take();
                let selects: Vec<_> = texts
                    .iter()
                    .map(|text| text.matches("SELECT ").count())
                    .collect();
                assert_eq!(selects, [1 + 62 + 64]);
            }
        }
    };
}

suite!(
    sqlite,
    sqlx::Sqlite,
    "CREATE TABLE organizations (id BLOB PRIMARY KEY);
     CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, first INTEGER NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE pages_of_links (tenant_id BLOB NOT NULL, id BLOB NOT NULL, parent_id BLOB, second_id BLOB,
         number INTEGER NOT NULL, PRIMARY KEY (tenant_id, id));"
);
suite!(
    postgres,
    sqlx::Postgres,
    "CREATE TABLE organizations (id uuid PRIMARY KEY);
     CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL, first bigint NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE pages_of_links (tenant_id uuid NOT NULL, id uuid NOT NULL, parent_id uuid, second_id uuid,
         number bigint NOT NULL, PRIMARY KEY (tenant_id, id));"
);
