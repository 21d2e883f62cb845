//! L17 under row-level security: a schema that is dropped as the role that owns it takes nothing along that is elsewhere.

use tenancy::ddl::Tables;
use tenancy::{Error, Root as _, TenantRoot, TenantScoped};
use tenancy_tests::database::run;
use tenancy_tests::rls::installed;
use uuid::Uuid;

#[derive(Debug, TenantRoot)]
#[tenancy(database = sqlx::Postgres, rls, schemas)]
struct Organization {
    id: Uuid,
}

#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Organization)]
struct Member {
    id: Uuid,
}

#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Organization, strategy = schema)]
struct Bill {
    id: Uuid,
    number: i64,
}

#[tokio::test]
async fn what_is_used_from_elsewhere_is_not_dropped() {
    let on = installed(
        Tables::<Organization>::new()
            .with::<Member>()
            .with::<Bill>(),
        false,
    )
    .await;
    let acme = Organization::create(NewOrganization {})
        .execute(&on.db)
        .await
        .unwrap();
    let tables = on.tables.of_schema();
    acme.create_schema_as(&on.owner, tables).await.unwrap();
    let own = acme.schema().await.unwrap();
    tenancy::enter!(inside = acme.clone());
    let bill = Bill::create(NewBill { number: 1 });
    bill.execute(&inside).await.unwrap();
    for (uses, ends) in [
        (
            format!("CREATE VIEW all_bills AS SELECT * FROM {own}.bills"),
            "DROP VIEW all_bills",
        ),
        (
            format!(
                "ALTER TABLE members ADD bill uuid, ADD FOREIGN KEY (bill) REFERENCES {own}.bills"
            ),
            "ALTER TABLE members DROP COLUMN bill",
        ),
    ] {
        run(&on.owner, &uses).await.unwrap();
        let dropped = acme.drop_schema_as(&on.owner).await;
        assert!(
            matches!(dropped, Err(Error::SchemaInUse(_))),
            "{dropped:?} after {uses}"
        );
        assert_eq!(Bill::query().count(&inside).await.unwrap(), 1);
        assert_eq!(Member::query().count(&inside).await.unwrap(), 0);
        run(&on.owner, ends).await.unwrap();
    }
    acme.drop_schema_as(&on.owner).await.unwrap();
    let gone = Bill::query().count(&inside).await;
    assert!(matches!(gone, Err(Error::NoSchema(_))), "{gone:?}");
}
