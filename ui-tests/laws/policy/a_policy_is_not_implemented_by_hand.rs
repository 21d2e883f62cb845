//! Policies are written where people review them.

use tenancy_ui_tests::{Letter, User};

struct Everyone;

impl tenancy::policy::Policy<User, tenancy::policy::action::Destroy> for Letter {}

fn main() {}
