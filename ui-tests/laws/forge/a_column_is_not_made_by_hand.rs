//! A handle that does not match its column would be SQL of the caller's choice.

#![forbid(unsafe_code)]

use tenancy_ui_tests::User;
use uuid::Uuid;

fn forge() -> tenancy::Column<User, Uuid, 1> {
    unsafe { tenancy::Column::declared_by_derive() }
}

fn main() {}
