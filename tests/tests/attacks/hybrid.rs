//! All strategies under one root: with row-level security where it is shared, a schema and a database for each
//! tenant.

use sqlx::AssertSqlSafe;
use tenancy::{Db, DbOf, Error, PoolOptions, Root as _, TenantRoot, TenantScoped};
use tenancy_tests::database;
use uuid::Uuid;

use crate::cancelled::polled;
use crate::secured::{key, raw};

#[derive(Debug, TenantRoot)]
#[tenancy(database = sqlx::Postgres, rls, schemas, databases)]
struct Firm {
    id: Uuid,
    name: String,
}

#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Firm)]
struct Member {
    id: Uuid,
    name: String,
    boss: bool,
}

#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Firm, policies)]
struct Letter {
    id: Uuid,
    #[tenancy(stored)]
    title: String,
}

#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Firm, strategy = schema)]
struct Task {
    id: Uuid,
    #[tenancy(belongs_to = Member)]
    member_id: Uuid,
}

#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Firm, strategy = database, policies)]
struct Invoice {
    id: Uuid,
    #[tenancy(stored)]
    title: String,
}

tenancy::policies! {
    Letter, actor: Member {
        create { authorize_if title == "open"; }
        read { authorize_if always; }
        update { authorize_if title == "open"; }
        destroy { authorize_if actor.boss; }
    }
}

tenancy::policies! {
    Invoice, actor: Member {
        create { authorize_if title == "open"; }
        read { authorize_if always; }
        update { authorize_if title == "open"; }
        destroy { authorize_if actor.boss; }
    }
}

const TABLES: &str = r"
    CREATE TABLE firms (
        id uuid PRIMARY KEY, name text NOT NULL, tenancy_mark uuid NOT NULL UNIQUE DEFAULT gen_random_uuid()
    );
    CREATE TABLE members (
        tenant_id uuid NOT NULL, id uuid NOT NULL, name text NOT NULL, boss boolean NOT NULL, PRIMARY KEY (tenant_id, id)
    );
    CREATE TABLE letters (tenant_id uuid NOT NULL, id uuid NOT NULL, title text NOT NULL, PRIMARY KEY (tenant_id, id));
    ALTER TABLE firms ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    ALTER TABLE members ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    ALTER TABLE letters ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
";

/// As the program's role, and as the one that owns the tables, with what is granted to the first.
async fn secured(signed: bool) -> (DbOf<Firm>, Db<sqlx::Postgres>, String) {
    let fresh = database::postgres(TABLES).await;
    let role = format!("app_{}", Uuid::now_v7().simple());
    let (setup, tenant) = match signed {
        true => (key().setup(), "tenancy.tenant()::uuid"),
        false => (
            String::new(),
            "nullif(current_setting('tenancy.tenant', true), '')::uuid",
        ),
    };
    let sql = format!(
        "{setup}; CREATE ROLE {role} LOGIN CREATEDB PASSWORD '{role}';
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
        CREATE POLICY one ON firms USING (id = {tenant}); CREATE POLICY one ON members USING (tenant_id = {tenant});
        CREATE POLICY one ON letters USING (tenant_id = {tenant})"
    );
    #[expect(clippy::disallowed_methods, reason = "made of constants")]
    let sql = AssertSqlSafe(sql);
    sqlx::raw_sql(sql)
        .execute(&mut *fresh.acquire().await.unwrap())
        .await
        .unwrap();
    let options = fresh
        .connect_options()
        .clone()
        .username(&role)
        .password(&role);
    let db = Db::connect_with(PoolOptions::new().max_connections(2), options.clone())
        .await
        .unwrap();
    let db = match signed {
        true => db.with_signed_rls(key()).await.unwrap(),
        false => db.with_rls().await.unwrap(),
    };
    let db = db.with_databases(move |id: Uuid| {
        let options = options.clone().database(&format!("own_{}", id.simple()));
        async move { Ok(options) }
    });
    (db, Db::clone(&fresh), role)
}

const OWN: &str = "CREATE TABLE invoices (id uuid PRIMARY KEY, title text NOT NULL)";
const SCHEMA: &str = "CREATE TABLE tasks (id uuid PRIMARY KEY, member_id uuid NOT NULL);
    GRANT USAGE ON SCHEMA $schema TO $role; GRANT SELECT, INSERT, UPDATE, DELETE ON tasks TO $role";

async fn each_is_where_it_belongs(signed: bool) {
    let (db, owner, role) = secured(signed).await;
    let mut firms = Vec::new();
    for name in ["Acme", "Globex"] {
        let firm = Firm::create(NewFirm { name: name.into() })
            .execute(&db)
            .await
            .unwrap();
        let removed = firm.drop_database().await;
        assert!(matches!(removed, Err(Error::NoDatabase(_))), "{removed:?}");
        let schema = SCHEMA
            .replace("$schema", firm.schema().await.unwrap().as_str())
            .replace("$role", &role);
        #[expect(clippy::disallowed_methods, reason = "made of names of the test")]
        let schema = AssertSqlSafe(schema);
        firm.create_schema_as(&owner, schema).await.unwrap();
        firm.create_database(OWN).await.unwrap();
        let again = firm.create_database(OWN).await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
        tenancy::enter!(firm_ = firm.clone());
        let new = NewMember {
            name: name.into(),
            boss: true,
        };
        Member::create(new).execute(&firm_).await.unwrap();
        firms.push(firm);
    }
    tenancy::enter!(acme = firms[0].clone());
    tenancy::enter!(globex = firms[1].clone());
    let ann = Member::query().fetch_one(&acme).await.unwrap();
    let gus = Member::query().fetch_one(&globex).await.unwrap();
    Task::create(NewTask {
        member_id: (&ann).into(),
    })
    .execute(&acme)
    .await
    .unwrap();
    assert_eq!(Task::query().count(&globex).await.unwrap(), 0);
    let mut acme = acme.acting_as(ann);
    let globex = globex.acting_as(gus);
    let letter = |title: &str| NewLetter {
        title: title.into(),
    };
    let invoice = |title: &str| NewInvoice {
        title: title.into(),
    };

    // What is decided on the stored row, dropped at every await, on either database.
    let mut done = false;
    for times in (0..400).step_by(7).chain([usize::MAX]) {
        let two = async {
            Letter::create(letter("open")).execute(&acme).await.unwrap();
            Invoice::create(invoice("open"))
                .execute(&acme)
                .await
                .unwrap();
            let denied = Letter::create(letter("shut")).execute(&acme).await;
            assert!(matches!(denied, Err(Error::Forbidden(_))), "{denied:?}");
            let denied = Invoice::create(invoice("shut")).execute(&acme).await;
            assert!(matches!(denied, Err(Error::Forbidden(_))), "{denied:?}");
            {
                let inside = acme.begin_shared().await.unwrap();
                Letter::create(letter("open"))
                    .execute(&inside)
                    .await
                    .unwrap();
                let denied = Letter::create(letter("shut")).execute(&inside).await;
                assert!(matches!(denied, Err(Error::Forbidden(_))), "{denied:?}");
                let other = Invoice::create(invoice("open")).execute(&inside).await;
                assert!(matches!(other, Err(Error::OtherDatabase)), "{other:?}");
                inside.commit().await.unwrap();
            }
            let inside = acme.begin().await.unwrap();
            Invoice::create(invoice("open"))
                .execute(&inside)
                .await
                .unwrap();
            let other = Letter::query().count(&inside).await;
            assert!(matches!(other, Err(Error::OtherDatabase)), "{other:?}");
            inside.commit().await.unwrap();
        };
        done = polled(two, times).await.is_some();
        let letters = Letter::query().fetch_all(&acme).await.unwrap();
        assert!(
            letters.iter().all(|letter| letter.title == "open"),
            "{times}"
        );
        let invoices = Invoice::query().fetch_all(&acme).await.unwrap();
        assert!(
            invoices.iter().all(|invoice| invoice.title == "open"),
            "{times}"
        );
        assert_eq!(Letter::query().count(&globex).await.unwrap(), 0, "{times}");
        assert_eq!(Invoice::query().count(&globex).await.unwrap(), 0, "{times}");
        let mut next = db.acquire().await.unwrap();
        let left = "SELECT coalesce(current_setting('tenancy.tenant', true), '') || '|' || count(*) FROM letters";
        assert_eq!(raw(&mut next, left).await.unwrap(), ["|0"], "{times}");
    }
    assert!(done);
    firms[0].drop_database().await.unwrap();
    let gone = Invoice::query().count(&acme).await;
    assert!(matches!(gone, Err(Error::NoDatabase(_))), "{gone:?}");
    assert_eq!(Invoice::query().count(&globex).await.unwrap(), 0);
}

#[tokio::test]
async fn rows_are_where_they_belong() {
    each_is_where_it_belongs(false).await;
}

#[tokio::test]
async fn rows_are_where_they_belong_and_tenants_signed() {
    each_is_where_it_belongs(true).await;
}
