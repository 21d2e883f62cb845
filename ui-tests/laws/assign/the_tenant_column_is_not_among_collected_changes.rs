//! Changes that are collected while the program runs do not move a row to another tenant either.

use tenancy::Changes;
use tenancy_ui_tests::User;
use uuid::Uuid;

fn change(elsewhere: Uuid) -> Changes<'static, User> {
    Changes::new().set(|u: <User as tenancy::Model>::Columns| u.tenant_id.to(elsewhere))
}

fn main() {}
