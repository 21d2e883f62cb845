//! Row-level security is evaluated once for each statement, of whatever kind (L19).

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Row as _};
use tenancy::ddl::Tables;
use tenancy::rls::SigningKey;
use tenancy::{DbOf, PoolOptions, Ref, Root as _, Scoped, Tenant, TenantRoot, TenantScoped};
use tenancy_tests::database;
use uuid::Uuid;

#[derive(Debug, TenantRoot)]
#[tenancy(database = sqlx::Postgres, rls, schemas)]
struct Organization {
    id: Uuid,
    name: String,
}

#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Organization)]
struct User {
    id: Uuid,
    email: String,
    age: i64,
}

#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Organization)]
struct Document {
    id: Uuid,
    #[tenancy(belongs_to = User)]
    owner_id: Uuid,
    title: String,
    #[tenancy(version)]
    version: i64,
}

#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
struct Letter {
    id: Uuid,
    #[tenancy(belongs_to = User)]
    owner_id: Uuid,
    title: String,
}

tenancy::policies! {
    Letter, actor: User {
        create { authorize_if owner_id == actor; }
        read { authorize_if owner_id == actor; authorize_if tenant.name == "open"; }
        update { authorize_if owner_id.any(|owner| owner.age > 17); }
        destroy { authorize_if title != "kept"; }
    }
}

/// In the schema of the tenant, which says by itself whose the rows are.
#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Organization, strategy = schema)]
struct Invoice {
    id: Uuid,
    #[tenancy(belongs_to = User)]
    payer_id: Uuid,
    #[tenancy(unique)]
    number: i64,
}

/// The same, with a column besides.
#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Organization, strategy = schema, attribute = tenant_id)]
struct Line {
    id: Uuid,
    #[tenancy(belongs_to = Invoice)]
    invoice_id: Uuid,
    #[tenancy(version)]
    version: i64,
    amount: i64,
}

const TABLES: &str = r"
    CREATE TABLE organizations (id uuid PRIMARY KEY, name text NOT NULL, tenancy_mark uuid NOT NULL DEFAULT gen_random_uuid());
    CREATE TABLE users (
        tenant_id uuid NOT NULL REFERENCES organizations (id), id uuid NOT NULL,
        email text NOT NULL, age bigint NOT NULL,
        PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, email)
    );
    CREATE TABLE documents (
        tenant_id uuid NOT NULL, id uuid NOT NULL, owner_id uuid NOT NULL, title text NOT NULL,
        version bigint NOT NULL, PRIMARY KEY (tenant_id, id),
        FOREIGN KEY (tenant_id, owner_id) REFERENCES users (tenant_id, id)
    );
    CREATE TABLE letters (LIKE documents INCLUDING ALL);
    ALTER TABLE letters DROP version;
";

/// The policies of all tables, which compare the tenant's column with `TENANT`.
const POLICIES: &str = r"
    ALTER TABLE organizations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    CREATE POLICY tenancy_isolation ON organizations USING (id = TENANT) WITH CHECK (id = TENANT);
    ALTER TABLE users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    CREATE POLICY tenancy_isolation ON users USING (tenant_id = TENANT) WITH CHECK (tenant_id = TENANT);
    ALTER TABLE documents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    CREATE POLICY tenancy_isolation ON documents USING (tenant_id = TENANT) WITH CHECK (tenant_id = TENANT);
    ALTER TABLE letters ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    CREATE POLICY tenancy_isolation ON letters USING (tenant_id = TENANT) WITH CHECK (tenant_id = TENANT);
";

/// A database with row-level security, as a role that it holds for, over one connection; and as one that may make
/// tables, with those of schemas.
async fn secured(key: Option<SigningKey>) -> (DbOf<Organization>, Schemas) {
    let fresh = database::postgres(TABLES).await;
    let mut owner = fresh.acquire().await.unwrap();
    let tenant = match &key {
        None => "nullif(current_setting('tenancy.tenant', true), '')::uuid",
        Some(_) => "tenancy.tenant()::uuid",
    };
    let setup = key.as_ref().map(SigningKey::setup).unwrap_or_default();
    let role = format!("app_{}", Uuid::now_v7().simple());
    let sql = format!(
        "{setup} {} CREATE ROLE {role} LOGIN PASSWORD '{role}';
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};",
        POLICIES.replace("TENANT", tenant)
    );
    #[expect(
        clippy::disallowed_methods,
        reason = "made of constants and hexadecimal digits"
    )]
    let sql = AssertSqlSafe(sql);
    sqlx::raw_sql(sql).execute(&mut *owner).await.unwrap();
    let options: PgConnectOptions = fresh.connect_options().clone();
    let options = options.username(&role).password(&role);
    let one = PoolOptions::new().max_connections(1);
    let db = tenancy::Db::connect_with(one, options).await.unwrap();
    let tables = Tables::new().with::<User>().with::<Invoice>();
    let mut tables = tables.with::<Line>().granted_to(role.as_str()).unwrap();
    let db = match key {
        None => db.with_rls().await.unwrap(),
        Some(key) => {
            tables = tables.signed();
            db.with_signed_rls(key).await.unwrap()
        }
    };
    let owner = tenancy::Db::clone(&fresh);
    (db, Schemas { owner, tables })
}

struct Schemas {
    owner: tenancy::Db<sqlx::Postgres>,
    tables: Tables<Organization>,
}

/// Runs every kind of statement that there is.
async fn run_all(db: &DbOf<Organization>, schemas: &Schemas) {
    let acme = Organization::create(NewOrganization {
        name: "Acme".into(),
    });
    let acme = acme.execute(db).await.unwrap();
    let Schemas { owner, tables } = schemas;
    acme.create_schema_as(owner, tables.of_schema())
        .await
        .unwrap();
    tenancy::enter!(acme = Organization::verify(db, *acme.id()).await.unwrap());
    let root = Organization::query().fetch_one(&acme).await.unwrap();
    Organization::update(&root)
        .set(|o| o.name.to("open"))
        .execute(&acme)
        .await
        .unwrap();

    let new = |email: &str| NewUser {
        email: email.into(),
        age: 20,
    };
    User::create(new("ann")).execute(&acme).await.unwrap();
    let ann = User::query().filter(|u| u.email.eq("ann"));
    let ann = ann.fetch_one(&acme).await.unwrap();
    User::create_many([new("ben"), new("cem")])
        .execute(&acme)
        .await
        .unwrap();
    let upserted = User::upsert(new("ann"))
        .on(|u| u.email)
        .fetch_one(&acme)
        .await;
    assert_eq!(upserted.unwrap().id, ann.id);
    assert_eq!(User::query().count(&acme).await.unwrap(), 3);
    assert!(User::find(ann.id).exists(&acme).await.unwrap());
    let some = User::query()
        .filter(|u| u.age.gt(3) & u.email.contains("n") | u.email.in_(["ben"]))
        .order_by(|u| u.email.asc())
        .limit(10);
    assert_eq!(some.fetch_all(&acme).await.unwrap().len(), 2);

    let document = |owner| NewDocument {
        owner_id: owner,
        title: "one".into(),
    };
    let one = Document::create(document((&ann).into()))
        .fetch_one(&acme)
        .await
        .unwrap();
    // Proven by the statement itself.
    let two = Document::create(document(Ref::by_id(ann.id)))
        .fetch_one(&acme)
        .await
        .unwrap();
    let owners = User::query().filter(|u| u.age.ge(18)).select(|u| u.id);
    let theirs = Document::query().filter(|d| d.owner_id.in_query(owners));
    assert_eq!(theirs.fetch_all(&acme).await.unwrap().len(), 2);
    let renamed = Document::update(&one)
        .set(|d| d.title.to("1"))
        .fetch_one(&acme)
        .await;
    Document::destroy(&renamed.unwrap())
        .execute(&acme)
        .await
        .unwrap();
    Document::update_where(|d| d.title.eq("one"))
        .set(|d| d.owner_id.to(&ann))
        .execute(&acme)
        .await
        .unwrap();
    let _ = two;
    let gone = Document::destroy_where(|d| d.title.ne("1"))
        .execute(&acme)
        .await;
    assert_eq!(gone.unwrap(), 1);

    run_in_schema(&acme, &ann).await;

    let acme = acme.acting_as(ann.clone());
    let letter = Letter::create(NewLetter {
        owner_id: (&ann).into(),
        title: "dear".into(),
    });
    let letter = letter.fetch_one(&acme).await.unwrap();
    assert_eq!(Letter::query().fetch_all(&acme).await.unwrap().len(), 1);
    Letter::update(&letter)
        .set(|l| l.title.to("Dear"))
        .execute(&acme)
        .await
        .unwrap();
    Letter::destroy(&letter).execute(&acme).await.unwrap();
}

/// The same on tables in the schema of the tenant.
async fn run_in_schema<'t>(acme: &Tenant<'t, Organization>, ann: &Scoped<'t, User>) {
    let new = |number| NewInvoice {
        payer_id: ann.into(),
        number,
    };
    let one = Invoice::create(new(1)).fetch_one(acme).await.unwrap();
    Invoice::create(NewInvoice {
        payer_id: Ref::by_id(ann.id),
        number: 2,
    })
    .execute(acme)
    .await
    .unwrap();
    Invoice::create_many([new(3), new(4)])
        .execute(acme)
        .await
        .unwrap();
    let upserted = Invoice::upsert(new(1)).on(|i| i.number).fetch_one(acme);
    assert_eq!(upserted.await.unwrap().id, one.id);
    assert_eq!(Invoice::query().count(acme).await.unwrap(), 4);
    assert!(Invoice::find(one.id).exists(acme).await.unwrap());
    let adults = User::query().filter(|u| u.age.ge(18)).select(|u| u.id);
    let theirs = Invoice::query().filter(|i| i.payer_id.in_query(adults));
    assert_eq!(theirs.fetch_all(acme).await.unwrap().len(), 4);
    let moved = Invoice::update(&one).set(|i| i.number.to(5));
    let one = moved.fetch_one(acme).await.unwrap();
    let line = |invoice_id| NewLine {
        invoice_id,
        amount: 1,
    };
    let first = Line::create(line((&one).into()));
    let first = first.fetch_one(acme).await.unwrap();
    Line::create(line(Ref::by_id(one.id)))
        .execute(acme)
        .await
        .unwrap();
    let open = Invoice::query().filter(|i| i.number.gt(4)).select(|i| i.id);
    let lines = Line::query().filter(|l| l.invoice_id.in_query(open));
    assert_eq!(lines.fetch_all(acme).await.unwrap().len(), 2);
    let first = Line::update(&first).set(|l| l.amount.to(2));
    let first = first.fetch_one(acme).await.unwrap();
    Line::update_where(|l| l.amount.lt(9))
        .set(|l| l.amount.to(l.amount.plus(1)))
        .execute(acme)
        .await
        .unwrap();
    let stale = Line::destroy(&first).execute(acme).await;
    assert!(matches!(stale, Err(tenancy::Error::Stale)), "{stale:?}");
    let gone = Line::destroy_where(|l| l.amount.gt(0)).execute(acme).await;
    assert_eq!(gone.unwrap(), 2);
    Invoice::destroy(&one).execute(acme).await.unwrap();
    let gone = Invoice::destroy_where(|i| i.number.lt(9));
    assert_eq!(gone.execute(acme).await.unwrap(), 3);
}

/// The plans of all statements that ran on the only connection.
async fn plans(db: &DbOf<Organization>) -> Vec<(String, String)> {
    let mut connection = db.acquire().await.unwrap();
    let prepared = sqlx::query(
        "SELECT name, statement, cardinality(parameter_types) FROM pg_prepared_statements
        WHERE statement ~ '(users|documents|letters|organizations|invoices|lines)' AND statement !~ '^SELECT name'",
    );
    let prepared = prepared
        .persistent(false)
        .fetch_all(&mut *connection)
        .await
        .unwrap();
    sqlx::raw_sql("SET plan_cache_mode = force_generic_plan")
        .execute(&mut *connection)
        .await
        .unwrap();
    let mut plans = Vec::new();
    for row in prepared {
        let (name, statement, parameters): (String, String, i32) =
            (row.get(0), row.get(1), row.get(2));
        let nulls = vec!["NULL"; usize::try_from(parameters).unwrap()].join(", ");
        let nulls = if parameters == 0 {
            nulls
        } else {
            format!(" ({nulls})")
        };
        #[expect(clippy::disallowed_methods, reason = "a name of the driver's")]
        let explain = AssertSqlSafe(format!("EXPLAIN (COSTS off) EXECUTE {name}{nulls}"));
        let lines = sqlx::raw_sql(explain)
            .fetch_all(&mut *connection)
            .await
            .unwrap();
        let plan: Vec<String> = lines.iter().map(|line| line.get(0)).collect();
        plans.push((statement, plan.join("\n")));
    }
    plans
}

/// Whether a statement is on a table in the schema of the tenant.
fn in_schema(statement: &str) -> bool {
    ["\".\"invoices\"", "\".\"lines\""]
        .iter()
        .any(|table| statement.contains(table))
}

async fn every_plan_has_the_policy_once(key: Option<SigningKey>, in_policies: &str) {
    let (db, schemas) = secured(key).await;
    run_all(&db, &schemas).await;
    let plans = plans(&db).await;
    assert!(plans.len() >= 39, "only {} statements", plans.len());
    let in_schemas = plans.iter().filter(|(sql, _)| in_schema(sql));
    assert!(in_schemas.count() >= 16, "of tables in schemas");
    for verb in ["SELECT", "UPDATE", "DELETE", "INSERT"] {
        let of_kind = plans.iter().filter(|(sql, _)| sql.starts_with(verb));
        assert!(of_kind.count() >= 3, "{verb}");
    }
    for (statement, plan) in plans {
        let mut folded = 0;
        for line in plan.lines().filter(|line| line.contains(in_policies)) {
            assert!(line.contains("One-Time Filter: "), "{statement}\n{plan}");
            folded += 1;
        }
        // Where the schema says whose rows are, a sub-query compares that.
        if in_schema(&statement) {
            assert!(plan.contains("InitPlan"), "{statement}\n{plan}");
            continue;
        }
        // A new row is compared when it is written, which is not in the plan.
        let reads = !statement.starts_with("INSERT") || statement.contains("SELECT");
        assert!(folded > 0 || !reads, "{statement}\n{plan}");
    }
}

#[tokio::test]
async fn policies_are_evaluated_once_for_a_statement() {
    every_plan_has_the_policy_once(None, "current_setting").await;
}

#[tokio::test]
async fn signatures_are_verified_once_for_a_statement() {
    let key = SigningKey::new(*b"0123456789abcdef0123456789abcdef");
    every_plan_has_the_policy_once(Some(key), "tenancy.tenant").await;
}
