//! Random programs on PostgreSQL, with a database for each tenant.

use tenancy_tests::postgres_databases as models;

/// What is different if tenants have databases of their own: here they do.
macro_rules! if_apart {
    ({ $($yes:tt)* } else { $($no:tt)* }) => { $($yes)* };
}

#[expect(
    clippy::duplicate_mod,
    reason = "the models of the strategies are different types, the programs are the same"
)]
#[path = "driver/mod.rs"]
mod driver;

pub(crate) use driver::run;
