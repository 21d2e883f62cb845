//! Random programs on PostgreSQL, with a schema for each tenant, the tenant as a column besides, and row-level security.

use tenancy_tests::schemas_with_column_and_rls as models;

/// What is different if tenants have databases of their own: here they do not.
macro_rules! if_apart {
    ({ $($yes:tt)* } else { $($no:tt)* }) => { $($no)* };
}

#[expect(
    clippy::duplicate_mod,
    reason = "the models of the strategies are different types, the programs are the same"
)]
#[path = "driver/mod.rs"]
mod driver;

pub(crate) use driver::run;
