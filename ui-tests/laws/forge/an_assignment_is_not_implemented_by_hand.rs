//! What may be assigned to a column is the library's to say.

use tenancy::column::TenantKey;
use tenancy::expr::{AssignTo, Becomes, Value};
use tenancy_ui_tests::User;
use uuid::Uuid;

struct Evil;

impl<'t> AssignTo<'t, User, Uuid, TenantKey> for Evil {
    fn into_assigned(self, _: ()) -> Value<Uuid> {
        unimplemented!()
    }
}

impl Becomes<User, Uuid, TenantKey> for Evil {
    const SEALED: () = ();
    type Expr = Value<Uuid>;
}

fn main() {}
