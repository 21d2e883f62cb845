//! Random programs on SQLite.

use tenancy_tests::sqlite as models;

/// What is different if tenants have databases of their own: here they do not.
macro_rules! if_apart {
    ({ $($yes:tt)* } else { $($no:tt)* }) => { $($no)* };
}

#[path = "driver/mod.rs"]
mod driver;

pub(crate) use driver::run;
