//! The refusal of a statement whose rules would look further than there is room for.

use crate::backend::Backend;
use crate::error::too_deep::TooDeep;
use crate::expr::bind::Bind;
use crate::model::params::Binder;
use crate::sql::node::Node;
use crate::sql::text::{Text, text};

// A condition that is asked nowhere: whoever binds it refuses the statement.
impl Node for TooDeep {
    const TEXT: &'static Text = &text!(push("FALSE"));
    const COLUMNS: u128 = 0;
}

impl<DB: Backend> Bind<DB> for TooDeep {
    fn bind(self, binder: &mut Binder<DB>) {
        binder.too_deep(self);
    }
}
