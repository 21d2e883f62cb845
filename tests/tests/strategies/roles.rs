//! L17: roles that row-level security does not hold for are refused, whichever way they came by that.

use sqlx::postgres::PgConnectOptions;
use tenancy::{Db, Error, PoolOptions};
use tenancy_tests::database::new_database;
use tenancy_tests::rls::{SETTING, execute, role, secure};

const TABLES: &str = "CREATE TABLE organizations (id uuid PRIMARY KEY, name text NOT NULL);
    CREATE TABLE notes (id uuid PRIMARY KEY, tenant_id uuid NOT NULL)";

async fn secured() -> PgConnectOptions {
    let superuser = new_database().await;
    execute(&superuser, TABLES.into()).await;
    secure(
        &superuser,
        SETTING,
        &["organizations id", "notes tenant_id"],
    )
    .await;
    superuser
}

/// Why a role is refused, if it is.
async fn refused(options: PgConnectOptions) -> Option<String> {
    let pool = PoolOptions::new().max_connections(1);
    let db = Db::connect_with(pool, options).await.unwrap();
    match db.with_rls().await {
        Ok(_) => None,
        Err(error) => {
            assert_eq!(
                error.to_string(),
                "row-level security does not hold for the role of the connection"
            );
            let Error::UnsafeRole(why) = error else {
                panic!("{error:?}");
            };
            Some(why.to_string())
        }
    }
}

macro_rules! assert_refused {
    ($options:expr, $why:expr) => {{
        let refused = refused($options).await.expect("the role is refused");
        assert!(refused.ends_with(&$why), "{refused}");
    }};
}

#[tokio::test]
async fn a_role_that_is_safe() {
    let superuser = secured().await;
    let safe = role(&superuser, "").await;
    assert_eq!(refused(safe.clone()).await, None);
    // So is one that owns a table whose row-level security is forced, and one that has none.
    let name = safe.get_username();
    let own = format!(
        "ALTER TABLE notes OWNER TO {name}; CREATE TABLE others (id int); ALTER TABLE others OWNER TO {name}"
    );
    execute(&superuser, own).await;
    assert_eq!(refused(safe).await, None);
}

#[tokio::test]
async fn roles_with_attributes() {
    let superuser = secured().await;
    let login = superuser.get_username().to_owned();
    assert_refused!(superuser.clone(), format!("{login} is a superuser"));
    let super_role = role(&superuser, "SUPERUSER").await;
    let name = super_role.get_username().to_owned();
    assert_refused!(super_role, format!("{name} is a superuser"));
    let bypass = role(&superuser, "BYPASSRLS").await;
    let name = bypass.get_username().to_owned();
    assert_refused!(bypass, format!("{name} has BYPASSRLS"));
}

#[tokio::test]
async fn members_of_roles() {
    let superuser = secured().await;
    let bypass = role(&superuser, "BYPASSRLS").await;
    for inherits in ["INHERIT", "NOINHERIT"] {
        let member = role(&superuser, inherits).await;
        let through = role(&superuser, "NOINHERIT").await;
        let (member_name, through_name) = (member.get_username(), through.get_username());
        let bypass = bypass.get_username();
        // Directly, and by way of another role.
        let grant =
            format!("GRANT {bypass} TO {member_name}; GRANT {member_name} TO {through_name}");
        execute(&superuser, grant).await;
        for options in [member.clone(), through.clone()] {
            let why =
                format!("it is a member of {bypass}, for which row-level security does not hold");
            assert_refused!(options, why);
        }
    }
    let member = role(&superuser, "").await;
    let admin = superuser.get_username();
    execute(
        &superuser,
        format!("GRANT {admin} TO {}", member.get_username()),
    )
    .await;
    assert_refused!(
        member,
        format!("it is a member of {admin}, for which row-level security does not hold")
    );
}

#[tokio::test]
async fn owners_of_tables() {
    let superuser = secured().await;
    let owner = role(&superuser, "").await;
    let member = role(&superuser, "").await;
    let name = owner.get_username();
    let own = format!(
        "ALTER TABLE notes OWNER TO {name}; ALTER TABLE notes NO FORCE ROW LEVEL SECURITY;
         GRANT {name} TO {}",
        member.get_username()
    );
    execute(&superuser, own).await;
    let why = "it owns public.notes, whose row-level security is not forced";
    assert_refused!(owner.clone(), why);
    assert_refused!(member, why);
    let force = "ALTER TABLE notes FORCE ROW LEVEL SECURITY";
    execute(&superuser, force.into()).await;
    assert_eq!(refused(owner).await, None);
}

/// A login that changes to a safe role can change back.
#[tokio::test]
async fn a_role_that_the_connection_options_set() {
    let superuser = secured().await;
    let safe = role(&superuser, "").await;
    let changed = superuser.clone().options([("role", safe.get_username())]);
    let login = superuser.get_username();
    assert_refused!(changed, format!("{login} is a superuser"));
}

/// New connections are asked again: a role may have changed meanwhile.
#[tokio::test]
async fn a_role_that_changes() {
    use tenancy::{Root as _, TenantRoot};

    #[derive(Debug, TenantRoot)]
    #[tenancy(database = sqlx::Postgres, rls)]
    struct Organization {
        id: uuid::Uuid,
        name: String,
    }

    let superuser = secured().await;
    let safe = role(&superuser, "").await;
    let name = safe.get_username().to_owned();
    let pool = PoolOptions::new()
        .max_connections(1)
        .max_lifetime(Some(std::time::Duration::ZERO));
    let db = Db::connect_with(pool, safe).await.unwrap();
    let db = db.with_rls().await.unwrap();
    let new = NewOrganization {
        name: "Acme".into(),
    };
    let acme = Organization::create(new).execute(&db).await.unwrap();
    execute(&superuser, format!("ALTER ROLE {name} BYPASSRLS")).await;
    let verified = Organization::verify(&db, *acme.id()).await;
    assert!(
        matches!(verified, Err(Error::UnsafeRole(_))),
        "{verified:?}"
    );
    execute(&superuser, format!("ALTER ROLE {name} NOBYPASSRLS")).await;
    Organization::verify(&db, *acme.id()).await.unwrap();
}
