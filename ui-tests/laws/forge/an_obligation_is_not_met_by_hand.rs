//! Whether a type is fit for its place is not for the type to say.

use tenancy_ui_tests::User;
use uuid::Uuid;

struct Evil;

impl tenancy::__private::ForeignKeyOf<Uuid> for Evil {
    const CHECKED: () = ();

    fn key(self) -> Uuid {
        Uuid::nil()
    }
}

impl tenancy::__private::ReferredBy<User> for Evil {
    const CHECKED: () = ();
}

impl tenancy::__private::Known for Evil {
    const CHECKED: () = ();
}

fn main() {}
