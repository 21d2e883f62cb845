//! L33 behind row-level security, in schemas, and where the library begins transactions of its own: connections that
//! know the database as it was.

use sqlx::Postgres;
use tenancy::ddl::Tables;
use tenancy::{Acting, Db, DbOf, Error, Root as _, TenantRoot, TenantScoped, VerifiedTenant};
use tenancy_tests::database::{self, postgres_at};
use tenancy_tests::over;
use tenancy_tests::rls::installed;
use uuid::Uuid;

#[derive(Debug, TenantRoot)]
#[tenancy(database = Postgres, rls, schemas)]
struct Organization {
    id: Uuid,
}

#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Organization)]
struct Member {
    id: Uuid,
}

#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Organization)]
struct Cat {
    id: Uuid,
    name: String,
}

#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Organization, strategy = schema)]
struct Dog {
    id: Uuid,
    name: String,
}

/// Its rules ask the row that was stored.
#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Organization, strategy = schema, policies)]
struct Bird {
    id: Uuid,
    #[tenancy(stored)]
    name: String,
}

tenancy::policies! {
    Bird, actor: Member {
        read { authorize_if name != "x"; }
        create { authorize_if name != "x"; }
        update { authorize_if name != "x"; }
        destroy { authorize_if name != "x"; }
    }
}

/// Types that a `String` is read from, in turn, on all tables.
const TYPES: [&str; 2] = ["varchar(20)", "text"];

/// What is changed, and by whom.
struct Ground {
    superuser: Db<Postgres>,
    db: DbOf<Organization>,
    acme: VerifiedTenant<Organization>,
    schema: String,
}

async fn ground(signed: bool) -> Ground {
    let tables = Tables::new().with::<Member>().with::<Cat>();
    let on = installed(tables.with::<Dog>().with::<Bird>(), signed).await;
    let acme = Organization::create(NewOrganization {})
        .execute(&on.db)
        .await
        .unwrap();
    let tables = on.tables.of_schema();
    acme.create_schema_as(&on.owner, tables).await.unwrap();
    Ground {
        superuser: postgres_at(&on.superuser).await,
        schema: acme.schema().await.unwrap().to_string(),
        db: on.db,
        acme,
    }
}

impl Ground {
    /// Changes the type of a column of each table.
    async fn change(&self, to: &str) {
        let schema = &self.schema;
        let sql = format!(
            "ALTER TABLE cats ALTER name TYPE {to}; ALTER TABLE {schema}.dogs ALTER name TYPE {to};
             ALTER TABLE {schema}.birds ALTER name TYPE {to}"
        );
        database::run(&self.superuser, &sql).await.unwrap();
    }
}

type Actor<'t> = Acting<'t, Organization, Member>;

/// What every connection knows then. With `on` as in [`tenancy::Tenant::begin`], or a token of the pool.
macro_rules! statements {
    ($on:expr) => {
        async {
            let on = $on;
            Cat::create(NewCat { name: "a".into() }).execute(on).await?;
            Cat::query().fetch_all(on).await?;
            Dog::create(NewDog { name: "a".into() }).execute(on).await?;
            let dogs = Dog::query().fetch_all(on).await?;
            let dog = Dog::update(&dogs[0]).set(|d| d.name.to("b"));
            dog.fetch_one(on).await?;
            Dog::destroy_where(|d| d.name.ne("")).fetch_all(on).await?;
            let bird = Bird::create(NewBird { name: "a".into() });
            let bird = bird.fetch_one(on).await?;
            let bird = Bird::update(&bird).set(|b| b.name.to("b"));
            let bird = bird.fetch_one(on).await?;
            Bird::query().fetch_all(on).await?;
            Bird::create_many([NewBird { name: "c".into() }, NewBird { name: "d".into() }])
                .fetch_all(on)
                .await?;
            Bird::destroy(&bird).execute(on).await?;
            let left = Bird::destroy_where(|b| b.name.ne("")).execute(on).await?;
            assert_eq!(left, 2);
            Cat::destroy_where(|c| c.name.ne("")).execute(on).await?;
            Ok::<(), Error>(())
        }
    };
}

/// A token of somebody who acts.
macro_rules! acting {
    ($acme:ident, $on:expr) => {
        tenancy::enter!($acme = over(&$on.db, &$on.acme));
        let member = Member::create(NewMember {});
        let member = member.fetch_one(&$acme).await.unwrap();
        let mut $acme: Actor<'_> = $acme.acting_as(member);
    };
}

/// Both connections of the pool know the statements that are to come.
async fn warm_up(on: &Ground) {
    acting!(one, on);
    acting!(other, on);
    let (one, other) = (one.begin().await.unwrap(), other.begin().await.unwrap());
    statements!(&one).await.unwrap();
    one.commit().await.unwrap();
    statements!(&other).await.unwrap();
    other.commit().await.unwrap();
    acting!(acme, on);
    let _: &mut Actor<'_> = &mut acme;
    statements!(&acme).await.unwrap();
}

async fn statements_go_on_and_transactions_are_tried_again(signed: bool) {
    let on = ground(signed).await;
    for to in TYPES {
        warm_up(&on).await;
        on.change(to).await;
        acting!(acme, on);
        let _: &mut Actor<'_> = &mut acme;
        for _ in 0..3 {
            statements!(&acme).await.unwrap();
        }
    }
    for to in TYPES {
        warm_up(&on).await;
        on.change(to).await;
        acting!(acme, on);
        let mut lost = 0;
        loop {
            let tx = acme.begin().await.unwrap();
            match statements!(&tx).await {
                Ok(()) => break tx.commit().await.unwrap(),
                Err(error) => {
                    assert!(matches!(error, Error::Busy(_)), "{error:?}");
                    lost += 1;
                }
            }
        }
        // The other connection is as old, and was closed, too.
        assert_eq!(lost, 1, "{to}");
    }
    // What was written once more is written once: nothing is left.
    acting!(acme, on);
    let _: &mut Actor<'_> = &mut acme;
    assert_eq!(Cat::query().count(&acme).await.unwrap(), 0);
    assert_eq!(Dog::query().count(&acme).await.unwrap(), 0);
    assert_eq!(Bird::query().count(&acme).await.unwrap(), 0);
}

#[tokio::test]
async fn under_row_level_security() {
    statements_go_on_and_transactions_are_tried_again(false).await;
}

#[tokio::test]
async fn under_signed_row_level_security() {
    statements_go_on_and_transactions_are_tried_again(true).await;
}
