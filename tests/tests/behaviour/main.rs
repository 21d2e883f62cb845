//! What a user expects of every statement, and what could be wrong about it, on both databases.
#![allow(dead_code, reason = "columns that no test looks at")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod answers;
mod busy;
mod changes;
mod connections;
mod databases;
mod deferred;
mod errors;
mod expressions;
mod given_up;
mod keys;
mod liars;
mod limits;
mod long;
mod prepared;
mod row_estimates;
mod row_security;
mod schemas;
mod spans;
mod text;
mod writes;

/// New tenants with these names.
macro_rules! tenants {
    ($db:ident, $($name:literal),+) => {
        [$(
            Organization::create(NewOrganization { name: $name.into() })
                .execute(&$db)
                .await
                .unwrap()
        ),+]
    };
}
use tenants;
