//! Another crate does not let its own actors at the rows.

use tenancy_ui_tests::Letter;

#[derive(Debug, tenancy::SystemActor)]
struct Elsewhere;

tenancy::policies! {
    Letter, actor: Elsewhere {
        read { authorize_if always; }
    }
}

fn main() {}
