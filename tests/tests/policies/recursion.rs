//! Rules that lead back to themselves, further than they are followed: they permit less then, and never more.

use tenancy::{Root as _, TenantRoot, TenantScoped};
use uuid::Uuid;

/// A model of the links, with rules.
macro_rules! chain {
    ($model:ident { $($rules:tt)* }) => {
        chain!($model {}, { $($rules)* });
    };
    ($model:ident { $($relations:tt)* }, { $($rules:tt)* }) => {
        #[derive(Clone, Debug, TenantScoped)]
        #[tenancy(root = Organization, table = "links", policies)]
        pub struct $model {
            pub id: Uuid,
            #[tenancy(belongs_to = $model)]
            pub parent_id: Option<Uuid>,
            pub number: i64,
        }

        tenancy::policies! { $model, actor: User { $($relations)* read { $($rules)* } } }
    };
}

macro_rules! suite {
    ($name:ident, $database:ty, $schema:literal) => {
        mod $name {
            use super::*;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $database)]
            pub struct Organization {
                pub id: Uuid,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            pub struct User {
                pub id: Uuid,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            pub struct Link {
                pub id: Uuid,
                #[tenancy(belongs_to = Link)]
                pub parent_id: Option<Uuid>,
                pub number: i64,
            }

            chain!(Reached { authorize_if number == 0; authorize_if parent_id.can(read); });
            chain!(Denied { forbid_if parent_id.any(|p| p.number >= 0); authorize_if always; });
            chain!(Unless { authorize_unless parent_id.any(|p| p.number >= 0); });
            chain!(Without { authorize_if parent_id.none(|p| p.number >= 0); });
            chain!(Each { authorize_if parent_id.every(|p| p.number < 0); });
            chain!(Children { relation children = Children.parent_id; }, {
                forbid_if children.any(|c| c.number >= 0);
                authorize_if always;
            });

            #[tokio::test]
            async fn is_followed_only_so_far_and_permits_nothing_beyond() {
                let fresh = tenancy_tests::database::$name($schema).await;
                let verified = Organization::create(NewOrganization {}).execute(&fresh);
                tenancy::enter!(acme = verified.await.unwrap());
                let user = User::create(NewUser {}).fetch_one(&acme).await.unwrap();
                let mut parent = None;
                for number in 0..16 {
                    let new = NewLink {
                        parent_id: parent.as_ref().map(Into::into),
                        number,
                    };
                    parent = Some(Link::create(new).fetch_one(&acme).await.unwrap());
                }
                let acme = acme.acting_as(user);
                macro_rules! seen {
                    ($model:ident) => {{
                        let rows = $model::query().order_by(|l| l.number.asc());
                        let rows = rows.fetch_all(&acme).await.unwrap();
                        for row in &rows {
                            assert!(acme.can(tenancy::policy::action::Read, row).await.unwrap());
                        }
                        rows.iter().map(|row| row.number).collect::<Vec<_>>()
                    }};
                }
                // Exactly, all of them.
                assert_eq!(seen!(Reached), (0..=8).collect::<Vec<_>>());
                // Exactly, every other one. But since rules are followed only so far, no row is certainly hidden
                // from those after it.
                assert_eq!(seen!(Denied), [0]);
                assert_eq!(seen!(Unless), [0]);
                assert_eq!(seen!(Without), [0]);
                assert_eq!(seen!(Each), [0]);
                assert_eq!(seen!(Children), [15]);
            }
        }
    };
}

suite!(
    sqlite,
    sqlx::Sqlite,
    "CREATE TABLE organizations (id BLOB PRIMARY KEY);
     CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE links (tenant_id BLOB NOT NULL, id BLOB NOT NULL, parent_id BLOB,
         number INTEGER NOT NULL, PRIMARY KEY (tenant_id, id));"
);
suite!(
    postgres,
    sqlx::Postgres,
    "CREATE TABLE organizations (id uuid PRIMARY KEY);
     CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE links (tenant_id uuid NOT NULL, id uuid NOT NULL, parent_id uuid,
         number bigint NOT NULL, PRIMARY KEY (tenant_id, id));"
);
