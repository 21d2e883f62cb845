//! Random programs on PostgreSQL, with a schema for each tenant and row-level security in it.

use tenancy_tests::schemas_with_rls as models;

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
