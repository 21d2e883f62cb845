//! The SQL that makes the tables of a tenant's database, where it does more than that.

use tenancy::databases::NoDatabase;
use tenancy::{Error, PoolOptions};

use crate::home::on_both;

on_both! {
    /// What ends the transaction would leave a database that counts as complete, with some of its tables.
    async fn tables_that_end_the_transaction(home) {
        let db = db(&home, 3).await;
        for end in ["COMMIT", "COMMIT; CREATE TABLE more (id missing", "ROLLBACK", "COMMIT; BEGIN"] {
            let acme = registered(&db, "Acme").await;
            #[expect(clippy::disallowed_methods, reason = "made of constants of the test")]
            let tables = sqlx::AssertSqlSafe(format!("CREATE TABLE extra (id int); {end}"));
            let refused = acme.create_database(tables).await;
            assert!(matches!(refused, Err(Error::Database(_))), "{end}: {refused:?}");
            // There is none, and it can be made.
            let dropped = acme.drop_database().await;
            assert!(
                matches!(dropped, Err(Error::NoDatabase(NoDatabase::Absent(_)))),
                "{end}: {dropped:?}"
            );
            acme.create_database(Database::INVOICES).await.unwrap();
            tenancy::enter!(in_acme = acme);
            bill(&in_acme, 1).await.unwrap();
        }
    }

    /// A conflict would say that there is a database already.
    async fn tables_that_conflict_with_themselves(home) {
        let db = db(&home, 3).await;
        let acme = registered(&db, "Acme").await;
        let tables = "CREATE TABLE extra (id int PRIMARY KEY); INSERT INTO extra VALUES (1), (1)";
        let refused = acme.create_database(tables).await;
        assert!(matches!(refused, Err(Error::Database(_))), "{refused:?}");
        acme.create_database(Database::INVOICES).await.unwrap();
        let again = acme.create_database(Database::INVOICES).await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
    }

    /// One of two tenants, as of two that were restored into one: it is neither's.
    async fn a_database_of_two_tenants(home) {
        let db = db(&home, 3).await;
        let acme = tenant(&db, "Acme").await;
        let another = "INSERT INTO tenancy_tenant
            SELECT root, '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000', TRUE
            FROM tenancy_tenant";
        sqlx::raw_sql(another).execute(&mut *acme.acquire_own().await.unwrap()).await.unwrap();
        db.forget_database(acme.id());
        tenancy::enter!(in_acme = acme.clone());
        let read = numbers(&in_acme).await;
        assert!(matches!(read, Err(Error::NoDatabase(NoDatabase::NotTheTenants))), "{read:?}");
        let dropped = acme.drop_database().await;
        assert!(matches!(dropped, Err(Error::NoDatabase(NoDatabase::NotTheTenants))), "{dropped:?}");
    }
}

/// Behind a pooler the same is asked in every transaction.
#[tokio::test]
async fn a_database_that_becomes_one_of_two_tenants() {
    use crate::home::models;
    models!(sqlx::Postgres);

    let home = Database::home().await;
    let direct = db(&home, 2).await;
    let acme = tenant(&direct, "Acme").await;
    let pool = PoolOptions::new()
        .max_connections(2)
        .transaction_pooler(true);
    let look_up = home.clone();
    let pooled: DbOf<Organization> =
        tenancy::Db::connect_with(pool, tenancy_tests::pooler::by_way_of(&home.shared))
            .await
            .unwrap()
            .with_databases::<Organization, _, _>(move |id| {
                let found = look_up.look_up(id);
                std::future::ready(found.map(|options| tenancy_tests::pooler::by_way_of(&options)))
            });
    tenancy::enter!(mut in_acme = tenancy_tests::over(&pooled, &acme));
    bill(&in_acme, 1).await.unwrap();
    for fault in [
        "INSERT INTO tenancy_tenant SELECT root, tenant, gen_random_uuid()::text, TRUE FROM tenancy_tenant",
        "DELETE FROM tenancy_tenant WHERE ctid <> (SELECT min(ctid) FROM tenancy_tenant); UPDATE tenancy_tenant SET complete = NULL",
        "UPDATE tenancy_tenant SET complete = FALSE",
        "DELETE FROM tenancy_tenant",
    ] {
        tenancy_tests::rls::execute(&home.own(*acme.id()), fault.to_owned()).await;
        let read = numbers(&in_acme).await;
        assert!(
            matches!(read, Err(Error::NoDatabase(NoDatabase::NotTheTenants))),
            "{fault}: {read:?}"
        );
        let begun = in_acme.begin().await.map(drop);
        assert!(
            matches!(begun, Err(Error::NoDatabase(NoDatabase::NotTheTenants))),
            "{fault}: {begun:?}"
        );
    }
}

/// A lookup does not lead out of the folder of the databases, though the file there has the right mark.
#[tokio::test]
async fn a_lookup_that_leads_out_of_its_folder() {
    use crate::home::models;
    models!(sqlx::Sqlite);

    let home = Database::home().await;
    let db = db(&home, 2).await;
    let acme = tenant(&db, "Acme").await;
    let file = home.own(*acme.id()).get_filename().to_owned();
    let (folder, name) = (file.parent().unwrap(), file.file_name().unwrap());
    let around = folder
        .join("..")
        .join(folder.file_name().unwrap())
        .join(name);
    home.say(*acme.id(), Ok(tenancy_tests::database::file(around)));
    db.forget_database(acme.id());
    tenancy::enter!(in_acme = acme.clone());
    let read = numbers(&in_acme).await;
    assert!(
        matches!(read, Err(Error::NoDatabase(NoDatabase::Unfit(_)))),
        "{read:?}"
    );
    let own = acme.acquire_own().await.map(drop);
    assert!(
        matches!(own, Err(Error::NoDatabase(NoDatabase::Unfit(_)))),
        "{own:?}"
    );
}
