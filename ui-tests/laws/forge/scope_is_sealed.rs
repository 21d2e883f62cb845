//! What a statement runs on is the library's to say.

use tenancy::Scope;
use tenancy_ui_tests::User;

struct Mine;

impl<'t> Scope<'t, User> for Mine {
    const SEALED: () = ();
}

fn main() {}
