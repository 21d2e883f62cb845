//! Random programs on PostgreSQL, with a schema for each tenant.

use tenancy_tests::schemas as models;

#[expect(
    clippy::duplicate_mod,
    reason = "the models of the strategies are different types, the programs are the same"
)]
#[path = "driver/mod.rs"]
mod driver;

pub(crate) use driver::run;
