//! What a reference adds to a statement is the library's to write: it is SQL.

use sqlx::Sqlite;

struct Evil;

impl tenancy::__private::References<Sqlite> for Evil {
    fn sealed(_: ()) {}

    fn render_checks(&self, template: &mut Vec<u8>) {
        template.extend_from_slice(b" OR TRUE");
    }

    fn bind_keys(&self, _: &mut tenancy::__private::Binder<Sqlite>) {}
}

fn main() {}
