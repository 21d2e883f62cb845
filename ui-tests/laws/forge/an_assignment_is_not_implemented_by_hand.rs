//! What may be assigned to a column is the library's to say.

use tenancy_ui_tests::User;
use uuid::Uuid;

struct Evil;

impl<'t> tenancy::expr::AssignTo<'t, User, Uuid, tenancy::column::TenantKey> for Evil {
    type Expr = tenancy::expr::Value<Uuid>;
    fn into_assigned(self, _: ()) -> Self::Expr {
        unimplemented!()
    }
}

fn main() {}
