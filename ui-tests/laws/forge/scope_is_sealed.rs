//! What a statement runs on is the library's to say.

use tenancy::Scope;
use tenancy_ui_tests::{Organization, User};

struct Mine;

impl<'t> Scope<'t, User> for Mine {
    fn context(&self) -> tenancy::execute::Context<'_, Organization> {
        unimplemented!()
    }
}

fn main() {}
