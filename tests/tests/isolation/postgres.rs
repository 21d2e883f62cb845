//! Random programs on PostgreSQL.

use tenancy_tests::postgres as models;

#[expect(
    clippy::duplicate_mod,
    reason = "the models of the two databases are different types, the programs are the same"
)]
#[path = "driver/mod.rs"]
mod driver;

pub(crate) use driver::run;
