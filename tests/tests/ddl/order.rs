//! Tables that refer to each other, and to themselves.

use tenancy::ddl::Tables;
use tenancy::{Root as _, TenantRoot, TenantScoped};
use tenancy_tests::database;
use uuid::Uuid;

macro_rules! circle {
    ($name:ident, $database:ty, $open:path) => {
        mod $name {
            use super::*;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $database)]
            struct Organization {
                id: Uuid,
            }

            #[derive(Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            struct Team {
                id: Uuid,
                #[tenancy(belongs_to = Person)]
                lead_id: Option<Uuid>,
                #[tenancy(belongs_to = Team)]
                parent_id: Option<Uuid>,
            }

            #[derive(Debug, TenantScoped)]
            #[tenancy(root = Organization, table = "people")]
            struct Person {
                id: Uuid,
                #[tenancy(belongs_to = Team)]
                team_id: Uuid,
            }

            #[tokio::test]
            async fn tables_may_refer_to_each_other() {
                for tables in [
                    Tables::<Organization>::new()
                        .with::<Team>()
                        .with::<Person>(),
                    Tables::<Organization>::new()
                        .with::<Person>()
                        .with::<Team>(),
                ] {
                    let db = $open("").await;
                    database::run(&db, &tables.sql()).await.expect("tables");
                    let verified = Organization::create(NewOrganization {})
                        .execute(&db)
                        .await
                        .expect("a tenant");
                    tenancy::enter!(tenant = verified);
                    let team = Team::create(NewTeam {
                        lead_id: None,
                        parent_id: None,
                    })
                    .fetch_one(&tenant)
                    .await
                    .expect("a team");
                    let lead = Person::create(NewPerson {
                        team_id: (&team).into(),
                    })
                    .fetch_one(&tenant)
                    .await
                    .expect("a person");
                    let sub = NewTeam {
                        lead_id: Some((&lead).into()),
                        parent_id: Some((&team).into()),
                    };
                    Team::create(sub)
                        .execute(&tenant)
                        .await
                        .expect("a team below");
                    let error = Person::destroy(&lead)
                        .execute(&tenant)
                        .await
                        .expect_err("leads a team");
                    assert!(
                        matches!(error, tenancy::Error::StillReferenced),
                        "{error:?}"
                    );
                }
            }
        }
    };
}

circle!(sqlite, sqlx::Sqlite, database::sqlite);
circle!(postgres, sqlx::Postgres, database::postgres);
