//! Whether a model may be looked into from a shared one is the library's to say.

use tenancy_ui_tests::User;

impl tenancy::expr::SubqueryOf<tenancy::__private::Global> for User {
    const SEALED: () = ();
}

fn main() {}
