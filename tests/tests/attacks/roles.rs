//! Roles that signatures mean nothing to are refused.

use tenancy::Error;

use crate::secured::{Secured, tenant};

/// What a role can be allowed to do, and what the refusal says.
const UNFIT: [(&str, &str); 9] = [
    (
        "GRANT SELECT ON tenancy.signing_keys TO APP_ROLE",
        "signing_keys",
    ),
    (
        "GRANT INSERT ON tenancy.signing_keys TO APP_ROLE",
        "signing_keys",
    ),
    ("GRANT pg_read_all_data TO APP_ROLE", "signing_keys"),
    ("GRANT pg_write_all_data TO APP_ROLE", "signing_keys"),
    ("GRANT CREATE ON SCHEMA tenancy TO APP_ROLE", "tenancy"),
    ("ALTER TABLE notes OWNER TO APP_ROLE", "notes"),
    ("GRANT TRUNCATE ON notes TO APP_ROLE", "notes"),
    ("GRANT TRIGGER ON notes TO APP_ROLE", "notes"),
    (
        "GRANT pg_read_server_files TO APP_ROLE",
        "pg_read_server_files",
    ),
];

#[tokio::test]
async fn a_role_that_gets_around_signatures_is_refused() {
    for (grant, named) in UNFIT {
        let secured = Secured::new(true).await;
        let before = secured.connect(1).await.unwrap();
        tenant(&before, "Acme").await;
        secured.run(grant).await;
        let refused = secured.connect(1).await.map(drop);
        let Err(Error::UnsafeRole(why)) = refused else {
            panic!("{grant}: {refused:?}");
        };
        assert!(why.to_string().contains(named), "{grant}: {why}");
    }
}
