//! Attacks on how schemas of tenants are made, closed and removed: by a handle that leads elsewhere, by what the SQL of
//! the tables does besides, and by several at once.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Postgres};
use tenancy::ddl::Tables;
use tenancy::{
    Db, Error, PoolOptions, Result, Root as _, TenantRoot, TenantScoped, VerifiedTenant,
};
use tenancy_tests::rls::{Installed, installed};
use tenancy_tests::{database, pooler};
use uuid::Uuid;

use crate::secured::raw;

#[derive(Debug, TenantRoot)]
#[tenancy(database = Postgres, rls, schemas)]
struct Firm {
    id: Uuid,
    name: String,
}

#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Firm)]
struct Member {
    id: Uuid,
}

#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Firm, strategy = schema)]
struct Task {
    id: Uuid,
}

async fn ground() -> Installed<Firm> {
    installed(Tables::new().with::<Member>().with::<Task>(), false).await
}

async fn registered(on: &Installed<Firm>) -> VerifiedTenant<Firm> {
    let new = NewFirm { name: "a".into() };
    Firm::create(new).execute(&on.db).await.unwrap()
}

/// As SQL that the test vouches for.
fn sql(text: &str) -> AssertSqlSafe<String> {
    #[expect(clippy::disallowed_methods, reason = "made of texts of the test")]
    AssertSqlSafe(text.to_owned())
}

async fn is_there(db: &Db<Postgres>, tenant: &VerifiedTenant<Firm>) -> bool {
    let schema = tenant.schema().await.unwrap();
    let found = format!("SELECT nspname::text FROM pg_namespace WHERE nspname = '{schema}'");
    let mut connection = db.acquire().await.unwrap();
    !raw(&mut connection, &found).await.unwrap().is_empty()
}

/// The same role on another database, which has a schema of the name: nothing is made, closed or dropped there.
#[tokio::test]
async fn an_owner_on_another_database() {
    let on = ground().await;
    let acme = registered(&on).await;
    let name = acme.schema().await.unwrap();
    let superuser = database::new_database().await;
    let elsewhere = database::postgres_at(&superuser).await;
    let refused = acme.create_schema_as(&elsewhere, "").await;
    assert!(matches!(refused, Err(Error::OtherDatabase)), "{refused:?}");
    assert!(!is_there(&elsewhere, &acme).await);

    let copy = format!("CREATE SCHEMA {name}; CREATE TABLE {name}.tasks (id uuid)");
    database::run(&elsewhere, &copy).await.unwrap();
    for refused in [
        acme.secure_schema(&elsewhere).await,
        acme.drop_schema_as(&elsewhere).await,
    ] {
        assert!(matches!(refused, Err(Error::OtherDatabase)), "{refused:?}");
    }
    assert!(is_there(&elsewhere, &acme).await);
    let closed = "SELECT relname::text FROM pg_class WHERE relname = 'tasks' AND relrowsecurity";
    let mut connection = elsewhere.acquire().await.unwrap();
    assert!(raw(&mut connection, closed).await.unwrap().is_empty());
}

/// Each by way of PgBouncer, where every transaction may be on another connection.
#[tokio::test]
async fn an_owner_by_way_of_a_pooler() {
    let on = ground().await;
    let program = pooler::to(&on.program).await.with_rls().await.unwrap();
    let owner = pooler::to(on.owner.connect_options()).await;
    let elsewhere = database::new_database().await;
    let elsewhere = pooler::to(&elsewhere).await;
    for _ in 0..3 {
        let acme = tenancy_tests::over(&program, &registered(&on).await);
        let refused = acme.create_schema_as(&elsewhere, "").await;
        assert!(matches!(refused, Err(Error::OtherDatabase)), "{refused:?}");
        acme.create_schema_as(&owner, on.tables.of_schema())
            .await
            .unwrap();
        tenancy::enter!(inside = acme.clone());
        Task::create(NewTask {}).execute(&inside).await.unwrap();
        acme.secure_schema(&owner).await.unwrap();
        assert_eq!(Task::query().count(&inside).await.unwrap(), 1);
        acme.drop_schema_as(&owner).await.unwrap();
    }
}

/// What ends the transaction would leave tables that nobody closed, or undo what was to come with them.
#[tokio::test]
async fn tables_that_end_the_transaction() {
    let on = ground().await;
    for end in [
        "COMMIT",
        "ROLLBACK",
        "END; BEGIN",
        "COMMIT; SELECT 1 / 0",
        "SAVEPOINT a; ROLLBACK TO a",
        "DO $$ BEGIN COMMIT; END $$",
        "$code_0$ COMMIT $text_0$; END $code_0$; COMMIT",
    ] {
        let acme = registered(&on).await;
        let refused = acme
            .create_schema_as(
                &on.owner,
                sql(&format!("CREATE TABLE tasks (id uuid); {end}")),
            )
            .await;
        assert!(matches!(refused, Err(Error::Database(_))), "{refused:?}");
        assert!(!is_there(&on.owner, &acme).await, "{end}");
    }
}

/// Everything else is as it is elsewhere, and what is wrong with it is told.
#[tokio::test]
async fn tables_of_many_statements() {
    let on = ground().await;
    let acme = registered(&on).await;
    let tables = "SELECT count(*) FROM public.members; CREATE TABLE a$code_0$ (id int); -- $
        INSERT INTO a$code_0$ SELECT 1; SET LOCAL search_path TO public; SELECT count(*) FROM members; -- $text_0$";
    acme.create_schema_as(&on.owner, tables).await.unwrap();
    for (tables, told) in [
        (
            "CREATE TABLE t (id missing)",
            "type \"missing\" does not exist",
        ),
        (
            "CREATE TABLE t (id int); INSERT INTO u VALUES (1)",
            "relation \"u\" does not exist",
        ),
        ("CREATE TABLE pg_catalog.t (id int)", "permission denied"),
        ("CREATE TABLE t (id int); COMMIT", "transaction commands"),
        (
            "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (7012), (7012)",
            "unique violation",
        ),
    ] {
        let acme = registered(&on).await;
        let refused = acme.create_schema_as(&on.owner, tables).await;
        // A conflict would say that there is a schema.
        let Err(Error::Database(source)) = refused else {
            panic!("{refused:?}");
        };
        let text = source.to_string();
        assert!(text.contains(told) && !text.contains("7012"), "{text}");
    }
}

/// Tables are closed for the role of the program, whatever else their SQL says; or it is told why they are not.
#[tokio::test]
async fn tables_that_are_open_nevertheless() {
    let on = ground().await;
    let program = on.program.get_username();
    let may = format!(
        "GRANT {program} TO {}",
        on.owner.connect_options().get_username()
    );
    tenancy_tests::rls::execute(&on.superuser, may).await;
    for open in [
        "CREATE POLICY open ON tasks USING (true)",
        "CREATE POLICY open ON tasks FOR SELECT TO $program USING (id IS NOT NULL)",
        "GRANT CREATE ON SCHEMA $schema TO $program; ALTER TABLE tasks OWNER TO $program",
        "GRANT CREATE ON DATABASE $database TO $program; ALTER SCHEMA $schema OWNER TO $program",
    ] {
        let acme = registered(&on).await;
        let open = open
            .replace("$program", program)
            .replace("$schema", acme.schema().await.unwrap().as_str())
            .replace("$database", on.superuser.get_database().unwrap());
        let tables = sql(&format!("CREATE TABLE tasks (id uuid); {open}"));
        let refused = acme.create_schema_as(&on.owner, tables).await;
        assert!(
            matches!(refused, Err(Error::UnsafeRole(_))),
            "{open}: {refused:?}"
        );
        assert!(!is_there(&on.owner, &acme).await);

        // Nor does a later call say that all is well.
        acme.create_schema_as(&on.owner, "CREATE TABLE tasks (id uuid)")
            .await
            .unwrap();
        let schema = acme.schema().await.unwrap();
        let later = format!("SET search_path TO {schema}; {open}");
        tenancy_tests::rls::execute(&on.superuser, later).await;
        let refused = acme.secure_schema(&on.owner).await;
        assert!(
            matches!(refused, Err(Error::UnsafeRole(_) | Error::Database(_))),
            "{open}: {refused:?}"
        );
    }
    // A policy for others is theirs.
    let acme = registered(&on).await;
    let support =
        "CREATE TABLE tasks (id uuid); CREATE POLICY support ON tasks TO pg_monitor USING (true)";
    acme.create_schema_as(&on.owner, support).await.unwrap();
}

/// What comes first in the path has no part in what policies mean.
#[tokio::test]
async fn functions_that_stand_in_for_those_of_policies() {
    let on = ground().await;
    let acme = registered(&on).await;
    let tables = format!(
        "SET LOCAL search_path TO {schema}, pg_catalog;
        CREATE FUNCTION current_setting(text, boolean) RETURNS text LANGUAGE sql AS $$ SELECT '{id}' $$;
        CREATE TABLE tasks (id uuid); INSERT INTO tasks VALUES (gen_random_uuid());
        GRANT USAGE ON SCHEMA {schema} TO {program}; GRANT SELECT ON tasks TO {program}",
        schema = acme.schema().await.unwrap(),
        id = acme.id(),
        program = on.program.get_username(),
    );
    acme.create_schema_as(&on.owner, sql(&tables))
        .await
        .unwrap();
    let program = database::postgres_at(&on.program).await;
    let all = format!(
        "SELECT id::text FROM {}.tasks",
        acme.schema().await.unwrap()
    );
    let mut connection = program.acquire().await.unwrap();
    assert!(raw(&mut connection, &all).await.unwrap().is_empty());
    tenancy::enter!(acme = acme);
    assert_eq!(Task::query().count(&acme).await.unwrap(), 1);
}

/// A transaction that does not end keeps whoever waits for a lock no longer than a pool does, and so nobody behind.
#[tokio::test]
async fn locks_that_are_not_granted() {
    let on = ground().await;
    let acme = registered(&on).await;
    acme.create_schema_as(&on.owner, on.tables.of_schema())
        .await
        .unwrap();
    let pool = PoolOptions::new()
        .max_connections(2)
        .acquire_timeout(Duration::from_millis(300));
    let owner = Db::connect_with(pool, on.owner.connect_options().clone())
        .await
        .unwrap();
    tenancy::enter!(mut inside = acme.clone());
    let tx = inside.begin().await.unwrap();
    Task::create(NewTask {}).execute(&tx).await.unwrap();
    Member::create(NewMember {}).execute(&tx).await.unwrap();
    let refers = "CREATE TABLE t (tenant_id uuid, member uuid,
        FOREIGN KEY (tenant_id, member) REFERENCES public.members (tenant_id, id))";
    for kept in [
        acme.secure_schema(&owner).await,
        registered(&on).await.create_schema_as(&owner, refers).await,
        acme.drop_schema_as(&owner).await,
    ] {
        assert!(matches!(kept, Err(Error::Busy(_))), "{kept:?}");
    }
    tx.commit().await.unwrap();
    acme.secure_schema(&owner).await.unwrap();
}

/// Of those who do different things with one schema at once, each succeeds or says what it found.
#[tokio::test]
async fn several_at_once() {
    let on = ground().await;
    let mut owners = Vec::new();
    for _ in 0..4 {
        owners.push(database::postgres_at(on.owner.connect_options()).await);
    }
    let mut dropped = 0;
    for _ in 0..8 {
        let acme = registered(&on).await;
        let create = |owner| acme.create_schema_as(owner, on.tables.of_schema());
        let created: [Result<()>; 3] =
            tokio::join!(create(&owners[0]), create(&owners[1]), create(&owners[2])).into();
        for result in &created {
            assert!(
                matches!(result, Ok(()) | Err(Error::Conflict(_))),
                "{result:?}"
            );
        }
        assert_eq!(created.iter().filter(|result| result.is_ok()).count(), 1);
        let (secured, drops, again) = tokio::join!(
            acme.secure_schema(&owners[0]),
            async {
                let drops = tokio::join!(
                    acme.drop_schema_as(&owners[1]),
                    acme.drop_schema_as(&owners[2])
                );
                <[Result<()>; 2]>::from(drops)
            },
            create(&owners[3])
        );
        for result in drops.iter().chain([&secured]) {
            let told = matches!(result, Ok(()) | Err(Error::NotFound | Error::Busy(_)));
            assert!(told, "{result:?}");
        }
        assert!(
            matches!(again, Ok(()) | Err(Error::Conflict(_))),
            "{again:?}"
        );
        dropped += drops.iter().filter(|result| result.is_ok()).count();
    }
    assert!(dropped >= 4, "{dropped}");
}

/// A cast is where its types are, and dropped with them.
#[tokio::test]
async fn casts_of_types_in_a_schema() {
    let on = ground().await;
    let acme = registered(&on).await;
    let tables = "CREATE TYPE mood AS ENUM ('good');
        CREATE FUNCTION spelled(mood) RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$;
        CREATE CAST (mood AS text) WITH FUNCTION spelled(mood);
        CREATE DOMAIN filled AS text CHECK (VALUE <> ''); CREATE TABLE tasks (id uuid, mood mood, name filled)";
    acme.create_schema_as(&on.owner, tables).await.unwrap();
    acme.drop_schema_as(&on.owner).await.unwrap();
    // One of types that are elsewhere, by a function that is here, is used from there.
    let types = "CREATE TYPE size AS ENUM ('big'); CREATE TYPE weight AS ENUM ('big')";
    database::run(&on.owner, types).await.unwrap();
    let tables = "CREATE FUNCTION heavy(public.size) RETURNS public.weight LANGUAGE sql AS $$ SELECT 'big'::public.weight $$;
        CREATE CAST (public.size AS public.weight) WITH FUNCTION heavy(public.size)";
    acme.create_schema_as(&on.owner, tables).await.unwrap();
    let used = acme.drop_schema_as(&on.owner).await;
    assert!(matches!(used, Err(Error::SchemaInUse(_))), "{used:?}");
}

/// A task that is spawned may do it.
#[tokio::test]
async fn schemas_are_made_by_tasks() {
    let on = ground().await;
    let acme = registered(&on).await;
    let owner = on.owner.clone();
    let made = tokio::spawn(async move {
        acme.create_schema_as(&owner, "").await?;
        acme.secure_schema(&owner).await?;
        acme.drop_schema_as(&owner).await
    });
    made.await.unwrap().unwrap();
}
