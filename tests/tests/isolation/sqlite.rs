//! Random programs on SQLite.

use tenancy_tests::sqlite as models;

#[path = "driver/mod.rs"]
mod driver;

pub(crate) use driver::run;
