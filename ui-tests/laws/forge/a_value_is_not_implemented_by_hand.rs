//! What a column may be compared with is the library's to say.

use tenancy_ui_tests::User;

struct Evil;

impl tenancy::expr::IntoExpr<User, String> for Evil {
    type Expr = tenancy::expr::All;
    fn into_expr(self, _: ()) -> Self::Expr {
        unimplemented!()
    }
}

fn main() {}
