//! Values that name their columns by hand could name the tenant column.

use sqlx::Sqlite;
use tenancy_ui_tests::User;

struct Evil;

impl tenancy::Insert<User> for Evil {
    type References = ();
    const VALUES: &'static [usize] = &[1];
    const REFERENCES: &'static [usize] = &[];
    const BUILTIN: bool = true;
    fn bind(self, _: &mut tenancy::__private::Binder<Sqlite>) {}
}

fn main() {}
